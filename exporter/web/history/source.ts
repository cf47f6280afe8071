import type { HttpClientConfig } from '../../config/http-client-config.ts';
import { loadHttpClientConfig } from '../../config/http-client-config.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { createHttpClient } from '../../providers/http.ts';
import { HistoryCache } from './cache.ts';
import type { Histories } from './histories.ts';
import { readHistories } from './prometheus.ts';

/** Prometheus, as this program reaches it. */
export interface PrometheusQuery {
  readonly url: string;
  /** Credentials and authority, in the file that promtool takes; undefined: neither is needed. */
  readonly configFile: string | undefined;
}

export interface HistorySourceOptions {
  readonly prometheus: PrometheusQuery;
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
  const { prometheus, accounts, now, logger } = options;
  const cache = new HistoryCache<Histories>({
    read: async () => {
      const { authorization, caFile } = readClientConfig(prometheus.configFile);
      const http = createHttpClient({
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        retries: 0,
        caFile,
      });
      return readHistories({ url: prometheus.url, authorization, http }, accounts(), now());
    },
    onFailure: (error) => {
      logger.warn('Prometheus gave no history for the status page', { error: messageOf(error) });
    },
    monotonicMs: () => performance.now(),
    patienceMs,
  });
  return () => cache.get();
}

/** Read for each question, so that a changed password needs no restart. @throws Error that names what is wrong */
function readClientConfig(file: string | undefined): Partial<HttpClientConfig> {
  if (file === undefined) return {};
  const result = loadHttpClientConfig(file);
  if (!result.ok) throw new Error(result.errors.join('; '));
  return result.config;
}
