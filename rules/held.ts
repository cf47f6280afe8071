import type { MetricName } from '../exporter/metrics/catalog.ts';
import { exporterGone, exporterSelector, indent } from './expressions.ts';
import { identityOf, type RecordedName, recorded } from './series.ts';
import type { RecordingRule } from './types.ts';

/**
 * Series that outlast what they were made of: while an exporter does not answer, or the account's check fails, each evaluation
 * carries the value of the one before, for three days. The alerts read nothing else, so what fires an alert and what
 * silences it are there for equally long.
 *
 * Only what the exporter served at its last good scrape is carried. A removed or renamed account is gone at the next
 * good scrape and does not come back with a later failed one; nor does a threshold that was taken away.
 */

/** How long a value is carried, and with it what its alerts show. Covers a weekend. */
export const holdFor = { text: 'three days', range: '3d', seconds: 3 * 86_400 } as const;

/** How far back the evaluation before is looked for: longer than any evaluation interval, and than a restart of Prometheus. */
const evaluationBefore = '1h';

const before = (name: RecordedName, lastWithin = evaluationBefore): string => recorded(name, { lastWithin });

/**
 * What silences an alert is looked for further back than what fires it, by more than two evaluations of any group: else there is
 * a length of a pause of Prometheus, of about an hour, over which only what fires it lasts.
 */
const silenceBefore = '70m';

/** As `before`, for what is filtered before it is aggregated: of all accounts only those that are not served are left then. */
const rawBefore = (name: RecordedName, lastWithin = evaluationBefore): string =>
  `last_over_time(${name}[${lastWithin}])`;

/** A group of rules with carried series. Each has moments of its own, as two groups are evaluated at different times. */
type Group = 'account' | 'threshold' | 'runway' | 'spend' | 'checks' | 'subscription';
type Known = Extract<RecordedName, `${string}known_timestamp_seconds:max`>;
type Unserved = Extract<RecordedName, `${string}unserved_since_timestamp_seconds:max`>;

/** Somewhat less than Prometheus' look-back of five minutes. */
const lookBackSeconds = 240;

const evaluated = {
  account: 'account:balance_alert_evaluated_timestamp_seconds:max',
  threshold: 'account:balance_alert_threshold_evaluated_timestamp_seconds:max',
  runway: 'account:balance_alert_runway_evaluated_timestamp_seconds:max',
  spend: 'account:balance_alert_spend_evaluated_timestamp_seconds:max',
  checks: 'account:balance_alert_checks_evaluated_timestamp_seconds:max',
  subscription: 'subscription:balance_alert_evaluated_timestamp_seconds:max',
} as const satisfies Record<Group, RecordedName>;

const exporterUp = {
  account: 'account:balance_alert_exporter_up_timestamp_seconds:max',
  spend: 'account:balance_alert_spend_exporter_up_timestamp_seconds:max',
  subscription: 'subscription:balance_alert_exporter_up_timestamp_seconds:max',
} as const satisfies Partial<Record<Group, RecordedName>>;

type KnowingGroup = keyof typeof exporterUp;

/**
 * When every exporter was last scraped. The last rule of its group, so that the others find what the evaluation before
 * recorded, on every engine.
 */
export function exporterUpAt(group: KnowingGroup): RecordingRule {
  return {
    record: exporterUp[group],
    expr: `(min(${exporterSelector}) == 1) * time()
or
${before(exporterUp[group])}`,
    why: 'When Prometheus last scraped every exporter; keeps its value while one of them does not respond.',
  };
}

/**
 * When the exporter was last known to have a thing; gone with the first good scrape that doesn't have it. Filtered before
 * it is aggregated, so that in good times only the series that are served cost anything.
 */
export function knownAt(record: Known, served: MetricName, group: KnowingGroup): RecordingRule {
  const identity = identityOf(record);
  // Compared last: in good times nothing is left to compare.
  const atLastScrape = (filter: string): string =>
    `max by (${identity}) (
  (${rawBefore(record)} ${filter})
  >= scalar(${before(exporterUp[group])})
)`;
  const failing = `${atLastScrape(`and on (${identityOf('balance_alert_account_up')}) balance_alert_account_up == 0`)} * 0 + time()`;
  const gone = atLastScrape(`and on () ${exporterGone}`);
  const checked = group !== 'subscription';
  return {
    record,
    expr: [`group by (${identity}) (${served}) * time()`, ...(checked ? [failing] : []), gone].join('\nor\n'),
    why: `When the exporter last had the entry. ${checked ? 'Continues while the check of its account fails; keeps' : 'Keeps'} its value while an exporter does not respond, but only for entries of the last successful scrape.`,
  };
}

/** How far back a scraped value is looked for that no evaluation saw: longer than the slowest group's interval, and a scrape. */
const scrapedWithin = '5m';

/**
 * The last scraped value: newer than what was recorded where it changed just before the exporter went down. What was recorded within
 * twice the time and taken away since stays away.
 */
function lastScraped(record: RecordedName, scraped: MetricName): string {
  const identity = identityOf(record);
  return `(
  last_over_time(${scraped}[${scrapedWithin}])
  unless on (${identity}) (last_over_time(${record}[10m]) unless on (${identity}) ${record})
)`;
}

/** Fewer steps than evaluations, and not so few that one is outside of Prometheus' look-back of all of them. */
const pauseSteps = '4m';

