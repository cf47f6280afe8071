import { printable } from '../config/printable.ts';
import type { Redactor } from '../config/redact.ts';
import type { Provider } from '../providers/contract.ts';
import type { HttpClient } from '../providers/http.ts';
import type { FailureReason } from '../readings/check-error.ts';
import { CheckError } from '../readings/check-error.ts';
import type { Reading } from '../readings/reading.ts';
import { identityOf } from '../readings/reading.ts';
import type { AccountConfig, Amount } from './schema.ts';

/** How one check ended. The message of a failure is redacted and safe to show. */
export type CheckOutcome =
  | { readonly ok: true; readonly readings: readonly Reading[] }
  | {
      readonly ok: false;
      readonly reason: FailureReason;
      readonly message: string;
      /** Seconds that the vendor asked to wait. */
      readonly retryAfterSeconds: number | undefined;
    };

export interface CheckDependencies {
  readonly findProvider: (id: string) => Provider | undefined;
  readonly httpClient: (account: AccountConfig, signal: AbortSignal) => HttpClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly redact: Redactor;
  /** Called with errors of the program itself, which the outcome only mentions. */
  readonly onError?: (account: AccountConfig, error: unknown) => void;
}

/** Checks one account once. Never throws, and always ends when `signal` aborts, whatever the provider does. */
export async function checkAccount(
  account: AccountConfig,
  dependencies: CheckDependencies,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  try {
    const provider = dependencies.findProvider(account.provider);
    if (provider === undefined) throw new CheckError('config', `unknown provider ${account.provider}`);
    const readings = await untilAborted(
      signal,
      provider.check({
        options: account.options,
        http: dependencies.httpClient(account, signal),
        now: () => new Date(dependencies.now()),
      }),
    );
    validateReadings(readings);
    validateAmount(account.threshold, 'threshold', readings, 'balance');
    validateAmount(account.budget, 'budget', readings, 'spend');
    return { ok: true, readings };
  } catch (error) {
    if (!(error instanceof CheckError)) dependencies.onError?.(account, error);
    else if (error.reason === 'internal') dependencies.onError?.(account, error.cause ?? error);
    const failure =
      error instanceof CheckError
        ? error
        : new CheckError('internal', 'internal error in the provider; see the log', { cause: error });
    return {
      ok: false,
      reason: failure.reason,
      message: shown(failure.message, dependencies.redact),
      retryAfterSeconds: failure.retryAfterSeconds,
    };
  }
}

/** Long enough for our words and two sentences of a vendor's, in characters. */
const longestMessage = 400;

/**
 * The words of a failure as they may be shown. Secrets go first, and once more when what was between their characters is
 * gone; the cut comes last, for a secret that was cut in two would no longer be known as one.
 */
function shown(message: string, redact: Redactor): string {
  const text = redact(printable(redact(message)));
  const characters = [...text];
  return characters.length > longestMessage ? `${characters.slice(0, longestMessage).join('')}…` : text;
}

async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new CheckError('timeout', 'the check did not complete in time'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** @throws CheckError where an answer would make series that are wrong or collide. */
function validateReadings(readings: readonly Reading[]): void {
  if (readings.length === 0) throw new CheckError('schema', 'the response contains no readings');
  const seen = new Set<string>();
  for (const reading of readings) {
    if (!numbersOf(reading).every(Number.isFinite)) {
      throw new CheckError('schema', 'a value is not a finite number');
    }
    if (reading.unit === '') throw new CheckError('schema', 'a value has no unit');
    if (!reading.unit.isWellFormed()) throw new CheckError('schema', 'a unit is not well-formed text');
    const identity = identityOf(reading);
    if (seen.has(identity)) {
      throw new CheckError('schema', `the answer has two values of the same type in ${reading.unit}`);
    }
    seen.add(identity);
  }
}

function numbersOf(reading: Reading): readonly number[] {
  if (reading.kind === 'unlimited') return [];
  if (reading.kind === 'spend') {
    return [reading.value, reading.periodStart, reading.periodEnd, reading.asOf ?? 0];
  }
  return [reading.value, reading.limit ?? 0, reading.resetAt ?? 0, reading.asOf ?? 0];
}

/** @throws CheckError where a threshold or a budget does not fit what the vendor answers: it would watch nothing */
function validateAmount(
  amount: Amount | undefined,
  what: 'threshold' | 'budget',
  readings: readonly Reading[],
  kind: 'balance' | 'spend',
): void {
  if (amount === undefined) return;
  const units = new Set(readings.filter((reading) => reading.kind === kind).map(({ unit }) => unit));
  if (typeof amount === 'number') {
    if (units.size <= 1) return;
    const example = [...units].map((unit) => `${unit}: ${amount}`).join(', ');
    throw new CheckError(
      'config',
      `the answer has several units, so ${what} needs one number for each: { ${example} }`,
    );
  }
  const isSpend = kind === 'spend';
  const all = new Set(readings.filter((one) => (one.kind === 'spend') === isSpend).map(({ unit }) => unit));
  const unknown = Object.keys(amount).find((unit) => !all.has(unit));
  if (unknown === undefined) return;
  const came = all.size === 0 ? `no ${kind}` : [...all].join(', ');
  throw new CheckError('config', `${what} names the unit ${unknown}, and the answer has ${came}`);
}
