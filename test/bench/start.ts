import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bundle, checkout, startExporter } from './exporter-process.ts';
import { cpuSecondsOf, median, memoryOf, startHelper, timeGet } from './measure.ts';
import { benchAccount, latencies } from './round.ts';
import type { Row } from './table.ts';

const root = resolve(import.meta.dirname, '../..');

/** Makes what the image runs, of today's checkout, with its compile cache. */
export async function makeBundleOfImage(): Promise<void> {
  for (const program of ['scripts/build.ts', 'dist/warm-up.mjs'])
    await promisify(execFile)(process.execPath, [resolve(root, program)], { cwd: root });
}

/** From the start of the process to ready with the demo's accounts, which ask nobody: the bundle of the image, and a checkout. */
export async function benchStart(): Promise<readonly Row[]> {
  const demo = resolve(root, 'exporter/examples/demo.yaml');
  const rows: Row[] = [];
  for (const [what, program, budget, cpuBudget, turns] of [
    ['bundle', bundle, 1, 180, 15],
    ['checkout', checkout, 2, undefined, 5],
  ] as const) {
    const times: number[] = [];
    const cpu: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const running = await startExporter(program, demo);
      times.push(running.took / 1000);
      cpu.push(cpuSecondsOf(running.child) * 1000);
      await running.stop();
    }
    if (cpuBudget !== undefined) {
      rows.push({
        what: `start to ready, ${what}, CPU`,
        measured: median(cpu),
        unit: 'ms',
        budget: cpuBudget,
        of: `${Math.min(...cpu).toFixed(0)} to ${Math.max(...cpu).toFixed(0)} in ${turns} starts`,
      });
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

/** Memory and CPU of the bundle with so many accounts, scraped every 15 s, after so many seconds. */
export async function benchMemory(
  count: number,
  interval: string,
  seconds: number,
  budget: number,
): Promise<readonly Row[]> {
  const vendors = await startHelper('vendors.ts', latencies.map(String));
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    const urls = vendors.said.split(' ');
    const file = join(folder, 'accounts.yaml');
    const accounts = Array.from({ length: count }, (_, index) =>
      benchAccount(`account-${index}`, urls[index % urls.length] ?? ''),
    );
    writeFileSync(file, `defaults: { interval: ${interval} }\naccounts:\n${accounts.join('')}`);
    const running = await startExporter(bundle, file, [`--storage.path=${join(folder, 'storage')}`]);
    const before = cpuSecondsOf(running.child);
    for (let passed = 0; passed < seconds; passed += 15) {
      await pause(15_000);
      await timeGet(`${running.url}/metrics`);
    }
    const memory = memoryOf(running.child);
    const cpu = (cpuSecondsOf(running.child) - before) / seconds;
    await running.stop();
    return [
      {
        what: `resident with ${count} accounts every ${interval}`,
        measured: memory.resident,
        unit: 'MiB',
        budget,
        of: `after ${seconds} s; its own ${memory.own.toFixed(0)} MiB; ${(cpu * 100).toFixed(2)} % of a processor`,
      },
    ];
  } finally {
    await vendors.stop();
    rmSync(folder, { recursive: true });
  }
}

/** CPU of one health check of the bundle, beside a Node that does nothing; runs of both take turns. */
export async function benchHealthcheck(budget: number): Promise<readonly Row[]> {
  const running = await startExporter(bundle, resolve(root, 'exporter/examples/demo.yaml'));
  try {
    const checks: number[] = [];
    const empty: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const address = `--web.listen-address=${new URL(running.url).host}`;
      checks.push(await cpuMsOfRun([bundle, 'healthcheck', address]));
      empty.push(await cpuMsOfRun(['-e', '0']));
    }
    return [
      {
        what: 'health check, CPU',
        measured: median(checks) / median(empty),
        unit: 'x node -e 0',
        budget,
        of: `${median(checks).toFixed(0)} ms, an empty program ${median(empty).toFixed(0)} ms`,
      },
    ];
  } finally {
    await running.stop();
  }
}

/** CPU in milliseconds of a run of Node from its start to its end, as the kernel counts it for children that ended. */
async function cpuMsOfRun(args: readonly string[]): Promise<number> {
  const ended = await promisify(execFile)(process.execPath, [
    ...['-e', measureRun, process.execPath, ...args],
  ]);
  return Number(ended.stdout);
}

const measureRun =
  "const { execFileSync } = require('node:child_process'); const [program, ...args] = process.argv.slice(1); execFileSync(program, args); const stat = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' '); console.log((Number(stat[13]) + Number(stat[14])) * 10);";
