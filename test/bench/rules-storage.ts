import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maxBlockDuration } from '../../scripts/demo-history/backfill.ts';
import { runTool } from '../support/promtool.ts';
import { type BenchHistory, samplesOf } from './rules-history.ts';

/** Blocks, each from a text of its own, since promtool reads the whole text for each block. */
export async function writeHistory(history: BenchHistory, storage: string): Promise<void> {
  const blockSeconds = Number.parseInt(maxBlockDuration, 10) * 3600;
  const texts = new Map<number, ReturnType<typeof createWriteStream>>();
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-bench-text-'));
  const path = (block: number): string => join(folder, `${block}.om`);
  try {
    const lines = new Map<number, string[]>();
    const target = '{instance="exporter:9100",job="balance-alert"}';
    const last = Math.floor(history.now / blockSeconds);
    lines.set(last, [`up${target} 1 ${history.now - 20}\n`]);
    for (const name of ['evaluated', 'exporter_up']) {
      const series = `account:balance_alert_${name}_timestamp_seconds:max`;
      lines.get(last)?.push(`${series} ${history.now - 60} ${history.now - 60}\n`);
    }
    const flush = async (): Promise<void> => {
      for (const [block, some] of lines) {
        const stream = texts.get(block) ?? createWriteStream(path(block));
        texts.set(block, stream);
        if (!stream.write(some.join(''))) await once(stream, 'drain');
        lines.set(block, []);
      }
    };
    for (let account = 0; account < history.accounts; account += 1) {
      for (const { series, value, time } of samplesOf(account, history)) {
        const block = Math.floor(time / blockSeconds);
        const some = lines.get(block) ?? [];
        some.push(`${series} ${value} ${time}\n`);
        lines.set(block, some);
      }
      await flush();
    }
    for (const [block, stream] of texts) {
      stream.end('# EOF\n');
      await once(stream, 'close');
      const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet'];
      const outcome = await runTool('promtool', [
        ...args,
        `--max-block-duration=${maxBlockDuration}`,
        path(block),
        storage,
      ]);
      if (outcome.code !== 0) throw new Error(`promtool could not write the history:\n${outcome.stderr}`);
      await rm(path(block));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
