import type { MetricName } from '../exporter/metrics/catalog.ts';
import { account, accountIdentity, balanceIdentity, collapsed } from './expressions.ts';
import { evaluatedAt, exporterUpAt, type HeldRule, heldRule, knownAt, unservedSince } from './held.ts';
import { dashboardPath } from './links.ts';
import type { RuleSettings } from './options.ts';
import { ownerOf } from './owners.ts';
import { changesOfWeek, payable, prepaid, stepsOfHistory, stepsServedOfTwoDays } from './recording.ts';
import { recorded } from './series.ts';
import type { AlertRule, RecordingRule, RuleGroup, Severity } from './types.ts';

const day = 86_400;

const known = {
  balance: 'account:balance_alert_balance_known_timestamp_seconds:max',
  spend: 'account:balance_alert_spend_known_timestamp_seconds:max',
} as const;

const unserved = {
  balance: 'account:balance_alert_balance_unserved_since_timestamp_seconds:max',
  spend: 'account:balance_alert_spend_unserved_since_timestamp_seconds:max',
} as const;

/** How a series of a balance, and one of a spend, is carried. */
const ofBalance = {
  served: 'balance_alert_balance',
  known: known.balance,
  unserved: unserved.balance,
  unservedIn: 'runway',
} as const satisfies Partial<HeldRule>;
const ofSpend = {
  served: 'balance_alert_spend',
  known: known.spend,
  unserved: unserved.spend,
  unservedIn: 'spend',
  group: 'spend',
} as const satisfies Partial<HeldRule>;

const balance = collapsed('max', 'balance_alert_balance');
const spend = collapsed('max', 'balance_alert_spend');

const current = 'account:balance_alert_balance:current';
const threshold = 'account:balance_alert_threshold:current';

const periodStart = collapsed('max', 'balance_alert_spend_period_start_timestamp_seconds');
const periodEnd = collapsed('max', 'balance_alert_spend_period_end_timestamp_seconds');
const elapsedShare = `(time() - ${periodStart}) / (${periodEnd} - ${periodStart} > 0)`;

const projected = `${spend}
/
clamp_max(${elapsedShare} > 0.1, 1)
/
(${collapsed('max', 'balance_alert_spend_budget')} > 0)`;

const up = collapsed('max', 'balance_alert_account_up');
const lastSuccess = collapsed('max', 'balance_alert_account_last_success_timestamp_seconds');
const interval = collapsed('max', 'balance_alert_account_check_interval_seconds');
const aDayAgo = (metric: MetricName): string =>
  `max by (${accountIdentity}) (max_over_time(${metric}[2h] offset 1d))`;
const knownForADay = `${aDayAgo('balance_alert_account_info')}
  and max by (${accountIdentity}) (balance_alert_account_info)`;
/** A reading of a day ago, which an exporter that lost its storage or reads another question no longer knows of. */
const readADayAgo = aDayAgo('balance_alert_account_last_success_timestamp_seconds');

const untilReset = `(${collapsed('max', 'balance_alert_quota_reset_timestamp_seconds')} - time())`;

const amount = '{{ $value | printf "%.2f" }} {{ $labels.unit }}';

/** The value of the alert's own threshold, in a sentence; nothing while it is not served. */
const belowThreshold =
  '{{ with printf "max(balance_alert_threshold{project=%q,provider=%q,type=%q,unit=%q,window=%q,wallet=%q})" $labels.project $labels.provider $labels.type $labels.unit $labels.window $labels.wallet | query }}, below its threshold of {{ . | first | value | printf "%.2f" }}{{ end }}';

const accountDashboard = dashboardPath('accounts', 'project');

/** Whether accounts are checked. Every two minutes: what counts here is half an hour and more. */
export const checksGroup = (): RuleGroup => ({
  name: 'balance-alert.checks',
  interval: '2m',
  rules: [readingAge, ownerOf('account'), checkFailing, stuck, blind, outdated, evaluatedAt('checks')],
});

/**
 * Thresholds, which change only with the configuration: at half the pace of balances. Before the accounts in this list, so
 * that a test that evaluates all groups at one pace finds them there.
 */
