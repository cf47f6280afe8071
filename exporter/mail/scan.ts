import { CheckError } from '../readings/check-error.ts';
import type { Classifier } from './classify/classifier.ts';
import { createClassifier } from './classify/classifier.ts';
import type { FolderCursor, MailboxCursor } from './cursor.ts';
import { cursorFor, identityOf, SeenMails } from './cursor.ts';
import { readTexts } from './imap/bodies.ts';
import { OversizeError } from './imap/errors.ts';
import type { MailHeaders } from './imap/mime.ts';
import { parseHeaders } from './imap/mime.ts';
import type { Connect, ImapSession, MailHead } from './imap/session.ts';
import { connectImap } from './imap/session.ts';
import type { MailboxConfig } from './schema.ts';
import { isHeard } from './senders.ts';
import type { MailTopic } from './topics.ts';

/** A mail that warns of something. Nothing else is ever kept of a mail. */
export interface Hit {
  readonly topic: MailTopic;
  /** When the server received it, in milliseconds since the epoch. */
  readonly at: number;
}

/** What was found since the one before: `cursor` and counts belong together, and are to be stored together. */
export interface ScanBatch {
  readonly cursor: MailboxCursor;
  /** Mails that were examined, each once. */
  readonly examined: number;
  readonly hits: readonly Hit[];
  /** Mails that the server's answers were too large for; they are examined by what could be read of them. */
  readonly unreadable: number;
}

export interface ScanOptions {
  readonly mailbox: MailboxConfig;
  readonly cursor: MailboxCursor;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Told of each part of the work as it is done; the scan waits for it, and ends where it rejects. */
  readonly onBatch?: (batch: ScanBatch) => Promise<void>;
  readonly connect?: Connect;
}

/** Mails whose heads are read with one command. */
const headsAtOnce = 100;

/** Reconnections for the sake of mails that can't be read. After that the server is at fault. */
const mostReconnections = 6;

const day = 86_400_000;

/**
 * Examines the mails of a mailbox that were not examined before, and leaves the mailbox as it was.
 *
 * Takes at most the mailbox's `timeout`; what was done until then has been told to `onBatch`.
 * Rejects with a `CheckError`, or with the signal's reason once that aborts.
 */
export async function scanMailbox(options: ScanOptions): Promise<ScanBatch> {
  const { mailbox, signal } = options;
  const limit = new AbortController();
  const either = AbortSignal.any([signal, limit.signal]);
  let timer: NodeJS.Timeout | undefined;
  const ends = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      limit.abort(
        new CheckError('timeout', `the scan took longer than its limit of ${mailbox.timeoutSeconds} s`),
      );
    }, mailbox.timeoutSeconds * 1000);
    either.addEventListener('abort', () => reject(either.reason), { once: true });
    if (either.aborted) reject(either.reason);
  });
  const scan = new Scan(options, either);
  try {
    const work = scan.run();
    // Whatever it still rejects with after the limit is of no interest.
    work.catch(() => undefined);
    return await Promise.race([work, ends]);
  } finally {
    clearTimeout(timer);
    scan.drop();
  }
}

interface Counts {
  examined: number;
  hits: Hit[];
  unreadable: number;
}

interface NewMail {
  readonly head: MailHead;
  readonly headers: MailHeaders;
  readonly receivedAt: number;
}

class Scan {
  readonly #options: ScanOptions;
  readonly #signal: AbortSignal;
  readonly #seen: SeenMails;
  readonly #classify: Classifier;
  readonly #folders: Map<string, FolderCursor>;
  readonly #total: Counts = { examined: 0, hits: [], unreadable: 0 };
  #session: ImapSession | undefined;
  #reconnections = 0;

