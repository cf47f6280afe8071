import { setImmediate } from 'node:timers/promises';
import { CheckError } from '../readings/check-error.ts';
import type { Classifier } from './classify/classifier.ts';
import { createClassifier } from './classify/classifier.ts';
import type { FolderCursor, MailboxCursor } from './cursor.ts';
import { cursorFor, identityOf, SeenMails } from './cursor.ts';
import type { HeadedMail, Text } from './imap/bodies.ts';
import { readTexts, textOf } from './imap/bodies.ts';
import { UnreadableError } from './imap/errors.ts';
import { parseMessage } from './imap/message.ts';
import type { MailHeaders } from './imap/mime.ts';
import { parseHeaders } from './imap/mime.ts';
import type { Connect, ImapSession, MailHead } from './imap/session.ts';
import { connectImap } from './imap/session.ts';
import type { MailboxConfig } from './schema.ts';
import { isAcceptedSender, nameOfSender } from './senders.ts';
import type { MailTopic } from './topics.ts';

/** A mail that warns of something. Nothing else is ever kept of a mail. */
export interface Hit {
  readonly topic: MailTopic;
  /** When the server received it, in milliseconds since the epoch. */
  readonly at: number;
  /** The sender's name in the account file; absent where it has none there. */
  readonly sender?: string;
  /** Only where the scan `showsMails`: the mail's own words, which are never stored or logged. */
  readonly mail?: { readonly address: string; readonly subject: string };
}

/** What was found since the one before: `cursor` and counts belong together, and are to be stored together. */
export interface ScanBatch {
  readonly cursor: MailboxCursor;
  /** Mails that were examined, each once. */
  readonly examined: number;
  readonly hits: readonly Hit[];
  /**
   * Mails that the server failed to give, in whole or in part, which are examined by what could be read of them; and
   * those that are passed over, as reading them fails here.
   */
  readonly unreadable: number;
}

/**
 * A mail of which a parser or the classifier made an error. That is a defect of the program, and no reason to stop.
 */
export interface PassedOver {
  readonly folder: string;
  readonly uid: number;
  /** May quote the mail: its message is not for the log. */
  readonly error: unknown;
}

export interface ScanOptions {
  readonly mailbox: MailboxConfig;
  readonly cursor: MailboxCursor;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Called after each batch; the scan waits for it, and ends if it rejects. */
  readonly onBatch?: (batch: ScanBatch) => Promise<void>;
  /** Told of each mail that is passed over. */
  readonly onPassedOver?: (mail: PassedOver) => void;
  /** Gives the address and subject of each hit, for a person at a terminal. Off in a scan that is stored. */
  readonly showsMails?: boolean;
  readonly connect?: Connect;
}

/** Mails whose heads are read with one command. */
const headsAtOnce = 100;

