import { randomUUID } from 'node:crypto';
import { open, stat, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../errors.ts';

/** A process that holds a lock for longer than this has died: the work under the lock takes milliseconds. */
const staleMs = 10_000;
const pauseMs = 20;

/**
 * Waits for the lock on a file, which is another file beside it, and gives what releases it.
 * @throws the file system's error where the lock can't be made.
 */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return () => unlink(lock).catch(() => undefined);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const heldSinceMs = await modifiedMs(lock);
    if (heldSinceMs !== undefined && (await fileSystemNowMs(lock)) - heldSinceMs > staleMs) {
      await unlink(lock).catch(() => undefined);
    } else {
      await sleep(pauseMs);
    }
  }
}

async function modifiedMs(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}

/**
 * The time by the clock that stamps the files, which need not be this process's: a share has its server's. A lock
 * that is judged by another clock is broken while it is held. Milliseconds since the epoch.
 */
async function fileSystemNowMs(lock: string): Promise<number> {
  const probe = `${lock}.${randomUUID()}`;
  try {
    await (await open(probe, 'wx', 0o600)).close();
    return (await stat(probe)).mtimeMs;
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}
