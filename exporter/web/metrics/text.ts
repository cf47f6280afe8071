import { accountSamples } from '../../accounts/samples.ts';
import type { AccountState } from '../../accounts/state.ts';
import { expiryOf } from '../../accounts/state.ts';
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

/** A text in parts, which are sent one after the other: put together, a large one would only be in the way. */
export interface TextParts {
  /** In UTF-8, metric by metric, each under its header. */
  readonly parts: readonly Buffer[];
  /** Milliseconds since the epoch from which the text is no longer true. */
  readonly validUntil: number;
  /** Kinds of entries of which one was left out. */
  readonly leftOut: ReadonlySet<EntryFault['subject']>;
}

/** The lines of some series, by the metric's place in the catalogue; an empty text where there are none. */
type Lines = readonly string[];

const placeOf: ReadonlyMap<string, number> = new Map(metricNames.map((name, place) => [name, place]));

function linesOf(samples: readonly Sample[]): Lines {
  // Most metrics have none: lists are made for the others only.
  const lines = metricNames.map((): string[] | undefined => undefined);
  for (const one of samples) {
    const place = placeOf.get(one.metric);
    if (place === undefined) continue;
    const ofMetric = lines[place];
    if (ofMetric === undefined) lines[place] = [renderSample(one)];
    else ofMetric.push(renderSample(one));
  }
  // Joined, not added up: texts that are kept then hold no trees of their parts.
  return lines.map((ofMetric) => ofMetric?.join('') ?? '');
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
const groupSize = 4;

/** Accounts that stand together in the file, and their lines: good for as long as none of their states is another. */
interface Group {
  readonly states: readonly AccountState[];
  readonly lines: Lines;
  /** From when to when, in milliseconds since the epoch: none of the readings in it expires, nor is one expired again that was not. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Whether one of them was left out; they are tried again with each text then, and counted. */
  readonly hasFault: boolean;
}

/** Whether a group still stands for the accounts that begin at an index; `now` in milliseconds since the epoch. */
function isCurrent(group: Group, accounts: readonly AccountState[], start: number, now: number): boolean {
  const { states, validFrom, validUntil, hasFault } = group;
  if (hasFault || now < validFrom || now >= validUntil) return false;
  if (states.length !== Math.min(groupSize, accounts.length - start)) return false;
  for (let index = 0; index < states.length; index += 1) {
    if (states[index] !== accounts[start + index]) return false;
  }
  return true;
}

function groupOf(states: readonly AccountState[], now: number, onFault: OnEntryFault): Group {
  let hasFault = false;
  const lines = linesOfEntries(
    states,
    (some) => some.flatMap((state) => accountSamples(state, now)),
    ({ account }, error) => {
      hasFault = true;
      onFault({ subject: 'account', name: account.name, error });
    },
  );
  let validUntil = Number.POSITIVE_INFINITY;
  for (const state of states) {
    const expiry = expiryOrNone(state);
    if (expiry !== undefined && expiry > now && expiry < validUntil) validUntil = expiry;
  }
  return { states, lines, validFrom: now, validUntil, hasFault };
}

/** An account that throws here throws where its lines are made, and is reported there. */
function expiryOrNone(state: AccountState): number | undefined {
  try {
    return expiryOf(state);
  } catch {
    return undefined;
  }
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

const headers = metricNames.map((metric) => renderHeader(metric));

/** Characters that are put together at once: texts as small as this are collected with the youngest objects. */
const chunkLength = 32_768;

/** A metric's header and its lines of all entries, in UTF-8; nothing where it has none. */
function sectionAt(place: number, all: readonly Lines[]): readonly Buffer[] {
  const buffers: Buffer[] = [];
  let texts: string[] = [];
  let length = 0;
  for (const lines of all) {
    const text = lines[place];
    if (text === undefined || text === '') continue;
    if (length === 0 && buffers.length === 0) texts.push(headers[place] ?? '');
    texts.push(text);
    length += text.length;
    if (length < chunkLength) continue;
    buffers.push(Buffer.from(texts.join('')));
    texts = [];
    length = 0;
  }
  if (texts.length > 0) buffers.push(Buffer.from(texts.join('')));
  return buffers;
}

/** By the metric's place, whether any of its lines are others than before. */
function changedPlaces(before: readonly Lines[], after: readonly Lines[]): readonly boolean[] {
  const changed = headers.map(() => before.length !== after.length);
  if (before.length !== after.length) return changed;
  for (const [index, lines] of after.entries()) {
    const known = before[index];
    if (known === lines) continue;
    for (const [place, text] of lines.entries()) {
      if (changed[place] !== true && known?.[place] !== text) changed[place] = true;
    }
  }
  return changed;
}

const ignored = (_fault: EntryFault): void => undefined;

/**
 * Renders accounts, mailboxes and subscriptions of a snapshot at a moment (milliseconds since the epoch), metric by
 * metric in the order of the catalogue. An entry that cannot be rendered is left out, and `onFault` is called. Keeps the
 * lines of accounts and the bytes of metrics, so that the cost of the next text is that of what has changed.
 */
export function createTextRenderer(
  onFault: OnEntryFault = ignored,
): (snapshot: Snapshot, now: number) => TextParts {
  let groups: readonly Group[] = [];
  let lines: readonly Lines[] = [];
  let sections: readonly (readonly Buffer[])[] = [];
  return (snapshot, now) => {
    const { accounts, mailboxes, subscriptions } = snapshot;
    const leftOut = new Set<EntryFault['subject']>();
    const leave: OnEntryFault = (fault) => {
      leftOut.add(fault.subject);
      onFault(fault);
    };
    groups = Array.from({ length: Math.ceil(accounts.length / groupSize) }, (_, index) => {
      const start = index * groupSize;
      const kept = groups[index];
      return kept !== undefined && isCurrent(kept, accounts, start, now)
        ? kept
        : groupOf(accounts.slice(start, start + groupSize), now, leave);
    });
    const ofMailboxes = linesOfEntries(mailboxes, mailboxSamples, ({ mailbox }, error) =>
      leave({ subject: 'mailbox', name: mailbox.name, error }),
    );
    const ofSubscriptions = linesOfEntries(
      subscriptions,
      (some) => subscriptionSamples(some, now),
      ({ name }, error) => leave({ subject: 'renewal', name, error }),
    );
    const all = [...groups.map((group) => group.lines), ofMailboxes, ofSubscriptions];
    const changed = changedPlaces(lines, all);
    sections = headers.map((_, place) => {
      const kept = sections[place];
      return kept !== undefined && changed[place] === false ? kept : sectionAt(place, all);
    });
    lines = all;
    return {
      parts: sections.flat(),
      validUntil: groups.reduce(
        (end, group) => Math.min(end, group.validUntil),
        nextMidnight(subscriptions, now),
      ),
      leftOut,
    };
  };
}

/** The series that speak of a whole kind of checks; their metrics stand after all others. Costs next to nothing. */
export function renderSummary(
  snapshot: Snapshot,
  now: number,
  leftOut: TextParts['leftOut'],
): TextParts['parts'] {
  const all = [linesOf(summarySamples(snapshot, now, leftOut))];
  return headers.flatMap((_, place) => sectionAt(place, all));
}
