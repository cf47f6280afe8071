import type { AccountState, Snapshot } from '../accounts/snapshot.ts';
import { expiryOf } from '../accounts/state.ts';
import { mailboxSamples } from '../mail/samples.ts';
import type { MailboxState } from '../mail/state.ts';
import { nextLocalMidnight, subscriptionSamples } from '../subscriptions/samples.ts';
import type { MetricName, Sample } from './catalog.ts';
import { metricNames } from './catalog.ts';
import { renderHeader, renderSample } from './exposition.ts';
import { accountSamples, summarySamples } from './samples.ts';

/** The lines that one account, mailbox or the like adds to each metric. */
type Lines = Readonly<Partial<Record<MetricName, string>>>;

export interface RenderedText {
  readonly text: string;
  /** Milliseconds since the epoch from which the text is no longer true. */
  readonly validUntil: number;
}

function linesOf(samples: readonly Sample[]): Lines {
  const lines: Partial<Record<MetricName, string>> = {};
  for (const entry of samples) lines[entry.metric] = (lines[entry.metric] ?? '') + renderSample(entry);
  return lines;
}

/** Lines are kept with the state they were made of: a state never changes, and goes when nobody holds it. */
const accountLines = new WeakMap<AccountState, { readonly lines: Lines; readonly expired: boolean }>();
const mailboxLines = new WeakMap<MailboxState, Lines>();

function linesOfAccount(state: AccountState, now: number): Lines {
  const expiry = expiryOf(state);
  const expired = expiry !== undefined && now >= expiry;
  const kept = accountLines.get(state);
  if (kept?.expired === expired) return kept.lines;
  const lines = linesOf(accountSamples(state, now));
  accountLines.set(state, { lines, expired });
  return lines;
}

function linesOfMailbox(state: MailboxState): Lines {
  let lines = mailboxLines.get(state);
  if (lines === undefined) {
    lines = linesOf(mailboxSamples([state]));
    mailboxLines.set(state, lines);
  }
  return lines;
}

/**
 * The exporter's text for a snapshot at a moment (milliseconds since the epoch), metric by metric in the order of
 * the catalogue, and how long it holds: until the next reading expires, or midnight where a subscription is.
 */
export function renderSnapshot(snapshot: Snapshot, now: number): RenderedText {
  let validUntil =
    snapshot.subscriptions.length > 0
      ? nextLocalMidnight(snapshot.subscriptions, now)
      : Number.POSITIVE_INFINITY;
  const parts: Lines[] = [];
  for (const state of snapshot.accounts) {
    const expiry = expiryOf(state);
    if (expiry !== undefined && expiry > now && expiry < validUntil) validUntil = expiry;
    parts.push(linesOfAccount(state, now));
  }
  for (const state of snapshot.mailboxes) parts.push(linesOfMailbox(state));
  parts.push(linesOf(subscriptionSamples(snapshot.subscriptions, now)));
  parts.push(linesOf(summarySamples(snapshot, now)));

  const chunks: string[] = [];
  for (const metric of metricNames) {
    let empty = true;
    for (const part of parts) {
      const lines = part[metric];
      if (lines === undefined) continue;
      if (empty) chunks.push(renderHeader(metric));
      empty = false;
      chunks.push(lines);
    }
  }
  return { text: chunks.join(''), validUntil };
}
