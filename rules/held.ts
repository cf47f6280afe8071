import { collapsed, exporterGone, exporterSelector, indent } from './expressions.ts';
import { identityOf, type RecordedName, recorded } from './series.ts';
import type { RecordingRule } from './types.ts';

/**
 * Series that outlast what they were made of: while no exporter answers, or the account's check fails, each evaluation
 * carries the value of the one before, for three days. The alerts read nothing else, so what fires an alert and what
 * silences it are there for equally long.
 *
 * Only what the exporter served at its last good scrape is carried. A removed or renamed account is gone at the next
 * good scrape and does not come back with a later failed one; nor does a threshold that was taken away.
 */

/** How long a value is carried. Covers a weekend. */
const holdFor = { text: 'three days', seconds: 3 * 86_400 } as const;

/** How far back the evaluation before is looked for: longer than any evaluation interval, and than a restart of Prometheus. */
const evaluationBefore = '1h';

const before = (name: RecordedName): string => recorded(name, { lastWithin: evaluationBefore });

type Group = 'account' | 'subscription';
type Known = Extract<RecordedName, `${string}known_timestamp_seconds:max`>;
type Served = Extract<RecordedName, `${string}served_timestamp_seconds:max`>;

/** Somewhat less than Prometheus' look-back of five minutes. */
const lookBackSeconds = 240;

const evaluated = (group: Group) => `${group}:balance_alert_evaluated_timestamp_seconds:max` as const;
const exporterUp = (group: Group) => `${group}:balance_alert_exporter_up_timestamp_seconds:max` as const;

/**
 * When an exporter was last scraped. The last rule of its group, so that the others find what the evaluation before
 * recorded, on every engine. Each group has one of its own, as two groups are evaluated at different times.
 */
export function exporterUpAt(group: Group): RecordingRule {
  return {
    record: exporterUp(group),
    expr: `max(${exporterSelector} == 1) * time()
or
${before(exporterUp(group))}`,
    why: 'When Prometheus last scraped an exporter; keeps its value while no exporter responds.',
  };
}

/** When the exporter was last known to have a thing; gone with the first good scrape that doesn't have it. */
export function knownAt(record: Known, live: string, group: Group): RecordingRule {
  const atLastScrape = `${before(record)} >= scalar(${before(exporterUp(group))})`;
  const failing = `(
  (${atLastScrape}) * 0 + time()
  and on (${identityOf('balance_alert_account_up')}) (${collapsed('max', 'balance_alert_account_up')} == 0)
)`;
  const gone = `(
  ${atLastScrape}
  and on () ${exporterGone}
)`;
  return {
    record,
    expr: [`(${live}) * 0 + time()`, ...(group === 'account' ? [failing] : []), gone].join('\nor\n'),
    why: `When the exporter last had the entry. ${group === 'account' ? 'Continues while the check of its account fails; keeps' : 'Keeps'} its value while no exporter responds, but only for entries of the last successful scrape.`,
  };
}

/** When a thing was last served; carried as long as it is known, for three days. */
export function servedAt(record: Served, live: string, known: Known): RecordingRule {
  return {
    record,
    expr: `(${live}) * 0 + time()
or
(
  ${before(record)} > time() - ${holdFor.seconds}
  and on (${identityOf(record)}) ${recorded(known)}
)`,
    why: `When it was last served. Held for ${holdFor.text} as long as the entry is known: while this series exists, the last recorded values are used.`,
  };
}

export interface HeldRule {
  readonly record: RecordedName;
  /** What is recorded as long as it is served. */
  readonly live: string;
  /** Served as long as the thing itself is: where it is there and `live` is not, that is news, and nothing is carried. */
  readonly served: string;
  /** The record that says what to carry. */
  readonly by: Served;
  readonly why: string;
}

/**
 * The value that the evaluation before recorded. A plain selector, as Prometheus marks where a series ends: what ended
 * earlier is not found. It looks back five minutes only, so over a longer pause of Prometheus the last value counts.
 */
function justBefore(record: RecordedName): string {
  const group = record.startsWith('subscription:') ? 'subscription' : 'account';
  return `(
  ${recorded(record)}
  or
  (${before(record)} and on () (${before(evaluated(group))} < time() - ${lookBackSeconds}))
)`;
}

/** When the group was last evaluated; after all that reads it. */
export function evaluatedAt(group: Group): RecordingRule {
  return {
    record: evaluated(group),
    expr: 'vector(time())',
    why: 'When this group was last evaluated, so that a pause of Prometheus can be distinguished from the end of a series.',
  };
}

/** A series that is carried from evaluation to evaluation as long as the record `by` is. */
export function heldRule({ record, live, served, by, why }: HeldRule): RecordingRule {
  const identity = identityOf(record);
  // What is served as long as the thing itself can't have ended before it.
  const carried = [
    served === live ? before(record) : justBefore(record),
    `and on (${identity}) ${recorded(by)}`,
    ...(served === live ? [] : [`unless on (${identity}) ${served}`]),
  ].join('\n');
  return { record, expr: `${live}\nor\n(\n  ${indent(carried)}\n)`, why };
}
