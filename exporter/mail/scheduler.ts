import { equalConfig } from '../config/equal.ts';
import { withJitter } from '../config/jitter.ts';
import type { Redactor } from '../config/redact.ts';
import { codeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { FailureReason } from '../readings/check-error.ts';
import { CheckError } from '../readings/check-error.ts';
import { emptyCursor } from './cursor.ts';
import type { PassedOver, ScanBatch, ScanOptions } from './scan.ts';
import type { MailboxConfig } from './schema.ts';
import { withHits, withNamesOf } from './sender-alerts.ts';
import { distinctNames } from './senders.ts';
import type { MailboxState } from './state.ts';
import type { MailboxRecord, MailStore } from './store.ts';
import { loginOf, newRecord } from './store.ts';

/** Examines the new mails of a mailbox, as `scanMailbox` does. */
export type Scan = (options: Omit<ScanOptions, 'connect' | 'showsMails'>) => Promise<ScanBatch>;

export interface MailSchedulerOptions {
  readonly mailboxes: readonly MailboxConfig[];
  readonly store: MailStore;
  /** Told of a mailbox once its record is known, and after each scan. In the order of the list at first. */
  readonly onState: (state: MailboxState) => void;
  readonly logger: Logger;
  /** Takes secrets out of what a server says. */
  readonly redact?: Redactor;
  /** Ends all scans when it aborts. */
  readonly signal?: AbortSignal;
  readonly scan: Scan;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** Calls back after some milliseconds; the returned function cancels it. */
  readonly after?: (milliseconds: number, callback: () => void) => () => void;
}

export interface MailScheduler {
  /**
   * Replaces the list of scanned mailboxes. Unchanged ones continue undisturbed; new and changed ones are scanned
   * at once, changed ones keep their counters; removed ones are dropped, including a running scan.
   */
  replace(mailboxes: readonly MailboxConfig[]): void;
  /** Resolves once each mailbox of the first list was scanned, successfully or not. */
  readonly firstRound: Promise<void>;
  /** Ends all scans and waits for what they have to write. */
  stop(): Promise<void>;
}

function afterTimeout(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}

/** The longest wait that a server can ask for. */
const longestWaitSeconds = 86_400;

interface Entry {
  readonly mailbox: MailboxConfig;
  /** Aborted when the mailbox is removed or changed. */
  readonly gone: AbortController;
  /** Undefined until it could be loaded. */
  record: MailboxRecord | undefined;
  /** What the server asked to wait with its last refusal; 0 where it didn't. */
  retryAfterSeconds: number;
  cancel: () => void;
}

/**
 * Scans each mailbox at its own interval, never two scans of a mailbox at once, and independently of other
 * mailboxes.
 */
export function createMailScheduler(options: MailSchedulerOptions): MailScheduler {
  return new Scheduler(options);
}

class Scheduler implements MailScheduler {
  readonly firstRound: Promise<void>;
  readonly #options: Required<Omit<MailSchedulerOptions, 'mailboxes' | 'signal'>>;
  readonly #entries = new Map<string, Entry>();
  /** The last work on each name: a record must be written before its successor reads it. */
  readonly #work = new Map<string, Promise<void>>();

  constructor({ mailboxes, signal, ...options }: MailSchedulerOptions) {
    this.#options = {
      now: Date.now,
      random: Math.random,
      redact: (text) => text,
      after: afterTimeout,
      ...options,
    };
    this.replace(mailboxes);
    this.firstRound = Promise.all(this.#work.values()).then(() => undefined);
    signal?.addEventListener('abort', () => void this.stop(), { once: true });
    if (signal?.aborted === true) void this.stop();
  }

  replace(mailboxes: readonly MailboxConfig[]): void {
    const wanted = new Map(mailboxes.map((mailbox) => [mailbox.name, mailbox]));
    for (const [name, entry] of this.#entries) {
      const mailbox = wanted.get(name);
      if (mailbox !== undefined && equalConfig(mailbox, entry.mailbox)) continue;
      entry.cancel();
      entry.gone.abort(new Error('the mailbox is no longer scanned'));
      this.#entries.delete(name);
    }
    let turn: Promise<unknown> = Promise.resolve();
    for (const mailbox of mailboxes) {
      if (this.#entries.has(mailbox.name)) continue;
      const entry: Entry = {
        mailbox,
        gone: new AbortController(),
        record: undefined,
        retryAfterSeconds: 0,
        cancel: () => undefined,
      };
      this.#entries.set(mailbox.name, entry);
      const before = this.#work.get(mailbox.name) ?? Promise.resolve();
      // Told in the order of the list, whichever record is read first.
      const reported = Promise.all([turn, before.then(() => this.#load(entry))]).then(() =>
        this.#tellFirst(entry),
      );
      turn = reported;
      this.#track(
        mailbox.name,
        reported.then(() => this.#run(entry)),
      );
    }
  }

  async stop(): Promise<void> {
    this.replace([]);
    await Promise.all(this.#work.values());
  }

  #track(name: string, work: Promise<void>): void {
    this.#work.set(name, work);
    void work.then(() => {
      if (this.#work.get(name) === work) this.#work.delete(name);
    });
  }

  async #load(entry: Entry): Promise<void> {
    const { mailbox } = entry;
    try {
      const record = (await this.#options.store.load(mailbox.name)) ?? newRecord(mailbox);
      const login = loginOf(mailbox);
      // Another account under the old name: its mails are others, and the counters go on.
      const named = withNamesOf(record, distinctNames(mailbox.senders.names));
      entry.record = record.login === login ? named : { ...named, login, cursor: emptyCursor };
    } catch (error) {
      this.#options.logger.error('the record of a mailbox could not be read', {
        mailbox: mailbox.name,
        error: kindOf(error),
      });
    }
  }

  #tellFirst(entry: Entry): void {
    if (entry.gone.signal.aborted || entry.record === undefined) return;
    this.#options.onState(stateOf(entry.mailbox, entry.record, untried));
  }

  /** Never rejects. */
  async #run(entry: Entry): Promise<void> {
    if (entry.gone.signal.aborted) return;
    const started = performance.now();
    const failure = await this.#scan(entry);
    if (entry.gone.signal.aborted) return;
    const { now, onState, random, after } = this.#options;
    onState(
      stateOf(entry.mailbox, entry.record ?? newRecord(entry.mailbox), {
        lastScanAtMs: now(),
        lastDurationSeconds: (performance.now() - started) / 1000,
        failure,
      }),
    );
    // A server that asks to be left alone for longer is.
    const pauseSeconds = Math.max(withJitter(entry.mailbox.intervalSeconds, random), entry.retryAfterSeconds);
    const pauseMs = Math.round(pauseSeconds * 1000);
    entry.cancel = after(pauseMs, () => this.#track(entry.mailbox.name, this.#run(entry)));
  }

  /** One scan with all that is written for it; the failure, if it is one. */
  async #scan(entry: Entry): Promise<MailboxState['failure']> {
    const { mailbox } = entry;
    const { logger, now, scan } = this.#options;
    const name = mailbox.name;
    entry.retryAfterSeconds = 0;
    try {
      if (entry.record === undefined) await this.#load(entry);
      if (entry.record === undefined)
        throw new CheckError('internal', 'the stored record of the mailbox cannot be read');
      const result = await scan({
        mailbox,
        cursor: entry.record.cursor,
        now: now(),
        signal: entry.gone.signal,
        onBatch: (batch) => this.#save(entry, (record) => withBatch(record, batch)),
        onPassedOver: (mail) => this.#logPassedOver(name, mail),
      });
      await this.#save(entry, (record) => ({ ...record, lastSuccessAt: now() }));
      if (result.unreadable > 0) {
        logger.warn('some mails could not be read completely', { mailbox: name, mails: result.unreadable });
      }
      logger.debug('mailbox scanned', { mailbox: name, examined: result.examined, hits: result.hits.length });
      return undefined;
    } catch (error) {
      if (entry.gone.signal.aborted) return undefined;
      const failure = failureOf(error, this.#options.redact);
      entry.retryAfterSeconds =
        error instanceof CheckError ? Math.min(error.retryAfterSeconds ?? 0, longestWaitSeconds) : 0;
      logger.warn('mailbox scan failed', { mailbox: name, reason: failure.reason, error: failure.message });
      await this.#save(entry, (record) => withFailure(record, failure.reason)).catch(() => undefined);
      return failure;
    }
  }

  #logPassedOver(mailbox: string, { folder, uid, error }: PassedOver): void {
    this.#options.logger.error('internal error while examining a mail, which is passed over', {
      mailbox,
      folder,
      uid,
      error: kindOf(error),
      stack: placesOf(error),
    });
  }

  /** Memory follows what is stored, never the other way: else a mail could be counted that is not passed. */
  async #save(entry: Entry, change: (record: MailboxRecord) => MailboxRecord): Promise<void> {
    if (entry.record === undefined) return;
    const next = change(entry.record);
    try {
      await this.#options.store.save(next);
    } catch (error) {
      throw new CheckError('internal', `the record of the mailbox could not be written (${kindOf(error)})`);
    }
    entry.record = next;
  }
}

