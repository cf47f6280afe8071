import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, memoryOf, startHelper, timeGet } from './measure.ts';
import type { Row } from './table.ts';

/** A text is kept for a second; whoever asks later gets a new one. In milliseconds. */
const textAge = 1050;

/**
 * Scrapes so many series, and for each scrape the file of the same bytes from the same server: once where the text is
 * ready, once where some readings have changed and a new text must be made, and once where all have.
 */
export async function benchScrape(
  series: number,
  budget: number,
  memoryBudget?: number,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  const server = await startHelper('scrape-server.ts', ['serve', String(series), folder]);
  try {
    const file = `${server.said}/static/static.txt`;
    const metrics = `${server.said}/metrics`;
    let bytes = 0;
    const ready: number[] = [];
    const files: number[] = [];
    for (let turn = 0; turn < 60; turn += 1) {
      files.push((await timeGet(file)).took);
      const scrape = await timeGet(metrics);
      bytes = scrape.bytes;
      ready.push(scrape.took);
    }
    const afterChanges = async (path: string) => {
      const scrapes: number[] = [];
      const statics: number[] = [];
      for (let turn = 0; turn < 10; turn += 1) {
        await fetch(`${server.said}${path}`, { method: 'POST' });
        await pause(textAge);
        statics.push((await timeGet(file)).took);
        scrapes.push((await timeGet(metrics)).took);
      }
      return { scrapes, statics };
    };
    const some = await afterChanges('/change');
    const all = await afterChanges('/change?all');
    const name = series.toLocaleString('en');
    const row = (what: string, scrapes: number[], statics: number[], limit: number | undefined): Row => ({
      what: `scrape of ${name} series, ${what}`,
      measured: median(scrapes) / median(statics),
      unit: 'x file',
      budget: limit,
      of: `${median(scrapes).toFixed(1)} ms, file of the same bytes ${median(statics).toFixed(1)} ms, ${(bytes / 1e6).toFixed(1)} MB`,
    });
    const memory = memoryOf(server.child);
    return [
      row('text ready', ready, files, budget),
      row('1 % of accounts changed', some.scrapes, some.statics, budget),
      row('all accounts changed', all.scrapes, all.statics, undefined),
      ...(memoryBudget === undefined
        ? []
        : [
            {
              what: `memory at ${name} series, all changed`,
              measured: memory.resident,
              unit: 'MiB',
              budget: memoryBudget,
              of: `resident, of which its own ${memory.own.toFixed(0)} MiB`,
            },
          ]),
    ];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}
