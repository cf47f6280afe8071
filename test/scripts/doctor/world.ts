import type { ExecutionContext } from 'ava';
import { alertmanagerJob } from '../../../infra/render/alertmanager.ts';
import { dashboardSources, dataSourceUid, ruleFiles } from '../../../infra/render/content.ts';
import { runDoctor } from '../../../scripts/lib/doctor/doctor.ts';
import type { Report } from '../../../scripts/lib/doctor/report.ts';
import { standaloneSubject } from '../../../scripts/lib/doctor/standalone.ts';
import { Interruption } from '../../../scripts/lib/terminal/process.ts';
import type { Served } from '../../support/served.ts';
import { serve } from '../../support/served.ts';

/** The servers of the chain on loopback, all sound, for tests that break one of them. */

/** What a path answers; texts as they are, everything else as JSON. */
export type Page = unknown | { readonly status: number; readonly body: unknown };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | undefined;
}

export interface WorldServer extends Served {
  /** By path without its query; a test changes them. */
  readonly pages: Map<string, Page>;
  /** How far its clock is ahead, in milliseconds. */
  aheadMs: number;
  /** The credentials that it asks for. */
  authorization: string | undefined;
  readonly asked: Asked[];
}

function isAnswer(page: Page): page is { readonly status: number; readonly body: unknown } {
  return typeof page === 'object' && page !== null && 'status' in page && 'body' in page;
}

export async function worldServer(
  t: ExecutionContext,
  pages: Readonly<Record<string, Page>>,
  other: (path: string, query: URLSearchParams, body: string) => Page = () => undefined,
): Promise<WorldServer> {
  const known = new Map(Object.entries(pages));
  const asked: Asked[] = [];
  const state = { aheadMs: 0, authorization: undefined as string | undefined };
  const served = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({
        method: request.method ?? '',
        path: request.url ?? '',
        body,
        authorization: request.headers.authorization,
      });
      response.setHeader('date', new Date(standingNow() + state.aheadMs).toUTCString());
      const page = known.has(pathname) ? known.get(pathname) : other(pathname, searchParams, body);
      const open = pathname === '/api/health';
      if (
        state.authorization !== undefined &&
        !open &&
        request.headers.authorization !== state.authorization
      ) {
        response.writeHead(401).end('{"message":"unauthorized"}');
        return;
      }
      const answer = isAnswer(page)
        ? page
        : { status: page === undefined ? 404 : 200, body: page ?? 'not found' };
      response.writeHead(answer.status);
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  t.teardown(served.close);
  return Object.assign(state, { ...served, pages: known, asked });
}

/**
 * The clock of all servers and of the doctor, which stands still: what one server is behind another is then no matter of how
 * long a request takes.
 */
const startedMs = Date.now();
export const standingNow = (): number => startedMs;

const nowSeconds = () => Math.floor(standingNow() / 1000);

/** Lines of the exporter's page; a test takes some out or puts others in. */
export function exporterLines(): string[] {
  return [
    'balance_alert_build_info{version="1.0.0",revision="abc1234",nodeversion="v24",tzdata="2026a"} 1',
    'balance_alert_config_last_reload_successful 1',
    'balance_alert_storage_write_failures_total 0',
    'balance_alert_entry_render_failures_total{kind="account"} 0',
    ...['first', 'second'].flatMap((project) => [
      `balance_alert_account_up{project="${project}",provider="demo"} 1`,
      `balance_alert_account_last_check_timestamp_seconds{project="${project}",provider="demo"} ${nowSeconds() - 60}`,
      `balance_alert_account_check_interval_seconds{project="${project}",provider="demo"} 600`,
      `balance_alert_account_check_failures_total{project="${project}",provider="demo",reason="auth"} 0`,
    ]),
    'balance_alert_mailbox_up{mailbox="billing"} 1',
    'balance_alert_mailbox_scan_failures_total{mailbox="billing",reason="auth"} 0',
  ];
}

