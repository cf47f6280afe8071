import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Console } from '../terminal/console.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow } from '../terminal/process.ts';
import type { FileGroups } from './groups.ts';
import { groupFiles } from './groups.ts';
import type { Layer } from './layers.ts';
import type { GroupMember } from './process-group.ts';
import { endGroup, killLate, membersOf } from './process-group.ts';
import type { LayerResult, Tally, TestCounts } from './results.ts';
import { add, createTally, noTests } from './results.ts';
import { parseEvent } from './test-events.ts';

/** Runs the checks, and one layer of tests. */

export interface RunOptions {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
  /** What the tests' environment has on top of this process's. */
  readonly environment: Readonly<Record<string, string>>;
  /** Test files at a time, in a layer that says nothing else. */
  readonly fileProcesses: number;
}

/** Types, style and dead code, each counted as one test. */
const checks = [
  { title: 'types', script: 'node_modules/typescript-7/bin/tsc', args: ['--noEmit'] },
  { title: 'style', script: 'node_modules/@biomejs/biome/bin/biome', args: ['ci', '--colors=off', '.'] },
  { title: 'dead code', script: 'node_modules/knip/bin/knip.js', args: [] },
];

export async function runChecks({
  root,
  console,
  interruption,
}: Pick<RunOptions, 'root' | 'console' | 'interruption'>): Promise<LayerResult> {
  console.step('check: types, style, dead code');
  const started = performance.now();
  const all = await Promise.all(
    checks.map(async ({ title, script, args }): Promise<TestCounts> => {
      const said: string[] = [];
      const code = await follow(process.execPath, [join(root, script), ...args], {
        cwd: root,
        interruption,
        onLine: (line) => said.push(line),
      });
      if (code !== 0) {
        console.line(`FAILED ${title}`);
        for (const line of said) console.line(`  ${line}`);
      }
      return { ...noTests, [code === 0 ? 'passed' : 'failed']: 1 };
    }),
  );
  const counts = all.reduce(add, noTests);
  return { layer: 'check', counts, skipped: [], duration: (performance.now() - started) / 1000 };
}

/** Interval of progress lines, in milliseconds. */
const progressIntervalMs = 15_000;
/** How long a test file that was signalled may clean up, in milliseconds. */
const cleanupMs = 60_000;
/** How long a process may outlive the tests that started it, in milliseconds. */
const graceMs = 2000;

export async function runLayer(
  layer: Layer,
  files: readonly string[],
  options: RunOptions,
): Promise<LayerResult> {
  const { console, interruption } = options;
  console.step(
    `${layer.name}: against ${layer.against} (${files.length} ${files.length === 1 ? 'file' : 'files'})`,
  );
  const started = performance.now();
  const tally = createTally(namesOf(files), (line) => console.line(line));
  const progress = setInterval(() => {
    const { passed, failed } = tally.counts();
    const seconds = Math.round((performance.now() - started) / 1000);
    console.line(`… ${passed + failed} done after ${seconds} s`);
  }, progressIntervalMs);
  let counts = noTests;
  try {
    counts = await runFiles(layer, files, tally, options);
  } finally {
    clearInterval(progress);
  }
  counts = add(counts, tally.counts());
  if (counts.failed > 0 && !interruption.requested) printOutput(tally, console);
  const { passed, failed, skipped } = counts;
  console.line(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return {
    layer: layer.name,
    counts,
    skipped: tally.skipped(),
    duration: (performance.now() - started) / 1000,
  };
}

/**
 * Runs ava on the files. Where ava itself ends before its tests do, what was running has failed, and another ava goes on
 * with the files that had not begun: with all of them, or one by one where none had.
 * @returns failures that are in no event
 */
async function runFiles(
  layer: Layer,
  files: readonly string[],
  tally: Tally,
  options: RunOptions,
): Promise<TestCounts> {
  const { console, interruption } = options;
  let counts = noTests;
  const fail = (what: string) => {
    counts = add(counts, { ...noTests, failed: 1 });
    console.line(`FAILED ${what}`);
  };
  const batches = files.length === 0 ? [] : [files];
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    const errors: string[] = [];
    const { code, group, ended } = await runAva(layer, batch, tally, errors, options);
    for (const { command } of await endLeftBehind(group)) {
      if (!interruption.requested) fail(`a test left this running: ${command}`);
    }
    if (interruption.requested) break;
    const next = batch.filter((file) => !tally.seen().has(file));
    if (ended) {
      tally.breakOff('left without an end');
      // They were to run in a process that a file before them has ended.
      if (next.length > 0 && next.length < batch.length) {
        console.line(`continuing in new processes (${next.length})`);
        batches.unshift(next);
        continue;
      }
      for (const file of next) fail(`${file} did not run`);
      // The runner itself failed, or a file ended before its tests did: no event reports that.
      if (code !== 0 && counts.failed + tally.counts().failed === 0) fail(`ava ended with exit code ${code}`);
      continue;
    }
    fail(`ava ended with exit code ${code} before its tests did`);
    for (const line of errors.slice(-30)) console.line(`  ${line}`);
    tally.breakOff('cut short, because ava ended');
    if (next.length === 0) continue;
    if (batch.length === 1) fail(`${batch[0]} did not run`);
    else {
      console.line(`continuing with the other files (${next.length})`);
      batches.unshift(...(next.length < batch.length ? [next] : next.map((file) => [file])));
    }
  }
  return counts;
}

