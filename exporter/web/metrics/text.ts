import { accountSamples } from '../../accounts/samples.ts';
import type { AccountState } from '../../accounts/state.ts';
import { expiryOf, isServed } from '../../accounts/state.ts';
import { mailboxSamples } from '../../mail/samples.ts';
import type { Sample } from '../../metrics/catalog.ts';
import { metricNames } from '../../metrics/catalog.ts';
import { renderHeader, renderSample } from '../../metrics/exposition.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nextLocalMidnight, subscriptionSamples } from '../../subscriptions/samples.ts';
import type { SubscriptionConfig } from '../../subscriptions/schema.ts';
import type { EntryFault, OnEntryFault } from '../entries.ts';
import { mapEntries } from '../entries.ts';
import { summarySamples } from './summary.ts';

/** A text in parts, which are written one after the other: put together, a large one would only be in the way. */
export interface TextParts {
  readonly parts: readonly string[];
  /** Of all parts in UTF-8. */
  readonly bytes: number;
  /** Milliseconds since the epoch from which the text is no longer true. */
  readonly validUntil: number;
  /** Kinds of entries of which one was left out. */
  readonly leftOut: ReadonlySet<EntryFault['subject']>;
}

/** The lines of some series, by the metric's place in the catalogue; an empty text where there are none. */
type Lines = readonly string[];

const placeOf: ReadonlyMap<string, number> = new Map(metricNames.map((name, place) => [name, place]));

function linesOf(samples: readonly Sample[]): Lines {
  const lines = metricNames.map((): string[] => []);
  for (const one of samples) lines[placeOf.get(one.metric) ?? -1]?.push(renderSample(one));
  // Joined, not added up: texts that are kept then hold no trees of their parts.
  return lines.map((ofMetric) => ofMetric.join(''));
}

/**
 * The lines of several entries. Made all at once where nothing throws, which costs less; else one by one, so that an
 * entry that throws is the only one without lines.
 */
function linesOfEntries<Entry>(
  entries: readonly Entry[],
  samplesOf: (entries: readonly Entry[]) => readonly Sample[],
  onFault: (entry: Entry, error: unknown) => void,
): Lines {
  try {
    return linesOf(samplesOf(entries));
  } catch {
    const each = mapEntries(entries, (entry) => linesOf(samplesOf([entry])), onFault);
    return metricNames.map((_, place) => each.map((lines) => lines[place] ?? '').join(''));
  }
}

/** So many accounts share their lines: few enough that one change renders little, enough that joining all takes little. */
const groupSize = 8;

/** Accounts that stand together in the file, and their lines: good for as long as none of their states is another. */
interface Group {
  readonly states: readonly AccountState[];
  /** Which of them have readings that are still served. */
  readonly served: readonly boolean[];
  readonly lines: Lines;
  /** Of all lines in UTF-8. */
  readonly bytes: number;
  /** Whether one of them was left out; they are tried again with each text then, and counted. */
  readonly hasFault: boolean;
}

function groupOf(
  states: readonly AccountState[],
  now: number,
  kept: Group | undefined,
  onFault: OnEntryFault,
): Group {
  // One that throws here throws again where its lines are made, and is reported there.
  const served = states.map((state) => orElse(false, () => isServed(state, now)));
  const same =
    kept !== undefined &&
    !kept.hasFault &&
    kept.states.length === states.length &&
    states.every((state, index) => kept.states[index] === state && kept.served[index] === served[index]);
  if (same) return kept;
  let hasFault = false;
  const lines = linesOfEntries(
    states,
    (some) => some.flatMap((state) => accountSamples(state, now)),
    ({ account }, error) => {
      hasFault = true;
      onFault({ subject: 'account', name: account.name, error });
    },
  );
  return { states, served, hasFault, ...measured(lines) };
}

function orElse<Value>(value: Value, make: () => Value): Value {
  try {
    return make();
  } catch {
    return value;
  }
}

function measured(lines: Lines): Pick<Group, 'lines' | 'bytes'> {
  return { lines, bytes: lines.reduce((sum, ofMetric) => sum + Buffer.byteLength(ofMetric), 0) };
}

/** As `nextLocalMidnight`, without the subscriptions whose zone cannot be used; infinite where none is left. */
function nextMidnight(subscriptions: readonly SubscriptionConfig[], now: number): number {
  if (subscriptions.length === 0) return Number.POSITIVE_INFINITY;
  try {
    return nextLocalMidnight(subscriptions, now);
  } catch {
    const each = mapEntries(
      subscriptions,
      (subscription) => nextLocalMidnight([subscription], now),
      () => undefined,
    );
    return Math.min(Number.POSITIVE_INFINITY, ...each);
  }
}

/** How long lines hold: until the next reading expires, or midnight where a subscription is. */
function endOf({ accounts, subscriptions }: Snapshot, now: number): number {
  let end = nextMidnight(subscriptions, now);
  for (const state of accounts) {
    const expiry = orElse(undefined, () => expiryOf(state));
    if (expiry !== undefined && expiry > now && expiry < end) end = expiry;
  }
  return end;
}

const headers = metricNames.map((metric) => renderHeader(metric));

/** The lines metric by metric, each metric under its header. */
function arrange(all: readonly Pick<Group, 'lines' | 'bytes'>[]): Pick<TextParts, 'parts' | 'bytes'> {
  const parts: string[] = [];
  let bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  for (const [place, header] of headers.entries()) {
    let empty = true;
    for (const { lines } of all) {
      const ofMetric = lines[place];
      if (ofMetric === undefined || ofMetric === '') continue;
      if (empty) {
        parts.push(header);
        bytes += Buffer.byteLength(header);
      }
      empty = false;
      parts.push(ofMetric);
    }
  }
  return { parts, bytes };
}

const ignored = (_fault: EntryFault): void => undefined;

/**
 * Renders accounts, mailboxes and subscriptions of a snapshot at a moment (milliseconds since the epoch), metric by
 * metric in the order of the catalogue. An entry that cannot be rendered is left out, and `onFault` is called. Keeps the
 * lines of accounts, so that the cost of the next text is that of what has changed.
 */
export function createTextRenderer(
  onFault: OnEntryFault = ignored,
): (snapshot: Snapshot, now: number) => TextParts {
  let groups: readonly Group[] = [];
  return (snapshot, now) => {
    const { accounts, mailboxes, subscriptions } = snapshot;
    const leftOut = new Set<EntryFault['subject']>();
    const leave: OnEntryFault = (fault) => {
      leftOut.add(fault.subject);
      onFault(fault);
    };
    groups = Array.from({ length: Math.ceil(accounts.length / groupSize) }, (_, index) =>
      groupOf(accounts.slice(index * groupSize, (index + 1) * groupSize), now, groups[index], leave),
    );
    const ofMailboxes = linesOfEntries(mailboxes, mailboxSamples, ({ mailbox }, error) =>
      leave({ subject: 'mailbox', name: mailbox.name, error }),
    );
    const ofSubscriptions = linesOfEntries(
      subscriptions,
      (some) => subscriptionSamples(some, now),
      ({ name }, error) => leave({ subject: 'renewal', name, error }),
    );
    return {
      ...arrange([...groups, measured(ofMailboxes), measured(ofSubscriptions)]),
      validUntil: endOf(snapshot, now),
      leftOut,
    };
  };
}

/** The series that speak of a whole kind of checks; their metrics stand after all others. Costs next to nothing. */
export function renderSummary(snapshot: Snapshot, now: number, leftOut: TextParts['leftOut']): string {
  return arrange([measured(linesOf(summarySamples(snapshot, now, leftOut)))]).parts.join('');
}
