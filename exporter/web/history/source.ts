import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { createHttpClient } from '../../providers/http.ts';
import { HistoryCache } from './cache.ts';
import type { Histories } from './histories.ts';
import { readHistories } from './prometheus.ts';

export interface HistorySourceOptions {
  /** Of Prometheus, as this program reaches it. */
  readonly url: string;
  /** Names of the accounts that are shown. */
  readonly accounts: () => readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'warn'>;
}

const timeoutMs = 10_000;

/** The page is of use without the history, so that nobody should wait for it longer than for the page. */
const patienceMs = 1500;

/** What Prometheus knows of the accounts, kept for minutes; undefined where it has not answered in time. */
export function createHistorySource(options: HistorySourceOptions): () => Promise<Histories | undefined> {
  const { url, accounts, now, logger } = options;
  const cache = new HistoryCache<Histories>({
    read: () => {
      const http = createHttpClient({
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        retries: 0,
      });
      return readHistories(url, http, accounts(), now());
    },
    onFailure: (error) => {
      logger.warn('Prometheus gave no history for the status page', { error: messageOf(error) });
    },
    monotonicMs: () => performance.now(),
    patienceMs,
  });
  return () => cache.get();
}