async function runAva(
  layer: Layer,
  files: readonly string[],
  tally: Tally,
  errors: string[],
  { root, console, interruption, environment, fileProcesses }: RunOptions,
): Promise<{ readonly code: number; readonly group: number | undefined; readonly ended: boolean }> {
  let group: number | undefined;
  let ended = false;
  const groups = groupsOf(layer, files);
  const code = await follow(
    process.execPath,
    [
      join(root, 'node_modules/ava/entrypoints/cli.js'),
      ...['--config', join(root, 'scripts/lib/testing/ava-config.ts')],
      ...['--concurrency', String(layer.concurrency ?? fileProcesses)],
      ...(layer.timeout === undefined ? [] : ['--timeout', layer.timeout]),
      ...groups.keys(),
    ],
    {
      cwd: root,
      // Each file is a process that loads much the same modules: compiled once, they take a third less to load.
      environment: {
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(root, '.cache/compiled'),
        BALANCE_ALERT_TEST_GROUPS: JSON.stringify([...groups]),
        ...environment,
      },
      interruption,
      onStart: (pid) => {
        group = pid;
      },
      // ava's own report says the same again; what its files print comes with the events, too.
      onLine: (line, stream) => {
        if (stream === 'stderr') errors.push(line);
      },
      onMessage: (line) => {
        const event = parseEvent(line);
        if (event?.type === 'ended') ended = true;
        else if (event?.type === 'timed-out') endTimedOut(group, console);
        else if (event !== undefined) tally.take(event);
      },
    },
  );
  return { code, group, ended };
}

/** The processes of a layer: those that take longest first, each with its only file, then the others, which may share some. */
function groupsOf({ longest = [], isTogether }: Layer, files: readonly string[]): FileGroups {
  const rank = (file: string) => longest.findIndex((path) => file.startsWith(`test/${path}`));
  const first = files.filter((file) => rank(file) >= 0).toSorted((one, other) => rank(one) - rank(other));
  const rest = files.filter((file) => rank(file) < 0);
  const alone = (file: string) => [file, []] as const;
  return new Map([
    ...first.map(alone),
    ...(isTogether === true ? groupFiles(rest, availableParallelism()) : rest.map(alone)),
  ]);
}

/** How files are called in front of the titles of their tests: what they don't share; nothing for a single one. */
function namesOf(files: readonly string[]): (file: string) => string {
  if (files.length === 1) return () => '';
  let shared = dirname(files[0] ?? '');
  while (!files.every((file) => file.startsWith(`${shared}/`)) && shared !== '.') shared = dirname(shared);
  const start = shared === '.' ? 0 : shared.length + 1;
  return (file) =>
    file
      .slice(start)
      .replace(/\.test\.ts$/, '')
      .replaceAll('/', ' › ');
}

/** Lines of each file's output that are shown. */
const shownLines = 15;

function printOutput(tally: Tally, console: Console): void {
  for (const file of tally.failedFiles()) {
    const text = stripVTControlCharacters(tally.output().get(file) ?? '').trimEnd();
    if (text === '') continue;
    console.line(`last output of ${file}:`);
    for (const line of text.split('\n').slice(-shownLines)) console.line(`  ${line}`);
  }
}

/** A process of test files. */
const isTestProcess = ({ command }: GroupMember): boolean => command.includes('/ava/lib/worker/');

/** ava (8.0.1) waits for what it has asked to end by SIGTERM without a limit, and a test can have taken the signal for itself. */
function endTimedOut(group: number | undefined, console: Console): void {
  if (group === undefined) return;
  void killLate(group, membersOf(group).filter(isTestProcess), cleanupMs).then((killed) => {
    for (const { pid } of killed)
      console.line(`killed a process of tests that did not end when asked to: ${pid}`);
  });
}

/** Ends what ava left: after Ctrl-C it waits neither for its workers nor for what they started. */
function endLeftBehind(group: number | undefined) {
  if (group === undefined) return [];
  return endGroup(group, {
    isCleaningUp: isTestProcess,
    cleanupMs,
    graceMs,
  });
}
