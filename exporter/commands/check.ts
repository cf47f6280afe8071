import type { Config } from '../account-file/schema.ts';
import { checkAccount } from '../accounts/check.ts';
import { didYouMean } from '../config/nearest-word.ts';
import { printable } from '../config/printable.ts';
import { createRedactor } from '../config/redact.ts';
import type { HttpExchange } from '../providers/http.ts';
import { httpClientFor } from '../providers/http-for.ts';
import { jsonShape } from '../providers/json-shape.ts';
import { findProvider } from '../providers/registry.ts';
import { describeReading } from './readings.ts';

export interface CheckOptions {
  readonly config: Config;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** The longest list of names that a message has in full. */
const mostNames = 20;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return ': the account file has none';
  const rest = names.length - mostNames;
  return `; enabled are ${names.slice(0, mostNames).map(printable).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `balance-alert check NAME`: runs one check and prints what happened, without values of secrets. Returns the exit code. */
export async function runCheck({ config, name, now, write, warn }: CheckOptions): Promise<number> {
  const account = config.accounts.find((candidate) => candidate.name === name);
  if (account === undefined) {
    const names = config.accounts.map((candidate) => candidate.name);
    const near = didYouMean(name, names);
    warn(`no enabled account ${JSON.stringify(name)}${near === '' ? listOf(names) : near}\n`);
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
  for (const reading of outcome.readings) print(describeReading(reading, account));
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
