import { join } from 'node:path';
import type { Console } from '../terminal/console.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow } from '../terminal/process.ts';
import type { Layer } from './layers.ts';
import { endGroup } from './process-group.ts';
import type { LayerResult } from './results.ts';
import { add, createTapReader, noTests } from './results.ts';

/** Runs the checks, and one layer of tests. */

export interface RunOptions {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
}

/** Types, style and dead code, each counted as one test. */
const checks = [
  { title: 'types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit'] },
  { title: 'style', script: 'node_modules/@biomejs/biome/bin/biome', args: ['ci', '--colors=off', '.'] },
  { title: 'dead code', script: 'node_modules/knip/bin/knip.js', args: [] },
];

export async function runChecks({ root, console, interruption }: RunOptions): Promise<LayerResult> {
  console.step('check: types, style, dead code');
  const started = performance.now();
  let counts = noTests;
  for (const { title, script, args } of checks) {
    if (interruption.requested) break;
    const said: string[] = [];
    const code = await follow(process.execPath, [join(root, script), ...args], {
      cwd: root,
      interruption,
      onLine: (line) => said.push(line),
    });
    counts = add(counts, { ...noTests, [code === 0 ? 'passed' : 'failed']: 1 });
    if (code !== 0) {
      console.line(`FAILED ${title}`);
      for (const line of said) console.line(`  ${line}`);
    }
  }
  return { layer: 'check', counts, skipped: [], duration: (performance.now() - started) / 1000 };
}

/** How often a layer says how far it is, in milliseconds. */
const progressInterval = 15_000;
/** How long a file of tests that was told to end may tidy up, in milliseconds. */
const tidyingTime = 60_000;
/** How long a process may go on after the tests that started it, in milliseconds. */
const grace = 2000;

export async function runLayer(
  layer: Layer,
  files: readonly string[],
  { root, console, interruption }: RunOptions,
): Promise<LayerResult> {
  console.step(
    `${layer.name}: against ${layer.against} (${files.length} ${files.length === 1 ? 'file' : 'files'})`,
  );
  const started = performance.now();
  const tap = createTapReader((line) => console.line(line));
  const noise: string[] = [];
  let group: number | undefined;
  const progress = setInterval(() => {
    const { passed, failed } = tap.counts();
    const seconds = Math.round((performance.now() - started) / 1000);
    console.line(`… ${passed + failed} done after ${seconds} s`);
  }, progressInterval);
  const code =
    files.length === 0
      ? 0
      : await follow(
          process.execPath,
          [
            join(root, 'node_modules/ava/entrypoints/cli.js'),
            '--tap',
            ...(layer.concurrency === undefined ? [] : ['--concurrency', String(layer.concurrency)]),
            ...(layer.timeout === undefined ? [] : ['--timeout', layer.timeout]),
            ...files,
          ],
          {
            cwd: root,
            interruption,
            onStart: (pid) => {
              group = pid;
            },
            onLine: (line, stream) => {
              if (stream === 'stdout') tap.line(line);
              else noise.push(line);
            },
          },
        ).finally(() => clearInterval(progress));
  clearInterval(progress);

  let counts = tap.counts();
  const told = counts.passed + counts.failed + counts.skipped;
  const untold = (tap.planned() ?? Number.POSITIVE_INFINITY) - told;
  if (files.length > 0 && untold > 0 && !interruption.requested) {
    // What prints the results can end before the tests do, with an exit code of 0.
    counts = add(counts, { ...noTests, failed: Number.isFinite(untold) ? untold : 1 });
    console.line(`FAILED the results end after ${told}; what became of the other tests is not known`);
  }
  if (code !== 0 && counts.failed === 0 && !interruption.requested) {
    // The runner itself failed, or a file ended before its tests did: no TAP line says so.
    counts = add(counts, { ...noTests, failed: 1 });
    console.line(`FAILED the layer ended with exit code ${code}`);
  }
  if (counts.failed > 0 && noise.length > 0) {
    console.line('what the tests wrote last:');
    for (const line of noise.slice(-30)) console.line(`  ${line}`);
  }
  for (const { command } of await leftBehind(group)) {
    if (interruption.requested) continue;
    counts = add(counts, { ...noTests, failed: 1 });
    console.line(`FAILED a test left this running: ${command}`);
  }
  const { passed, failed, skipped } = counts;
  console.line(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return {
    layer: layer.name,
    counts,
    skipped: tap.skipped(),
    duration: (performance.now() - started) / 1000,
  };
}

/** Ends what ava left: after Ctrl-C it waits neither for its workers nor for what they started. */
function leftBehind(group: number | undefined) {
  if (group === undefined) return [];
  return endGroup(group, {
    tidying: ({ command }) => command.includes('/ava/lib/worker/'),
    tidyingTime,
    grace,
  });
}
