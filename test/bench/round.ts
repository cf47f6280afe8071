import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAccountFile } from '../../exporter/account-file/load.ts';
import { AccountStorage } from '../../exporter/accounts/storage.ts';
import { Exporter } from '../../exporter/exporter.ts';
import { createMemoryMailStore } from '../../exporter/mail/store.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { RecordStore } from '../../exporter/storage/record-store.ts';
import { silentLogger } from '../support/logger.ts';
import { startHelper } from './measure.ts';
import type { Row } from './table.ts';

/** What the vendors take to answer, in milliseconds. */
export const latencies: readonly number[] = [40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260];

/** One account of the file, as YAML, that asks a local vendor. */
export function benchAccount(name: string, url: string): string {
  return `  - { name: ${name}, provider: json, options: { url: '${url}/', values: [{ type: balance, expr: left, unit: USD }] } }\n`;
}

/** The first round of so many accounts over all vendors, with states saved, against the time that its waiting alone takes. */
export async function benchRound(count: number, concurrency: number): Promise<readonly Row[]> {
  const vendors = await startHelper('vendors.ts', latencies.map(String));
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    const urls = vendors.said.split(' ');
    const accounts = Array.from({ length: count }, (_, index) =>
      benchAccount(`account-${index}`, urls[index % urls.length] ?? ''),
    );
    const loaded = loadAccountFile({
      file: 'bench.yaml',
      text: `accounts:\n${accounts.join('')}`,
      resolveSecret: () => undefined,
      now: Date.now(),
    });
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    const exporter = new Exporter(loaded.config, {
      load: () => ({ ok: false, errors: [] }),
      findProvider,
      logger: silentLogger,
      now: Date.now,
      random: Math.random,
      concurrency,
      storage: new AccountStorage({
        records: new RecordStore({ path: folder, now: Date.now, onSetAside: () => undefined }),
        now: Date.now,
        onSetAside: () => undefined,
      }),
      mailStore: createMemoryMailStore(),
      onStorageFailure: () => undefined,
    });
    // The client's code is loaded with the first request ever, which is no part of a round.
    await import('../../exporter/providers/http.ts');
    const started = performance.now();
    exporter.start();
    while (!exporter.ready()) await new Promise((done) => setTimeout(done, 5));
    const took = performance.now() - started;
    const failed = exporter.snapshot().accounts.filter(({ failure }) => failure !== undefined).length;
    await exporter.stop();
    if (failed > 0) throw new Error(`${failed} of ${count} checks failed`);
    const waits = Array.from({ length: count }, (_, index) => latencies[index % latencies.length] ?? 0);
    const ideal = waits.reduce((sum, wait) => sum + wait, 0) / concurrency;
    return [
      {
        what: `round of ${count.toLocaleString('en')} accounts`,
        measured: took / ideal,
        unit: 'x ideal',
        budget: 1.15,
        of: `${(took / 1000).toFixed(2)} s, ideal ${(ideal / 1000).toFixed(2)} s at concurrency ${concurrency}, ${latencies.length} vendors`,
      },
    ];
  } finally {
    await vendors.stop();
    rmSync(folder, { recursive: true });
  }
}
