import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadParts } from './load-parts.ts';
import { portOf } from './web/listen.ts';

/**
 * Run once, when the image is built: keeps the program's compiled code in the image, by doing what a container does all day.
 * Without that code everything works and starts slower, so that no failure in here ends the build. With words after it, this
 * is the program, which keeps what it compiles.
 */

const warmUp = fileURLToPath(import.meta.url);
const program = fileURLToPath(new URL('./balance-alert.mjs', import.meta.url));
// Where this may write for certain: not every image has a /tmp.
const compiled = fileURLToPath(new URL('./compiled/', import.meta.url));

const words = process.argv.slice(2);
if (words.length > 0) loadParts(import.meta.dirname, words, true);
else await keepCompiled();

async function keepCompiled(): Promise<void> {
  try {
    const folder = mkdtempSync(join(compiled, 'warm-up-'));
    try {
      await run(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const kept = readdirSync(compiled, { recursive: true }).length;
    process.stdout.write(`compiled code kept: ${kept} files\n`);
  } catch (error) {
    process.stderr.write(`no compiled code is kept, the program will start slower: ${String(error)}\n`);
  }
}

async function run(folder: string): Promise<void> {
  const vendor = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end('{"left":12.5}');
  });
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  const accounts = join(folder, 'accounts.yaml');
  writeFileSync(accounts, accountFile(`http://127.0.0.1:${portOf(vendor)}/`));
  const child = spawn(
    process.execPath,
    [
      warmUp,
      'serve',
      `--config.file=${accounts}`,
      `--storage.path=${join(folder, 'storage')}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.status-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
  const ended = once(child, 'close');
  try {
    const metrics = await addressOf(child.stderr);
    while (!(await fetch(`${metrics}/-/ready`)).ok) await pause(20);
    await (await fetch(`${metrics}/metrics`)).text();
    const address = `--web.listen-address=${new URL(metrics).host}`;
    await once(spawn(process.execPath, [program, 'healthcheck', address]), 'close');
  } finally {
    // The code is written when the process ends by itself, which it does when told to.
    child.kill('SIGTERM');
    await ended;
    vendor.closeAllConnections();
    vendor.close();
  }
}

/** The URL of metrics, from the log. @throws Error with the log where the program ends before it listens. */
async function addressOf(log: Readable): Promise<string> {
  const lines: string[] = [];
  // Read to its end even when it is known: a log that nobody reads stops the program.
  const reader = createInterface({ input: log });
  const closed = once(reader, 'close');
  return new Promise((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      const [, url] = / msg="listening for scrapes" url=(http:\/\/[^/\s]+)\//.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    void closed.then(() => reject(new Error(lines.join('\n'))));
  });
}

function accountFile(url: string): string {
  const values = '[{ type: balance, expr: left, unit: USD }]';
  return [
    'accounts:',
    '  - { name: a, provider: demo, options: { type: balance, unit: USD } }',
    `  - { name: b, provider: json, options: { url: "${url}", values: ${values} } }`,
    'subscriptions:',
    '  - { name: c, cycle: monthly, day: 1, amount: 1, currency: USD }',
    '',
  ].join('\n');
}
