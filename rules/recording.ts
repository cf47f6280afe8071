import { balanceIdentity, collapsed, indent } from './expressions.ts';
import { type RecordedName, recorded } from './series.ts';
import type { RuleGroup } from './types.ts';

/** Length of one step of falls. The group's interval and the offset must both be this, or falls are lost or counted twice. */
export const step = { text: '10m', seconds: 600 } as const;

/** Windows of the average burn. */
export const burnWindows = ['1d', '7d', '30d'] as const;

const day = 86_400;
const seconds = { '1d': day, '7d': 7 * day, '8d': 8 * day, '30d': 30 * day, '31d': 31 * day } as const;
type Window = Exclude<keyof typeof seconds, '31d'>;

/** Types that are used up; `merchant` is the customer's own money and flows both ways. */
const consumed = 'type=~"balance|credits|quota"';

/** Types that only a payment refills, so that "lasts until" means something. */
export const prepaid = 'type=~"balance|credits"';

/** Money whose end is the end of the service: after a gift or a voucher the cash beside it pays. */
export const payable = 'wallet!~"gift|voucher"';

/*
 * Ranges over what is recorded at steps are five minutes short of a number of steps: a value exactly at the beginning of a range
 * is in it for Prometheus 2, and not for 3, which would count a step more or less after an outage.
 */

/** How far back the last known balance is taken from, so that a fall during a gap is counted when it ends: a day. */
const bridge = '23h55m';

/** How far back the step before is looked for: Prometheus itself may have been away for so long. */
const stepsMissed = '55m';

/** How long the totals outlast a time without a balance, beyond `bridge`; after a longer one they start again. */
const totalsOutlast = '47h55m';

/** Reads the last step of a series of the recording group, from a group that is evaluated more often. */
const lastStep = '15m';

/** How far before a window its first total may lie: Prometheus itself may have been away then. */
const windowStart = '11h55m';

const balance = 'account:balance_alert_balance:max';
const carried = 'account:balance_alert_balance:carried';
const start = 'account:balance_alert_history_start_timestamp_seconds:min';

type Total = Extract<RecordedName, `${string}:total`>;

const live = collapsed('max', 'balance_alert_balance', consumed);

/**
 * The balance at this step and at the step before. The one of this step is read from the exporter's own series: vmalert
 * hands what a rule recorded to the rules after it only at the next evaluation.
 */
const now = `(${live} or ${recorded(carried, { lastWithin: lastStep })})`;
const stepBefore = recorded(carried, { lastWithin: stepsMissed, offset: step.text });

/** A total that goes on from its value of the step before, or begins at 0 with an account's first step. */
function total(record: Total, added: string): string {
  return `(
  ${recorded(record, { lastWithin: totalsOutlast, offset: step.text })}
  or
  ${live} * 0
)
+
(
  ${indent(added)}
  or
  ${live} * 0
)`;
}

const lastOf = (record: RecordedName): string => recorded(record, { lastWithin: lastStep });
const began = (window: keyof typeof seconds): string => `(${lastOf(start)} <= time() - ${seconds[window]})`;
const atStartOf = (record: Total, window: Window): string =>
  recorded(record, { lastWithin: windowStart, offset: window });

/** What was added to a total within a window. Costs the same for any window. */
const added = (record: Total, window: Window): string => `(${lastOf(record)} - ${atStartOf(record, window)})`;

/** Steps of the past two days in which a balance was served; over an outage it is carried, and not served. */
export const stepsServedOfTwoDays = `max by (${balanceIdentity}) (count_over_time(${balance}[2d]))`;

/** Steps of history since the totals of an account began. */
export const stepsOfHistory = lastOf('account:balance_alert_steps:total');

const averageOf = <Name extends (typeof burnWindows)[number]>(window: Name) =>
  `account:balance_alert_step_burn_per_second:avg${window}` as const;

/** How often the balance changed within a week. */
export const changesOfWeek = lastOf('account:balance_alert_changes:count7d');

const changes = 'account:balance_alert_changes:total';

const confidentByWeek = `and ${stepsOfHistory} >= 144
  and ${changesOfWeek} >= 3`;

const confidentByMonth = `and ${stepsOfHistory} >= 1008
  and ${lastOf(changes)} >= 3
  unless (${added(changes, '30d')} < 3 and ${began('30d')})
  unless (${added(changes, '8d')} < 1 and ${began('8d')})`;

/** The average burn of a window in which the balance changed often enough for the average to mean something. */
function burnOf(window: '7d' | '30d', confident: string): string {
  return `(
  ${recorded(averageOf(window), { matchers: prepaid, lastWithin: lastStep })} > 0
  ${confident}
)`;
}

const weekEnded = (offset: string): string =>
  recorded(averageOf('7d'), { matchers: prepaid, lastWithin: windowStart, offset });

