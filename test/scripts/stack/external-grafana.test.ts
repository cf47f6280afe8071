import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { DataSource } from '../../../infra/render/data-source.ts';
import type { StackState } from '../../../scripts/lib/pulumi/state.ts';
import { emptyState } from '../../../scripts/lib/pulumi/state.ts';
import { grafanaProblems } from '../../../scripts/lib/stack/external-grafana.ts';
import type { GrafanaState } from '../../support/grafana-api.ts';
import { adminRights, roles, serveGrafana } from '../../support/grafana-api.ts';

const token = 'glsa_of_the_service_account';

const made: DataSource = {
  kind: 'made',
  uid: 'balance-alert-prometheus',
  url: 'x',
  auth: undefined,
  closed: false,
  json: '{}',
};
const found: DataSource = { kind: 'found', uid: 'theirs' };
const dashboards = [{ uid: 'balance-alert', title: 'Overview', json: '{}', queries: [] }];

async function problemsIn(
  t: ExecutionContext,
  grafana: Partial<GrafanaState>,
  dataSource: DataSource,
  { state = emptyState, given = token }: { readonly state?: StackState; readonly given?: string } = {},
): Promise<readonly string[]> {
  const server = await serveGrafana({ token, ...grafana });
  t.teardown(server.close);
  const problems = await grafanaProblems(
    { settings: { mode: 'external', apiUrl: server.url, token: given }, dataSource, dashboards, state },
    { fetch, signal: new AbortController().signal },
  );
  t.true(server.asked.every((one) => one.startsWith('GET ')));
  return problems.map((line) => line.replace(server.url, 'GRAFANA'));
}

test('an Admin’s token, and an Editor’s with a data source that exists, will do', async (t) => {
  t.deepEqual(await problemsIn(t, { rights: adminRights }, made), []);
  t.deepEqual(
    await problemsIn(
      t,
      {
        rights: [...roles.Editor, 'datasources:read'],
        dataSources: { theirs: { name: 'P', type: 'prometheus' } },
      },
      found,
    ),
    [],
  );
  // An Editor may not read data sources at all.
  t.deepEqual(await problemsIn(t, { rights: roles.Editor }, found), []);
});

test('a token with too few rights: each right that it lacks is named, with the role that has it', async (t) => {
  t.deepEqual(await problemsIn(t, { rights: roles.Editor }, made), [
    'the external Grafana at GRAFANA: the token may not datasources:create, datasources:read, datasources:write, datasources:delete: give its service account the role Admin, or set balance-alert:grafana.dataSourceUid to a data source that exists',
  ]);
  t.deepEqual(await problemsIn(t, { rights: roles.Viewer }, found), [
    'the external Grafana at GRAFANA: the token may not folders:create, folders:write, folders:delete, dashboards:create, dashboards:write, dashboards:delete: give its service account the role Editor',
  ]);
});

test('a token that is refused is said, without the token', async (t) => {
  const problems = await problemsIn(t, { rights: adminRights }, made, { given: 'glsa_expired' });
  t.deepEqual(problems, [
    'the external Grafana at GRAFANA refuses balance-alert:grafana.auth: expected the token of a service account that is enabled and has not expired',
  ]);
});

test('a data source that is not there, or of another type, is said', async (t) => {
  t.deepEqual(await problemsIn(t, { rights: adminRights }, found), [
    'balance-alert:grafana.dataSourceUid: the external Grafana at GRAFANA has no data source with the uid theirs (answer: 404)',
  ]);
  t.deepEqual(
    await problemsIn(
      t,
      { rights: adminRights, dataSources: { theirs: { name: 'Logs', type: 'loki' } } },
      found,
    ),
    [
      'balance-alert:grafana.dataSourceUid: expected a data source of the type prometheus, and Logs is of the type loki',
    ],
  );
});

test('what others made under our uids is named and left alone; what the state knows is ours', async (t) => {
  const grafana = {
    rights: adminRights,
    dataSources: { 'balance-alert-prometheus': { name: 'P', type: 'prometheus' } },
    folders: ['balance-alert-folder'],
    dashboards: ['balance-alert'],
  };
  const problems = await problemsIn(t, grafana, made);
  t.deepEqual(
    problems.map((line) => /has a ([\w ]+ with the uid [\w-]+)/.exec(line)?.[1]),
    [
      'data source with the uid balance-alert-prometheus',
      'folder with the uid balance-alert-folder',
      'dashboard with the uid balance-alert',
    ],
  );
  const state: StackState = {
    ...emptyState,
    resources: [
      { urn: 'a', type: 'grafana:oss/dataSource:DataSource', id: '1:balance-alert-prometheus' },
      { urn: 'b', type: 'grafana:oss/folder:Folder', id: '1:balance-alert-folder' },
      { urn: 'c', type: 'grafana:oss/dashboard:Dashboard', id: 'balance-alert' },
    ],
  };
  t.deepEqual(await problemsIn(t, grafana, made, { state }), []);
});

test('a release that knows no access control is not judged by it', async (t) => {
  t.deepEqual(await problemsIn(t, { rights: undefined }, made), []);
});

test('a Grafana that does not answer is said, with the key that says where it is', async (t) => {
  const server = await serveGrafana({ token });
  await server.close();
  const [problem = '', ...more] = await grafanaProblems(
    {
      settings: { mode: 'external', apiUrl: server.url, token },
      dataSource: made,
      dashboards,
      state: emptyState,
    },
    { fetch, signal: new AbortController().signal },
  );
  t.deepEqual(more, []);
  t.regex(
    problem,
    /does not answer: .*ECONNREFUSED.* \(balance-alert:grafana\.url is how this machine reaches it\)/,
  );
});
