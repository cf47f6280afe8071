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
    const state = await stat(lock).catch(() => undefined);
    if (state !== undefined && Date.now() - state.mtimeMs > staleMs)
      await unlink(lock).catch(() => undefined);
    else await sleep(pauseMs);
  }
}
