import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { FailureReason } from '../readings/check-error.ts';
import { failureReasons } from '../readings/check-error.ts';
import { zeros } from '../readings/zeros.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { MailboxCursor } from './cursor.ts';
import { cursorSchema, emptyCursor } from './cursor.ts';
import type { MailboxConfig } from './schema.ts';
import type { SenderAlerts } from './sender-alerts.ts';
import { senderAlertsSchema } from './sender-alerts.ts';
import type { MailTopic } from './topics.ts';
import { mailTopics } from './topics.ts';

/**
 * What is kept of a mailbox over restarts. Cursor and counters are one record, written as one: whatever moment
 * the process dies in, the counters hold exactly the mails that the cursor has passed.
 */
export interface MailboxRecord {
  /** The mailbox's name, which the counters belong to. */
  readonly name: string;
  /** A hash of server and user, which the cursor belongs to. */
  readonly login: string;
  readonly cursor: MailboxCursor;
  readonly examined: number;
  /** Mails that could not be read completely, or that examining failed for; absent in records that are older. */
  readonly unreadable?: number;
  readonly alerts: Readonly<Record<MailTopic, number>>;
  /** Milliseconds since the epoch. */
  readonly lastAlertAt: Readonly<Partial<Record<MailTopic, number>>>;
  /** Mails of named senders, which `alerts` and `lastAlertAt` leave out. Absent without any. */
  readonly senders?: readonly SenderAlerts[];
  readonly failures: Readonly<Record<FailureReason, number>>;
  /** Milliseconds since the epoch; undefined before the first success. */
  readonly lastSuccessAt: number | undefined;
}

export interface MailStore {
  /** The record of a mailbox; undefined where there is none. Rejects where it can't be known. */
  load(name: string): Promise<MailboxRecord | undefined>;
  /** Once this resolves the record is what the next `load` gives, even after a crash. */
  save(record: MailboxRecord): Promise<void>;
}

const count = z.int().min(0);

const recordSchema = z.strictObject({
  name: z.string(),
  login: z.string(),
  cursor: cursorSchema,
  examined: count,
  unreadable: count.optional(),
  alerts: z.record(z.enum(mailTopics), count),
  lastAlertAt: z.partialRecord(z.enum(mailTopics), z.number()),
  senders: z.array(senderAlertsSchema).optional(),
  failures: z.record(z.enum(failureReasons), count),
  lastSuccessAt: z.number().optional(),
});

/** What a mailbox is known by at its server. */
export function loginOf({ host, port, user }: Pick<MailboxConfig, 'host' | 'port' | 'user'>): string {
  return hash(JSON.stringify([host, port, user]));
}

/** The record of a mailbox that was never scanned. */
export function newRecord(mailbox: MailboxConfig): MailboxRecord {
  return {
    name: mailbox.name,
    login: loginOf(mailbox),
    cursor: emptyCursor,
    examined: 0,
    alerts: zeros(mailTopics),
    lastAlertAt: {},
    failures: zeros(failureReasons),
    lastSuccessAt: undefined,
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Keeps records for as long as the process lives: for an exporter without storage. */
export function createMemoryMailStore(): MailStore {
  const records = new Map<string, MailboxRecord>();
  return {
    load: async (name) => records.get(name),
    save: async (record) => {
      records.set(record.name, record);
    },
  };
}

const kind = 'mailbox';

/** Keeps the records of mailboxes with those of accounts. */
export function createMailStore(records: RecordStore): MailStore {
  return {
    load: async (name) => {
      const stored = records.read(kind, name, recordSchema);
      if (stored === undefined) return undefined;
      const { senders, unreadable, ...rest } = stored;
      return {
        ...rest,
        ...(senders !== undefined && { senders }),
        ...(unreadable !== undefined && { unreadable }),
        lastSuccessAt: stored.lastSuccessAt,
      };
    },
    save: (record) => records.write(kind, record.name, record),
  };
}
