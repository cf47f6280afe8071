import { Worker } from 'node:worker_threads';
import { preferLittleMemory, preferSpeed, withRoomToCompute } from '../../memory.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { TokenSource } from '../imap/tokens.ts';
import type { ScanBatch } from '../scan.ts';
import type { Scan } from '../scheduler.ts';
import type { FromThread, ToThread } from './messages.ts';
import { receivedError, sentError, sentMailbox } from './messages.ts';

/** The thread's code: beside this file in a checkout, among the parts of the bundle in the image. */
const code = new URL(
  import.meta.url.endsWith('.ts') ? './scan-worker.ts' : './parts/scan-worker.js',
  import.meta.url,
);

/** Milliseconds. A thread takes some 30 MiB, and a quarter of a second of the processor to start. */
const longestIdle = 120_000;

interface Running {
  readonly options: Parameters<Scan>[0];
  readonly done: PromiseWithResolvers<ScanBatch>;
  /** Storing what the scan found so far. Never rejects. */
  storing: Promise<void>;
  /** Why that failed. */
  refusal: unknown;
}

export interface ScanThreadOptions {
  readonly tokens?: TokenSource;
  /** Milliseconds after which a thread without work ends. */
  readonly idle?: number;
  readonly startWorker?: () => Worker;
}

/**
 * Scans mailboxes as `scanMailbox` does, in a thread that starts with the first scan and ends when it has nothing to do. What a
 * scan finds is stored by the caller in this thread, and the scan waits for it; tokens are asked for in this one, too, where
 * they outlive the other.
 */
export function createScanThread({
  tokens = lazyTokens,
  idle = longestIdle,
  startWorker = startScanWorker,
}: ScanThreadOptions = {}): Scan {
  const running = new Map<number, Running>();
  let worker: Worker | undefined;
  let lastScan = 0;
  let ending: NodeJS.Timeout | undefined;

  const tell = (message: ToThread): void => worker?.postMessage(message);

  const start = (): Worker => {
    const started = startWorker();
    started.on('message', (message: FromThread) => void receive(message));
    const fail = (what: string): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const { done } of running.values())
        done.reject(new CheckError('internal', `the thread that scans mailboxes ended (${what})`));
    };
    started.on('error', (error) => fail(sentError(error).code ?? error.name));
    started.on('exit', (exitCode) => fail(`exit code ${exitCode}`));
    return started;
  };

  const receive = async (message: FromThread): Promise<void> => {
    const { scan } = message;
    const current = running.get(scan);
    if (current === undefined) return;
    const { options, done } = current;
    if (message.type === 'batch') {
      current.storing = store(scan, current, message.batch);
    } else if (message.type === 'passed-over') {
      options.onPassedOver?.({
        folder: message.folder,
        uid: message.uid,
        error: receivedError(message.error),
      });
    } else if (message.type === 'token-wanted') {
      try {
        tell({ scan, type: 'token', token: await tokens.get(options.mailbox, options.signal) });
      } catch (error) {
        tell({ scan, type: 'no-token', error: sentError(error) });
      }
    } else if (message.type === 'token-refused') {
      tokens.drop(options.mailbox);
    } else if (message.type === 'done') {
      done.resolve(message.result);
    } else {
      done.reject(current.refusal ?? receivedError(message.error));
    }
  };

  const store = async (scan: number, current: Running, batch: ScanBatch): Promise<void> => {
    try {
      current.options.signal.throwIfAborted();
      await current.options.onBatch?.(batch);
      tell({ scan, type: 'stored' });
    } catch (error) {
      current.refusal = error;
      tell({ scan, type: 'not-stored' });
    }
  };

  return async (options) => {
    const { mailbox, cursor, now, signal } = options;
    signal.throwIfAborted();
    lastScan += 1;
    const scan = lastScan;
    const done = Promise.withResolvers<ScanBatch>();
    const current: Running = { options, done, storing: Promise.resolve(), refusal: undefined };
    running.set(scan, current);
    const abort = (): void => {
      tell({ scan, type: 'abort' });
      done.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      clearTimeout(ending);
      worker ??= start();
      worker.ref();
      preferLittleMemory(false);
      tell({ scan, type: 'start', mailbox: sentMailbox(mailbox), cursor, now });
      return await done.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      running.delete(scan);
      if (running.size === 0) {
        worker?.unref();
        preferLittleMemory(true);
        ending = setTimeout(() => {
          const idling = worker;
          worker = undefined;
          void idling?.terminate();
        }, idle).unref();
      }
      await current.storing;
    }
  };
}

/** Most mailboxes have a password, and need no client for token endpoints. */
const lazyTokens: TokenSource = {
  get: async (mailbox, signal) => (await import('../imap/tokens.ts')).ownTokens.get(mailbox, signal),
  drop: (mailbox) => void import('../imap/tokens.ts').then(({ ownTokens }) => ownTokens.drop(mailbox)),
};

function startScanWorker(): Worker {
  // Compiled without optimizations, a scan takes several times as long.
  preferSpeed();
  return withRoomToCompute(() => new Worker(code));
}
