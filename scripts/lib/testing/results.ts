/** Reads what ava prints with `--tap`, and adds up. */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

export interface TapReader {
  /** Takes one line. */
  readonly line: (text: string) => void;
  readonly counts: () => TestCounts;
  /** Titles. */
  readonly skipped: () => readonly string[];
  /** How many results the stream says it has; undefined as long as it has not come to its end. */
  readonly planned: () => number | undefined;
}

/**
 * Counts the results of a TAP stream (testanything.org, version 13).
 * @param onFailure told of each failed test: its title, then each line that explains it
 */
export function createTapReader(onFailure: (line: string) => void): TapReader {
  let counts = noTests;
  const skipped: string[] = [];
  let failing = false;
  let planned: number | undefined;
  return {
    line(text) {
      const plan = /^1\.\.(\d+)$/.exec(text);
      if (plan !== null) planned = Number(plan[1]);
      const result = /^(not )?ok \d+(?: - (.*?))?(?: # (SKIP|TODO).*)?$/.exec(text);
      if (result !== null) {
        const [, not, title = '', directive] = result;
        failing = directive === undefined && not !== undefined;
        if (directive !== undefined) skipped.push(title);
        if (failing) onFailure(`FAILED ${title}`);
        counts = add(counts, {
          passed: directive === undefined && !failing ? 1 : 0,
          failed: failing ? 1 : 0,
          skipped: directive === undefined ? 0 : 1,
        });
      } else if (/^# \d+ tests? remaining in /.test(text)) {
        // A hook failed, so they never ran.
        onFailure(text.slice(2));
      } else if (failing && /^( {2}|# {3})/.test(text)) {
        onFailure(text);
      }
    },
    counts: () => counts,
    skipped: () => skipped,
    planned: () => planned,
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
  const table = [['layer', 'passed', 'failed', 'skipped', 'seconds'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return `${lines.join('\n')}\n`;
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
