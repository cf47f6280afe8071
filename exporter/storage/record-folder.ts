import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { isNotFound, messageOf } from '../errors.ts';

export interface RecordFolderOptions<Schema extends z.ZodType> {
  readonly folder: string;
  /** Raised when older programs could not make sense of the records. */
  readonly version: number;
  readonly schema: Schema;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told in words of a record that could not be used, and where it is now. */
  readonly onSetAside: (message: string) => void;
}

/** Milliseconds; a write takes far less. */
const leftoverAge = 60_000;

const envelopeSchema = z.object({ version: z.number(), name: z.string(), record: z.unknown() });

/**
 * One small JSON file for each name, written whole or not at all: a file that is replaced by `rename` is never seen
 * half-written, whenever the process dies. A file that can't be used is set aside and said, and never overwritten.
 */
export class RecordFolder<Schema extends z.ZodType> {
  readonly #options: RecordFolderOptions<Schema>;

  /** @throws the file system's error where the folder can't be made. */
  constructor(options: RecordFolderOptions<Schema>) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#removeLeftovers();
  }

  /** The record of a name; undefined where there is none that can be used. */
  read(name: string): z.output<Schema> | undefined {
    const file = this.#fileOf(name);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (!isNotFound(error)) this.#setAside(file, `can't be read (${messageOf(error)})`);
      return undefined;
    }
    const fault = this.#parse(text, name);
    if (typeof fault !== 'string') return fault.record;
    this.#setAside(file, fault);
    return undefined;
  }

  #setAside(file: string, fault: string): void {
    const aside = `${file}.set-aside-${this.#options.now()}`;
    try {
      renameSync(file, aside);
      this.#options.onSetAside(`${file} ${fault}: starting without it; it is kept as ${aside}`);
    } catch (error) {
      this.#options.onSetAside(`${file} ${fault}, and can't be set aside (${messageOf(error)})`);
    }
  }

  /** A process that is killed while it writes leaves its unfinished file. A young one may be another process's. */
  #removeLeftovers(): void {
    const { folder, now } = this.#options;
    for (const name of readdirSync(folder)) {
      if (!/^[0-9a-f]{32}\.json\.\d+$/.test(name)) continue;
      const file = join(folder, name);
      try {
        if (now() - statSync(file).mtimeMs > leftoverAge) unlinkSync(file);
      } catch {
        // It only takes room, and the next start tries again.
      }
    }
  }

  /**
   * Replaces the record of a name.
   * @throws the file system's error; the former record is still whole then.
   */
  async write(name: string, record: z.input<Schema>): Promise<void> {
    const text = JSON.stringify({ version: this.#options.version, name, record });
    await writeFileAtomic(this.#fileOf(name), `${text}\n`, { mode: 0o600 });
  }

  #parse(text: string, name: string): { readonly record: z.output<Schema> } | string {
    let plain: unknown;
    try {
      plain = JSON.parse(text);
    } catch {
      return 'is no JSON';
    }
    const envelope = envelopeSchema.safeParse(plain);
    if (!envelope.success) return 'is no record';
    if (envelope.data.version > this.#options.version)
      return `is of a newer version (${envelope.data.version})`;
    if (envelope.data.version < this.#options.version)
      return `is of an older version (${envelope.data.version})`;
    if (envelope.data.name !== name) return 'is the record of another name';
    const record = this.#options.schema.safeParse(envelope.data.record);
    return record.success ? { record: record.data } : 'is not of the expected shape';
  }

  /** Names are any text; the file system takes less. */
  #fileOf(name: string): string {
    return join(this.#options.folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`);
  }
}
