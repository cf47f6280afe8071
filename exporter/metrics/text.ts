import type { AccountState, Snapshot } from '../accounts/snapshot.ts';
import { expiryOf } from '../accounts/state.ts';
import { mailboxSamples } from '../mail/samples.ts';
import { nextLocalMidnight, subscriptionSamples } from '../subscriptions/samples.ts';
import type { Sample } from './catalog.ts';
import { metricNames } from './catalog.ts';
import { renderHeader, renderSample } from './exposition.ts';
import { accountSamples, summarySamples } from './samples.ts';

export interface RenderedText {
  readonly text: string;
  /** Milliseconds since the epoch from which the text is no longer true. */
  readonly validUntil: number;
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

/** So many accounts share their lines: few enough that one change renders little, enough that joining all takes little. */
const groupSize = 8;

/** Accounts that stand together in the file, and their lines: good for as long as none of their states is another. */
interface Group {
  readonly states: readonly AccountState[];
  /** Which of them have readings that are still served. */
  readonly served: readonly boolean[];
  readonly lines: Lines;
}

function isServed(state: AccountState, now: number): boolean {
  const expiry = expiryOf(state);
  return expiry !== undefined && now < expiry;
}

function groupOf(states: readonly AccountState[], now: number, kept: Group | undefined): Group {
  const served = states.map((state) => isServed(state, now));
  const same =
    kept !== undefined &&
    kept.states.length === states.length &&
    states.every((state, index) => kept.states[index] === state && kept.served[index] === served[index]);
  if (same) return kept;
  return { states, served, lines: linesOf(states.flatMap((state) => accountSamples(state, now))) };
}

/** How long lines hold: until the next reading expires, or midnight where a subscription is. */
function endOf({ accounts, subscriptions }: Snapshot, now: number): number {
  let end = subscriptions.length > 0 ? nextLocalMidnight(subscriptions, now) : Number.POSITIVE_INFINITY;
  for (const state of accounts) {
    const expiry = expiryOf(state);
    if (expiry !== undefined && expiry > now && expiry < end) end = expiry;
  }
  return end;
}

function join(parts: readonly Lines[]): string {
  const chunks: string[] = [];
  for (const [place, metric] of metricNames.entries()) {
    let empty = true;
    for (const part of parts) {
      const lines = part[place];
      if (lines === undefined || lines === '') continue;
      if (empty) chunks.push(renderHeader(metric));
      empty = false;
      chunks.push(lines);
    }
  }
  return chunks.join('');
}

/**
 * Renders accounts, mailboxes and subscriptions of a snapshot at a moment (milliseconds since the epoch), metric by
 * metric in the order of the catalogue. Keeps the lines of accounts, so that the next text costs what has changed.
 */
export function createTextRenderer(): (snapshot: Snapshot, now: number) => RenderedText {
  let groups: readonly Group[] = [];
  return (snapshot, now) => {
    const { accounts, mailboxes, subscriptions } = snapshot;
    groups = Array.from({ length: Math.ceil(accounts.length / groupSize) }, (_, index) =>
      groupOf(accounts.slice(index * groupSize, (index + 1) * groupSize), now, groups[index]),
    );
    const others = linesOf([...mailboxSamples(mailboxes), ...subscriptionSamples(subscriptions, now)]);
    return { text: join([...groups.map(({ lines }) => lines), others]), validUntil: endOf(snapshot, now) };
  };
}

/** The series that speak of a whole kind of checks; their metrics stand after all others. Costs next to nothing. */
export function renderSummary(snapshot: Snapshot, now: number): string {
  return join([linesOf(summarySamples(snapshot, now))]);
}

/** The exporter's whole text for a snapshot at a moment (milliseconds since the epoch). */
export function renderSnapshot(snapshot: Snapshot, now: number): RenderedText {
  const { text, validUntil } = createTextRenderer()(snapshot, now);
  return { text: text + renderSummary(snapshot, now), validUntil };
}
