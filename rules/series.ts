import { definitionOf, type MetricName } from '../exporter/metrics/catalog.ts';

/**
 * Every series that the rules record, with the metric whose labels it has (all but those of the scrape). Rules,
 * dashboards and the demo's past take the names from here, so that none of them can read a series that nothing records.
 */
export const recordedSeries = {
  'account:balance_alert_balance:max': 'balance_alert_balance',
  'account:balance_alert_balance:carried': 'balance_alert_balance',
  'account:balance_alert_fall:step10m': 'balance_alert_balance',
  'account:balance_alert_used:total': 'balance_alert_balance',
  'account:balance_alert_steps:total': 'balance_alert_balance',
  'account:balance_alert_changes:total': 'balance_alert_balance',
  'account:balance_alert_history_start_timestamp_seconds:min': 'balance_alert_balance',
  'account:balance_alert_step_burn_per_second:avg1d': 'balance_alert_balance',
  'account:balance_alert_step_burn_per_second:avg7d': 'balance_alert_balance',
  'account:balance_alert_step_burn_per_second:avg30d': 'balance_alert_balance',
  'account:balance_alert_step_burn_per_second:expected': 'balance_alert_balance',
  'account:balance_alert_burn_per_second:avg1d': 'balance_alert_balance',
  'account:balance_alert_burn_per_second:avg7d': 'balance_alert_balance',
  'account:balance_alert_burn_per_second:avg30d': 'balance_alert_balance',
  'account:balance_alert_changes:count7d': 'balance_alert_balance',
  'account:balance_alert_runway_seconds': 'balance_alert_balance',
  'account:balance_alert_quota_used:ratio': 'balance_alert_balance',
  'account:balance_alert_quota_elapsed:ratio': 'balance_alert_balance',
  'account:balance_alert_quota_pace': 'balance_alert_balance',
  'account:balance_alert_evaluated_timestamp_seconds:max': undefined,
  'account:balance_alert_exporter_up_timestamp_seconds:max': undefined,
  'account:balance_alert_threshold_evaluated_timestamp_seconds:max': undefined,
  'account:balance_alert_runway_evaluated_timestamp_seconds:max': undefined,
  'account:balance_alert_spend_evaluated_timestamp_seconds:max': undefined,
  'account:balance_alert_checks_evaluated_timestamp_seconds:max': undefined,
  'account:balance_alert_spend_exporter_up_timestamp_seconds:max': undefined,
  'account:balance_alert_account_owner:current': 'balance_alert_account_info',
  'account:balance_alert_reading_age_intervals:max': 'balance_alert_account_up',
  'account:balance_alert_balance_known_timestamp_seconds:max': 'balance_alert_balance',
  'account:balance_alert_balance_unserved_since_timestamp_seconds:max': 'balance_alert_balance',
  'account:balance_alert_balance:current': 'balance_alert_balance',
  'account:balance_alert_threshold:current': 'balance_alert_balance',
  'account:balance_alert_runway_seconds:current': 'balance_alert_balance',
  'account:balance_alert_spend_known_timestamp_seconds:max': 'balance_alert_spend',
  'account:balance_alert_spend_unserved_since_timestamp_seconds:max': 'balance_alert_spend',
  'account:balance_alert_spend_projected:ratio': 'balance_alert_spend',
  'account:balance_alert_spend_projected:current': 'balance_alert_spend',
  'subscription:balance_alert_evaluated_timestamp_seconds:max': undefined,
  'subscription:balance_alert_exporter_up_timestamp_seconds:max': undefined,
  'subscription:balance_alert_account_owner:current': 'balance_alert_subscription_info',
  'subscription:balance_alert_known_timestamp_seconds:max': 'balance_alert_subscription_days',
  'subscription:balance_alert_unserved_since_timestamp_seconds:max': 'balance_alert_subscription_days',
  'subscription:balance_alert_subscription_status:min': 'balance_alert_subscription_days',
  'subscription:balance_alert_subscription_overdue:max': 'balance_alert_subscription_days',
  'subscription:balance_alert_subscription_days:min': 'balance_alert_subscription_days',
  'subscription:balance_alert_subscription_auto_renew:max': 'balance_alert_subscription_days',
  balance_alert_email_alerts: 'balance_alert_mailbox_up',
} as const satisfies Record<string, MetricName | undefined>;

export type RecordedName = keyof typeof recordedSeries;

/** Labels that tell one account, spend, subscription or mailbox from another: all of the metric, without those of the scrape. */
export function identityOf(name: MetricName | RecordedName): string {
  const metric: MetricName | undefined = isRecorded(name) ? recordedSeries[name] : name;
  if (metric === undefined) return '';
  const { labels, optionalLabels = [] } = definitionOf(metric);
  return [...labels, ...optionalLabels].join(', ');
}

function isRecorded(name: MetricName | RecordedName): name is RecordedName {
  return Object.hasOwn(recordedSeries, name);
}

interface Reading {
  /** Label matchers without braces, such as `type="quota"`. */
  readonly matchers?: string | undefined;
  /** A range such as `1h`: the last value within it, where the series has no value at the moment itself. */
  readonly lastWithin?: string;
  /** Such as `7d`: as it was that long ago. */
  readonly offset?: string;
}

/**
 * A recorded series with the labels of its identity only: vmalert adds its external labels to what it records, and a
 * join with a scraped series would find nothing.
 */
export function recorded(name: RecordedName, { matchers = '', lastWithin, offset }: Reading = {}): string {
  const selector = matchers === '' ? name : `${name}{${matchers}}`;
  const past = offset === undefined ? '' : ` offset ${offset}`;
  const identity = identityOf(name);
  const by = identity === '' ? '' : ` by (${identity})`;
  return lastWithin === undefined
    ? `max${by} (${selector}${past})`
    : `max${by} (last_over_time(${selector}[${lastWithin}]${past}))`;
}
