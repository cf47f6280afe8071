import { type Sample, sample } from '../metrics/catalog.ts';
import { failureReasons } from '../readings/check-error.ts';
import type { BalanceReading, Reading, SpendReading } from '../readings/reading.ts';
import { type AccountState, isServed } from './state.ts';
import { amountFor, thresholdFor } from './threshold.ts';
import { windowSeconds } from './window-length.ts';

/**
 * The series of one account at a moment (milliseconds since the epoch). Readings older than the account's
 * `max_age` are not served; the times of the last check and success stay and say why.
 */
export function accountSamples(state: AccountState, now: number): readonly Sample[] {
  const { account } = state;
  const identity = { project: account.name, provider: account.provider };
  const samples: Sample[] = [
    sample(
      'balance_alert_account_info',
      { ...identity, account_owner: account.owner ?? '', console_url: account.consoleUrl ?? '' },
      1,
    ),
    sample('balance_alert_account_check_interval_seconds', identity, account.intervalSeconds),
    sample('balance_alert_account_checks_total', identity, state.checks),
  ];
  for (const reason of failureReasons) {
    samples.push(
      sample('balance_alert_account_check_failures_total', { ...identity, reason }, state.failures[reason]),
    );
  }
  if (state.lastCheckAtMs !== undefined) {
    samples.push(
      sample('balance_alert_account_up', identity, state.failure === undefined ? 1 : 0),
      sample('balance_alert_account_last_check_timestamp_seconds', identity, state.lastCheckAtMs / 1000),
    );
  }
  if (state.lastSuccessAtMs !== undefined) {
    samples.push(
      sample('balance_alert_account_last_success_timestamp_seconds', identity, state.lastSuccessAtMs / 1000),
    );
  }
  if (state.lastDurationSeconds !== undefined) {
    samples.push(sample('balance_alert_account_check_duration_seconds', identity, state.lastDurationSeconds));
  }
  if (isServed(state, now)) {
    for (const reading of state.readings) {
      if (reading.kind === 'balance') samples.push(...balanceSamples(identity, reading, state));
      else if (reading.kind === 'spend') samples.push(...spendSamples(identity, reading, state));
    }
    const figuresAt = oldestFigure(state.readings);
    if (figuresAt !== undefined) {
      samples.push(sample('balance_alert_account_reading_timestamp_seconds', identity, figuresAt));
    }
  }
  return samples;
}

/** When the oldest figure of an account is from, in seconds since the epoch; undefined where the vendor dates none. */
export function oldestFigure(readings: readonly Reading[]): number | undefined {
  const times = readings.flatMap((reading) => (reading.kind === 'unlimited' ? [] : (reading.asOf ?? [])));
  return times.length === 0 ? undefined : Math.min(...times);
}

export interface Identity {
  readonly project: string;
  readonly provider: string;
}

export function balanceSamples(identity: Identity, reading: BalanceReading, state: AccountState): Sample[] {
  const { type, unit, window, wallet, value } = reading;
  const labels = {
    ...identity,
    type,
    unit,
    ...(window === undefined ? {} : { window }),
    ...(wallet === undefined ? {} : { wallet }),
  };
  const samples = [sample('balance_alert_balance', labels, value)];
  const threshold = thresholdFor(state.account.threshold, reading);
  if (threshold !== undefined) {
    samples.push(
      sample('balance_alert_threshold', labels, threshold),
      sample('balance_alert_status', labels, value >= threshold ? 1 : 0),
    );
    if (threshold > 0)
      samples.push(sample('balance_alert_ratio', labels, Number((value / threshold).toPrecision(12))));
  }
  if (reading.limit !== undefined) samples.push(sample('balance_alert_quota_limit', labels, reading.limit));
  if (reading.resetAt !== undefined) {
    samples.push(sample('balance_alert_quota_reset_timestamp_seconds', labels, reading.resetAt));
  }
  const length = reading.limit === undefined ? undefined : windowSeconds(reading);
  if (length !== undefined) samples.push(sample('balance_alert_quota_window_seconds', labels, length));
  return samples;
}

export function spendSamples(identity: Identity, reading: SpendReading, state: AccountState): Sample[] {
  const { unit, period, value, periodStart, periodEnd } = reading;
  const labels = { ...identity, unit, period };
  const samples = [
    sample('balance_alert_spend', labels, value),
    sample('balance_alert_spend_period_start_timestamp_seconds', labels, periodStart),
    sample('balance_alert_spend_period_end_timestamp_seconds', labels, periodEnd),
  ];
  const budget = amountFor(state.account.budget, unit);
  if (budget !== undefined) samples.push(sample('balance_alert_spend_budget', labels, budget));
  return samples;
}
