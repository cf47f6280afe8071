import { text } from 'node:stream/consumers';
import { jsonOf } from '../../scripts/lib/json.ts';
import type { Served } from './served.ts';
import { serve } from './served.ts';

/**
 * As much of Grafana's HTTP API as the scripts and Pulumi's provider ask:
 * https://grafana.com/docs/grafana/latest/developers/http_api/
 * Refuses what the token's rights do not cover, as Grafana does. Queries go to the URL of their data source.
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
  /** What is in it now, by kind and uid. */
  readonly content: Readonly<Record<Kind, ReadonlyMap<string, Item>>>;
}

type Kind = 'datasources' | 'folders' | 'dashboards';

/** As it is answered. */
type Item = Readonly<Record<string, unknown>>;

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
  const content: Record<Kind, Map<string, Item>> = {
    datasources: new Map(Object.entries(dataSources)),
    folders: new Map(folders.map((uid) => [uid, { uid }])),
    dashboards: new Map(dashboards.map((uid) => [uid, { dashboard: { uid }, meta: {} }])),
  };
  let lastId = 0;
  const served = await serve(async (request, response) => {
    const { method = 'GET', url: path = '' } = request;
    asked.push(`${method} ${path}`);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const body = recordOf(jsonOf(await text(request)));
    if (path === '/api/health') return answer(200, { database: 'ok', version: '12.4.0' });
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, { message: 'Invalid API key' });
    if (path === '/api/access-control/user/permissions')
      return rights === undefined
        ? answer(404, { message: 'not found' })
        : answer(200, Object.fromEntries(rights.map((right) => [right, ['*']])));
    // The provider asks for the release first.
    if (path === '/api/frontend/settings') return answer(200, { buildInfo: { version: '12.4.0' } });
    if (path === '/api/org') return answer(200, { id: 1, name: 'Main Org.' });
    const may = (right: string): boolean => {
      if (rights === undefined || rights.includes(right)) return true;
      answer(403, {
        message: `You'll need additional permissions to perform this action. Permissions needed: ${right}`,
      });
      return false;
    };
    if (path === '/api/ds/query') {
      if (may('datasources:query')) answer(...(await query(content.datasources, body)));
      return;
    }

    const [, kind, uid] = routeOf(path);
    if (kind === undefined) return answer(404, { message: 'Not found' });
    const items = content[kind];
    const written = (id: string, had: Item | undefined): void => {
      const item = itemOf(kind, id, body, had, () => ++lastId);
      items.set(id, item);
      answer(200, acknowledged(kind, id, item));
    };
    if (method === 'POST') {
      // A dashboard is made and changed by the same request.
      const id = String((kind === 'dashboards' ? recordOf(body['dashboard']) : body)['uid']);
      const had = items.get(id);
      if (!may(`${kind}:${had === undefined ? 'create' : 'write'}`)) return;
      if (had !== undefined && (kind !== 'dashboards' || body['overwrite'] !== true))
        return answer(412, { message: 'The uid is already in use', status: 'name-exists' });
      return written(id, had);
    }
    const had = uid === undefined ? undefined : (items.get(uid) ?? byId(items, uid));
    const verb = { PUT: 'write', DELETE: 'delete' }[method] ?? 'read';
    if (!may(`${kind}:${verb}`)) return;
    if (uid === undefined || had === undefined) return answer(404, { message: 'not found' });
    const id = String(had['uid'] ?? uid);
    if (verb === 'write') return written(id, had);
    if (verb === 'delete') items.delete(id);
    answer(200, verb === 'delete' ? { message: 'deleted' } : had);
  });
  return { ...served, asked, content };
}

const recordOf = (value: unknown): Item =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const byId = (items: ReadonlyMap<string, Item>, id: string): Item | undefined =>
  [...items.values()].find((item) => String(item['id']) === id);

function routeOf(path: string): readonly [string, Kind?, (string | undefined)?] {
  const { pathname } = new URL(path, 'http://grafana');
  for (const [kind, pattern] of [
    ['datasources', /^\/api\/datasources(?:\/uid)?(?:\/([^/]+))?$/],
    ['folders', /^\/api\/folders(?:\/([^/]+))?$/],
    ['dashboards', /^\/api\/dashboards\/(?:db|uid\/([^/]+))$/],
  ] as const) {
    const [found, uid] = pattern.exec(pathname) ?? [];
    if (found !== undefined) return [pathname, kind, uid === undefined ? uid : decodeURIComponent(uid)];
  }
  return [pathname];
}

function itemOf(kind: Kind, uid: string, body: Item, had: Item | undefined, nextId: () => number): Item {
  if (kind !== 'dashboards') {
    const { secureJsonData, ...rest } = body;
    const fields = Object.keys(recordOf(secureJsonData)).map((key) => [key, true] as const);
    return {
      ...{ id: nextId(), orgId: 1, access: 'proxy', version: 1, ...had, ...rest, uid },
      ...(kind === 'datasources'
        ? { secureJsonFields: Object.fromEntries(fields) }
        : { url: `/dashboards/f/${uid}` }),
    };
  }
  const before = recordOf(had?.['dashboard']);
  const version = Number(before['version'] ?? 0) + 1;
  const id = before['id'] ?? nextId();
  return {
    dashboard: { ...recordOf(body['dashboard']), id, version },
    meta: { url: `/d/${uid}`, slug: uid, folderUid: body['folderUid'] ?? '', version },
  };
}

/** How a write is answered. */
function acknowledged(kind: Kind, uid: string, item: Item): unknown {
  if (kind === 'folders') return item;
  if (kind === 'datasources')
    return { id: item['id'], name: item['name'], message: 'saved', datasource: item };
  const { id, version } = recordOf(item['dashboard']);
  const { url, folderUid } = recordOf(item['meta']);
  return { id, uid, version, url, folderUid, slug: uid, status: 'success' };
}

/** Answers a panel's query by that of Prometheus: one frame with two fields for each series. */
async function query(
  dataSources: ReadonlyMap<string, Item>,
  body: Item,
): Promise<[status: number, body: unknown]> {
  const [one] = Array.isArray(body['queries']) ? body['queries'].map(recordOf) : [];
  const uid = String(recordOf(one?.['datasource'])['uid']);
  const url = dataSources.get(uid)?.['url'];
  const refId = String(one?.['refId']);
  if (typeof url !== 'string') return [404, { message: `no data source ${uid}` }];
  const expression = String(one?.['expr'])
    .replaceAll(/\$__(rate_)?interval/g, '5m')
    .replaceAll('$__range', '1d');
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const parsed = recordOf(jsonOf(await response.text()));
  const { result } = recordOf(parsed['data']);
  return Array.isArray(result)
    ? [200, { results: { [refId]: { frames: result.map(() => ({ data: { values: [[1], [1]] } })) } } }]
    : [400, { results: { [refId]: { error: parsed['error'], status: 400 } } }];
}
