import type { MetricName } from '../exporter/metrics/catalog.ts';
import {
  accountIdentity,
  balanceIdentity,
  collapsed,
  exporterSelector,
  subscriptionIdentity,
} from '../rules/expressions.ts';
import { prepaid } from '../rules/recording.ts';
import { recorded } from '../rules/series.ts';

/** PromQL that several panels share. */

const day = 86_400;

/** A number that stands for "no runway known", so that such accounts sort behind all others. */
export const unknownDays = 99_999;

/** What is asked of balances, for all accounts or those that the matchers choose. */
export function balanceQueries(matchers = '') {
  const balance = collapsed('max', 'balance_alert_balance', matchers);
  const threshold = collapsed('max', 'balance_alert_threshold', matchers);
  const status = collapsed('min', 'balance_alert_status', matchers);
  const runway = recorded('account:balance_alert_runway_seconds', { matchers });
  const spentDown = [prepaid, ...(matchers === '' ? [] : [matchers])].join(', ');
  return {
    balance,
    threshold,
    status,
    runway,
    ratio: collapsed('min', 'balance_alert_ratio', matchers),
    quotaLimit: collapsed('max', 'balance_alert_quota_limit', matchers),
    quotaWindow: collapsed('max', 'balance_alert_quota_window_seconds', matchers),
    quotaReset: collapsed('max', 'balance_alert_quota_reset_timestamp_seconds', matchers),
    /** Use per day, on average over the window. */
    burnPerDay: (window: '1d' | '7d' | '30d') =>
      `${recorded(`account:balance_alert_burn_per_second:avg${window}`, { matchers })} * ${day}`,
    /** Days that every balance lasts. */
    daysLeft: `${runway} / ${day}
or
${balance} * 0 + ${unknownDays}`,
    /**
     * One number for what an account asks of people, most urgent first; the words for it are `accountStates`.
     *
     * @param runwayDays below this, in days, a runway is short
     */
    state: (runwayDays: number) =>
      `(${collapsed('max', 'balance_alert_balance', spentDown)} <= 0 unless on (${balanceIdentity}) ${threshold} <= 0) * 0
or
(${status} == 0) * 0 + 1
or
(${runway} < ${runwayDays * day}) * 0 + 2
or
${status} * 0 + 3
or
${balance} * 0 + 4`,
    /** What was paid in during the query's step: a rise of more than a twentieth within ten minutes. */
    topUp: `max_over_time((
  ${collapsed('max', 'balance_alert_balance', spentDown)}
  - ${collapsed('max', 'balance_alert_balance', spentDown, '10m')}
  > clamp_min(0.05 * ${collapsed('max', 'balance_alert_balance', spentDown, '10m')}, 0)
)[$__interval:10m])`,
  };
}

export function accountUp(matchers = ''): string {
  return collapsed('max', 'balance_alert_account_up', matchers);
}

/** What is asked of renewals, for all subscriptions or those that the matchers choose. */
export function renewalQueries(matchers = '') {
  const days = collapsed('min', 'balance_alert_subscription_days', matchers);
  const status = collapsed('min', 'balance_alert_subscription_status', matchers);
  const overdue = collapsed('max', 'balance_alert_subscription_overdue', matchers);
  return {
    days,
    status,
    amount: collapsed('max', 'balance_alert_subscription_amount', matchers),
    nextRenewal: collapsed('min', 'balance_alert_subscription_next_renewal_timestamp_seconds', matchers),
    /** One number for what a subscription asks of people, most urgent first; the words for it are `renewalStates`. */
    state: `(${overdue} == 1) * 0
or
(${status} == 0) * 0 + 1
or
(${status} == 1) * 0 + 2
or
(${status} == -1) * 0 + 3`,
  };
}

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

/** A count that is 0 when nothing matches, and absent while no exporter answers, since it is unknown then. */
export function counted(expr: string): string {
  return `(count(${expr}) or vector(0)) and on () (max(${exporterSelector}) == 1)`;
}