/** The average of the week that ended 30 days ago, which is compared with that of the past week. */
const weekOfLastMonth = weekEnded('30d');

/** The average of the seven days after that: what a month that repeats itself takes in the next seven days. */
const weekThatFollowed = weekEnded('23d');

const averageOfMonth = recorded(averageOf('30d'), { matchers: prepaid, lastWithin: lastStep });

/** What a month ago followed on a week like the past one, and at least the average of the month. */
const repeated = `(
  ${weekThatFollowed} > ${averageOfMonth}
  or
  (${averageOfMonth} and ${weekThatFollowed})
)
and
${burnOf('7d', confidentByWeek)}
and
((${recorded(averageOf('7d'), { matchers: prepaid, lastWithin: lastStep })} / (${weekOfLastMonth} > 0) >= 0.5) <= 2)
and ${began('31d')}`;

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
      why: 'One series per account, whatever the number of exporters, so that a new instance breaks neither joins nor history.',
    },
    {
      record: carried,
      expr: `${live}
or
${recorded(balance, { matchers: consumed, lastWithin: bridge })}`,
      why: `The last known balance of the past day. The only rule of the group with a range of a day; the others use its result.`,
    },
    {
      record: 'account:balance_alert_fall:step10m',
      expr: `clamp_min(
  ${stepBefore}
  - ${now},
  0
)`,
      why: `Usage since the previous step; a top-up or a reset counts as 0 instead of as negative usage. Both sides use the last known value, so that usage during a gap is counted once, when the gap ends.`,
    },
    {
      record: 'account:balance_alert_used:total',
      expr: total('account:balance_alert_used:total', `clamp_min(${stepBefore} - ${now}, 0)`),
      why: `Sum of all decreases: the usage in any window is the difference of two values. Survives three days without a balance.`,
    },
    {
      record: 'account:balance_alert_steps:total',
      expr: total('account:balance_alert_steps:total', `(${stepBefore} - ${now}) * 0 + 1`),
      why: 'Number of steps with a known decrease.',
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
      why: 'Start of the totals of an account: no difference may be taken across it.',
    },
    ...burnWindows.map((window) => ({
      record: averageOf(window),
      expr: `(
  (
    ${added('account:balance_alert_used:total', window)}
    / (${added('account:balance_alert_steps:total', window)} > 0)
    and ${began(window)}
  )
  or
  (
    ${lastOf('account:balance_alert_used:total')}
    / (${stepsOfHistory} > 0)
    unless ${began(window)}
  )
) / ${step.seconds}`,
      why: `Average usage per second over ${window}, or since the series began. Computed from differences of totals, so that the cost does not depend on the window and every engine gives the same result. Evaluated with the totals, since it cannot change between two steps.`,
    })),
    {
      record: 'account:balance_alert_changes:count7d',
      expr: `(${added(changes, '7d')} and ${began('7d')})
or
(${lastOf(changes)} unless ${began('7d')})`,
      why: 'How often the balance changed within a week.',
    },
    {
      record: 'account:balance_alert_step_burn_per_second:expected',
      expr: `(
  ${indent(repeated)}
)
or
${burnOf('7d', confidentByWeek)}
or
${burnOf('30d', confidentByMonth)}`,
      why: 'The average used for the runway: that of a week, so that weekends are always included. Where the week used between half and twice what the same week used 30 days earlier, the average of the seven days that followed on that one, but at least that of the month: a month end that returns counts before it begins, and no longer once it is over. It requires 31 days of history. Absent rather than guessed: requires a day of history (144 steps) and three changes of the balance, since a single deduction is not a rate. An account that is billed once a week changes too rarely; for it, the monthly average is used, after a week of history and as long as there is usage. Absent if nothing is used.',
    },
  ],
};

/** Burn and runway, every two minutes, so that a plain query always finds them. */
export const burnGroup: RuleGroup = {
  name: 'balance-alert.burn',
  interval: '2m',
  rules: [
    ...burnWindows.map((window) => ({
      record: `account:balance_alert_burn_per_second:avg${window}` as const,
      expr: lastOf(averageOf(window)),
      why: `Average usage per second over ${window}, or since the series began, recorded often enough for instant queries.`,
    })),
    {
      record: 'account:balance_alert_runway_seconds',
      expr: `clamp_min(${collapsed('max', 'balance_alert_balance', prepaid)}, 0)
/ (${lastOf('account:balance_alert_step_burn_per_second:expected')} > 0)
unless on (${balanceIdentity}) (${collapsed('max', 'balance_alert_threshold')} <= 0)`,
      why: 'Time until the balance runs out at its expected usage. Absent if that is unknown or 0, and for an account whose threshold is 0 or below: a post-paid account does not run out at 0.',
    },
  ],
};
