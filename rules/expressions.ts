import { definitionOf, type MetricName } from '../exporter/metrics/catalog.ts';

/** PromQL that the groups share. Names come in as `MetricName`, so that a rule can't read a metric that doesn't exist. */

/** Series that say what one account, spend, subscription or mailbox is: all labels of the metric, without those of the scrape. */
export function identityOf(metric: MetricName): string {
  const { labels, optionalLabels = [] } = definitionOf(metric);
  return [...labels, ...optionalLabels].join(', ');
}

export const balanceIdentity = identityOf('balance_alert_balance');
export const accountIdentity = identityOf('balance_alert_account_up');
export const subscriptionIdentity = identityOf('balance_alert_subscription_days');

/**
 * One series for each identity, whatever the number of exporters: two of them during an update, or a new
 * `instance`, would otherwise fire twice or break a join.
 */
export function collapsed(
  operator: 'max' | 'min',
  metric: MetricName,
  matchers = '',
  offset: string | undefined = undefined,
): string {
  const selector = matchers === '' ? metric : `${metric}{${matchers}}`;
  const past = offset === undefined ? '' : ` offset ${offset}`;
  return `${operator} by (${identityOf(metric)}) (${selector}${past})`;
}

/** How long an alert is held on the last known value. Covers a weekend. */
export const holdFor = '3d';

export const exporterSelector = 'up{job="balance-alert"}';

/** The chat relay, which only some stacks have. */
export const relaySelector = 'up{job="balance-alert-relay"}';

/** One series without labels while no exporter answers; nothing otherwise. */
export const exporterGone = `absent(${exporterSelector} == 1)`;

/**
 * The recorded series where it meets the condition, and for `holdFor` after it has gone the last value that
 * did, as long as what made it go is no news about the thing itself: no exporter answers, or the account's check
 * fails. A topped-up, removed or renamed account is news, and so is a threshold that was taken away.
 *
 * @param recorded a recorded series without `instance`, so that its last value is the last value of all exporters
 * @param condition such as `== 0`, with arithmetic before it where the value is to be shown in another unit
 * @param causes `account` for what a check of an account reads, `exporter` for what the exporter knows by itself
 */
export function held(
  recorded: string,
  condition: string,
  causes: 'account' | 'exporter' = 'account',
): string {
  const last = `last_over_time(${recorded}[${holdFor}]) ${condition}`;
  const branches = [`${recorded} ${condition}`, `${last}\n  and on () ${exporterGone}`];
  if (causes === 'account') {
    const failing = `(${collapsed('max', 'balance_alert_account_up')} == 0)`;
    branches.push(`${last}\n  and on (${accountIdentity}) ${failing}`);
  }
  return branches.map((branch) => `(\n  ${branch}\n)`).join('\nor\n');
}

/** Indents the lines after the first, for an expression inside another. */
export function indent(expression: string, by = 2): string {
  return expression.replaceAll('\n', `\n${' '.repeat(by)}`);
}