function withBatch(record: MailboxRecord, batch: ScanBatch): MailboxRecord {
  const examined = record.examined + batch.examined;
  const unreadable = (record.unreadable ?? 0) + batch.unreadable;
  return { ...record, ...withHits(record, batch.hits), cursor: batch.cursor, examined, unreadable };
}

function withFailure(record: MailboxRecord, reason: FailureReason): MailboxRecord {
  return { ...record, failures: { ...record.failures, [reason]: record.failures[reason] + 1 } };
}

type Tried = Pick<MailboxState, 'lastScanAtMs' | 'lastDurationSeconds' | 'failure'>;

const untried: Tried = { lastScanAtMs: undefined, lastDurationSeconds: undefined, failure: undefined };

function stateOf(mailbox: MailboxConfig, record: MailboxRecord, tried: Tried): MailboxState {
  const { lastSuccessAt, failures, examined, unreadable = 0, alerts, lastAlertAt, senders } = record;
  return {
    mailbox,
    ...tried,
    lastSuccessAtMs: lastSuccessAt,
    failures,
    examined,
    unreadable,
    alerts,
    lastAlertAtMs: lastAlertAt,
    ...(senders !== undefined && { senders }),
  };
}

function failureOf(error: unknown, redact: Redactor): NonNullable<MailboxState['failure']> {
  if (error instanceof CheckError) return { reason: error.reason, message: redact(error.message) };
  return { reason: 'internal', message: `the scan failed unexpectedly (${kindOf(error)})` };
}

/** What may be shown of an error from outside: its code or its kind, never its words. */
function kindOf(error: unknown): string {
  return error instanceof Error ? (codeOf(error) ?? error.name) : 'unknown';
}

/** Where in the program an error was made: its stack without its message, which may quote a mail. */
function placesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { stack = '', message } = error;
  const start = stack.indexOf(message);
  return start < 0 ? undefined : stack.slice(start + message.length).trim();
}
