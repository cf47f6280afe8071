import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { isNotFound } from '../errors.ts';
import type { FailureReason } from '../readings/check-error.ts';
import { failureReasons } from '../readings/check-error.ts';
import { zeros } from '../readings/zeros.ts';
import type { MailboxCursor } from './cursor.ts';
import { cursorSchema, emptyCursor } from './cursor.ts';
import type { MailboxConfig } from './schema.ts';
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
  readonly alerts: Readonly<Record<MailTopic, number>>;
  /** Milliseconds since the epoch. */
  readonly lastAlertAt: Readonly<Partial<Record<MailTopic, number>>>;
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

const version = 1;

const count = z.int().min(0);

const recordSchema = z.strictObject({
  version: z.literal(version),
  name: z.string(),
  login: z.string(),
  cursor: cursorSchema,
  examined: count,
  alerts: z.record(z.enum(mailTopics), count),
  lastAlertAt: z.partialRecord(z.enum(mailTopics), z.number()),
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

export interface FileMailStoreOptions {
  /** Made where it doesn't exist; one file a mailbox. */
  readonly directory: string;
  /** Told of a file that could not be read as a record, and of the name that it was set aside under. */
  readonly onCorrupt: (problem: {
    readonly mailbox: string;
    readonly file: string;
    readonly why: string;
  }) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Keeps each record in a JSON file of its own, which is replaced as a whole or not at all. */
export function createFileMailStore({
  directory,
  onCorrupt,
  now = Date.now,
}: FileMailStoreOptions): MailStore {
  const fileOf = (name: string) => path.join(directory, `${hash(name)}.json`);

  return {
    async load(name) {
      const file = fileOf(name);
      await removeLeftovers(file);
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
      const parsed = parseRecord(text, name);
      if (parsed.record !== undefined) return parsed.record;
      const aside = `${file}.corrupt-${now()}`;
      await rename(file, aside);
      onCorrupt({ mailbox: name, file: aside, why: parsed.why });
      return undefined;
    },
    async save(record) {
      await mkdir(directory, { recursive: true });
      await writeFileAtomic(fileOf(record.name), `${JSON.stringify({ version, ...record })}\n`, {
        mode: 0o600,
      });
    },
  };
}

function parseRecord(
  text: string,
  name: string,
): { readonly record: MailboxRecord } | { readonly record: undefined; readonly why: string } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { record: undefined, why: 'expected JSON' };
  }
  const result = recordSchema.safeParse(document);
  if (!result.success) {
    const [issue] = result.error.issues;
    return {
      record: undefined,
      why: `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'not a record'}`,
    };
  }
  const { version: _, lastSuccessAt, ...rest } = result.data;
  if (rest.name !== name) return { record: undefined, why: 'expected the record of another mailbox' };
  return { record: { ...rest, lastSuccessAt } };
}

/** A process that was killed while it wrote leaves its unfinished file behind. */
async function removeLeftovers(file: string): Promise<void> {
  const prefix = `${path.basename(file)}.`;
  const names = await readdir(path.dirname(file)).catch(() => []);
  const unfinished = names.filter(
    (name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)),
  );
  await Promise.all(
    unfinished.map((name) => unlink(path.join(path.dirname(file), name)).catch(() => undefined)),
  );
}
