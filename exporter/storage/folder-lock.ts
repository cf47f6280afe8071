import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** SQLite's own code for a database that somebody else has locked. */
const busy = 5;

export type FolderLock =
  | { readonly ok: true; readonly release: () => void }
  /** `holder` names the process that has the folder, where that is known. */
  | { readonly ok: false; readonly holder: string };

/**
 * Takes a folder for this process. The lock is the operating system's, as SQLite takes it on a file: it ends with the
 * process, however that dies, and holds between containers that share a volume. Node itself can't lock files.
 * @throws where the file can't be made, as on a read-only file system.
 */
export function lockFolder(path: string, now: number): FolderLock {
  const note = join(path, 'lock.json');
  const database = new DatabaseSync(join(path, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) {
      return { ok: false, holder: holderOf(note) };
    }
    throw error;
  }
  const holder = `process ${process.pid} on ${hostname()}, since ${new Date(now).toISOString()}`;
  writeFileSync(note, `${JSON.stringify({ holder })}\n`, { mode: 0o600 });
  return { ok: true, release: () => database.close() };
}

function holderOf(note: string): string {
  try {
    const plain: unknown = JSON.parse(readFileSync(note, 'utf8'));
    return typeof plain === 'object' && plain !== null && 'holder' in plain
      ? String(plain.holder)
      : 'unknown';
  } catch {
    return 'unknown';
  }
}
