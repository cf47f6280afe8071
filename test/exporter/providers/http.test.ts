import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import test from 'ava';
import * as z from 'zod';
import { Secret } from '../../../exporter/config/secret.ts';
import { parseAnswer } from '../../../exporter/providers/answer.ts';
import { retryAfterSeconds } from '../../../exporter/providers/http/retry-after.ts';
import type { HttpExchange } from '../../../exporter/providers/http.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import { portOf } from '../../../exporter/web/listen.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';
import { failure } from './http/support.ts';

const never = new AbortController().signal;

test('a request carries its query, headers and method, and asks for an answer that is not packed', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, { ok: true }));
  const http = createHttpClient({ timeout: 5000, signal: never });
  const found = await http.json(
    { url: `${vendor.url}/a`, query: { key: 'a b&c' }, headers: { 'x-key': 'k' } },
    z.object({ ok: z.boolean() }),
  );
  t.deepEqual(found, { ok: true });
  const [request] = vendor.requests;
  t.deepEqual(
    [
      request?.method,
      request?.url,
      request?.headers['x-key'],
      request?.headers['accept-encoding'],
      request?.headers['user-agent'],
    ],
    ['GET', '/a?key=a+b%26c', 'k', 'identity', 'balance-alert'],
  );
});

test('a request to a busy vendor is retried after the time it names', async (t) => {
  let calls = 0;
  await using vendor = await startScriptedVendor((request, response) => {
    calls += 1;
    const act = calls === 1 ? answer(503, '', { 'retry-after': '0' }) : answer(200, { ok: true });
    act(request, response);
  });
  const http = createHttpClient({ timeout: 5000, signal: never });
  t.is((await http.request({ url: vendor.url })).status, 200);
  t.is(calls, 2);
});

test('a request that changes something is never repeated', async (t) => {
  await using vendor = await startScriptedVendor(answer(503, '', { 'retry-after': '0' }));
  const http = createHttpClient({ timeout: 5000, signal: never });
  const error = await failure(http.request({ url: vendor.url, method: 'POST', body: '{}' }));
  t.is(error.reason, 'http');
  t.is(vendor.requests.length, 1);
});

test('a wait beyond the deadline fails at once, and is passed on', async (t) => {
  await using vendor = await startScriptedVendor(answer(429, '', { 'retry-after': '120' }));
  const http = createHttpClient({ timeout: 5000, signal: never });
  const error = await failure(http.request({ url: `${vendor.url}/credits`, query: { key: 'hunter2' } }));
  t.deepEqual(
    [error.reason, error.retryAfterSeconds, error.message],
    ['rate_limit', 120, `GET ${vendor.url}/credits answered 429: too many requests, and asks to wait 120 s`],
  );
  t.is(vendor.requests.length, 1);
});

test('there is one deadline for all attempts', async (t) => {
  await using vendor = await startScriptedVendor(answer(503, ''));
  const http = createHttpClient({ timeout: 300, signal: never, retries: 5 });
  const error = await failure(http.request({ url: vendor.url }));
  t.is(error.reason, 'http');
  t.is(vendor.requests.length, 1);
});

test('an answer that is looked at after the deadline is a limit only where it asks to wait', async (t) => {
  for (const [headers, reason] of [
    [{}, 'http'],
    [{ 'retry-after': '0' }, 'http'],
    [{ 'retry-after': '1' }, 'rate_limit'],
  ] as const) {
    await using vendor = await startScriptedVendor(answer(503, '', headers));
    const http = createHttpClient({ timeout: 1000, signal: never });
    const endMs = performance.now() + 1000;
    const error = await failure(
      http.request({
        url: vendor.url,
        // As long as a busy machine may take.
        refusal: () => {
          while (performance.now() < endMs);
          return undefined;
        },
      }),
    );
    t.is(error.reason, reason, JSON.stringify(headers));
  }
});

test('an aborted check ends as out of time', async (t) => {
  const stop = new AbortController();
  await using vendor = await startScriptedVendor(() => stop.abort());
  const http = createHttpClient({ timeout: 60_000, signal: stop.signal });
  t.is((await failure(http.request({ url: vendor.url }))).reason, 'timeout');
});

test('a status that is expected is an answer', async (t) => {
  await using vendor = await startScriptedVendor(answer(400, { code: 'x' }));
  const http = createHttpClient({ timeout: 5000, signal: never });
  const response = await http.request({ url: vendor.url, expectStatus: [400] });
  t.deepEqual([response.status, response.text], [400, '{"code":"x"}']);
  t.is((await failure(http.request({ url: vendor.url, expectStatus: [200] }))).reason, 'http');
});

test('a nonexistent host name: network', async (t) => {
  const http = createHttpClient({ timeout: 5000, signal: never, retries: 0 });
  const error = await failure(http.request({ url: 'http://no-such-host.invalid/' }));
  t.is(error.reason, 'network');
  t.regex(error.message, /^GET http:\/\/no-such-host\.invalid\/: the connection failed \(E[A-Z_]+\)$/);
});

