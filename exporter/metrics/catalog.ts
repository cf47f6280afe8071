/**
 * Every metric of the exporter, once. The text that is served, `docs/metrics.md`, and the checks that each
 * name and label in rules and dashboards exists are all made from this table.
 *
 * Names without a unit suffix, and the ones that count days, are those of the system this one replaces:
 * its users' queries go on working.
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
  /** Why `promtool check metrics` complains of it, where it does. */
  readonly lint?: string;
}

const balanceLabels = {
  labels: ['project', 'provider', 'type', 'unit'],
  optionalLabels: ['window'],
} as const;
const accountLabels = ['project', 'provider'] as const;
const spendLabels = ['project', 'provider', 'unit', 'period'] as const;
const subscriptionLabels = ['name', 'cycle_type'] as const;

export const catalog = {
  balance_alert_balance: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'What is left on an account, from the last good check; absent once that is older than max_age. Never add across units.',
    stability: 'stable',
  },
  balance_alert_threshold: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'The configured threshold; absent where none is set.',
    stability: 'stable',
  },
  balance_alert_status: {
    ...balanceLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: '1 = at or above the threshold, 0 = below; absent without a threshold.',
    stability: 'stable',
  },
  balance_alert_ratio: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'ratio',
    help: 'Balance divided by threshold; absent without a threshold above 0.',
    stability: 'stable',
  },
  balance_alert_quota_limit: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Size of a quota window, where the vendor says so.',
    stability: 'stable',
  },
  balance_alert_quota_reset_timestamp_seconds: {
    ...balanceLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When a quota window resets, where the vendor says so.',
    stability: 'stable',
  },
  balance_alert_spend: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'Post-paid cost so far in the billing period, from the last good check.',
    stability: 'stable',
  },
  balance_alert_spend_budget: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'as label unit',
    help: 'The configured budget of the billing period; absent where none is set.',
    stability: 'stable',
  },
  balance_alert_spend_period_start_timestamp_seconds: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When the billing period began.',
    stability: 'stable',
  },
  balance_alert_spend_period_end_timestamp_seconds: {
    labels: spendLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When the billing period ends.',
    stability: 'stable',
  },
  balance_alert_account_up: {
    labels: accountLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: '1 if the last check of the account gave a usable reading, else 0; absent until first tried.',
    stability: 'stable',
  },
  balance_alert_account_last_check_timestamp_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When the account was last checked, well or badly.',
    stability: 'stable',
  },
  balance_alert_account_last_success_timestamp_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When a check of the account last gave a usable reading.',
    stability: 'stable',
  },
  balance_alert_account_check_interval_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'The configured time between two checks of the account.',
    stability: 'stable',
  },
  balance_alert_account_check_duration_seconds: {
    labels: accountLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the last check of the account took, retries included.',
    stability: 'stable',
  },
  balance_alert_account_checks_total: {
    labels: accountLabels,
    type: 'counter',
    unit: 'checks',
    help: 'Checks of the account, well or badly.',
    stability: 'stable',
  },
  balance_alert_account_check_failures_total: {
    labels: [...accountLabels, 'reason'],
    type: 'counter',
    unit: 'checks',
    help: 'Checks of the account that gave no usable reading, by reason.',
    stability: 'stable',
  },
  balance_alert_account_info: {
    labels: [...accountLabels, 'account_owner', 'console_url'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Who looks after the account and where its console is.',
    stability: 'stable',
  },
  balance_alert_subscription_days: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'calendar days',
    help: 'Calendar days to the next renewal that is not paid, in the zone of the subscription; 0 on the day itself.',
    stability: 'compatible',
    lint: 'counts calendar days, as in the replaced system; the timestamp is beside it',
  },
  balance_alert_subscription_status: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: '-1, 0 or 1',
    help: '1 = fine, 0 = due or overdue, -1 = already paid.',
    stability: 'compatible',
  },
  balance_alert_subscription_amount: {
    labels: [...subscriptionLabels, 'currency'],
    type: 'gauge',
    unit: 'as label currency',
    help: 'Price of one renewal. Never add across currencies.',
    stability: 'stable',
  },
  balance_alert_subscription_next_renewal_timestamp_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Start of the day of the next renewal that is not paid, in the zone of the subscription.',
    stability: 'stable',
  },
  balance_alert_subscription_last_renewed_timestamp_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'Start of the day of the last renewal that is known to be paid; absent where none is.',
    stability: 'stable',
  },
  balance_alert_subscription_alert_window_seconds: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: 'seconds',
    help: 'How long before a renewal it counts as due.',
    stability: 'stable',
  },
  balance_alert_subscription_overdue: {
    labels: subscriptionLabels,
    type: 'gauge',
    unit: '0 or 1',
    help: '1 when a renewal passed without a mark that it was paid; never with auto_renew.',
    stability: 'stable',
  },
  balance_alert_subscription_info: {
    labels: [...subscriptionLabels, 'account_owner', 'console_url', 'auto_renew'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Who looks after the subscription, where its console is, and whether it renews by itself.',
    stability: 'stable',
  },
  balance_alert_email_scan_total: {
    labels: ['mailbox'],
    type: 'counter',
    unit: 'mails',
    help: 'Mails examined, each once.',
    stability: 'stable',
  },
  balance_alert_email_alerts_total: {
    labels: ['mailbox', 'topic'],
    type: 'counter',
    unit: 'mails',
    help: 'Mails that matched a topic, each once, under one topic.',
    stability: 'stable',
  },
  balance_alert_email_last_alert_timestamp_seconds: {
    labels: ['mailbox', 'topic'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When the last mail of the topic arrived; absent until one did.',
    stability: 'stable',
  },
  balance_alert_mailbox_up: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: '0 or 1',
    help: '1 if the last scan of the mailbox succeeded, else 0; absent until first tried.',
    stability: 'stable',
  },
  balance_alert_mailbox_last_success_timestamp_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When a scan of the mailbox last succeeded.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_duration_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the last scan of the mailbox took.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_interval_seconds: {
    labels: ['mailbox'],
    type: 'gauge',
    unit: 'seconds',
    help: 'The configured time between two scans of the mailbox.',
    stability: 'stable',
  },
  balance_alert_mailbox_scan_failures_total: {
    labels: ['mailbox', 'reason'],
    type: 'counter',
    unit: 'scans',
    help: 'Scans of the mailbox that failed, by reason.',
    stability: 'stable',
  },
  balance_alert_last_check_timestamp: {
    labels: ['check_type'],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When a check of the kind last ended, well or badly.',
    stability: 'compatible',
  },
  balance_alert_check_success: {
    labels: ['check_type'],
    type: 'gauge',
    unit: '0 or 1',
    help: '1 only if the last check of every one of the kind succeeded.',
    stability: 'compatible',
  },
  balance_alert_config_last_reload_successful: {
    labels: [],
    type: 'gauge',
    unit: '0 or 1',
    help: '1 if the account file was last loaded without an error; after an error the former one stays in force.',
    stability: 'stable',
  },
  balance_alert_config_last_reload_success_timestamp_seconds: {
    labels: [],
    type: 'gauge',
    unit: 'seconds since the epoch',
    help: 'When the account file was last loaded without an error.',
    stability: 'stable',
  },
  balance_alert_storage_write_failures_total: {
    labels: [],
    type: 'counter',
    unit: 'writes',
    help: 'States that could not be saved: after a restart they would be missing.',
    stability: 'stable',
  },
  balance_alert_build_info: {
    labels: ['version', 'revision', 'nodeversion'],
    type: 'gauge',
    unit: 'always 1',
    help: 'Which build of the exporter this is.',
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
