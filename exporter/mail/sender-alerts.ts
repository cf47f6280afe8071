import * as z from 'zod';
import { zeros } from '../readings/zeros.ts';
import type { Hit } from './scan.ts';
import type { MailTopic } from './topics.ts';
import { mailTopics } from './topics.ts';

/** Mails that matched, by topic, and when the last one of each arrived (milliseconds since the epoch). */
export interface AlertCounts {
  readonly alerts: Readonly<Record<MailTopic, number>>;
  readonly lastAlertAt: Readonly<Partial<Record<MailTopic, number>>>;
}

/** The mails of a sender that the account file names. */
export interface SenderAlerts extends AlertCounts {
  readonly name: string;
}

/** Each mail is in one of them: that of its sender's name, or that of all senders without one. */
export interface AlertsBySender extends AlertCounts {
  readonly senders?: readonly SenderAlerts[];
}

const count = z.int().min(0);

export const senderAlertsSchema = z.strictObject({
  name: z.string(),
  alerts: z.record(z.enum(mailTopics), count),
  lastAlertAt: z.partialRecord(z.enum(mailTopics), z.number()),
});

export const noAlerts: AlertCounts = { alerts: zeros(mailTopics), lastAlertAt: {} };

/** The sum of counts; of the times the latest. */
export function sumOfAlerts(all: readonly AlertCounts[]): AlertCounts {
  const alerts = zeros(mailTopics);
  const lastAlertAt: Partial<Record<MailTopic, number>> = {};
  for (const one of all) {
    for (const topic of mailTopics) {
      alerts[topic] += one.alerts[topic];
      const last = one.lastAlertAt[topic];
      if (last !== undefined) lastAlertAt[topic] = Math.max(lastAlertAt[topic] ?? 0, last);
    }
  }
  return { alerts, lastAlertAt };
}

/** With the mails of a scan added. */
export function withHits(before: AlertsBySender, hits: readonly Hit[]): AlertsBySender {
  const added = (sender: string | undefined): readonly AlertCounts[] =>
    hits
      .filter((hit) => hit.sender === sender)
      .map(({ topic, at }) => ({
        alerts: { ...noAlerts.alerts, [topic]: 1 },
        lastAlertAt: { [topic]: at },
      }));
  const { senders = [] } = before;
  const names = new Set(senders.map(({ name }) => name));
  for (const { sender } of hits) if (sender !== undefined) names.add(sender);
  const known = new Map(senders.map((one) => [one.name, one]));
  return {
    ...sumOfAlerts([before, ...added(undefined)]),
    ...(names.size > 0 && {
      senders: [...names].map((name) => ({
        name,
        ...sumOfAlerts([known.get(name) ?? noAlerts, ...added(name)]),
      })),
    }),
  };
}

/**
 * Mails of names that the account file no longer has become those of a sender without a name. For good, so that a
 * name that comes back begins at 0, and no counter ever falls.
 */
export function withNamesOf<Kept extends AlertsBySender>(
  record: Kept,
  names: readonly string[],
): Omit<Kept, 'senders'> & AlertsBySender {
  const { senders = [], ...rest } = record;
  const kept = senders.filter(({ name }) => names.includes(name));
  const dropped = senders.filter(({ name }) => !names.includes(name));
  return { ...rest, ...sumOfAlerts([record, ...dropped]), ...(kept.length > 0 && { senders: kept }) };
}