test('a file of authorities that is not there is a fault of the configuration', async (t) => {
  const http = createHttpClient({ timeout: 5000, signal: never, caFile: '/nowhere/ca.pem' });
  const error = await failure(http.request({ url: 'https://127.0.0.1:1/' }));
  t.deepEqual([error.reason, error.message], ['config', "ca_file /nowhere/ca.pem can't be read"]);
});

test('the trace of a request is shown without query and headers', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, { left: 1 }));
  const exchanges: HttpExchange[] = [];
  const http = createHttpClient({ timeout: 5000, signal: never, onExchange: (one) => exchanges.push(one) });
  await http.request({
    url: `${vendor.url}/a`,
    query: { key: 'hunter2' },
    headers: { authorization: 'hunter2' },
  });
  const [exchange] = exchanges;
  t.deepEqual(
    [exchange?.method, exchange?.url, exchange?.status, exchange?.bytes],
    ['GET', `${vendor.url}/a`, 200, 10],
  );
  t.false(JSON.stringify({ ...exchange, response: undefined }).includes('hunter2'));
});

/** A proxy that tunnels, and keeps what it was asked with. */
async function startProxy() {
  const asked: (string | undefined)[] = [];
  const server = createServer();
  server.on('request', (request, response) => {
    asked.push(request.headers['proxy-authorization']);
    const target = new URL(request.url ?? '');
    const socket = connect(Number(target.port), target.hostname, () => {
      socket.write(`GET ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\nconnection: close\r\n\r\n`);
    });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      response.writeHead(200).end(text.slice(text.indexOf('\r\n\r\n') + 4));
    });
  });
  server.on('connect', (request, client, head) => {
    asked.push(request.headers['proxy-authorization']);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const socket = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.write(head);
      socket.pipe(client);
      client.pipe(socket);
    });
    socket.on('error', () => client.destroy());
    client.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${portOf(server)}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a proxy is used, with the credentials of its secret', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, { left: 1 }, { connection: 'close' }));
  await using proxy = await startProxy();
  const http = createHttpClient({
    timeout: 5000,
    signal: never,
    proxy: new Secret('PROXY', `http://user:pass@${proxy.host}`),
  });
  const response = await http.request({ url: `${vendor.url}/a` });
  t.is(response.status, 200);
  t.true(response.text.includes('{"left":1}'));
  t.deepEqual(proxy.asked, [`Basic ${Buffer.from('user:pass').toString('base64')}`]);
  t.is(vendor.requests.length, 1);
});

test('an unreachable proxy: network, and its credentials are in no message', async (t) => {
  const http = createHttpClient({
    timeout: 5000,
    signal: never,
    retries: 0,
    proxy: new Secret('PROXY', 'http://user:hunter2@127.0.0.1:1'),
  });
  const error = await failure(http.request({ url: 'https://vendor.example/a' }));
  t.is(error.reason, 'network');
  t.false(error.message.includes('hunter2'));
});

test('Retry-After is read as seconds and as a date', (t) => {
  const now = Date.UTC(2026, 10, 24, 8, 0, 0);
  t.is(retryAfterSeconds('120', now), 120);
  t.is(retryAfterSeconds('1.5', now), 1.5);
  t.is(retryAfterSeconds('0', now), 0);
  t.is(retryAfterSeconds(' 5 ', now), 5);
  t.is(retryAfterSeconds('-5', now), undefined);
  t.is(retryAfterSeconds('1e9', now), undefined);
  t.is(retryAfterSeconds('5 minutes', now), undefined);
  t.is(retryAfterSeconds('9'.repeat(400), now), 31_536_000);
  t.is(retryAfterSeconds('Tue, 24 Nov 2026 08:01:00 GMT', now), 60);
  t.is(retryAfterSeconds('Tue, 24 Nov 2026 07:00:00 GMT', now), 0);
  t.is(retryAfterSeconds('soon', now), undefined);
  t.is(retryAfterSeconds(undefined, now), undefined);
});

const shape = z.object({ data: z.object({ total: z.number() }) });
const unlike: readonly (readonly [string, string])[] = [
  ['', 'expected JSON, got nothing'],
  ['  <html>', 'expected JSON, got an HTML page or XML'],
  ['hello', 'expected JSON, got other text'],
  ['[]', 'the answer: expected an object, got a list'],
  ['{}', "the answer's data: expected an object, got nothing"],
  ['{"data":{"total":"hunter2"}}', "the answer's data.total: expected a number, got text"],
];

for (const [text, message] of unlike) {
  test(`a response of ${JSON.stringify(text)} is described by its structure only`, (t) => {
    const error = t.throws(() => parseAnswer(text, shape), { instanceOf: CheckError, message });
    t.is(error?.reason, 'schema');
  });
}
