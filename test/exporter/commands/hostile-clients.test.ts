import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import test from 'ava';
import { hashSync } from 'bcryptjs';
import type { Serving } from '../../support/program.ts';
import { startProgram } from '../../support/program.ts';

/** The running program among clients that mean it harm. */

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-hostile-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'accounts.yaml');
writeFileSync(file, 'accounts:\n  - { name: one, provider: demo }\n');
const keys = join(folder, 'keys');
writeFileSync(keys, `${'k'.repeat(32)}\n`);

/** Of `secret`: made anew, it would take as long as the comparison that is to be looked at. */
const hashOfCost14 = '$2b$14$sy7qqDarHK67t3eTF5jQ8un7Zd60sHXpjYnim2nCvlYH6B1m.PpqC';

/** Each feature that takes a request, behind users with hashes of a cost. */
async function start(cost: number, users = ['alice']): Promise<Serving> {
  const web = join(folder, `web-${cost}-${users.length}.yml`);
  const hash = cost === 14 ? hashOfCost14 : hashSync('secret', cost);
  writeFileSync(web, `basic_auth_users:\n${users.map((user) => `  ${user}: ${hash}\n`).join('')}`);
  const program = await startProgram([
    `--config.file=${file}`,
    `--web.config.file=${web}`,
    '--web.enable-mcp',
    `--web.mark-paid-key-file=${keys}`,
    '--web.external-url=https://status.example',
  ]);
  await program.ready();
  return program;
}

const basic = (user: string, password: string) => ({ authorization: `Basic ${btoa(`${user}:${password}`)}` });

const statusOf = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.status;
};

test.serial(
  'at a bcrypt cost of 14, fifty requests at the same time are one comparison, during which health and readiness are answered',
  async (t) => {
    await using program = await start(14);
    let answered = 0;
    const requests = Array.from({ length: 50 }, async () => {
      const status = await statusOf(program.url, basic('alice', 'secret'));
      answered += 1;
      return status;
    });
    for (const path of ['/-/healthy', '/-/ready', '/-/healthy'])
      t.is(await statusOf(program.url + path), 200);
    t.is(answered, 0, 'a comparison takes longer than that');
    t.deepEqual([...new Set(await Promise.all(requests))], [200]);
    t.is(await statusOf(`${program.url}/metrics`, basic('alice', 'secret')), 200);
    t.is(await program.end(), 0);
  },
);

test.serial('unknown users wait as long as known ones', async (t) => {
  await using program = await start(8);
  const times: Record<'alice' | 'mallory', number[]> = { alice: [], mallory: [] };
  for (let round = 0; round < 40; round += 1) {
    for (const user of ['alice', 'mallory'] as const) {
      const startedMs = performance.now();
      t.is(await statusOf(`${program.url}/metrics`, basic(user, `wrong-${round}`)), 401);
      // The first ones start the thread and its compiler.
      if (round >= 10) times[user].push(performance.now() - startedMs);
    }
  }
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const [known, unknown] = [median(times.alice), median(times.mallory)];
  t.log(`known user ${known.toFixed(1)} ms, unknown user ${unknown.toFixed(1)} ms (medians of 30)`);
  t.true(unknown / known > 0.6 && unknown / known < 1.7, `${known} and ${unknown} ms`);
  t.is(await program.end(), 0);
});

test.serial(
  'two hundred clients that send half a request and wait keep nobody else from being served',
  async (t) => {
    await using program = await start(4);
    const port = Number(new URL(program.url).port);
    const sockets = await Promise.all(
      Array.from(
        { length: 200 },
        (_, index) =>
          new Promise<ReturnType<typeof connect>>((resolve, reject) => {
            const socket = connect(port, '127.0.0.1', () => {
              socket.write(
                index % 2 === 0
                  ? 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: '
                  : 'POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{',
              );
              resolve(socket);
            });
            socket.on('error', reject);
          }),
      ),
    );
    for (const socket of sockets) socket.on('error', () => undefined);
    for (let scrape = 0; scrape < 5; scrape += 1)
      t.is(await statusOf(`${program.url}/metrics`, basic('alice', 'secret')), 200);
    t.is(await statusOf(`${program.statusUrl}/`, basic('alice', 'secret')), 200);
    t.is(await program.end(), 0);
    for (const socket of sockets) socket.destroy();
  },
);

const mebibyte = 1_048_576;

/** Sends a body in chunks until the server has it all or hangs up. @returns the status; undefined where there was none */
function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      status = response.statusCode;
      response.resume();
    });
    const chunk = Buffer.alloc(mebibyte, 0x61);
    const body = Readable.from(
      (function* () {
        for (let left = bytes; left > 0; left -= chunk.length) yield chunk;
      })(),
    );
    sent.on('close', () => resolve(status));
    // What is refused early is not read to its end.
    pipeline(body, sent).catch(() => undefined);
  });
}

test.serial('a request body of 200 MB is refused or ignored everywhere, and takes no memory', async (t) => {
  await using program = await start(4);
  const peakMebibytes = () =>
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${program.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  const allowed = basic('alice', 'secret');
  const mcp = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  await statusOf(`${program.statusUrl}/`, allowed);
  t.is(await send(`${program.statusUrl}/mcp`, { ...allowed, ...mcp }, mebibyte), 413);
  const before = peakMebibytes();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const [url, headers, ...statuses] of [
    [`${program.url}/-/reload`, {}, 401],
    [`${program.url}/-/reload`, allowed, 200],
    [`${program.url}/metrics`, allowed, 404, 405],
    [`${program.statusUrl}/`, allowed, 405],
    [`${program.statusUrl}/api/v1/status`, allowed, 405],
    [`${program.statusUrl}/mcp`, { ...allowed, ...mcp }, 413],
    [`${program.statusUrl}/renewals/paid?confirm=yes`, { ...allowed, ...form }, 403],
  ] as const) {
    const status = await send(url, headers, 200 * mebibyte);
    // A server that hangs up while the client still sends may take its answer with it.
    t.true(status === undefined || statuses.some((one) => one === status), `${url}: ${status}`);
    t.is(await statusOf(`${program.url}/-/healthy`), 200);
  }
  const grown = peakMebibytes() - before;
  t.log(`peak memory grew by ${grown.toFixed(0)} MiB`);
  t.true(grown < 64, `${grown} MiB`);
  t.is(await program.end(), 0);
});
