import type { MetricName } from '../exporter/metrics/catalog.ts';
import { identityOf } from './series.ts';

/** PromQL that the groups share. Names come in typed, so that a rule can't read a metric that doesn't exist. */

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

export const exporterSelector = 'up{job="balance-alert"}';

/** The chat relay, which only some stacks have. */
export const relaySelector = 'up{job="balance-alert-relay"}';

/**
 * There while an exporter does not answer, or none is scraped; nothing otherwise. With several exporters (`--poll.shard`), what one of
 * them looks after is served by no other.
 */
export const exporterGone = `(count(${exporterSelector} == 0) or absent(${exporterSelector}))`;

/** Indents the lines after the first, for an expression inside another. */
export function indent(expression: string, by = 2): string {
  return expression.replaceAll('\n', `\n${' '.repeat(by)}`);
}

/** A template: `kimi-team (kimi, week)`, the account and its vendor, with the window or wallet where it has several. */
export const account =
  '{{ $labels.project }} ({{ $labels.provider }}{{ with $labels.window }}, {{ . }}{{ end }}{{ with $labels.wallet }}, {{ . }}{{ end }})';