/** How long the scan works before it yields to the event loop. */
const longestTurnMilliseconds = 8;

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
  #breathedAt = performance.now();
  /** The server has given a mail in this scan: what it doesn't give is the fault of a mail. */
  #givesMails = false;
  #askedForSize = false;

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
    let missing: CheckError | undefined;
    for (const folder of this.#options.mailbox.folders) {
      try {
        await this.#scanFolder(folder);
      } catch (error) {
        // A missing folder does not keep the others from being scanned.
        if (!(error instanceof CheckError) || error.reason !== 'config') throw error;
        missing ??= await this.#missingFolder(folder, error);
      }
    }
    if (missing !== undefined) throw missing;
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
    return { cursor: this.#cursor(), ...this.#total };
  }

  /** The failure of a folder that isn't there, with the folders that are. Leaves a connection for the next one. */
  async #missingFolder(folder: string, cause: CheckError): Promise<CheckError> {
    const folders = await (await this.#connect()).folders();
    const known = folders.slice(0, 20).map((name) => JSON.stringify(name));
    return new CheckError(
      'config',
      `${cause.message}; expected ${JSON.stringify(folder)} to be one of the folders ${known.join(', ')}`,
    );
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
    // SEARCH ignores the time and uses the server's zone: search a day more, and filter here.
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
      const answered = await this.#examineInto(found, cursor, uids, false);
      this.#givesMails ||= answered.size > 0;
      for (const uid of uids) if (!answered.has(uid)) await this.#examineAlone(found, cursor, uid);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return this.#examineOneByOne(cursor, uids, error);
    }
    await this.#finish({ ...cursor, lastUid: Math.max(...uids) }, found);
  }

  /**
   * The server failed to give one of these mails: each alone then, and of that one as much as can be had. A server
   * that gives none of them is at fault itself.
   */
  async #examineOneByOne(
    cursor: FolderCursor,
    uids: readonly number[],
    cause: UnreadableError,
  ): Promise<void> {
    await this.#reopen(cursor.folder);
    let found = noCounts();
    for (const uid of uids) {
      const isRead = await this.#examineAlone(found, cursor, uid);
      if (isRead) this.#givesMails = true;
      else this.#givesMails ||= await this.#givesSize(cursor.folder, uid);
      if (!this.#givesMails) continue;
      await this.#finish({ ...cursor, lastUid: uid }, found);
      found = noCounts();
    }
    if (!this.#givesMails) throw cause;
  }

  /**
   * One mail by itself, and false where it can't be read even so; it is counted as unreadable then.
   */
  async #examineAlone(found: Counts, cursor: FolderCursor, uid: number): Promise<boolean> {
    const before = { ...found, hits: [...found.hits] };
    try {
      const answered = await this.#examineInto(found, cursor, [uid], true);
      // A mail that was deleted in the meantime is not an error.
      if (answered.has(uid) || !(await this.#current().has(uid))) return true;
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      // Only a server that still answers shows that it is the mail.
      await this.#reopen(cursor.folder);
    }
    Object.assign(found, before);
    found.examined += 1;
    found.unreadable += 1;
    return false;
  }

  /**
   * Whether the server at least tells a mail's size, so that it is the mail that it can't give. Asked once a scan.
   */
  async #givesSize(folder: string, uid: number): Promise<boolean> {
    if (this.#askedForSize) return false;
    this.#askedForSize = true;
    try {
      return await this.#current().hasSize(uid);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      await this.#reopen(folder);
      return false;
    }
  }

  async #reopen(folder: string): Promise<void> {
    this.#reconnections += 1;
    if (this.#reconnections > mostReconnections) {
      throw new CheckError('schema', 'the server repeatedly failed to return the requested mails');
    }
    await (await this.#connect()).open(folder);
  }

  /** Gives the UIDs that the server answered. `careful` takes one mail as far as it can be had. */
  async #examineInto(
    found: Counts,
    { folder, since }: FolderCursor,
    uids: readonly number[],
    careful: boolean,
  ): Promise<ReadonlySet<number>> {
    const open: NewMail[] = [];
    const hashes = new Map<string, number>();
    const answered = new Set<number>();
    for (const head of await this.#current().heads(uids, careful)) {
      if (!uids.includes(head.uid)) continue;
      answered.add(head.uid);
      await this.#breathe();
      const isRead = this.#passOverIfFailing(found, { folder, uid: head.uid }, () => {
        const headers = parseHeaders(head.headers);
        const receivedAt = receivedAtOf(head, headers, this.#options.now);
        if (receivedAt < since) return;
        const hash = identityOf({ ...headers, size: head.size });
        if (this.#seen.has(hash) || hashes.has(hash)) return;
        hashes.set(hash, receivedAt);
        const isOpen =
          isAcceptedSender(headers.sender, this.#options.mailbox.senders) &&
          this.#classify.isOpen(headers.subject);
        if (isOpen) open.push({ head, headers, receivedAt });
        found.examined += 1;
      });
      if (!isRead) found.examined += 1;
    }
    const texts = await this.#texts(
      folder,
      open.map(({ head: { uid, size }, headers }) => ({ uid, size, headers })),
      careful,
    );
    for (const { head, headers, receivedAt } of open) {
      await this.#breathe();
      const text = texts.get(head.uid) ?? (await this.#sourceText(folder, head.uid));
      if (text === undefined) found.unreadable += 1;
      this.#passOverIfFailing(found, { folder, uid: head.uid }, () => {
        const verdict = this.#classify.judge({ subject: headers.subject, text: text?.() ?? '' });
        if (verdict !== undefined) found.hits.push(this.#hit(verdict.topic, receivedAt, headers));
      });
    }
    // Last, so that a batch which fails halfway is taken again as a whole.
    for (const [hash, receivedAt] of hashes) this.#seen.add(hash, receivedAt);
    return answered;
  }

  /** One mail must not stop the others, whatever is in it: false where examining it failed. */
  #passOverIfFailing(found: Counts, mail: Omit<PassedOver, 'error'>, examine: () => void): boolean {
    try {
      examine();
      return true;
    } catch (error) {
      found.unreadable += 1;
      this.#options.onPassedOver?.({ ...mail, error });
      return false;
    }
  }

  #hit(topic: MailTopic, at: number, { sender: address, subject }: MailHeaders): Hit {
    const sender = nameOfSender(address, this.#options.mailbox.senders.names);
    return {
      topic,
      at,
      ...(sender !== undefined && { sender }),
      ...(this.#options.showsMails === true && { mail: { address, subject } }),
    };
  }

  async #texts(
    folder: string,
    mails: readonly HeadedMail[],
    careful: boolean,
  ): Promise<ReadonlyMap<number, Text>> {
    try {
      return await readTexts(this.#current(), mails);
    } catch (error) {
      if (!careful || !(error instanceof UnreadableError)) throw error;
      await this.#reopen(folder);
      return new Map();
    }
  }

  /** The text of a mail without asking for its structure; undefined where the server gives none. */
  async #sourceText(folder: string, uid: number): Promise<Text> {
    try {
      const source = await this.#current().source(uid);
      if (source === undefined || source.length === 0) return undefined;
      return () => {
        const { parts, bodies } = parseMessage(source);
        return textOf(parts, bodies);
      };
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      await this.#reopen(folder);
      return undefined;
    }
  }

  /** Yields to the event loop, so that scrapes are answered between two mails. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathedAt < longestTurnMilliseconds) return;
    await setImmediate();
    this.#breathedAt = performance.now();
  }
}

/** No mail is older; some servers give 1970 for a date that they don't know. */
const firstPlausibleDate = Date.UTC(1990, 0);

/** When a mail was received: as the server says, else as the mail does, else now. */
function receivedAtOf(head: MailHead, headers: MailHeaders, now: number): number {
  const isPlausible = (time: number | undefined) =>
    time !== undefined && Number.isFinite(time) && time >= firstPlausibleDate;
  const written = Date.parse(headers.date);
  const received = isPlausible(head.receivedAt) ? head.receivedAt : isPlausible(written) ? written : now;
  return Math.min(received ?? now, now);
}

function noCounts(): Counts {
  return { examined: 0, hits: [], unreadable: 0 };
}
