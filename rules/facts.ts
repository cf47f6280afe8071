import { holdFor } from './held.ts';
import { type Owned, withOwner } from './owners.ts';
import { type AlertRule, isAlert, type RuleGroup } from './types.ts';

/**
 * What a notification shows of an alert beside its description: annotations that a program can put into any language,
 * each empty where nothing is known; and the owner as a label, where there is one.
 */

/** A selector over the alert's own labels, as a template expression; a label that the alert lacks matches a series without it. */
const selector = (metric: string, labels: readonly string[]) =>
  `${metric}{${labels.map((label) => `${label}=%q`).join(',')}}`;

/** A template that prints something of the first sample of a query, which is `printf`'s format over the alert's labels. */
const ofQuery = (query: string, labels: readonly string[], print: string) =>
  `{{ with printf ${JSON.stringify(query)} ${labels.map((label) => `$labels.${label}`).join(' ')} | query }}{{ ${print} }}{{ end }}`;

const value = '. | first | value | printf "%.2f"';

/** A label of the info series, of now where there is one; while no exporter responds, the last one as long as alerts are held. */
function infoLabel(info: string, labels: readonly string[], label: string): string {
  const series = selector(info, labels);
  const query = `max by (${label}) (${series}) or on () max by (${label}) (last_over_time(${series}[${holdFor.range}]))`;
  return ofQuery(query, [...labels, ...labels], `. | first | label "${label}"`);
}

const accountLabels = ['project', 'provider'];
const balanceLabels = [...accountLabels, 'type', 'unit', 'window', 'wallet'];

/** Longer than a year is as good as for ever. */
const runway = `${selector('account:balance_alert_runway_seconds:current', balanceLabels)} < 31536000`;

const balanceFacts = {
  /** What is left, in the alert's unit. */
  left: ofQuery(
    `max(${selector('account:balance_alert_balance:current', balanceLabels)})`,
    balanceLabels,
    value,
  ),
  threshold: ofQuery(
    `max(${selector('account:balance_alert_threshold:current', balanceLabels)})`,
    balanceLabels,
    value,
  ),
  days_left: ofQuery(`max(${runway}) / 86400`, balanceLabels, '. | first | value | printf "%.1f"'),
  /** The day on which it runs out, in UTC. */
  runs_dry: ofQuery(
    `time() + max(${runway})`,
    balanceLabels,
    '(. | first | value | toTime).Format "2006-01-02"',
  ),
};

const subscriptionLabels = ['name', 'cycle_type'];

/**
 * The due date that the alert is about, in the subscription's own calendar. Only while the subscription is due or overdue: once it
 * is marked as paid, its due date is the next one, which the alert is not about. Of replicas that differ, the one that has
 * not read a mark yet has the earlier date.
 */
const unpaid = `${selector('balance_alert_subscription_due_date_timestamp_seconds', subscriptionLabels)} and (${selector('balance_alert_subscription_status', subscriptionLabels)} == 0)`;

const subscriptionFacts = {
  due_date: ofQuery(
    `min(${unpaid})`,
    [...subscriptionLabels, ...subscriptionLabels],
    '(. | first | value | toTime).Format "2006-01-02"',
  ),
  amount: ofQuery(
    `max by (currency) (${selector('balance_alert_subscription_amount', subscriptionLabels)})`,
    subscriptionLabels,
    `${value} }} {{ . | first | label "currency"`,
  ),
};

const renewalFacts = {
  renews_in_days: ofQuery(
    `max(${selector('balance_alert_subscription_days', subscriptionLabels)})`,
    subscriptionLabels,
    '. | first | value | printf "%.0f"',
  ),
};

/** Alerts on a balance: only those have its labels. */
const balanceAlerts: ReadonlySet<string> = new Set([
  'BalanceEmpty',
  'BalanceLow',
  'RunwayShort',
  'QuotaLowBeforeReset',
  'QuotaPace',
  'BurnUnusual',
]);

/** Groups whose alerts have the labels of an account. */
const accountGroups: ReadonlySet<string> = new Set(
  ['checks', 'accounts', 'runway', 'spend', 'usage', 'quota'].map((name) => `balance-alert.${name}`),
);

/**
 * Groups whose alerts read the owners of the last five minutes only: the one that records them, and the one of each minute, where
 * more would cost too much. Its alerts have a `for` that is longer than the two minutes until owners are recorded.
 */
const ownersAtHand: ReadonlySet<string> = new Set(
  ['checks', 'accounts'].map((name) => `balance-alert.${name}`),
);

function factsOf(rule: AlertRule, group: string): Partial<Pick<AlertRule, 'expr' | 'facts'>> {
  const kind: Owned | undefined = accountGroups.has(group)
    ? 'account'
    : group === 'balance-alert.subscriptions'
      ? 'subscription'
      : undefined;
  if (kind === undefined) return {};
  const [info, labels] =
    kind === 'account'
      ? (['balance_alert_account_info', accountLabels] as const)
      : (['balance_alert_subscription_info', subscriptionLabels] as const);
  return {
    expr: withOwner(rule.expr, kind, { among: rule.among, overPause: !ownersAtHand.has(group) }),
    facts: {
      ...(balanceAlerts.has(rule.alert) ? balanceFacts : {}),
      ...(kind === 'subscription' ? subscriptionFacts : {}),
      ...(rule.alert === 'SubscriptionExpiring' ? renewalFacts : {}),
      console_url: infoLabel(info, labels, 'console_url'),
    },
  };
}

/** A group whose alerts on accounts and subscriptions carry facts. */
export function withFacts(group: RuleGroup): RuleGroup {
  return {
    ...group,
    rules: group.rules.map((rule) => (isAlert(rule) ? { ...rule, ...factsOf(rule, group.name) } : rule)),
  };
}