export const vector = (...samples: readonly (readonly [Readonly<Record<string, string>>, number])[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: samples.map(([metric, value]) => ({ metric, value: [nowSeconds(), String(value)] })),
  },
});

/** The rules as Prometheus gives them back. */
export function loadedGroups() {
  return ruleFiles({ status: 'http://elsewhere', grafana: 'http://elsewhere' }).flatMap(({ groups }) =>
    groups.map(({ name, rules }) => ({
      name,
      interval: 60,
      lastEvaluation: new Date().toISOString(),
      rules: rules.map((rule) => ({
        name: rule.alert ?? rule.record ?? '',
        query: rule.expr,
        duration: secondsOf(rule.for ?? '0s'),
        labels: rule.labels ?? {},
        annotations: rule.annotations ?? {},
        health: 'ok',
        lastError: '',
      })),
    })),
  );
}

function secondsOf(text: string): number {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0),
    0,
  );
}

export interface World {
  readonly exporter: WorldServer;
  readonly status: WorldServer;
  readonly prometheus: WorldServer;
  readonly alertmanager: WorldServer;
  readonly grafana: WorldServer;
  /** Answers of Prometheus by a part of the expression; the first that fits. */
  readonly queries: [RegExp, unknown][];
}

export async function soundWorld(t: ExecutionContext): Promise<World> {
  const queries: [RegExp, unknown][] = [
    [/^up\{job="balance-alert"\} == 1 unless/, vector()],
    [/prometheus_notifications_errors_total/, vector([{}, 0])],
    [/ALERTS\{alertname="BalanceAlertWatchdog"/, vector([{ alertname: 'BalanceAlertWatchdog' }, 1])],
    [new RegExp(`job="${alertmanagerJob}"`), vector()],
    [/./, vector([{}, 1])],
  ];
  const exporter = await worldServer(t, {
    '/metrics': exporterLines().join('\n'),
    '/-/ready': 'ready\n',
    '/-/healthy': 'healthy\n',
  });
  const status = await worldServer(t, {
    '/api/v1/status': { config: { errors: [] }, accounts: [], mailboxes: [] },
  });
  const prometheus = await worldServer(
    t,
    {
      '/-/healthy': 'healthy',
      '/api/v1/targets': {
        data: {
          activeTargets: [
            {
              labels: { job: 'balance-alert' },
              scrapeUrl: 'http://exporter:9100/metrics',
              health: 'up',
              lastError: '',
            },
          ],
        },
      },
      '/api/v1/rules': { data: { groups: loadedGroups() } },
      '/api/v1/alertmanagers': {
        data: { activeAlertmanagers: [{ url: 'http://alertmanager:9093/api/v2/alerts' }] },
      },
      '/api/v1/status/buildinfo': { data: { version: '3.16.0', goVersion: 'go1.26' } },
    },
    (path, query) =>
      path === '/api/v1/query'
        ? queries.find(([pattern]) => pattern.test(query.get('query') ?? ''))?.[1]
        : undefined,
  );
  const alertmanager = await worldServer(t, {
    '/-/healthy': 'OK',
    '/api/v2/status': { versionInfo: { version: '0.35.0' } },
    '/api/v2/alerts': [{ labels: { alertname: 'BalanceAlertWatchdog' } }],
    '/metrics': [
      'alertmanager_config_last_reload_successful 1',
      'alertmanager_config_hash 1.2345e+13',
      'alertmanager_notifications_total{integration="slack",receiver_name="ops"} 5',
      'alertmanager_notifications_failed_total{integration="slack",reason="other",receiver_name="ops"} 0',
    ].join('\n'),
  });
  const grafana = await worldServer(
    t,
    {
      '/api/health': { database: 'ok', version: '13.2.3' },
      '/api/org': { id: 1 },
      [`/api/datasources/uid/${dataSourceUid}`]: {
        type: 'prometheus',
        name: 'Prometheus',
        url: 'http://prometheus:9090',
      },
      [`/api/datasources/uid/${dataSourceUid}/health`]: { status: 'OK', message: 'Successfully queried' },
      ...Object.fromEntries(
        dashboardSources('en').map(({ uid, json }) => [
          `/api/dashboards/uid/${uid}`,
          { dashboard: { ...JSON.parse(json), id: 7, version: 3 }, meta: {} },
        ]),
      ),
    },
    (path, _query, body) => (path === '/api/ds/query' ? panelAnswer(body) : undefined),
  );
  return { exporter, status, prometheus, alertmanager, grafana, queries };
}

/** A value for each query that Grafana is asked. */
function panelAnswer(body: string): unknown {
  const { queries } = JSON.parse(body) as { queries: { refId: string }[] };
  return {
    results: Object.fromEntries(
      queries.map(({ refId }) => [refId, { frames: [{ data: { values: [[1], [1]] } }] }]),
    ),
  };
}

export interface Examined {
  readonly code: number;
  readonly report: Report;
  readonly text: string;
  /** Ids of broken links, in order. */
  readonly broken: readonly string[];
  readonly find: (id: string) => Report['checks'][number];
}

/** What `scripts/doctor` reports of servers without a stack. */
export async function examineWorld(
  world: Pick<World, 'exporter'> & Partial<World>,
  {
    environment = { GRAFANA_AUTH: 'glsa_token-of-grafana' },
    now = standingNow,
  }: { readonly environment?: Readonly<Record<string, string>>; readonly now?: () => number } = {},
): Promise<Examined> {
  const { exporter, status, prometheus, alertmanager, grafana } = world;
  const urls = Object.fromEntries(
    Object.entries({ exporter, status, prometheus, alertmanager, grafana }).flatMap(([name, server]) =>
      server === undefined ? [] : [[name, server.url]],
    ),
  );
  let json = '';
  const code = await runDoctor({
    root: '/',
    environment: {},
    console: { step: () => undefined, line: () => undefined, warn: () => undefined },
    interruption: new Interruption(() => undefined),
    fetch,
    now,
    writeJson: (text) => {
      json += text;
    },
    target: { kind: 'servers', subject: standaloneSubject({ urls, dataSourceUid: undefined, environment }) },
  });
  return examined(code, json);
}

export function examined(code: number, text: string): Examined {
  const report = JSON.parse(text) as Report;
  return {
    code,
    report,
    text,
    broken: report.checks.filter(({ status }) => status === 'broken').map(({ id }) => id),
    find: (id) => {
      const found = report.checks.find((check) => check.id === id);
      if (found === undefined) throw new Error(`no check ${id}`);
      return found;
    },
  };
}

/** What a report says of a link that was broken on purpose. */
export interface Named {
  /** The link that is named. */
  readonly link: string;
  readonly detail: RegExp;
  readonly todo: RegExp;
  /** What hangs on it. */
  readonly waiting?: readonly string[] | undefined;
  /** Links that are broken with it. */
  readonly also?: readonly string[] | undefined;
  /** What is said of those that hang on it, where some are not checked for a reason of their own. */
  readonly why?: RegExp | undefined;
}

export function assertNamed(
  t: ExecutionContext,
  found: Examined,
  { link, detail, todo, waiting = [], also = [], why = /^not checked: waits for / }: Named,
): void {
  t.is(found.code, 1);
  t.false(found.report.ok);
  t.is(found.report.first_broken, link, found.text);
  t.deepEqual(found.broken, [link, ...also]);
  const check = found.find(link);
  t.regex(check.detail, detail);
  t.true(
    check.todo.some((line) => todo.test(line)),
    check.todo.join('\n'),
  );
  for (const id of waiting) {
    t.is(found.find(id).status, 'skipped', id);
    t.regex(found.find(id).detail, why);
  }
}

/** Prometheus cannot scrape the exporter. */
export function targetIs(world: World, lastError: string): void {
  world.prometheus.pages.set('/api/v1/targets', {
    data: {
      activeTargets: [
        {
          labels: { job: 'balance-alert' },
          scrapeUrl: 'http://exporter:9100/metrics',
          health: 'down',
          lastError,
        },
      ],
    },
  });
}
