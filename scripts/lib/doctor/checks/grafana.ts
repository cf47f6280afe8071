import * as z from 'zod';
import { printable } from '../../../../exporter/config/printable.ts';
import { dataSourceOf } from '../../../../infra/render/data-source.ts';
import { isLoopback } from '../../../../infra/settings/hosts.ts';
import { authorizationOf } from '../../../../infra/settings/http-auth.ts';
import { jsonOf } from '../../json.ts';
import { explainEmpty } from '../../stack/empty-panels.ts';
import type { GrafanaPlan } from '../../stack/external-grafana.ts';
import { grafanaProblems } from '../../stack/external-grafana.ts';
import { checkQueries } from '../../stack/verify.ts';
import { Failure } from '../../terminal/failure.ts';
import type { Server } from '../ask.ts';
import { ask, askJson, withoutCredentials } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, skipped, warning } from '../check.ts';
import { firstDifference } from '../difference.ts';
import type { Context } from '../subject.ts';

/** Grafana: whether it answers, lets us in, has the data source and the dashboards, and gets data for each panel. */

export function grafanaChecks(context: Context): readonly Check[] {
  const { grafana } = context.subject;
  if (grafana === undefined) return [];
  const rights = planOf(context);
  const needsData = ['grafana-access', 'prometheus'];
  return [
    {
      id: 'grafana',
      link: 'Grafana',
      needs: ['tunnels', 'container-grafana'],
      look: (signal) => answers(grafana, context, signal),
    },
    {
      id: 'grafana-access',
      link: 'access to Grafana',
      needs: ['grafana'],
      look: (signal) => access(grafana, context, signal),
    },
    ...(rights === undefined
      ? []
      : [
          {
            id: 'grafana-rights',
            link: 'rights in Grafana',
            needs: ['grafana-access', 'settings'],
            look: (signal: AbortSignal) => mayDeploy(rights, context, signal),
          },
        ]),
    {
      id: 'data-source',
      link: 'data source',
      needs: needsData,
      look: (signal) => dataSource(grafana, context, signal),
    },
    {
      id: 'dashboards',
      link: 'dashboards',
      needs: ['grafana-access'],
      look: (signal) => dashboards(grafana, context, signal),
    },
    {
      id: 'panels',
      link: "panels' queries",
      needs: ['data-source'],
      timeLimitSeconds: 30,
      look: (signal) => panels(grafana, context, signal),
    },
  ];
}

const healthSchema = z.object({ database: z.string(), version: z.string().default('unknown') });

async function answers(grafana: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { database, version } = await askJson(
    withoutCredentials(grafana),
    '/api/health',
    healthSchema,
    context,
    { signal },
  );
  return database === 'ok'
    ? ok(`version ${version} at ${grafana.url}`)
    : broken(`its database is ${database}`, 'the log of Grafana has the reason');
}

async function access(grafana: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  if (grafana.auth === undefined)
    return skipped(
      'not checked: no credentials for Grafana (of a stack, they are in its state; else GRAFANA_AUTH)',
    );
  const { status, text } = await ask(grafana, '/api/org', context, { signal });
  // Only 401 means wrong credentials, and that has been thrown.
  return status === 200 || status === 403
    ? ok(
        context.subject.managed.grafana
          ? 'the password of the state is accepted'
          : 'the credentials are accepted',
      )
    : broken(`${grafana.url}/api/org answers ${status}: ${printable(text).slice(0, 200)}`, grafana.hint);
}

/** What `scripts/up` needs of a Grafana that the stack does not run; undefined elsewhere. */
function planOf({ subject: { stack, dashboards: sources } }: Context): GrafanaPlan | undefined {
  if (stack === undefined || stack.settings.grafana.mode !== 'external') return undefined;
  const source = dataSourceOf(stack.settings);
  if (source === undefined) return undefined;
  return { settings: stack.settings.grafana, dataSource: source, dashboards: sources, state: stack.state };
}

async function mayDeploy(plan: GrafanaPlan, { fetch }: Context, signal: AbortSignal): Promise<Finding> {
  const problems = await grafanaProblems(plan, { fetch, signal });
  return problems.length === 0
    ? ok('the token may create what the stack needs, and nothing of its uids is somebody else’s')
    : broken(problems.join('\n'), 'scripts/up will refuse to start until then');
}

const dataSourceSchema = z.object({ type: z.string(), name: z.string(), url: z.string().default('') });
const messageSchema = z.object({ message: z.string().default(''), status: z.string().optional() });

