import * as z from 'zod';
import type { DashboardSource } from '../../../infra/render/content.ts';
import { folderUid } from '../../../infra/render/content.ts';
import type { DataSource } from '../../../infra/render/data-source.ts';
import type { GrafanaSettings } from '../../../infra/settings/parse.ts';
import { jsonOf } from '../json.ts';
import type { StackState } from '../pulumi/state.ts';
import { fetchMessageOf } from '../terminal/failure.ts';
import type { VerifyOptions } from './verify.ts';

/** A Grafana that the stack does not run, before anything is changed in it: what the token may do, and whose the uids are. */

export interface GrafanaPlan {
  readonly settings: Extract<GrafanaSettings, { mode: 'external' }>;
  readonly dataSource: DataSource;
  readonly dashboards: readonly DashboardSource[];
  /** What the last run made. */
  readonly state: StackState;
}

/** Actions of Grafana's access control that making, updating and removing our resources takes. */
function neededRights(dataSource: DataSource): readonly string[] {
  const all = (kind: string) => ['create', 'read', 'write', 'delete'].map((verb) => `${kind}:${verb}`);
  return [...all('folders'), ...all('dashboards'), ...(dataSource.kind === 'made' ? all('datasources') : [])];
}

/** An empty list where all is well. */
export async function grafanaProblems(plan: GrafanaPlan, options: VerifyOptions): Promise<readonly string[]> {
  const { settings, dataSource } = plan;
  const ask = asker(settings, options);
  const where = `the external Grafana at ${settings.apiUrl}`;
  let rights: Answer;
  try {
    // What Grafana's own pages ask: every action of the token's owner, with its scopes.
    rights = await ask('/api/access-control/user/permissions');
  } catch (error) {
    return [
      `${where} does not answer: ${fetchMessageOf(error)} (balance-alert:grafana.url is how this machine reaches it)`,
    ];
  }
  if (rights.status === 401)
    return [
      `${where} refuses balance-alert:grafana.auth: expected the token of a service account that is enabled and has not expired`,
    ];
  const permissions = z.record(z.string(), z.unknown()).safeParse(rights.body);
  const problems: string[] = [];
  // Grafana before 9 has no such list; whatever is not allowed then fails by its own message.
  if (rights.status === 200 && permissions.success) {
    const missing = neededRights(dataSource).filter((right) => !(right in permissions.data));
    if (missing.length > 0) {
      const only = missing.every((right) => right.startsWith('datasources:'));
      problems.push(
        `${where}: the token may not ${missing.join(', ')}: give its service account the role ${missing.some((right) => right.startsWith('datasources:')) ? 'Admin' : 'Editor'}${only ? ', or set balance-alert:grafana.dataSourceUid to a data source that exists' : ''}`,
      );
    }
  }
  if (problems.length > 0) return problems;
  return [...(await dataSourceProblems(plan, ask)), ...(await conflicts(plan, ask))];
}

const dataSourceSchema = z.object({ type: z.string(), name: z.string() });

async function dataSourceProblems({ settings, dataSource, state }: GrafanaPlan, ask: Ask) {
  const { status, body } = await ask(`/api/datasources/uid/${encodeURIComponent(dataSource.uid)}`);
  if (dataSource.kind === 'made') {
    const isOurs = isKnown(state, 'grafana:oss/dataSource:DataSource', dataSource.uid);
    return status === 200 && !isOurs
      ? [
          `the external Grafana has a data source with the uid ${dataSource.uid} that this stack did not create: remove it, or use it with balance-alert:grafana.dataSourceUid`,
        ]
      : [];
  }
  // An Editor may query data sources and not read them; the queries of the dashboards tell then.
  if (status === 403) return [];
  const found = dataSourceSchema.safeParse(body);
  if (status === 404 || !found.success)
    return [
      `balance-alert:grafana.dataSourceUid: the external Grafana at ${settings.apiUrl} has no data source with the uid ${dataSource.uid} (answer: ${status})`,
    ];
  return found.data.type === 'prometheus'
    ? []
    : [
        `balance-alert:grafana.dataSourceUid: expected a data source of the type prometheus, and ${found.data.name} is of the type ${found.data.type}`,
      ];
}

/** Folders and dashboards of our uids that somebody else made, or a stack whose state is lost. */
async function conflicts({ dashboards, state }: GrafanaPlan, ask: Ask): Promise<readonly string[]> {
  const ours = [
    { kind: 'folder', type: 'grafana:oss/folder:Folder', path: '/api/folders/', uid: folderUid },
    ...dashboards.map(({ uid }) => ({
      kind: 'dashboard',
      type: 'grafana:oss/dashboard:Dashboard',
      path: '/api/dashboards/uid/',
      uid,
    })),
  ];
  const problems: string[] = [];
  for (const { kind, type, path, uid } of ours) {
    if (isKnown(state, type, uid)) continue;
    if ((await ask(`${path}${uid}`)).status === 200)
      problems.push(
        `the external Grafana has a ${kind} with the uid ${uid} that this stack did not create: remove it there, or import it into the state with scripts/pulumi import`,
      );
  }
  return problems;
}

/** Ids of the provider are the uid, or organisation and uid. */
function isKnown({ resources }: StackState, type: string, uid: string): boolean {
  return resources.some((one) => one.type === type && (one.id === uid || one.id.endsWith(`:${uid}`)));
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Ask = (path: string) => Promise<Answer>;

function asker(
  { apiUrl, token }: GrafanaPlan['settings'],
  { fetch, signal }: VerifyOptions,
): (path: string) => Promise<Answer> {
  return async (path) => {
    const response = await fetch(`${apiUrl}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    return { status: response.status, body: jsonOf(await response.text()) };
  };
}
