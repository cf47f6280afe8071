/**
 * Every metric of the exporter, once. The text that is served, `docs/metrics.md`, and the checks that each
 * name and label in rules and dashboards exists are all made from this table.
 *
 * Names without a unit suffix, and the ones that count days, are those of the system this one replaces:
 * its users' queries keep working.
 */

export interface MetricDefinition {
  readonly type: 'gauge' | 'counter';
  /** What one step of the value is. */
  readonly unit: string;
  readonly labels: readonly string[];
  /** Labels that only some of the series have. */
  readonly optionalLabels?: readonly string[];
  readonly help: string;
  /** `stable` names stay; `compatible` ones are kept for queries written for the replaced system. */
  readonly stability: 'stable' | 'compatible';
  /** Why `promtool check metrics` reports it, where it does. */
  readonly lint?: string;
}

const balanceLabels = {
  labels: ['project', 'provider', 'type', 'unit'],
  optionalLabels: ['window', 'wallet'],
} as const;
const accountLabels = ['project', 'provider'] as const;
const spendLabels = ['project', 'provider', 'unit', 'period'] as const;
const subscriptionLabels = ['name', 'cycle_type'] as const;

export const catalog = {
  balance_alert_balance: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Remaining balance of the account as of the last successful check; absent once that is older than max_age. Do not aggregate across units.',
    stability: 'stable',
  },
  balance_alert_threshold: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Configured alert threshold; absent if unset.',
    stability: 'stable',
  },
  balance_alert_status: {
    ...balanceLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: '1 if the balance is at or above the threshold, 0 if below; absent if no threshold is set.',
    stability: 'stable',
  },
  balance_alert_ratio: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'ratio',
    help: 'Balance divided by threshold; absent if no threshold above 0 is set.',
    stability: 'stable',
  },
  balance_alert_quota_limit: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Size of the quota window; absent if the vendor does not report it.',
    stability: 'stable',
  },
  balance_alert_quota_reset_timestamp_seconds: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the quota window resets; absent if the vendor does not report it.',
    stability: 'stable',
  },
  balance_alert_quota_window_seconds: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'Length of the quota window; absent if it is unknown.',
    stability: 'stable',
  },
  balance_alert_spend: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Postpaid cost accrued in the current billing period as of the last successful check.',
    stability: 'stable',
  },
  balance_alert_spend_budget: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Configured budget for the billing period; absent if unset.',
    stability: 'stable',
  },
  balance_alert_spend_period_start_timestamp_seconds: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the billing period started.',
    stability: 'stable',
  },
  balance_alert_spend_period_end_timestamp_seconds: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the billing period ends.',
    stability: 'stable',
  },
  balance_alert_account_up: {
    labels: accountLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether the last check of the account succeeded (1) or failed (0); absent before the first check.',
    stability: 'stable',
  },
  balance_alert_account_last_check_timestamp_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of the last check, successful or failed.',
    stability: 'stable',
  },
  balance_alert_account_last_success_timestamp_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of the last successful check.',
    stability: 'stable',
  },
  balance_alert_account_reading_timestamp_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time that the vendor gives for its own figures, of several the oldest; absent if it dates none.',
    stability: 'stable',
  },
  balance_alert_account_check_interval_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'Configured interval between checks.',
    stability: 'stable',
  },
  balance_alert_account_check_duration_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'Duration of the last check, including retries.',
    stability: 'stable',
  },
  balance_alert_account_checks_total: {
    labels: accountLabels,
    type: 'counter',
    unit: 'checks',
    help: 'Total number of checks, successful or failed.',
    stability: 'stable',
  },
  balance_alert_account_check_failures_total: {
    labels: [...accountLabels, 'reason'],
    type: 'counter',
    unit: 'checks',
    help: 'Total number of failed checks, by reason.',
    stability: 'stable',
  },
  balance_alert_account_info: {
    labels: [...accountLabels, 'account_owner', 'console_url'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Owner and console URL of the account; the value is always 1.',
    stability: 'stable',
  },
  balance_alert_subscription_days: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'calendar days',
    help: 'Calendar days until the next unpaid renewal, in the time zone of the subscription; 0 on the due date.',
    stability: 'compatible',
    lint: 'counts calendar days, as in the replaced system; the timestamp is beside it',
  },
  balance_alert_subscription_status: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: '-1, 0 or 1',
    help: 'Status of the subscription: 1 = OK, 0 = due or overdue, -1 = already paid.',
    stability: 'compatible',
  },
  balance_alert_subscription_amount: {
    labels: [...subscriptionLabels, 'currency'],
    type: 'gauge',
    unit: 'as label currency',
    help: 'Price of one renewal. Do not aggregate across currencies.',
    stability: 'stable',
  },
  balance_alert_subscription_next_renewal_timestamp_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of midnight on the next unpaid due date, in the time zone of the subscription.',
    stability: 'stable',
  },
  balance_alert_subscription_due_date_timestamp_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of 00:00 UTC on the earliest due date that is not paid, the overdue one if there is one. Formatted in UTC, it is that date in any time zone.',
    stability: 'stable',
  },
  balance_alert_subscription_last_renewed_timestamp_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of midnight on the due date of the last renewal known to be paid; absent if there is none.',
    stability: 'stable',
  },
  balance_alert_subscription_alert_window_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'How long before the due date a renewal counts as due.',
    stability: 'stable',
  },
  balance_alert_subscription_overdue: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether a due date has passed without the renewal being marked as paid (1) or not (0); always 0 with auto_renew.',
    stability: 'stable',
  },
  balance_alert_subscription_info: {
    labels: [...subscriptionLabels, 'account_owner', 'console_url', 'auto_renew'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Owner, console URL and auto-renewal of the subscription; the value is always 1.',
    stability: 'stable',
  },
  balance_alert_email_scan_total: {
    labels: ['mailbox'],
    type: 'counter',
    unit: 'mails',
    help: 'Total number of mails examined, each counted once.',
    stability: 'stable',
  },
  balance_alert_email_unreadable_total: {
    labels: ['mailbox'],
    type: 'counter',
    unit: 'mails',
    help: 'Total number of examined mails that could not be read completely: the server failed to deliver them, or examining them failed with an internal error, which is logged.',
    stability: 'stable',
  },
  balance_alert_email_alerts_total: {
    labels: ['mailbox', 'topic'],
    optionalLabels: ['sender'],
    type: 'counter',
    unit: 'mails',
    help: 'Total number of mails that matched a topic, each counted once, under one topic.',
    stability: 'stable',
  },
  balance_alert_email_last_alert_timestamp_seconds: {
    labels: ['mailbox', 'topic'],
    optionalLabels: ['sender'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the last mail of the topic was received; absent before the first.',
    stability: 'stable',
  },
  balance_alert_mailbox_up: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether the last scan of the mailbox succeeded (1) or failed (0); absent before the first scan.',
    stability: 'stable',
  },
  balance_alert_mailbox_last_success_timestamp_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of the last successful scan.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_duration_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds',
    help: 'Duration of the last scan.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_interval_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds',
    help: 'Configured interval between scans.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_failures_total: {
    labels: ['mailbox', 'reason'],
    type: 'counter',
    unit: 'scans',
    help: 'Total number of failed scans, by reason.',
    stability: 'stable',
  },
  balance_alert_last_check_timestamp: {
    labels: ['check_type'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of the last check of this type, successful or failed.',
    stability: 'compatible',
  },
  balance_alert_check_success: {
    labels: ['check_type'],
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether the last check of every target of this type succeeded (1) or any failed (0).',
    stability: 'compatible',
  },
  balance_alert_config_last_reload_successful: {
    labels: [],
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether the last reload of the account file succeeded (1) or failed (0); after a failure the previous configuration stays in effect.',
    stability: 'stable',
  },
  balance_alert_config_last_reload_success_timestamp_seconds: {
    labels: [],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time of the last successful reload of the account file.',
    stability: 'stable',
  },
  balance_alert_storage_write_failures_total: {
    labels: [],
    type: 'counter',
    unit: 'writes',
    help: 'Total number of failed writes to --storage.path; what was not written is lost on restart.',
    stability: 'stable',
  },
  balance_alert_web_certificate_expiry_timestamp_seconds: {
    labels: [],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the certificate of --web.config.file expires, of a chain the earliest; absent without TLS.',
    stability: 'stable',
  },
  balance_alert_entry_render_failures_total: {
    labels: ['kind'],
    type: 'counter',
    unit: 'failures',
    help: 'Total number of internal errors while rendering an account, subscription or mailbox for a scrape, by kind; the entry is left out and the log has the error.',
    stability: 'stable',
  },
  balance_alert_relay_notifications_total: {
    labels: ['channel', 'result', 'reason'],
    type: 'counter',
    unit: 'notifications',
    help: 'Total number of notifications that the relay (job balance-alert-relay) was asked to deliver, by channel. result: delivered, retry (Alertmanager tries again) or rejected; reason: why it was not delivered, else none.',
    stability: 'stable',
  },
  balance_alert_relay_digest_timestamp_seconds: {
    labels: ['channel'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Unix time at which the relay (job balance-alert-relay) last delivered the weekly digest to the channel; absent before the first.',
    stability: 'stable',
  },
  balance_alert_build_info: {
    labels: ['version', 'revision', 'nodeversion', 'tzdata'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Version, revision, Node.js version and IANA time-zone data of the exporter; the value is always 1.',
    stability: 'stable',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof catalog;

export const metricNames = Object.keys(catalog) as readonly MetricName[];

/** The definition under its general type, for code that treats all metrics alike. */
export function definitionOf(name: MetricName): MetricDefinition {
  return catalog[name];
}

type OptionalLabel<Name extends MetricName> = (typeof catalog)[Name] extends {
  readonly optionalLabels: readonly (infer Label extends string)[];
}
  ? Label
  : never;

/** The labels that a series of the metric must have, and the ones it may have. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof catalog)[Name]['labels'][number], string> & Partial<Record<OptionalLabel<Name>, string>>
>;

/** One value of one series. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Makes a sample whose label set is checked against the catalogue by the compiler. */
export function sample<Name extends MetricName>(metric: Name, labels: LabelsOf<Name>, value: number): Sample {
  return { metric, labels, value };
}
