import { parentPort } from 'node:worker_threads';
import { connectImap } from '../imap/session.ts';
import type { TokenSource } from '../imap/tokens.ts';
import { scanMailbox } from '../scan.ts';
import type { FromThread, ToThread } from './messages.ts';
import { receivedError, receivedMailbox, sentError } from './messages.ts';

/** The thread in which mailboxes are scanned: reading thousands of mails holds up no scrape then. */

interface RunningScan {
  readonly abort: AbortController;
  /** Waits for the exporter, one thing at a time. */
  answer: PromiseWithResolvers<string | undefined> | undefined;
}

const running = new Map<number, RunningScan>();
const tell = (message: FromThread): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'start') {
    void scan(message);
    return;
  }
  const current = running.get(message.scan);
  if (message.type === 'abort') current?.abort.abort();
  else if (message.type === 'stored') current?.answer?.resolve(undefined);
  else if (message.type === 'not-stored') current?.answer?.reject(new Error('not stored'));
  else if (message.type === 'token') current?.answer?.resolve(message.token);
  else current?.answer?.reject(receivedError(message.error));
});

async function scan({ scan, mailbox, cursor, now }: Extract<ToThread, { type: 'start' }>): Promise<void> {
  const current: RunningScan = { abort: new AbortController(), answer: undefined };
  running.set(scan, current);
  const ask = (message: FromThread): Promise<string | undefined> => {
    current.answer = Promise.withResolvers<string | undefined>();
    tell(message);
    return current.answer.promise;
  };
  const tokens: TokenSource = {
    get: async ({ oauth2 }) => (oauth2 === undefined ? undefined : ask({ scan, type: 'token-wanted' })),
    drop: ({ oauth2 }) => {
      if (oauth2 !== undefined) tell({ scan, type: 'token-refused' });
    },
  };
  try {
    const result = await scanMailbox({
      mailbox: receivedMailbox(mailbox),
      cursor,
      now,
      signal: current.abort.signal,
      connect: (to, signal) => connectImap(to, signal, undefined, tokens),
      onBatch: async (batch) => {
        await ask({ scan, type: 'batch', batch });
      },
      onPassedOver: ({ folder, uid, error }) =>
        tell({ scan, type: 'passed-over', folder, uid, error: sentError(error) }),
    });
    tell({ scan, type: 'done', result });
  } catch (error) {
    tell({ scan, type: 'failed', error: sentError(error) });
  } finally {
    running.delete(scan);
  }
}
