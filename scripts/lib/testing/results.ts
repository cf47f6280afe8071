import { alignColumns } from '../../../exporter/commands/columns.ts';
import type { OfTests } from './test-events.ts';

/** Counts what happens in a run of tests, and adds up. */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

export interface Tally {
  /** Takes what happened. */
  readonly take: (event: OfTests) => void;
  readonly counts: () => TestCounts;
  /** Titles. */
  readonly skipped: () => readonly string[];
  /** Files of which anything was heard. */
  readonly seen: () => ReadonlySet<string>;
  /** What a file's process printed last: with it, a failure that no test explains can be understood. */
  readonly output: () => ReadonlyMap<string, string>;
  /** Files with a failure of any kind. */
  readonly failedFiles: () => ReadonlySet<string>;
  /** The run broke off: what was running has failed. A next run for the rest can follow. */
  readonly breakOff: (how: string) => void;
}

/** Characters that are kept of what a file printed. */
const maxOutput = 4000;
/** Titles of unfinished tests that are listed, per file. */
const maxTitles = 10;

/**
 * Counts the results of a run. A test that was selected counts, in any case: when its file ends before it
 * does, it has failed.
 * @param nameOf how a file is called in front of a title; empty where it is the only one
 * @param onFailure called for each failed test with its title, then each line that explains it
 */
export function createTally(nameOf: (file: string) => string, onFailure: (line: string) => void): Tally {
  let counts = noTests;
  const skipped: string[] = [];
  const output = new Map<string, string>();
  const seen = new Set<string>();
  /** Titles of tests that have been selected and have no result yet, by file that runs. */
  const running = new Map<string, Set<string>>();
  const withoutTests = new Set<string>();
  const failedFiles = new Set<string>();
  const explained = new Set<string>();

  function fail(file: string | undefined, what: string, explanation: readonly string[], number = 1): void {
    if (file !== undefined) failedFiles.add(file);
    const title = file === undefined || nameOf(file) === '' ? what : `${nameOf(file)} › ${what}`;
    counts = add(counts, { ...noTests, failed: number });
    onFailure(`FAILED ${title}`);
    for (const line of explanation) onFailure(`  ${line}`);
  }

  function start(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    running.set(file, new Set());
    withoutTests.add(file);
  }

  function end(file: string, how: string | undefined): void {
    const titles = [...(running.get(file) ?? [])];
    running.delete(file);
    if (titles.length > 0) {
      const more = titles.length - maxTitles;
      fail(
        file,
        `${titles.length === 1 ? '1 test' : `${titles.length} tests`} did not run to the end`,
        [
          ...(how === undefined ? [] : [`the file was ${how}`]),
          ...titles.slice(0, maxTitles),
          ...(more > 0 ? [`… and ${more} more`] : []),
        ],
        titles.length,
      );
    } else if (how !== undefined && !explained.has(file)) {
      fail(file, `the file was ${how}`, []);
    } else if (withoutTests.has(file) && !explained.has(file)) {
      fail(file, 'the file has no tests', []);
    }
  }

  function take(event: OfTests): void {
    if (event.file !== undefined) start(event.file);
    switch (event.type) {
      case 'selected':
        running.get(event.file)?.add(event.title);
        withoutTests.delete(event.file);
        return;
      case 'skipped':
        withoutTests.delete(event.file);
        skipped.push(nameOf(event.file) === '' ? event.title : `${nameOf(event.file)} › ${event.title}`);
        counts = add(counts, { ...noTests, skipped: 1 });
        return;
      case 'passed':
        running.get(event.file)?.delete(event.title);
        counts = add(counts, { ...noTests, passed: 1 });
        return;
      case 'failed':
        running.get(event.file)?.delete(event.title);
        fail(event.file, event.title, event.explanation);
        return;
      case 'fault':
        if (event.file !== undefined) explained.add(event.file);
        fail(event.file, event.title, event.explanation);
        return;
      case 'output':
        output.set(event.file, `${output.get(event.file) ?? ''}${event.text}`.slice(-maxOutput));
        return;
      case 'file-ended':
        end(event.file, event.how);
    }
  }

  return {
    take,
    counts: () => counts,
    skipped: () => skipped,
    seen: () => seen,
    output: () => output,
    failedFiles: () => failedFiles,
    breakOff(how) {
      for (const file of [...running.keys()]) end(file, how);
    },
  };
}

export interface LayerResult {
  readonly layer: string;
  readonly counts: TestCounts;
  /** Titles. */
  readonly skipped: readonly string[];
  /** Seconds. */
  readonly duration: number;
}

/** As a strict run counts: a skip is a failure unless there is a reason to accept it. */
export function strictly(
  result: LayerResult,
  accepted: (layer: string, title: string) => string | undefined,
): LayerResult {
  const refused = result.skipped.filter((title) => accepted(result.layer, title) === undefined).length;
  const { passed, failed, skipped } = result.counts;
  return { ...result, counts: { passed, failed: failed + refused, skipped: skipped - refused } };
}

/** A table of the layers. */
export function formatTable(results: readonly LayerResult[]): string {
  const rows = results.map(({ layer, counts, duration }) => [
    layer,
    String(counts.passed),
    String(counts.failed),
    String(counts.skipped),
    duration.toFixed(1),
  ]);
  return alignColumns([['layer', 'passed', 'failed', 'skipped', 'seconds'], ...rows], [1, 2, 3, 4]);
}

/** Every skipped test, with why that is all right, or that it is not. */
export function formatSkips(
  results: readonly LayerResult[],
  remark: (layer: string, title: string) => string,
): string {
  return results
    .flatMap(({ layer, skipped }) =>
      skipped.map((title) => `skipped in ${layer}: ${title}${remark(layer, title)}\n`),
    )
    .join('');
}

/** The line that ends every run. */
export function formatTotal({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