async function dataSource(grafana: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { dataSource: wanted, managed } = context.subject;
  if (wanted === undefined) return skipped('no data source is expected');
  const mend = managed.grafana
    ? 'scripts/up creates it again'
    : 'scripts/up, or create a data source of the type Prometheus with this uid (docs/anywhere.md)';
  const path = `/api/datasources/uid/${encodeURIComponent(wanted.uid)}`;
  const { status, text } = await ask(grafana, path, context, { signal });
  if (status === 404)
    return broken(`Grafana has no data source with the uid ${wanted.uid}: every panel shows "No data"`, mend);
  // An Editor may query data sources and not read them; the queries of the dashboards tell then.
  const found = dataSourceSchema.safeParse(jsonOf(text));
  if (status === 200 && found.success) {
    if (found.data.type !== 'prometheus')
      return broken(
        `the data source ${found.data.name} is of the type ${found.data.type}, not prometheus`,
        mend,
      );
    if (wanted.url !== undefined && found.data.url.replace(/\/$/, '') !== wanted.url)
      return broken(
        `the data source ${found.data.name} asks ${found.data.url}, and should ask ${wanted.url}`,
        mend,
      );
  }
  return dataSourceAnswers(grafana, wanted.uid, found.data?.url ?? '', context, signal);
}

/** Grafana's own "Save & test". */
async function dataSourceAnswers(
  grafana: Server,
  uid: string,
  url: string,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}/health`;
  const { status, text } = await ask(grafana, path, context, { signal });
  // Releases without this path, and tokens that may not ask it.
  if (status === 404 || status === 403)
    return ok(`uid ${uid}; its own test is not available, the panels tell`);
  const { data } = messageSchema.safeParse(jsonOf(text));
  if (status === 200 && data?.status !== 'ERROR')
    return ok(`uid ${uid} reaches Prometheus${url === '' ? '' : ` at ${url}`}`);
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return broken(
    `Grafana does not reach Prometheus${url === '' ? '' : ` at ${url}`}: ${printable(data?.message ?? text).slice(0, 300)}`,
    isLoopback(host)
      ? `${host} is Grafana's own machine or container: use the name that Prometheus has on their network (http://prometheus:9090 in the stack), or the address of its host`
      : 'both must be on one network, and the name must be known to Grafana; credentials are those of prometheus.auth',
  );
}

const dashboardSchema = z.object({ dashboard: z.looseObject({}) });

async function dashboards(grafana: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { subject } = context;
  const mend =
    subject.stack === undefined ? 'import it from dashboards/generated/ (docs/dashboards.md)' : 'scripts/up';
  const looks = await Promise.all(
    subject.dashboards.map(async ({ uid, title, json }) => {
      const { status, text } = await ask(grafana, `/api/dashboards/uid/${uid}`, context, { signal });
      if (status === 404) return { title, problem: 'missing' as const };
      const found = dashboardSchema.safeParse(jsonOf(text));
      if (status !== 200 || !found.success)
        return { title, problem: 'refused' as const, why: `answer ${status}` };
      const why = firstDifference(JSON.parse(json), found.data.dashboard);
      return why === undefined ? { title } : { title, problem: 'edited' as const, why };
    }),
  );
  const missing = looks.filter(({ problem }) => problem === 'missing').map(({ title }) => title);
  if (missing.length > 0) return broken(`Grafana has no dashboard ${missing.join(', ')}`, mend);
  const refused = looks.filter(({ problem }) => problem === 'refused');
  if (refused.length > 0)
    return broken(
      `dashboards cannot be read: ${refused.map(({ title, why }) => `${title} (${why})`).join(', ')}`,
      'give the service account the role Editor, or dashboards:read and folders:read',
    );
  const edited = looks.filter(({ problem }) => problem === 'edited');
  if (edited.length === 0) return ok(`all ${looks.length} dashboards are there, as in this checkout`);
  const sentence = listed(
    `${counted(edited.length, 'dashboard')} not as in this checkout (edited by hand, or of another version)`,
    edited.map(({ title, why }) => `${title}: ${why}`),
  );
  return subject.stack === undefined
    ? warning(sentence, `unless that is on purpose: ${mend}`)
    : broken(
        sentence,
        'scripts/up overwrites them; to keep a change, save the dashboard under another name and uid first',
      );
}

async function panels(grafana: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { dashboards: sources, dataSource: source } = context.subject;
  if (grafana.auth === undefined || source === undefined) return skipped('no credentials or no data source');
  try {
    const { answered, empty } = await checkQueries(
      { address: grafana.url, authorization: authorizationOf(grafana.auth), dataSourceUid: source.uid },
      sources,
      { fetch: context.fetch, signal },
    );
    return ok([`all ${answered} queries are answered through Grafana`, ...explainEmpty(empty)].join('\n'));
  } catch (error) {
    if (!(error instanceof Failure) || error.hints.length === 0) throw error;
    return broken(
      listed(`${counted(error.hints.length, 'query', 'queries')} of panels fail`, error.hints),
      'parse errors: rules and dashboards are of another version than Prometheus (2.42 or newer); else see the data source',
    );
  }
}
