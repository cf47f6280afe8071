import { accountIdentity, balanceIdentity, collapsed, held, holdFor, indent } from './expressions.ts';
import { dashboardPath } from './links.ts';
import type { RuleSettings } from './options.ts';
import { prepaid } from './recording.ts';
import type { AlertRule, RuleGroup, Severity } from './types.ts';

const day = 86_400;

const current = 'account:balance_alert_balance:current';
const status = 'account:balance_alert_status:min';
const runway = 'account:balance_alert_runway_seconds';
const projected = 'account:balance_alert_spend_projected:ratio';

const up = collapsed('max', 'balance_alert_account_up');
const lastSuccess = collapsed('max', 'balance_alert_account_last_success_timestamp_seconds');
const interval = collapsed('max', 'balance_alert_account_check_interval_seconds');
const knownForADay = `max by (${accountIdentity}) (max_over_time(balance_alert_account_info[2h] offset 1d))
  and max by (${accountIdentity}) (balance_alert_account_info)`;

const untilReset = `(${collapsed('max', 'balance_alert_quota_reset_timestamp_seconds')} - time())`;

/** `kimi-team (kimi, week)`: the account and its vendor, with the window where it has several. */
const account = '{{ $labels.project }} ({{ $labels.provider }}{{ with $labels.window }}, {{ . }}{{ end }})';
const amount = '{{ $value | printf "%.2f" }} {{ $labels.unit }}';

/** The value of the alert's own threshold, in a sentence; nothing while it is not served. */
const belowThreshold =
  '{{ with printf "max(balance_alert_threshold{project=%q,provider=%q,type=%q,unit=%q,window=%q})" $labels.project $labels.provider $labels.type $labels.unit $labels.window | query }}, below its threshold of {{ . | first | value | printf "%.2f" }}{{ end }}';

const accountDashboard = dashboardPath('accounts', 'project');

/** What is wrong with one account, worst first within a topic. */
export function accountsGroup(settings: RuleSettings): RuleGroup {
  return {
    name: 'balance-alert.accounts',
    rules: [
      {
        record: current,
        expr: collapsed('max', 'balance_alert_balance'),
        why: 'Without instance, so that the last value known of an account is one value, whichever exporter said it. At the pace of this group, so that the alerts below find what they saw a moment ago.',
      },
      {
        record: status,
        expr: collapsed('min', 'balance_alert_status'),
        why: 'As above. The worse one counts while two exporters disagree.',
      },
      checkFailing,
      stuck,
      blind,
      empty,
      low,
      runwayShort('critical', settings.runwayDays.critical),
      runwayShort('warning', settings.runwayDays.warning),
      quotaLow,
      budgetPace,
      burnUnusual,
    ],
  };
}

const checkFailing: AlertRule = {
  alert: 'AccountCheckFailing',
  severity: 'warning',
  expr: `${up} == 0`,
  for: '30m',
  why: 'A warning, because the last balance stays served for a while and nothing is lost yet. Half an hour is three checks at the default interval: vendors have short outages.',
  summary: 'The checks of an account fail.',
  description: `The last checks of ${account} gave no usable reading. Its balance alerts rest on the last known value.`,
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
  why: 'No good reading for three intervals and half an hour although no check failed: the exporter does not get round to it. While checks fail, AccountCheckFailing says so already. The age is in the expression; 5m is for the moment after a restart.',
  summary: 'An account has not been checked for too long.',
  description: `The last usable reading of ${account} is {{ $value | humanizeDuration }} old, and no check of it failed since.`,
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
) * ${day}`,
  for: '5m',
  why: 'Critical after a day, whatever the cause: nobody would learn that this account runs dry. The second half is an account that was there a day ago and never gave a reading at all, so that it has no timestamp to grow old. The age is in the expression; 5m is for the moment after a restart.',
  summary: 'An account has had no usable reading for a day, or never had one.',
  description: `Nothing usable is known of ${account} for a day or more: no alert on its balance can be trusted.`,
  dashboard: dashboardPath('exporter', 'project'),
};

const empty: AlertRule = {
  alert: 'BalanceEmpty',
  severity: 'critical',
  expr: `(
  ${indent(held(`${current}{${prepaid}}`, '<= 0'))}
)
unless on (${balanceIdentity}) (${collapsed('max', 'balance_alert_threshold')} <= 0)`,
  for: '5m',
  keepFiringFor: '15m',
  why: 'Critical: the service stops or goes into debt. Not for an account whose threshold is 0 or below, which says that nothing left is fine (post-paid accounts). 5m spares a single odd answer of the exporter; staying for 15m bridges its restart.',
  summary: 'A balance is used up.',
  description: `${account} has ${amount} left.`,
  dashboard: accountDashboard,
};

const low: AlertRule = {
  alert: 'BalanceLow',
  severity: 'warning',
  expr: `last_over_time(${current}[${holdFor}])
