import type { CheckOutcome } from '../accounts/check.ts';
import { checkAccount } from '../accounts/check.ts';
import { Poller } from '../accounts/poller.ts';
import type { AccountConfig } from '../accounts/schema.ts';
import { vendorOf } from '../accounts/vendor.ts';
import type { Redactor } from '../config/redact.ts';
import { httpClientFor } from '../providers/http-for.ts';
import { findProvider } from '../providers/registry.ts';

export interface AskOptions {
  readonly accounts: readonly AccountConfig[];
  /** Checks under way at once, over all vendors; each vendor gets its share of them, as when they are polled. */
  readonly concurrency: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly redact: Redactor;
  /** Ends all checks. */
  readonly signal: AbortSignal;
  /** Called after each check. */
  readonly onDone?: (done: number, total: number) => void;
}

export interface Asked {
  readonly account: AccountConfig;
  readonly outcome: CheckOutcome;
  readonly durationSeconds: number;
}

/**
 * Checks every account once, in the way in which it would be polled. The outcomes are in the order of the accounts.
 * Undefined where it was aborted.
 */
export async function askOnce(options: AskOptions): Promise<readonly Asked[] | undefined> {
  const { accounts, concurrency, now, redact, signal, onDone } = options;
  const asked = new Map<string, Asked>();
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const note = (one: Asked): void => {
    asked.set(one.account.name, one);
    onDone?.(asked.size, accounts.length);
    if (asked.size === accounts.length) finish();
  };
  const poller = new Poller({
    concurrency,
    now,
    random: () => 0,
    vendorOf,
    check: (account, limit) =>
      checkAccount(account, { findProvider, httpClient: httpClientFor, now, redact }, limit),
    onOutcome: async (account, outcome, durationSeconds) => {
      note({ account, outcome, durationSeconds });
    },
    onFault: (account) => {
      const outcome = {
        ok: false,
        reason: 'internal',
        message: 'internal error in the check',
        retryAfterSeconds: undefined,
      } as const;
      note({ account, outcome, durationSeconds: 0 });
    },
  });
  const stop = (): void => finish();
  signal.addEventListener('abort', stop, { once: true });
  if (accounts.length === 0 || signal.aborted) finish();
  else poller.replace(accounts.map((account) => ({ ...account, intervalSeconds: onceSeconds })));
  await over;
  signal.removeEventListener('abort', stop);
  await poller.stop();
  if (signal.aborted) return undefined;
  return accounts.flatMap((account) => {
    const one = asked.get(account.name);
    return one === undefined ? [] : [{ ...one, account }];
  });
}

/** No second check: the next one would come after a week. */
const onceSeconds = 7 * 86_400;

/** Shows on a terminal how far it is, on one line that is taken away at the end; nothing elsewhere. */
export function progressOn(write: (text: string) => void, isTerminal: boolean) {
  return (done: number, total: number): void => {
    if (!isTerminal) return;
    const text = `asked ${done} of ${total}`;
    write(done < total ? `\r${text}` : `\r${' '.repeat(text.length)}\r`);
  };
}