export const thresholdsGroup = (): RuleGroup => ({
  name: 'balance-alert.thresholds',
  beside: 'balance-alert.accounts',
  interval: '2m',
  rules: [
    heldRule({
      ...ofBalance,
      record: threshold,
      live: collapsed('max', 'balance_alert_threshold'),
      silences: 'balance_alert_threshold',
      group: 'threshold',
      why: 'The threshold, held for somewhat longer than the balance: it silences BalanceEmpty if it is 0 or below.',
    }),
    evaluatedAt('threshold'),
  ],
});

/** What is left of each account. The only group that looks at every account each minute, so nothing else is in it. */
export const accountsGroup = (): RuleGroup => ({
  name: 'balance-alert.accounts',
  rules: [
    knownAt(known.balance, ofBalance.served, 'account'),
    heldRule({
      ...ofBalance,
      record: current,
      live: balance,
      always: true,
      group: 'account',
      why: 'The last known balance, without instance. Evaluated with this group, so that the alerts below see consistent values.',
    }),
    empty,
    low,
    exporterUpAt('account'),
    evaluatedAt('account'),
  ],
});

/** How long balances last. At the pace of burn and runway. */
export function runwayGroup(settings: RuleSettings): RuleGroup {
  return {
    name: 'balance-alert.runway',
    beside: 'balance-alert.accounts',
    interval: '2m',
    rules: [
      unservedSince(unserved.balance, 'balance_alert_balance', known.balance, 'runway'),
      heldRule({
        ...ofBalance,
        record: 'account:balance_alert_runway_seconds:current',
        live: recorded('account:balance_alert_runway_seconds'),
        group: 'runway',
        why: 'The last known runway.',
      }),
      runwayShort('critical', settings.runwayDays.critical),
      runwayShort('warning', settings.runwayDays.warning),
      quotaLow,
      evaluatedAt('runway'),
    ],
  };
}

/** Spend of post-paid accounts. */
export const spendGroup = (): RuleGroup => ({
  name: 'balance-alert.spend',
  rules: [
    knownAt(known.spend, ofSpend.served, 'spend'),
    unservedSince(unserved.spend, 'balance_alert_spend', known.spend, 'spend'),
    {
      record: 'account:balance_alert_spend_projected:ratio',
      expr: projected,
      why: 'Projected spend at the end of the period at the current pace, divided by the budget. Absent in the first tenth of a period, when a single day dominates, and without a budget.',
    },
    heldRule({
      ...ofSpend,
      record: 'account:balance_alert_spend_projected:current',
      live: projected,
      why: 'The last known projection. Computed from the spend itself instead of the record above, so that no evaluation is missed when the exporter comes back.',
    }),
    budgetPace,
    exporterUpAt('spend'),
    evaluatedAt('spend'),
  ],
});

const readingAge: RecordingRule = {
  record: 'account:balance_alert_reading_age_intervals:max',
  expr: `max by (${accountIdentity}) (
  timestamp(balance_alert_account_last_success_timestamp_seconds)
  - balance_alert_account_last_success_timestamp_seconds
)
/ (${interval} > 0)`,
  why: 'Age of the last reading, in check intervals. Relative to the scrape instead of the evaluation; otherwise it would grow between two scrapes.',
};

const checkFailing: AlertRule = {
  alert: 'AccountCheckFailing',
  severity: 'warning',
  expr: `${up} == 0`,
  for: '30m',
  keepFiringFor: '5m',
  why: 'A warning, because the last balance is still served for a while. Half an hour is three checks at the default interval, which tolerates short outages of a vendor. keep_firing_for 5m bridges a failed scrape and a restart of the exporter, which are no recovery.',
  summary: 'Checks of an account fail.',
  description: `The last checks of ${account} returned no usable reading. Its balance alerts use the last known value.`,
  dashboard: dashboardPath('exporter', 'project'),
};

