import type { MetricName } from '../exporter/metrics/catalog.ts';
import {
  accountIdentity,
  balanceIdentity,
  collapsed,
  exporterSelector,
  subscriptionIdentity,
} from '../rules/expressions.ts';
import { prepaid } from '../rules/recording.ts';

/** PromQL that several panels share. */

export const balance = collapsed('max', 'balance_alert_balance');
export const threshold = collapsed('max', 'balance_alert_threshold');
export const status = collapsed('min', 'balance_alert_status');
export const ratio = collapsed('min', 'balance_alert_ratio');
export const runway = 'account:balance_alert_runway_seconds';
export const accountUp = collapsed('max', 'balance_alert_account_up');
export const renewalDays = collapsed('min', 'balance_alert_subscription_days');
export const renewalStatus = collapsed('min', 'balance_alert_subscription_status');
export const renewalOverdue = collapsed('max', 'balance_alert_subscription_overdue');

/**
 * The series with the labels of an info metric added. A thing without the info keeps its row.
 *
 * @param expr series that have the identity labels
 */
function withInfo(expr: string, info: MetricName, identity: string, added: readonly string[]): string {
  const names = added.join(', ');
  const labels = [identity, ...added].join(', ');
  return `(${expr}) * on (${identity}) group_left (${names}) max by (${labels}) (${info})
or
((${expr}) unless on (${identity}) ${info})`;
}

/** Adds owner and console to series of accounts. */
export function withOwner(expr: string): string {
  return withInfo(expr, 'balance_alert_account_info', accountIdentity, ['account_owner', 'console_url']);
}

/** Adds owner, console and auto_renew to series of subscriptions. */
export function withSubscriptionInfo(expr: string): string {
  return withInfo(expr, 'balance_alert_subscription_info', subscriptionIdentity, [
    'account_owner',
    'console_url',
    'auto_renew',
  ]);
}

/** A count that is 0 when nothing matches, and absent while no exporter answers: nobody knows then. */
export function counted(expr: string): string {
  return `(count(${expr}) or vector(0)) and on () (max(${exporterSelector}) == 1)`;
}

const day = 86_400;

/**
 * One number for what an account asks of people, most urgent first; the words for it are `accountStates`.
 *
 * @param runwayDays below this, in days, a runway is short
 */
export function accountState(runwayDays: number): string {
  return `(${collapsed('max', 'balance_alert_balance', prepaid)} <= 0 unless on (${balanceIdentity}) ${threshold} <= 0) * 0
or
(${status} == 0) * 0 + 1
or
(${runway} < ${runwayDays * day}) * 0 + 2
or
${status} * 0 + 3
or
${balance} * 0 + 4`;
}

/** A number that stands for "no runway known", so that such accounts sort behind all others. */
export const unknownDays = 99_999;

/** Days that every balance lasts. */
export const daysLeft = `${runway} / ${day}
or
${balance} * 0 + ${unknownDays}`;

/** One number for what a subscription asks of people, most urgent first; the words for it are `renewalStates`. */
export const renewalState = `(${renewalOverdue} == 1) * 0
or
(${renewalStatus} == 0) * 0 + 1
or
(${renewalStatus} == 1) * 0 + 2
or
(${renewalStatus} == -1) * 0 + 3`;
