import { collapsed } from './expressions.ts';
import type { RuleGroup } from './types.ts';

/** Length of one step of falls. The group's interval and the offset must both be this, or falls are lost or counted twice. */
export const step = { text: '10m', seconds: 600 } as const;

/** Windows of the average burn. */
export const burnWindows = ['1d', '7d', '30d'] as const;

/** Types that are used up; `merchant` is the customer's own money and flows both ways. */
const consumed = 'type=~"balance|credits|quota"';

/** Types that only a payment refills, so that "lasts until" means something. */
export const prepaid = 'type=~"balance|credits"';

const balance = 'account:balance_alert_balance:max';
const fall = 'account:balance_alert_fall:step10m';

/** How far back the last known balance is taken from, so that a fall during a gap is counted when it ends. */
const bridge = '1d';

const periodStart = collapsed('max', 'balance_alert_spend_period_start_timestamp_seconds');
const periodEnd = collapsed('max', 'balance_alert_spend_period_end_timestamp_seconds');
const elapsedShare = `(time() - ${periodStart}) / (${periodEnd} - ${periodStart} > 0)`;

/** Runway by the average burn of a window in which the balance changed often enough for the average to mean something. */
function lasts(window: '7d' | '30d', confident: string): string {
  return `(
  clamp_min(${collapsed('max', 'balance_alert_balance', prepaid)}, 0)
  / (account:balance_alert_burn_per_second:avg${window}{${prepaid}} > 0)
  and changes(${balance}{${prepaid}}[${window}]) >= 3
  and ${confident}
)`;
}

/**
 * Balances and their falls, every ten minutes. Read them with `last_over_time(...[15m])`: Prometheus looks
 * back five minutes only.
 */
export const recordingGroup: RuleGroup = {
  name: 'balance-alert.recording',
  interval: step.text,
  rules: [
    {
      record: balance,
      expr: collapsed('max', 'balance_alert_balance'),
      why: 'One series for an account whatever the number of exporters, so that a new instance breaks neither a join nor the history.',
    },
    {
      record: fall,
      expr: `clamp_min(
  last_over_time(${balance}{${consumed}}[${bridge}] offset ${step.text})
  - last_over_time(${balance}{${consumed}}[${bridge}]),
  0
)`,
      why: `What was used since the step before; a top-up or a reset counts as nothing instead of as negative use. Both sides take the last known value of the past ${bridge}, so that what was used during a gap is counted once, when the gap ends.`,
    },
  ],
};

/** Burn and runway, every two minutes, so that a plain query always finds them. */
export const burnGroup: RuleGroup = {
  name: 'balance-alert.burn',
  interval: '2m',
  rules: [
    ...burnWindows.map((window) => ({
      record: `account:balance_alert_burn_per_second:avg${window}`,
      expr: `avg_over_time(${fall}[${window}]) / ${step.seconds}`,
      why: `Average use per second over ${window}, or since the series began. An average of steps and not a sum over the window: the sum counts a step too many on Prometheus 2, and too little while the series is young.`,
    })),
    {
      record: 'account:balance_alert_runway_seconds',
      expr: `${lasts('7d', `count_over_time(${fall}{${prepaid}}[7d]) >= 144`)}
or
${lasts('30d', `count_over_time(${fall}{${prepaid}}[30d]) >= 1008\n  and changes(${balance}{${prepaid}}[8d]) >= 1`)}`,
      why: 'How long the balance lasts at the average use of a week, so that weekends are always in it. Absent rather than guessed: needs a day of history (144 steps) and three changes of the balance, since one deduction is no rate. An account that is billed once a week has too few in a week; it is taken by its month, after a week of history and as long as it is used at all. Absent where nothing is used.',
    },
    {
      record: 'account:balance_alert_spend_projected:ratio',
      expr: `${collapsed('max', 'balance_alert_spend')}
/
clamp_max(${elapsedShare} > 0.1, 1)
/
(${collapsed('max', 'balance_alert_spend_budget')} > 0)`,
      why: 'Spend at the end of the period if it goes on at the pace so far, divided by the budget. Absent in the first tenth of a period, when one day decides it, and without a budget.',
    },
  ],
};
