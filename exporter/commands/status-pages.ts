import type { RequestListener } from 'node:http';
import { runbooksText } from '../build-info.ts';
import { createApiRouter } from '../web/api/router.ts';
import type { StatusDependencies } from '../web/status/app.ts';
import { createStatusApp } from '../web/status/app.ts';
import { readRunbooks } from '../web/status/runbooks.ts';

export interface StatusPagesDependencies extends Omit<StatusDependencies, 'api' | 'mcp' | 'runbooks'> {
  readonly enableMcp: boolean;
  /** Names in `Host` that `/mcp` answers to; see `isOwnHost`. */
  readonly allowedHosts: readonly string[];
}

/**
 * All that the status port serves: the pages, their runbooks, the API and `/mcp`. A module of its own, so that it can be
 * loaded when it is used.
 */
export async function createStatusPages({
  enableMcp,
  allowedHosts,
  ...dependencies
}: StatusPagesDependencies): Promise<RequestListener> {
  const runbooks = runbooksText();
  return createStatusApp({
    ...dependencies,
    ...(runbooks === undefined ? {} : { runbooks: readRunbooks(runbooks) }),
    api: createApiRouter(dependencies),
    mcp: enableMcp
      ? (await import('../web/mcp/router.ts')).createMcpRouter({ ...dependencies, allowedHosts })
      : undefined,
  });
}
