import type { Config } from '../account-file/schema.ts';
import { printable } from '../config/printable.ts';
import { createRedactor } from '../config/redact.ts';
import { askOnce, progressOn } from './ask-once.ts';
import { alignColumns } from './columns.ts';
import { describeReading } from './readings.ts';

export interface ProbeOptions {
  readonly config: Config;
  /** Checks under way at once. */
  readonly concurrency: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Whether what `warn` writes is shown on a terminal. */
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}

/** `--config.check --probe`: asks every account once. Returns the exit code: 1 where one failed. */
export async function runProbe(options: ProbeOptions): Promise<number> {
  const { config, concurrency, now, write, warn, isTerminal, signal } = options;
  const { accounts } = config;
  if (accounts.length === 0) {
    write('no enabled accounts to probe\n');
    return 0;
  }
  const redact = createRedactor(config.secrets);
  const asked = await askOnce({
    accounts,
    concurrency,
    now,
    redact,
    signal,
    onDone: progressOn(warn, isTerminal),
  });
  if (asked === undefined) {
    warn('interrupted\n');
    return 1;
  }
  const rows = asked.flatMap(({ account, outcome, durationSeconds }) => {
    const words = outcome.ok
      ? outcome.readings.map((reading) => describeReading(reading, account))
      : [`${outcome.reason}: ${outcome.message}`];
    const status = outcome.ok ? 'ok' : 'failed';
    return words.map((result, index) =>
      index === 0
        ? [account.name, account.provider, status, `${durationSeconds.toFixed(2)} s`, result]
        : ['', '', '', '', result],
    );
  });
  // Names are the user's, units the vendor's: neither moves a cursor or shows a key.
  const cells = rows.map((row) => row.map((cell) => redact(printable(cell))));
  write(alignColumns([['ACCOUNT', 'PROVIDER', 'STATUS', 'TIME', 'RESULT'], ...cells], [3]));
  const failed = asked.filter(({ outcome }) => !outcome.ok).length;
  write(`probed ${asked.length}, failed ${failed}\n`);
  return failed === 0 ? 0 : 1;
}
