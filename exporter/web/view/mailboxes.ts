import { sumOfAlerts } from '../../mail/sender-alerts.ts';
import type { MailboxState } from '../../mail/state.ts';
import type { MailTopic } from '../../mail/topics.ts';
import { mailTopics } from '../../mail/topics.ts';
import type { FailureReason } from '../../readings/check-error.ts';
import type { Standing } from './standing.ts';
import { worst } from './standing.ts';

/** Mail of these topics is news that somebody must act on, for as long as a weekend and a day after it came. */
const urgentTopics: ReadonlySet<MailTopic> = new Set(['suspension', 'arrears', 'low_balance', 'expiry']);
const newsAge = 3 * 86_400_000;

/** A mailbox is out of date after as many intervals as an account is, and never within an hour. */
const staleIntervals = 6;
const minimumStaleAge = 3_600_000;

/** Mails of one topic: how many so far, and when the last one came (milliseconds since the epoch). */
interface TopicLine {
  readonly topic: MailTopic;
  readonly count: number;
  readonly lastAt: number | undefined;
}

export type MailboxProblem =
  | { readonly kind: 'mail'; readonly line: TopicLine & { readonly lastAt: number } }
  | { readonly kind: 'stale'; readonly maxAge: number }
  | { readonly kind: 'failing'; readonly reason: FailureReason; readonly message: string };

/** One mailbox as the page shows it: nothing of any mail but topic, time and count. */
export interface MailboxRow {
  readonly subject: 'mailbox';
  readonly name: string;
  readonly owner: string | undefined;
  readonly standing: Standing;
  readonly problems: readonly MailboxProblem[];
  readonly lastScanAt: number | undefined;
  readonly lastSuccessAt: number | undefined;
  readonly examined: number;
  /** Topics of which a mail came, the latest first. */
  readonly topics: readonly TopicLine[];
}

/** One mailbox at a moment in milliseconds since the epoch. */
export function mailboxRow(state: MailboxState, now: number): MailboxRow {
  const { mailbox, failure, lastScanAtMs: lastScanAt, lastSuccessAtMs: lastSuccessAt, senders = [] } = state;
  const unnamed = { alerts: state.alerts, lastAlertAt: state.lastAlertAtMs };
  const { alerts, lastAlertAt } = sumOfAlerts([unnamed, ...senders]);
  const topics = mailTopics
    .map((topic) => ({ topic, count: alerts[topic], lastAt: lastAlertAt[topic] }))
    .filter(({ count, lastAt }) => count > 0 || lastAt !== undefined)
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  const problems: MailboxProblem[] = [];
  const untouched = lastScanAt === undefined && lastSuccessAt === undefined;
  const maxAge = Math.max(mailbox.intervalSeconds * 1000 * staleIntervals, minimumStaleAge);
  if (lastSuccessAt !== undefined && now - lastSuccessAt > maxAge) {
    problems.push({ kind: 'stale', maxAge: maxAge / 1000 });
  }
  if (failure !== undefined) problems.push({ kind: 'failing', ...failure });
  for (const { topic, count, lastAt } of topics) {
    if (lastAt !== undefined && urgentTopics.has(topic) && now - lastAt <= newsAge) {
      problems.push({ kind: 'mail', line: { topic, count, lastAt } });
    }
  }
  return {
    subject: 'mailbox',
    name: mailbox.name,
    owner: mailbox.owner,
    standing: worst(problems, untouched ? 'unchecked' : 'fine'),
    problems,
    lastScanAt,
    lastSuccessAt,
    examined: state.examined,
    topics,
  };
}
