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
  readonly skipped: () => readonly string[];
}

/**
 * Counts the results of a TAP stream (testanything.org, version 13).
 * @param onFailure told of each failed test: its title, then each line that explains it
 */
export function createTapReader(onFailure: (line: string) => void): TapReader {
  let counts = noTests;
  const skipped: string[] = [];
  let failing = false;
  return {
    line(text) {
      const [, not, title = '', directive] =
        /^(not )?ok \d+(?: - (.*?))?(?: # (SKIP|TODO).*)?$/.exec(text) ?? [];
      if (/^(not )?ok \d+/.test(text)) {
        failing = false;
        if (directive !== undefined) {
          counts = add(counts, { ...noTests, skipped: 1 });
          skipped.push(title);
        } else if (not === undefined) {
          counts = add(counts, { ...noTests, passed: 1 });
        } else {
          counts = add(counts, { ...noTests, failed: 1 });
          failing = true;
          onFailure(`FAILED ${title}`);
        }
      } else if (failing && text.startsWith('  ')) {
        onFailure(text);
      } else if (/^# (?!tests|pass|skip|fail|todo)/.test(text) && failing) {
        onFailure(text);
      }
    },
    counts: () => counts,
    skipped: () => skipped,
  };
}

export interface LayerResult {
  readonly layer: string;
  readonly counts: TestCounts;
  readonly skipped: readonly string[];
  /** Seconds. */
  readonly duration: number;
}

/** A table of the layers, and below it why tests were skipped. */
export function formatResults(results: readonly LayerResult[]): string {
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
  const skips = results.flatMap(({ layer, skipped }) =>
    skipped.map((title) => `skipped in ${layer}: ${title}`),
  );
  return `${[...lines, ...skips].join('\n')}\n`;
}

/** The line that ends every run. */
export function formatTotal({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
