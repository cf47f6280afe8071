import type { FailureReason } from '../readings/check-error.ts';
import { failureReasons } from '../readings/check-error.ts';
import type { Reading } from '../readings/reading.ts';
import { zeros } from '../readings/zeros.ts';
import type { CheckOutcome } from './check.ts';
import type { AccountConfig } from './schema.ts';

/** What is known of an account before its first check. */
export function untried(account: AccountConfig): AccountState {
  return {
    account,
    readings: [],
    lastCheckAtMs: undefined,
    lastSuccessAtMs: undefined,
    lastDurationSeconds: undefined,
    failure: undefined,
    checks: 0,
    failures: zeros(failureReasons),
  };
}

/** The state after a check. */
export function afterCheck(
  before: AccountState,
  outcome: CheckOutcome,
  /** When the check ended. */
  atMs: number,
  durationSeconds: number,
): AccountState {
  const common = {
    account: before.account,
    lastCheckAtMs: atMs,
    lastDurationSeconds: durationSeconds,
    checks: before.checks + 1,
  };
  if (outcome.ok) {
    return {
      ...common,
      readings: outcome.readings,
      lastSuccessAtMs: atMs,
      failure: undefined,
      failures: before.failures,
    };
  }
  const { reason, message } = outcome;
  return {
    ...common,
    readings: before.readings,
    lastSuccessAtMs: before.lastSuccessAtMs,
    failure: { reason, message },
    failures: { ...before.failures, [reason]: before.failures[reason] + 1 },
  };
}

/** When the readings of an account stop being served, in milliseconds since the epoch; undefined without readings. */
export function expiryOf(state: AccountState): number | undefined {
  return state.lastSuccessAtMs === undefined || state.readings.length === 0
    ? undefined
    : state.lastSuccessAtMs + state.account.maxAgeSeconds * 1000;
}

/** Whether an account has readings that are young enough to be served; `now` in milliseconds since the epoch. */
export function isServed(state: AccountState, now: number): boolean {
  const expiry = expiryOf(state);
  return expiry !== undefined && now < expiry;
}

/** What is known of one account. Replaced whole by each check; never changed in place. */
export interface AccountState {
  readonly account: AccountConfig;
  /** Readings of the last good check; empty until there was one. */
  readonly readings: readonly Reading[];
  /** Undefined until first tried. */
  readonly lastCheckAtMs: number | undefined;
  readonly lastSuccessAtMs: number | undefined;
  readonly lastDurationSeconds: number | undefined;
  /** Set while the last check failed; the message is safe to show. */
  readonly failure: { readonly reason: FailureReason; readonly message: string } | undefined;
  readonly checks: number;
  readonly failures: Readonly<Record<FailureReason, number>>;
}
