import { Worker } from 'node:worker_threads';
import { preferSpeed } from '../../memory.ts';

interface Pending {
  readonly resolve: (same: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread's code: beside this file in a checkout, beside the bundle in the image. */
const code = new URL(
  import.meta.url.endsWith('.ts') ? './bcrypt-worker.ts' : './bcrypt-worker.mjs',
  import.meta.url,
);

/**
 * Compares passwords with bcrypt hashes in a thread of their own, which starts with the first comparison and does not
 * keep the process alive. At a cost of 14 one takes about a second of a processor; bcryptjs' own asynchronous form
 * gives way every 100 ms only, which stretches a health check to seconds.
 */
export function createBcrypt(): (password: string, hash: string) => Promise<boolean> {
  let worker: Worker | undefined;
  let lastId = 0;
  const pending = new Map<number, Pending>();
  const start = (): Worker => {
    // Compiled without optimizations, a comparison takes seventeen times as long (1.7 s instead of 0.1 s at a cost of 10).
    preferSpeed();
    const started = new Worker(code);
    started.on('message', ({ id, same }: { id: number; same: boolean }) => {
      pending.get(id)?.resolve(same);
      pending.delete(id);
    });
    const fail = (error: unknown): void => {
      if (worker === started) worker = undefined;
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
    };
    started.on('error', fail);
    started.on('exit', (exitCode) => fail(new Error(`the thread for passwords ended with ${exitCode}`)));
    // Last: a listener of its messages would make it keep the process alive again.
    started.unref();
    return started;
  };
  return (password, hash) =>
    new Promise((resolve, reject) => {
      worker ??= start();
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, password, hash });
    });
}
