import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median, memoryOf, startHelper, timeGet } from './measure.ts';
import { benchAccount, latencies } from './round.ts';
import type { Row } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const bundle = resolve(root, 'dist/balance-alert.mjs');
const checkout = resolve(root, 'exporter/main.ts');

/** A program that serves; how long it took until it was ready, in milliseconds. */
async function start(program: string, configFile: string) {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      program,
      'serve',
      `--config.file=${configFile}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.status-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const url = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, base] = /listening for scrapes.* url=(http:\/\/[^/\s]+)\//.exec(line) ?? [];
      if (base !== undefined) done(base);
    });
    child.once('close', () => failed(new Error(`${program} ended before it listened`)));
  });
  while (!(await fetch(`${url}/-/ready`)).ok) await pause(2);
  const took = performance.now() - started;
  return {
    child,
    url,
    took,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** From the start of the process to ready with the demo's accounts, which ask nobody: the bundle of the image, and a checkout. */
export async function benchStart(): Promise<readonly Row[]> {
  for (const program of ['scripts/build.ts', 'dist/warm-up.mjs'])
    await promisify(execFile)(process.execPath, [resolve(root, program)], { cwd: root });
  const demo = resolve(root, 'exporter/examples/demo.yaml');
  const rows: Row[] = [];
  for (const [what, program, budget] of [
    ['bundle', bundle, 1],
    ['checkout', checkout, 2],
  ] as const) {
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const running = await start(program, demo);
      times.push(running.took / 1000);
      await running.stop();
    }
    rows.push({
      what: `start to ready, ${what}`,
      measured: median(times),
      unit: 's',
      budget,
      of: times.map((time) => time.toFixed(2)).join(', '),
    });
  }
  const files = readdirSync(resolve(root, 'dist'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const size =
    files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6;
  return [
    ...rows,
    {
      what: 'what the image adds',
      measured: size,
      unit: 'MB',
      budget: 5,
      of: `${files.length} files of dist/`,
    },
  ];
}

/** Memory of the bundle with so many accounts, after they were asked over HTTP and scraped. */
export async function benchMemory(count: number, budget: number): Promise<readonly Row[]> {
  const vendors = await startHelper('vendors.ts', latencies.map(String));
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    const urls = vendors.said.split(' ');
    const file = join(folder, 'accounts.yaml');
    const accounts = Array.from({ length: count }, (_, index) =>
      benchAccount(`account-${index}`, urls[index % urls.length] ?? ''),
    );
    writeFileSync(file, `defaults: { interval: 10s }\naccounts:\n${accounts.join('')}`);
    const running = await start(bundle, file);
    for (let turn = 0; turn < 12; turn += 1) {
      await pause(1050);
      await timeGet(`${running.url}/metrics`);
    }
    const memory = memoryOf(running.child);
    await running.stop();
    return [
      {
        what: `memory with ${count} accounts`,
        measured: memory.own,
        unit: 'MiB',
        budget,
        of: `its own; resident with the runtime's file ${memory.resident.toFixed(0)} MiB`,
      },
    ];
  } finally {
    await vendors.stop();
    rmSync(folder, { recursive: true });
  }
}
