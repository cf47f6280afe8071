import type { AccountConfig } from '../config/schema.ts';
import type { CheckOutcome } from './check.ts';
import type { FailureReason } from './failure.ts';
import type { AccountState } from './snapshot.ts';

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