  constructor(options: ScanOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#seen = new SeenMails(options.cursor);
    this.#classify = createClassifier(options.mailbox.terms);
    this.#folders = new Map(
      options.cursor.folders
        .filter(({ folder }) => options.mailbox.folders.includes(folder))
        .map((cursor) => [cursor.folder, cursor]),
    );
  }

  async run(): Promise<ScanBatch> {
    await this.#connect();
    for (const folder of this.#options.mailbox.folders) await this.#scanFolder(folder);
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
    return { cursor: this.#cursor(), ...this.#total };
  }

  /** Closes the connection if there still is one. */
  drop(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  async #connect(): Promise<ImapSession> {
    this.drop();
    const { mailbox, connect = connectImap } = this.#options;
    const session = await connect(mailbox, this.#signal);
    if (this.#signal.aborted) {
      session.close();
      throw this.#signal.reason;
    }
    this.#session = session;
    return session;
  }

  #current(): ImapSession {
    if (this.#session === undefined) throw new CheckError('internal', 'no connection to the mailbox');
    return this.#session;
  }

  #cursor(): MailboxCursor {
    return this.#seen.cursor([...this.#folders.values()]);
  }

  async #scanFolder(folder: string): Promise<void> {
    const { mailbox, now } = this.#options;
    const opened = await this.#current().open(folder);
    const view = { folder, uidValidity: opened.uidValidity };
    const cursor = cursorFor(this.#options.cursor, view, { now, lookback: mailbox.lookbackSeconds });
    const upTo = opened.uidNext === undefined ? undefined : opened.uidNext - 1;
    const isNew = this.#folders.get(folder) !== cursor;
    if (opened.exists === 0 || (upTo !== undefined && upTo <= cursor.lastUid)) {
      if (isNew) await this.#finish({ ...cursor, lastUid: Math.max(cursor.lastUid, upTo ?? 0) }, noCounts());
      return;
    }
    // A server may take the date without its time, in a zone of its own: a day more, and the rest by hand.
    const uids = await this.#current().search(cursor.lastUid + 1, cursor.since - day);
    for (let index = 0; index < uids.length; index += headsAtOnce) {
      await this.#examine(cursor, uids.slice(index, index + headsAtOnce));
    }
    const last = Math.max(cursor.lastUid, upTo ?? 0, uids.at(-1) ?? 0);
    const before = this.#folders.get(folder);
    if (before === undefined || isNew || before.lastUid < last)
      await this.#finish({ ...cursor, lastUid: last }, noCounts());
  }

  /** Moves the cursor on and tells what was found up to it, in one. */
  async #finish(cursor: FolderCursor, found: Counts): Promise<void> {
    this.#signal.throwIfAborted();
    this.#folders.set(cursor.folder, cursor);
    this.#total.examined += found.examined;
    this.#total.hits.push(...found.hits);
    this.#total.unreadable += found.unreadable;
    await this.#options.onBatch?.({ cursor: this.#cursor(), ...found });
    this.#signal.throwIfAborted();
  }

  async #examine(cursor: FolderCursor, uids: readonly number[]): Promise<void> {
    const found = noCounts();
    try {
      await this.#examineInto(found, cursor, uids, false);
    } catch (error) {
      if (!(error instanceof OversizeError)) throw error;
      return this.#examineOneByOne(cursor, uids);
    }
    await this.#finish({ ...cursor, lastUid: Math.max(...uids) }, found);
  }

  /** One of these mails is more than we take: each alone then, and of that one as much as can be had. */
  async #examineOneByOne(cursor: FolderCursor, uids: readonly number[]): Promise<void> {
    await this.#reopen(cursor.folder);
    for (const uid of uids) {
      let found = noCounts();
      try {
        await this.#examineInto(found, cursor, [uid], true);
      } catch (error) {
        if (!(error instanceof OversizeError)) throw error;
        found = { examined: 1, hits: [], unreadable: 1 };
        await this.#finish({ ...cursor, lastUid: uid }, found);
        await this.#reopen(cursor.folder);
        continue;
      }
      await this.#finish({ ...cursor, lastUid: uid }, found);
    }
  }

  async #reopen(folder: string): Promise<void> {
    this.#reconnections += 1;
    if (this.#reconnections > mostReconnections) {
      throw new CheckError('schema', 'the server answers again and again with more than was asked for');
    }
    await (await this.#connect()).open(folder);
  }

  async #examineInto(
    found: Counts,
    { folder, since }: FolderCursor,
    uids: readonly number[],
    careful: boolean,
  ): Promise<void> {
    const fresh: NewMail[] = [];
    const hashes = new Map<string, number>();
    for (const head of await this.#current().heads(uids, careful)) {
      const receivedAt = Math.min(head.receivedAt ?? this.#options.now, this.#options.now);
      if (receivedAt < since || !uids.includes(head.uid)) continue;
      const headers = parseHeaders(head.headers);
      const hash = identityOf({ ...headers, size: head.size });
      if (this.#seen.has(hash) || hashes.has(hash)) continue;
      hashes.set(hash, receivedAt);
      fresh.push({ head, headers, receivedAt });
    }
    const open = fresh.filter(
      ({ headers }) =>
        isHeard(headers.sender, this.#options.mailbox.senders) && this.#classify.isOpen(headers.subject),
    );
    let texts: ReadonlyMap<number, string> = new Map();
    try {
      texts = await readTexts(
        this.#current(),
        open.map(({ head }) => head.uid),
      );
    } catch (error) {
      if (!careful || !(error instanceof OversizeError)) throw error;
      await this.#reopen(folder);
      found.unreadable += 1;
    }
    for (const { head, headers, receivedAt } of open) {
      const verdict = this.#classify.judge({ subject: headers.subject, text: texts.get(head.uid) ?? '' });
      if (verdict !== undefined) found.hits.push({ topic: verdict.topic, at: receivedAt });
    }
    found.examined += fresh.length;
    // Last, so that a batch which fails halfway is taken again as a whole.
    for (const [hash, receivedAt] of hashes) this.#seen.add(hash, receivedAt);
  }
}

function noCounts(): Counts {
  return { examined: 0, hits: [], unreadable: 0 };
}
