import type { Served } from './served.ts';
import { serve } from './served.ts';

/**
 * As much of Grafana's HTTP API as the checks before an update ask: https://grafana.com/docs/grafana/latest/developers/http_api/
 * Refuses what the token's rights do not cover, as Grafana does.
 */
export interface GrafanaState {
  readonly token: string;
  /** Actions of the token's owner; undefined: a release without access control. */
  readonly rights?: readonly string[] | undefined;
  readonly dataSources?: Readonly<Record<string, { readonly name: string; readonly type: string }>>;
  readonly folders?: readonly string[];
  readonly dashboards?: readonly string[];
}

export interface FakeGrafana extends Served {
  /** `METHOD path` of each request. */
  readonly asked: readonly string[];
}

/** Rights of the basic roles, as far as they concern our resources. */
export const roles = {
  Editor: ['folders', 'dashboards'].flatMap((kind) =>
    ['create', 'read', 'write', 'delete'].map((verb) => `${kind}:${verb}`),
  ),
  Viewer: ['folders:read', 'dashboards:read', 'datasources:query'],
} as const;

export const adminRights = [
  ...roles.Editor,
  ...['create', 'read', 'write', 'delete', 'query'].map((verb) => `datasources:${verb}`),
];

export async function serveGrafana({
  token,
  rights,
  dataSources = {},
  folders = [],
  dashboards = [],
}: GrafanaState): Promise<FakeGrafana> {
  const asked: string[] = [];
  const served = await serve((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path}`);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const found = (what: unknown) =>
      what === undefined ? answer(404, { message: 'not found' }) : answer(200, what);
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, { message: 'Invalid API key' });
    const may = (right: string): boolean => {
      if (rights === undefined || rights.includes(right)) return true;
      answer(403, {
        message: `You'll need additional permissions to perform this action. Permissions needed: ${right}`,
      });
      return false;
    };
    const last = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    if (path === '/api/access-control/user/permissions') {
      found(rights === undefined ? undefined : Object.fromEntries(rights.map((right) => [right, ['*']])));
    } else if (path.startsWith('/api/datasources/uid/')) {
      if (may('datasources:read')) found(dataSources[last]);
    } else if (path.startsWith('/api/folders/')) {
      if (may('folders:read')) found(folders.includes(last) ? { uid: last } : undefined);
    } else if (path.startsWith('/api/dashboards/uid/')) {
      if (may('dashboards:read')) found(dashboards.includes(last) ? { dashboard: { uid: last } } : undefined);
    } else answer(404, { message: 'Not found' });
  });
  return { ...served, asked };
}
