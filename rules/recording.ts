import { balanceIdentity, collapsed, indent } from './expressions.ts';
import { type RecordedName, recorded } from './series.ts';
import type { RuleGroup } from './types.ts';

/** Length of one step of falls. The group's interval and the offset must both be this, or falls are lost or counted twice. */
export const step = { text: '10m', seconds: 600 } as const;

/** Windows of the average burn. */
export const burnWindows = ['1d', '7d', '30d'] as const;

const day = 86_400;
const seconds = { '1d': day, '7d': 7 * day, '8d': 8 * day, '30d': 30 * day } as const;
type Window = keyof typeof seconds;

/** Types that are used up; `merchant` is the customer's own money and flows both ways. */
const consumed = 'type=~"balance|credits|quota"';

/** Types that only a payment refills, so that "lasts until" means something. */
export const prepaid = 'type=~"balance|credits"';

/** How far back the last known balance is taken from, so that a fall during a gap is counted when it ends. */
const bridge = '1d';

/** How long the totals outlast a gap; after a longer one they start again. */
const totalsOutlast = '3d';

const balance = 'account:balance_alert_balance:max';
const start = 'account:balance_alert_history_start_timestamp_seconds:min';

type Total = Extract<RecordedName, `${string}:total`>;

/**
 * The balance at this step and at the step before. The one of this step is read from the exporter's own series: vmalert
 * hands what a rule recorded to the rules after it only at the next evaluation.
 */
const now = `(
  ${collapsed('max', 'balance_alert_balance', consumed)}
  or
  ${recorded(balance, { matchers: consumed, lastWithin: bridge })}
)`;
const stepBefore = recorded(balance, { matchers: consumed, lastWithin: bridge, offset: step.text });

const fallNow = `clamp_min(
  ${stepBefore}
  - ${indent(now)},
  0
)`;

/** A total that goes on from its value of the step before, or begins at 0 with an account's first step. */
function total(record: Total, added: string): string {
  return `(
  ${recorded(record, { lastWithin: totalsOutlast, offset: step.text })}
  or
  ${indent(now)} * 0
)
+
(
  ${indent(added)}
  or
  ${indent(now)} * 0
)`;
}

/** What was added to a total within a window, or since the series began. Costs the same for any window. */
function within(record: Total, window: Window): string {
  const total = recorded(record, { lastWithin: '1h' });
  const old = `(${recorded(start, { lastWithin: '1h' })} <= time() - ${seconds[window]})`;
  return `(
  (${total} - ${recorded(record, { lastWithin: bridge, offset: window })} and ${old})
  or
  (${total} unless ${old})
)`;
}

/**
 * Balances, their falls and the totals of these, every ten minutes. Read them with `last_over_time(...[15m])`: Prometheus
 * looks back five minutes only.
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
      record: 'account:balance_alert_fall:step10m',
      expr: fallNow,
      why: `What was used since the step before; a top-up or a reset counts as nothing instead of as negative use. Both sides take the last known value of the past ${bridge}, so that what was used during a gap is counted once, when the gap ends.`,
    },
    {
      record: 'account:balance_alert_used:total',
      expr: total('account:balance_alert_used:total', fallNow),
      why: `Sum of all falls: the use of any window is the difference of two of its values. Outlasts a gap of ${totalsOutlast}.`,
    },
    {
      record: 'account:balance_alert_steps:total',
      expr: total('account:balance_alert_steps:total', `(${stepBefore} - ${now}) * 0 + 1`),
      why: 'Number of steps whose fall is known.',
    },
    {
      record: 'account:balance_alert_changes:total',
      expr: total('account:balance_alert_changes:total', `${stepBefore} != bool ${now}`),
      why: 'Number of steps in which the balance changed.',
    },
    {
      record: start,
      expr: `(
  ${recorded(start, { lastWithin: totalsOutlast, offset: step.text })}
  and
  ${indent(now)}
)
or
${now} * 0 + time()`,
      why: 'When the totals of an account began: before that moment they must not be asked for a difference.',
    },
  ],
};

const confidentByWeek = `and ${recorded('account:balance_alert_steps:count7d')} >= 144
  and ${recorded('account:balance_alert_changes:count7d')} >= 3`;

const confidentByMonth = `and ${indent(within('account:balance_alert_steps:total', '30d'))} >= 1008
  and ${indent(within('account:balance_alert_changes:total', '30d'))} >= 3
  and ${indent(within('account:balance_alert_changes:total', '8d'))} >= 1`;

/** Runway by the average burn of a window in which the balance changed often enough for the average to mean something. */
function lasts(window: '7d' | '30d', confident: string): string {
  return `(
  clamp_min(${collapsed('max', 'balance_alert_balance', prepaid)}, 0)
  / (${recorded(`account:balance_alert_burn_per_second:avg${window}`, { matchers: prepaid })} > 0)
  ${confident}
)`;
}

/** Burn and runway, every two minutes, so that a plain query always finds them. */
export const burnGroup: RuleGroup = {
  name: 'balance-alert.burn',
  interval: '2m',
  rules: [
    ...burnWindows.map((window) => ({
      record: `account:balance_alert_burn_per_second:avg${window}` as const,
      expr: `${within('account:balance_alert_used:total', window)}
/
(${indent(within('account:balance_alert_steps:total', window))} > 0)
/ ${step.seconds}`,
      why: `Average use per second over ${window}, or since the series began. From differences of totals: it costs the same for any window, and is the same on every engine.`,
    })),
    {
      record: 'account:balance_alert_steps:count1d',
      expr: within('account:balance_alert_steps:total', '1d'),
      why: 'Number of steps behind the average of a day.',
    },
    {
      record: 'account:balance_alert_steps:count7d',
      expr: within('account:balance_alert_steps:total', '7d'),
      why: 'Number of steps behind the average of a week.',
    },
    {
      record: 'account:balance_alert_changes:count7d',
      expr: within('account:balance_alert_changes:total', '7d'),
      why: 'How often the balance changed within a week.',
    },
    {
      record: 'account:balance_alert_runway_seconds',
      expr: `(
  ${indent(lasts('7d', confidentByWeek))}
  or
  ${indent(lasts('30d', confidentByMonth))}
)
unless on (${balanceIdentity}) (${collapsed('max', 'balance_alert_threshold')} <= 0)`,
      why: 'How long the balance lasts at the average use of a week, so that weekends are always in it. Absent rather than guessed: needs a day of history (144 steps) and three changes of the balance, since one deduction is no rate. An account that is billed once a week has too few in a week; it is taken by its month, after a week of history and as long as it is used at all. Absent where nothing is used, and for an account whose threshold is 0 or below: a post-paid one does not run out at 0.',
    },
  ],
};
