import type { Config } from '../account-file/schema.ts';
import { checkAccount } from '../accounts/check.ts';
import type { AccountConfig } from '../accounts/schema.ts';
import { amountFor } from '../accounts/threshold.ts';
import { nearestWord } from '../config/nearest-word.ts';
import { printable } from '../config/printable.ts';
import { createRedactor } from '../config/redact.ts';
import type { HttpExchange } from '../providers/http.ts';
import { httpClientFor } from '../providers/http-for.ts';
import { jsonShape } from '../providers/json-shape.ts';
import { findProvider } from '../providers/registry.ts';
import type { Reading } from '../readings/reading.ts';

export interface CheckOptions {
  readonly config: Config;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** `balance-alert check NAME`: runs one check and prints what happened, without values of secrets. Returns the exit code. */
export async function runCheck({ config, name, now, write, warn }: CheckOptions): Promise<number> {
  const account = config.accounts.find((candidate) => candidate.name === name);
  if (account === undefined) {
    const names = config.accounts.map((candidate) => candidate.name);
    const meant = nearestWord(name, names);
    warn(
      `no enabled account ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}\n`,
    );
    return 2;
  }
  const redact = createRedactor(config.secrets);
  const print = (text: string): void => {
    // What a vendor writes may hold what moves a terminal's cursor, in keys and units as well as in messages.
    for (const line of redact(text).split('\n'))
      write(`${/^ */.exec(line)?.[0] ?? ''}${redact(printable(line))}\n`);
  };
  const started = performance.now();
  const outcome = await checkAccount(
    account,
    {
      findProvider,
      httpClient: (one, signal) => httpClientFor(one, signal, (exchange) => printExchange(exchange, print)),
      now,
      redact,
      onError: (_account, error) =>
        print(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    },
    AbortSignal.timeout(account.timeoutSeconds * 1000),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  if (!outcome.ok) {
    print(`failed after ${seconds} s: ${outcome.reason}: ${outcome.message}`);
    return 1;
  }
  for (const reading of outcome.readings) print(describe(reading, account));
  print(`succeeded after ${seconds} s`);
  return 0;
}

function printExchange(
  { method, url, status, bytes, duration, response }: HttpExchange,
  print: (line: string) => void,
): void {
  print(`${method} ${url}`);
  print(`  ${status}, ${bytes} bytes after ${Math.round(duration)} ms`);
  print(`  answer: ${jsonShape(response.text)}`);
}

function describe(reading: Reading, account: AccountConfig): string {
  if (reading.kind === 'spend') {
    const budget = amountFor(account.budget, reading.unit);
    return `spend in the ${reading.period}: ${reading.value} ${reading.unit}${budget === undefined ? '' : `, budget ${budget}`}`;
  }
  const window = reading.window === undefined ? '' : ` (${reading.window})`;
  if (reading.kind === 'unlimited') return `${reading.type}${window}: no limit (${reading.unit})`;
  const limit = reading.limit === undefined ? '' : ` of ${reading.limit}`;
  const resetAt =
    reading.resetAt === undefined ? '' : `, resets at ${new Date(reading.resetAt * 1000).toISOString()}`;
  const amount = amountFor(account.threshold, reading.unit);
  const threshold = amount === undefined ? '' : `, threshold ${amount}`;
  return `${reading.type}${window}: ${reading.value}${limit} ${reading.unit}${resetAt}${threshold}`;
}