/**
 * What was recorded last, also where Prometheus was away for longer than a selector looks back. By a selector alone, as Prometheus
 * marks where a series ends: what ended earlier is not found.
 * @param conditions on what is found over a pause
 */
export function lastRecorded(
  record: RecordedName,
  group: Group,
  lastWithin = evaluationBefore,
  conditions: readonly string[] = [],
): string {
  const overPause = [
    rawBefore(record, lastWithin),
    ...conditions,
    `and on () (${before(evaluated[group], lastWithin)} < time() - ${lookBackSeconds})`,
  ].join('\n');
  return `${record}\nor\n(\n  ${indent(overPause)}\n)`;
}

/** The value that the evaluation before recorded; over a pause of Prometheus, of what its last evaluation recorded. */
function justBefore(record: RecordedName, group: Group): string {
  const identity = identityOf(record);
  const lastEvaluation = `scalar(${before(evaluated[group])})`;
  const notEnded = `and on (${identity}) (max_over_time(timestamp(${record})[${evaluationBefore}:${pauseSteps}]) >= ${lastEvaluation})`;
  return `(\n  ${indent(lastRecorded(record, group, evaluationBefore, [notEnded]))}\n)`;
}

/**
 * As `justBefore`, for what silences alerts. What ended before a pause is not left out: there are as many thresholds as balances,
 * and to look at when each ended costs as much as all the rest of their rule.
 */
function silenceJustBefore(record: RecordedName, group: Group, scraped: MetricName): string {
  const last = lastRecorded(record, group, silenceBefore);
  // What is scraped has the labels of the scrape, too.
  return `(
  ${indent(lastScraped(record, scraped))}
  or on (${identityOf(record)})
  (
    ${indent(last, 4)}
  )
)`;
}

/** Since when a thing that is known is not served. Only of those: in good times there is no such series. */
export function unservedSince(record: Unserved, served: string, known: Known, group: Group): RecordingRule {
  const identity = identityOf(record);
  return {
    record,
    expr: `max by (${identity}) (
  (
    ${indent(justBefore(record, group), 4)}
    or on (${identity})
    ${known}
  )
  unless on (${identity}) ${served}
  and on (${identity}) ${known}
)`,
    why: `Since when the entry is known but not served, so that nothing is held for longer than ${holdFor.text}. Absent for entries that are served.`,
  };
}

export interface HeldRule {
  readonly record: RecordedName;
  /** What is recorded as long as it is served. */
  readonly live: string;
  /** A selector of what is served as long as the thing itself is: where it is there and `live` is not, that is news, and nothing is carried. */
  readonly served: string;
  /** Whether `live` is there whenever `served` is, and so can't have ended before it. */
  readonly always?: boolean;
  /**
   * For what silences alerts: the metric that `live` is read from. It is carried for longer than what fires them, by more
   * than an evaluation of any group, and also while nothing was recorded yet after a pause of Prometheus: groups are
   * evaluated in any order. Its last scraped value counts, which no evaluation saw where the exporter went down soon
   * after a change.
   */
  readonly silences?: MetricName;
  readonly known: Known;
  readonly unserved: Unserved;
  /** The group that `unserved` is recorded in. */
  readonly unservedIn: Group;
  /** The group of this rule. */
  readonly group: Group;
  readonly why: string;
}

/** The group that records what is known, which what fires an alert in a group follows. */
const knownIn: Partial<Record<Group, KnowingGroup>> = {
  account: 'account',
  runway: 'account',
  spend: 'spend',
  subscription: 'subscription',
};

/**
 * When the group was last evaluated; after all that reads it. Where what fires an alert is carried, only once it is recorded what
 * is known, without which it isn't: after a pause of Prometheus this group may be evaluated first, and on vmalert a rule does
 * not see what an earlier rule of the same evaluation recorded. The pause lasts until then.
 */
export function evaluatedAt(group: Group): RecordingRule {
  const follows = knownIn[group];
  return {
    record: evaluated[group],
    expr: ['vector(time())', ...(follows === undefined ? [] : [`and on () ${exporterUp[follows]}`])].join(
      ' ',
    ),
    why: `When this group was last evaluated, so that a pause of Prometheus can be distinguished from the end of a series.${follows === undefined ? '' : ' Absent until it is recorded what the exporter has.'}`,
  };
}

/** What silences an alert is carried for so much longer than what fires it. */
const silencesLongerSeconds = 600;

/** A series that is carried from evaluation to evaluation as long as its thing is known and not served, for three days. */
export function heldRule({
  record,
  live,
  served,
  always = false,
  silences,
  known,
  unserved,
  unservedIn,
  group,
  why,
}: HeldRule): RecordingRule {
  const identity = identityOf(record);
  const longest = holdFor.seconds + (silences === undefined ? 0 : silencesLongerSeconds);
  const carried = [
    always
      ? rawBefore(record)
      : silences === undefined
        ? justBefore(record, group)
        : silenceJustBefore(record, group, silences),
    // Where `live` is there whenever it is served, it comes before what is carried anyway.
    ...(always ? [] : [`unless on (${identity}) ${served}`]),
    `and on (${identity}) ${silences === undefined ? known : rawBefore(known, silenceBefore)}`,
    `unless on (${identity}) (${justBefore(unserved, unservedIn)} <= time() - ${longest})`,
  ].join('\n');
  return { record, expr: `${live}\nor\nmax by (${identity}) (\n  ${indent(carried)}\n)`, why };
}