const stuck: AlertRule = {
  alert: 'AccountStale',
  severity: 'warning',
  expr: `(
  time() - ${lastSuccess}
  > on (${accountIdentity}) 3 * ${interval} + 1800
)
unless on (${accountIdentity}) (${up} == 0)`,
  for: '5m',
  keepFiringFor: '5m',
  why: 'No successful reading for three intervals and half an hour although no check failed: checks are not being run. While checks fail, AccountCheckFailing covers it. The age is in the expression; 5m is for the moment after a restart, and keep_firing_for 5m bridges a failed scrape.',
  summary: 'An account has not been checked for too long.',
  description: `The last usable reading of ${account} is {{ $value | humanizeDuration }} old, and no check has failed since.`,
  dashboard: dashboardPath('exporter', 'project'),
};

const blind: AlertRule = {
  alert: 'AccountStale',
  severity: 'critical',
  expr: `(
  time() - ${lastSuccess}
  > on (${accountIdentity}) 3 * ${interval} + ${day}
)
or on (${accountIdentity})
(
  ${knownForADay}
  unless on (${accountIdentity}) ${lastSuccess}
  unless on (${accountIdentity}) ${readADayAgo}
) * ${day}`,
  for: '5m',
  keepFiringFor: '5m',
  why: 'Critical after a day, whatever the cause: a depleted balance would go unnoticed. The second part covers an account that existed a day ago and has had no reading since, so that it has no timestamp; an exporter that lost its storage has none either at first. The age is in the expression; 5m is for the moment after a restart, and keep_firing_for 5m bridges a failed scrape.',
  summary: 'An account has had no usable reading for a day, or never had one.',
  description: `No usable reading of ${account} for a day or more: its balance alerts cannot be trusted.`,
  dashboard: dashboardPath('exporter', 'project'),
};

const usedUp = `${current}{${prepaid},${payable}} <= 0`;

const empty: AlertRule = {
  alert: 'BalanceEmpty',
  severity: 'critical',
  among: usedUp,
  expr: `max by (${balanceIdentity}) (${usedUp})
unless on (${balanceIdentity}) (${threshold} <= 0)`,
  for: '5m',
  keepFiringFor: '15m',
  why: 'Critical: the service stops, or the account goes into debt. Not for an account whose threshold is 0 or below (post-paid accounts), nor for a gift or a voucher, after which the cash beside it pays. 5m tolerates a single wrong scrape; keep_firing_for 15m bridges a restart of the exporter.',
  summary: 'A balance is used up.',
  description: `${account} has ${amount} left.`,
  dashboard: accountDashboard,
};

const low: AlertRule = {
  alert: 'BalanceLow',
  severity: 'warning',
  among: threshold,
  // Aggregated after it is compared: in good times nothing is left to aggregate.
  expr: `max by (${balanceIdentity}) (${current} < on (${balanceIdentity}) group_left () ${recorded(threshold)})`,
  for: '5m',
  keepFiringFor: '15m',
  why: 'A warning: the owner sets the threshold with time to act; BalanceEmpty and RunwayShort cover urgency. An account without a threshold has no such alert. keep_firing_for 15m avoids flapping when the balance fluctuates around the threshold.',
  summary: 'A balance is below its threshold.',
  description: `${account} has ${amount} left${belowThreshold}.`,
  dashboard: accountDashboard,
};

function runwayShort(severity: Extract<Severity, 'warning' | 'critical'>, days: number): AlertRule {
  return {
    alert: 'RunwayShort',
    severity,
    // In days, since a template can't divide and seconds are no help to a reader.
    expr: `max by (${balanceIdentity}) (account:balance_alert_runway_seconds:current{${payable}} < ${days * day}) / ${day}`,
    keepFiringFor: '4h',
    why:
      severity === 'critical'
        ? `Critical below ${days} days: less than a weekend plus the time that a payment takes. The expected usage is an average over a week or more, so there is no "for"; keep_firing_for 4h, since the runway varies with the time of day.`
        : `A warning below ${days} days, a span that always includes working days. No "for", and keep_firing_for 4h, as for the critical one.`,
    summary: 'A balance runs out within days at its expected usage.',
    description: `${account} lasts {{ $value | printf "%.1f" }} days at its expected usage of {{ $labels.unit }}.`,
    dashboard: accountDashboard,
  };
}

