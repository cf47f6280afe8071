import type { FailureReason } from '../readings/check-error.ts';
import type { Reading } from '../readings/reading.ts';
import type { CheckOutcome } from './check.ts';
import type { AccountConfig } from './schema.ts';

export function noFailures(): Record<FailureReason, number> {
  return {
    auth: 0,
    permission: 0,
    rate_limit: 0,
    timeout: 0,
    network: 0,
    tls: 0,
    http: 0,
    business: 0,
    schema: 0,
    config: 0,
    internal: 0,
  };
}

/** What is known of an account before its first check. */
export function untried(account: AccountConfig): AccountState {
  return {
    account,
    readings: [],
    lastCheckAt: undefined,
    lastSuccessAt: undefined,
    lastDuration: undefined,
    failure: undefined,
    checks: 0,
    failures: noFailures(),
  };
}

/** The state after a check that ended at `at` (milliseconds since the epoch) and took `duration` seconds. */
export function afterCheck(
  before: AccountState,
  outcome: CheckOutcome,
  at: number,
  duration: number,
): AccountState {
  const common = {
    account: before.account,
    lastCheckAt: at,
    lastDuration: duration,
    checks: before.checks + 1,
  };
  if (outcome.ok) {
    return {
      ...common,
      readings: outcome.readings,
      lastSuccessAt: at,
      failure: undefined,
      failures: before.failures,
    };
  }
  const { reason, message } = outcome;
  return {
    ...common,
    readings: before.readings,
    lastSuccessAt: before.lastSuccessAt,
    failure: { reason, message },
    failures: { ...before.failures, [reason]: before.failures[reason] + 1 },
  };
}

/** When the readings of an account stop being served, in milliseconds since the epoch; undefined without readings. */
export function expiryOf(state: AccountState): number | undefined {
  return state.lastSuccessAt === undefined || state.readings.length === 0
    ? undefined
    : state.lastSuccessAt + state.account.maxAge * 1000;
}

/** What is known of one account. Replaced whole by each check; never changed in place. */
export interface AccountState {
  readonly account: AccountConfig;
  /** Readings of the last good check; empty until there was one. */
  readonly readings: readonly Reading[];
  /** Undefined until first tried. Times are milliseconds since the epoch. */
  readonly lastCheckAt: number | undefined;
  readonly lastSuccessAt: number | undefined;
  /** Seconds that the last check took. */
  readonly lastDuration: number | undefined;
  /** Set while the last check failed; the message is safe to show. */
  readonly failure: { readonly reason: FailureReason; readonly message: string } | undefined;
  readonly checks: number;
  readonly failures: Readonly<Record<FailureReason, number>>;
}
