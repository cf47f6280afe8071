import type { RequestListener } from 'node:http';
import { runbooksText } from '../build-info.ts';
import type { Logger } from '../log.ts';
import { createApiRouter } from '../web/api/router.ts';
import type { PrometheusQuery } from '../web/history/source.ts';
import type { StatusDependencies } from '../web/status/app.ts';
import { createStatusApp } from '../web/status/app.ts';
import { readRunbooks } from '../web/status/runbooks.ts';

export interface StatusPagesDependencies
  extends Omit<StatusDependencies, 'api' | 'mcp' | 'runbooks' | 'histories'> {
  readonly enableMcp: boolean;
  /** Names in `Host` that `/mcp` answers to; see `isOwnHost`. */
  readonly allowedHosts: readonly string[];
  /** Prometheus, for the history on the page; undefined: the page shows none. */
  readonly prometheusQuery: PrometheusQuery | undefined;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * All that the status port serves: the pages, their runbooks, the API and `/mcp`. A module of its own, so that it can be
 * loaded when it is used.
 */
export async function createStatusPages({
  enableMcp,
  allowedHosts,
  prometheusQuery,
  logger,
  ...dependencies
}: StatusPagesDependencies): Promise<RequestListener> {
  const runbooks = runbooksText();
  const histories =
    prometheusQuery === undefined
      ? undefined
      : (await import('../web/history/source.ts')).createHistorySource({
          prometheus: prometheusQuery,
          accounts: () => dependencies.snapshot().accounts.map(({ account }) => account.name),
          now: dependencies.now,
          logger,
        });
  return createStatusApp({
    ...dependencies,
    histories,
    ...(runbooks === undefined ? {} : { runbooks: readRunbooks(runbooks) }),
    api: createApiRouter({ ...dependencies, paidLinks: dependencies.paid?.links }),
    mcp: enableMcp
      ? (await import('../web/mcp/router.ts')).createMcpRouter({ ...dependencies, allowedHosts, histories })
      : undefined,
  });
}