and on (${balanceIdentity})
(
  ${indent(held(status, '== 0'))}
)`,
  for: '5m',
  keepFiringFor: '15m',
  why: 'A warning: the threshold is where its owner wants to be told, with room to act; BalanceEmpty and RunwayShort say when it is urgent. An account without a threshold has no status and no such alert. Staying for 15m spares a message each time the balance dances around the threshold.',
  summary: 'A balance is below its threshold.',
  description: `${account} has ${amount} left${belowThreshold}.`,
  dashboard: accountDashboard,
};

function runwayShort(severity: Extract<Severity, 'warning' | 'critical'>, days: number): AlertRule {
  return {
    alert: 'RunwayShort',
    severity,
    // In days, since a template can't divide and seconds are no help to a reader.
    expr: held(runway, `/ ${day} < ${days}`),
    keepFiringFor: '6h',
    why:
      severity === 'critical'
        ? `Critical below ${days} days: less than a weekend and the time a payment takes. The average of a week is smooth enough, so no "for"; it stays for 6h, since the runway moves with the time of day.`
        : `A warning below ${days} days, on a work day for every day of the week. No "for" and 6h of staying, as in the critical one.`,
    summary: 'A balance lasts only for days at its present use.',
    description: `${account} lasts {{ $value | printf "%.1f" }} days at its average use of {{ $labels.unit }}.`,
    dashboard: accountDashboard,
  };
}

const quotaLow: AlertRule = {
  alert: 'QuotaLowBeforeReset',
  severity: 'warning',
  expr: `(
  ${collapsed('max', 'balance_alert_balance')}
  / (${collapsed('max', 'balance_alert_quota_limit')} > 0)
  < 0.1
)
and (${untilReset} > 3600)
unless
(
  ${collapsed('max', 'balance_alert_balance')}
  > account:balance_alert_burn_per_second:avg1d * ${untilReset}
  and count_over_time(account:balance_alert_fall:step10m[1d]) >= 72
)`,
  for: '10m',
  keepFiringFor: '15m',
  why: 'A warning: a quota comes back by itself. Only with more than an hour to go, and not where the use of the past day fits into what is left, known from half a day of history on (72 steps). 10m spares a reading taken while the vendor resets.',
  summary: 'A quota runs out before it resets.',
  description: `${account} has {{ $value | humanizePercentage }} of its quota left, too little until the reset.`,
  dashboard: accountDashboard,
};

const budgetPace: AlertRule = {
  alert: 'BudgetPace',
  severity: 'warning',
  expr: held(projected, '> 1'),
  for: '6h',
  keepFiringFor: '6h',
  why: 'A warning: the bill comes at the end of the period. 6h, because vendors book in lumps and the pace falls again until the next one.',
  summary: 'Spend goes over its budget at the present pace.',
  description: `{{ $labels.project }} ({{ $labels.provider }}) ends its {{ $labels.period }} at {{ $value | humanizePercentage }} of the budget at the pace so far.`,
  dashboard: accountDashboard,
};

const burnUnusual: AlertRule = {
  alert: 'BurnUnusual',
  severity: 'info',
  expr: `(
  account:balance_alert_burn_per_second:avg1d{${prepaid}}
  / (account:balance_alert_burn_per_second:avg7d{${prepaid}} offset 1d > 0)
  > 3
)
and count_over_time(account:balance_alert_fall:step10m{${prepaid}}[7d]) >= 576
and changes(account:balance_alert_balance:max{${prepaid}}[7d]) >= 3
and account:balance_alert_burn_per_second:avg1d * ${day} > 0.02 * ${current}`,
  keepFiringFor: '6h',
  why: 'Info: use changes for good reasons too, and RunwayShort says whether it matters. Compares the past day with the week before it, from four days of history on (576 steps), and only where the day took more than a fiftieth of the balance. The day is an average already, so no "for".',
  summary: 'An account is used much faster than in the week before.',
  description: `${account} used {{ $labels.unit }} {{ $value | printf "%.1f" }} times as fast over the past day as in the week before.`,
  dashboard: accountDashboard,
};
