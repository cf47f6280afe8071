import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { parseWith } from '../config/parse.ts';
import { isNotFound, messageOf } from '../errors.ts';
import { readFormerFolders, retireFormerFolders } from './former-folders.ts';
import { formatLine, headerLine, keyOf, parseLine, readLog, version, versionOf } from './log-format.ts';
import { makePrivateFolder } from './private-folder.ts';

export interface RecordStoreOptions {
  /** The exporter's `--storage.path`. Made where it doesn't exist, for the owner only. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes a message about records that can't be used, and where they are kept. */
  readonly onSetAside: (message: string) => void;
}

/**
 * What changes within this time is written and flushed together: a flush costs the same for one record and for
 * many.
 */
const gatherMs = 10;

/** The log is rewritten once it holds this much beyond twice the current records. */
const slackBytes = 4 * 1024 * 1024;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Records of any kind by name, kept in one file over restarts: an append-only log with checksums, which is written
 * and flushed once for all that changed in a moment, away from the event loop, and rewritten when it has grown.
 *
 * A record is saved once `write` resolves, whenever the process dies after that. What a killed process leaves
 * unfinished was never acknowledged and is dropped; a log that is damaged otherwise is kept aside and reported.
 */
export class RecordStore {
  readonly #options: RecordStoreOptions;
  readonly #file: string;
  /** The line of each current record, by key. */
  readonly #lines: Map<string, string>;
  #pending = new Map<string, string>();
  #waiters: Waiter[] = [];
  #flushing: Promise<void> | undefined;
  /** Undefined while the file is not known to end with a whole line: the next flush rewrites it. */
  #handle: FileHandle | undefined;
  #isClean: boolean;
  #bytes = 0;
  #liveBytes = 0;
  /** A copy of the log is made once for all records that can't be used. */
  #aside: string | undefined;

  /** @throws the file system's error where the folder can't be made, or a log that is there can't be read. */
  constructor(options: RecordStoreOptions) {
    this.#options = options;
    this.#file = join(options.path, 'state.log');
    makePrivateFolder(options.path);
    const { lines, isClean, bytes } = this.#load();
    this.#lines = lines;
    this.#isClean = isClean;
    this.#bytes = bytes;
    for (const line of lines.values()) this.#liveBytes += Buffer.byteLength(line);
  }

  /** The record of a name, as it was written; undefined where there is none that can be used. */
  read<Schema extends z.ZodType>(kind: string, name: string, schema: Schema): z.output<Schema> | undefined {
    const line = this.#lines.get(keyOf(kind, name));
    if (line === undefined) return undefined;
    const parsed = parseWith(schema, parseLine(line.slice(0, -1))?.record);
    if (parsed.ok) return parsed.data;
    const [fault] = parsed.faults;
    this.#lines.delete(keyOf(kind, name));
    this.#liveBytes -= Buffer.byteLength(line);
    this.#setAside(
      `the stored record of the ${kind} ${JSON.stringify(name)} is not of the expected shape (${[fault?.path.join('.'), fault?.message].filter(Boolean).join(': ')}): starting without it`,
    );
    return undefined;
  }

  /**
   * Replaces the record of a name; of several in a moment the last one is kept.
   * @throws the file system's error; the previous record is kept then.
   */
  write(kind: string, name: string, record: unknown): Promise<void> {
    this.#pending.set(keyOf(kind, name), formatLine({ kind, name, record }));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#handle?.close();
    this.#handle = undefined;
    this.#isClean = false;
  }

  #load(): { readonly lines: Map<string, string>; readonly isClean: boolean; readonly bytes: number } {
    const { path, onSetAside, now } = this.#options;
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      // Any other error may pass, and the records be good: starting without them would let counters fall.
      if (!isNotFound(error)) throw error;
      const lines = readFormerFolders(path, onSetAside);
      return { lines, isClean: false, bytes: 0 };
    }
    const found = versionOf(text.slice(0, Math.max(0, text.indexOf('\n'))));
    if (found === undefined || found > version) {
      const aside = `${this.#file}.set-aside-${now()}`;
      renameSync(this.#file, aside);
      const why = found === undefined ? 'is not a state log' : `is of a newer version (${found})`;
      onSetAside(`${this.#file} ${why}: starting without it; it is kept as ${aside}`);
      return { lines: new Map(), isClean: false, bytes: 0 };
    }
    const { lines, corrupt, torn } = readLog(text);
    if (corrupt > 0) {
      this.#setAside(`${this.#file} has ${corrupt} damaged records: starting with what is good in it`);
    }
    return { lines: new Map(lines), isClean: corrupt === 0 && !torn, bytes: Buffer.byteLength(text) };
  }

  /** Reports what can't be used, and keeps a copy of the log beside the one that is written from now on. */
  #setAside(message: string): void {
    const { now, onSetAside } = this.#options;
    if (this.#aside === undefined) {
      const aside = `${this.#file}.set-aside-${now()}`;
      try {
        copyFileSync(this.#file, aside);
        this.#aside = aside;
      } catch (error) {
        onSetAside(`${message}; the log could not be copied (${messageOf(error)})`);
        return;
      }
    }
    onSetAside(`${message}; the log is kept as ${this.#aside}`);
  }

  async #flush(): Promise<void> {
    while (this.#pending.size > 0) {
      await sleep(gatherMs);
      const group = this.#pending;
      const waiters = this.#waiters;
      this.#pending = new Map();
      this.#waiters = [];
      try {
        await this.#save(group);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        // How much of the group is in the file is unknown: the next flush writes a new one.
        this.#isClean = false;
        for (const { reject } of waiters) reject(error);
      }
    }
    // In the same turn as the check above: a later write starts a new batch.
    this.#flushing = undefined;
  }

  async #save(group: ReadonlyMap<string, string>): Promise<void> {
    const text = [...group.values()].join('');
    const bytes = Buffer.byteLength(text);
    const isFull = this.#bytes + bytes > 2 * this.#liveBytes + slackBytes;
    if (this.#isClean && !isFull && (await this.#append(text))) this.#bytes += bytes;
    else await this.#rewrite(group);
    for (const [key, line] of group) {
      this.#liveBytes += Buffer.byteLength(line) - Buffer.byteLength(this.#lines.get(key) ?? '');
      this.#lines.set(key, line);
    }
  }

  /** False where the file is no longer in its folder: what is written into it would be lost. */
  async #append(text: string): Promise<boolean> {
    this.#handle ??= await open(this.#file, 'a', 0o600);
    if ((await this.#handle.stat()).nlink === 0) return false;
    await this.#handle.appendFile(text);
    await this.#handle.datasync();
    return true;
  }

  /** Replaces the log atomically by a new one that holds only the current records. */
  async #rewrite(group: ReadonlyMap<string, string>): Promise<void> {
    const { path } = this.#options;
    const next = `${this.#file}.new`;
    const text = [headerLine, ...new Map([...this.#lines, ...group]).values()].join('');
    const handle = await open(next, 'w', 0o600);
    try {
      await handle.appendFile(text);
      await handle.sync();
      await rename(next, this.#file);
      await syncFolder(path);
    } catch (error) {
      await handle.close();
      await unlink(next).catch(() => undefined);
      throw error;
    }
    const former = this.#handle;
    this.#handle = handle;
    this.#isClean = true;
    this.#bytes = Buffer.byteLength(text);
    await former?.close();
    retireFormerFolders(path, this.#options.now());
  }
}

/** The new name of a file is on disk only once its folder is. Some systems can't flush folders, and need not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}
