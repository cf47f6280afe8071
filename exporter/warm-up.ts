import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { portOf } from './web/listen.ts';

/**
 * Run once, when the image is built: has Node keep the program's compiled code in the image, by doing what a container does
 * all day. Without that code everything works and starts slower, so that no failure in here ends the build.
 */

const program = fileURLToPath(new URL('./balance-alert.mjs', import.meta.url));
// Where this may write for certain: not every image has a /tmp.
const compiled = fileURLToPath(new URL('./compiled/', import.meta.url));

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
      program,
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
    const [metrics, status] = await addressesOf(child.stderr);
    while (!(await fetch(`${metrics}/-/ready`)).ok) await pause(20);
    for (const url of [`${metrics}/metrics`, `${status}/`, `${status}/api/v1/status`]) {
      await (await fetch(url)).text();
    }
    const address = `--web.listen-address=${new URL(metrics).host}`;
    await once(spawn(process.execPath, [program, 'healthcheck', address]), 'close');
  } finally {
    // Node writes the code when the process ends by itself, which it does when told to.
    child.kill('SIGTERM');
    await ended;
    vendor.closeAllConnections();
    vendor.close();
  }
}

/** The URLs of metrics and status page, from the log. @throws Error with the log where the program ends before it listens. */
async function addressesOf(log: Readable): Promise<readonly [metrics: string, status: string]> {
  const lines: string[] = [];
  const urls: string[] = [];
  // Read to its end even when both are known: a log that nobody reads stops the program.
  const reader = createInterface({ input: log });
  const closed = once(reader, 'close');
  return new Promise((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      const [, url] = / url=(http:\/\/[^/\s]+)\//.exec(line) ?? [];
      if (url !== undefined) urls.push(url);
      const [metrics, status] = urls;
      if (metrics !== undefined && status !== undefined) resolve([metrics, status]);
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