const quotaLow: AlertRule = {
  alert: 'QuotaLowBeforeReset',
  severity: 'warning',
  among: 'balance_alert_quota_limit',
  expr: `(
  ${collapsed('max', 'balance_alert_balance')}
  / (${collapsed('max', 'balance_alert_quota_limit')} > 0)
  < 0.1
)
and (${untilReset} > 3600)
unless
(
  ${collapsed('max', 'balance_alert_balance')}
  > ${recorded('account:balance_alert_burn_per_second:avg1d')} * ${untilReset}
  and ${stepsOfHistory} >= 72
)`,
  for: '10m',
  keepFiringFor: '15m',
  why: 'A warning: a quota resets by itself. Only if the reset is more than an hour away, and not if the usage of the past day fits into the remaining quota, which requires half a day of history (72 steps). 10m tolerates a reading taken while the vendor resets.',
  summary: 'A quota runs out before it resets.',
  description: `${account} has {{ $value | humanizePercentage }} of its quota left, too little until the reset.`,
  dashboard: accountDashboard,
};

const budgetPace: AlertRule = {
  alert: 'BudgetPace',
  severity: 'warning',
  expr: `${recorded('account:balance_alert_spend_projected:current')} > 1`,
  for: '6h',
  keepFiringFor: '6h',
  why: 'A warning: the bill is due at the end of the period. 6h, because vendors book usage in batches, between which the pace declines again.',
  summary: 'Spend is on pace to exceed its budget.',
  description: `{{ $labels.project }} ({{ $labels.provider }}) ends its {{ $labels.period }} at {{ $value | humanizePercentage }} of its budget at the current pace.`,
  dashboard: accountDashboard,
};

const figureTime = collapsed('max', 'balance_alert_account_reading_timestamp_seconds');

const outdated: AlertRule = {
  alert: 'ReadingOutdated',
  severity: 'info',
  expr: `time() - ${figureTime} > 4 * ${day}`,
  for: '1h',
  keepFiringFor: '5m',
  why: 'Info: checks succeed, and the vendor itself dates its figures four days back. Vendors of costs are up to three days late, and date the last day with costs, so an account that nobody uses looks the same. keep_firing_for 5m bridges a failed scrape.',
  summary: "The vendor's figures are several days old.",
  description: `The vendor dates the figures of ${account} {{ $value | humanizeDuration }} back.`,
  dashboard: accountDashboard,
};

const burnUnusual: AlertRule = {
  alert: 'BurnUnusual',
  severity: 'info',
  among: `account:balance_alert_burn_per_second:avg1d{${prepaid}}`,
  expr: `(
  ${recorded('account:balance_alert_burn_per_second:avg1d', { matchers: prepaid })}
  / (${recorded('account:balance_alert_burn_per_second:avg7d', { matchers: prepaid, offset: '1d' })} > 0)
  > 3
)
and ${stepsOfHistory} >= 576
and ${stepsServedOfTwoDays} >= 274
and ${changesOfWeek} >= 3
and ${recorded('account:balance_alert_burn_per_second:avg1d')} * ${day} > 0.02 * ${balance}`,
  keepFiringFor: '6h',
  why: 'Info: usage can change for good reasons, and RunwayShort covers urgency. Compares the past day with the week before it; requires four days of history (576 steps), two days in which the balance was served but for two hours (274 of 288 steps; what was used during an outage is counted when it ends, and makes that day look like more than a day), and that the day consumed more than 2 % of the balance. The day is already an average, so there is no "for".',
  summary: 'An account is used much faster than in the week before.',
  description: `${account} used {{ $labels.unit }} {{ $value | printf "%.1f" }} times as fast over the past day as in the week before.`,
  dashboard: accountDashboard,
};

/**
 * How an account is used. Less often than balances, as it rests on steps of ten minutes, and often enough that a query
 * finds `ALERTS` at any time: Prometheus looks back five minutes.
 */
export const usageGroup = (): RuleGroup => ({
  name: 'balance-alert.usage',
  interval: '4m',
  rules: [burnUnusual],
});
