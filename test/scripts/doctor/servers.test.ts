import type { ExecutionContext } from 'ava';
import test from 'ava';
import { dashboardSources, dataSourceUid } from '../../../infra/render/content.ts';
import type { Named, World } from './world.ts';
import {
  assertNamed,
  examineWorld,
  exporterLines,
  loadedGroups,
  soundWorld,
  standingNow,
  targetIs,
  vector,
} from './world.ts';

/** Each link broken on purpose: `scripts/doctor` names it, says what to do, and fails. */

test('a sound setup has no broken link, and the exit code 0', async (t) => {
  const { code, report, broken } = await examineWorld(await soundWorld(t));
  t.deepEqual(broken, []);
  t.is(code, 0);
  t.true(report.ok);
  t.is(report.first_broken, null);
  t.deepEqual(
    report.checks.filter(({ status }) => status !== 'ok').map(({ id, detail }) => `${id}: ${detail}`),
    [],
  );
  t.deepEqual(
    report.checks.map(({ id }) => id),
    [
      'exporter',
      'account-file-loaded',
      'snapshot',
      'storage',
      'vendors',
      'mailboxes',
      'prometheus',
      'target',
      'job',
      'samples',
      'rules',
      'rule-evaluation',
      'grafana',
      'grafana-access',
      'data-source',
      'dashboards',
      'panels',
      'alertmanager',
      'alertmanager-configuration',
      'alerting',
      'channels',
      'versions',
      'clock',
    ],
  );
});

test('nothing is changed anywhere: every request but the panels’ queries is a GET', async (t) => {
  const world = await soundWorld(t);
  await examineWorld(world);
  const { exporter, status, prometheus, alertmanager, grafana } = world;
  const others = [exporter, status, prometheus, alertmanager, grafana].flatMap(({ asked }) =>
    asked.filter(({ method, path }) => method !== 'GET' && path !== '/api/ds/query'),
  );
  t.deepEqual(others, []);
});

interface Break extends Named {
  readonly title: string;
  readonly by: (world: World, t: ExecutionContext) => void | Promise<void>;
}

function page(world: World, ...changes: readonly (readonly [RegExp, string])[]): void {
  let text = exporterLines().join('\n');
  for (const [pattern, value] of changes) text = text.replace(pattern, value);
  world.exporter.pages.set('/metrics', text);
}

const overview = dashboardSources('en')[0];
const overviewPath = `/api/dashboards/uid/${overview?.uid}`;
const dataSourcePath = `/api/datasources/uid/${dataSourceUid}`;

const breaks: readonly Break[] = [
  {
    title: 'an exporter that is gone',
    by: async ({ exporter }) => exporter.close(),
    link: 'exporter',
    detail: /^exporter does not answer at http:\/\/127\.0\.0\.1:\d+: connection refused/,
    todo: /--exporter is how this machine reaches it/,
    waiting: ['account-file-loaded', 'snapshot', 'storage', 'vendors', 'mailboxes'],
  },
  {
    title: 'another program on the exporter’s port',
    by: ({ exporter }) => void exporter.pages.set('/metrics', 'node_exporter_build_info{version="1.9"} 1\n'),
    link: 'exporter',
    detail: /is not the exporter: it has node_exporter_build_info/,
    todo: /9100 is also the default of node_exporter/,
  },
  {
    title: 'the status page’s port in place of the metrics port',
    by: ({ exporter }) => void exporter.pages.delete('/metrics'),
    link: 'exporter',
    detail: /\/metrics answers 404/,
    todo: /8080 is the status page/,
  },
  {
    title: 'an account file that was not accepted by a reload',
    by: (world) => {
      page(world, [/reload_successful 1/, 'reload_successful 0']);
      world.status.pages.set('/api/v1/status', {
        config: { errors: ['balance-alert.yaml:3:5: accounts[0].provider: unknown'] },
        accounts: [],
        mailboxes: [],
      });
    },
    link: 'account-file-loaded',
    detail: /previous account file is still in use:\nbalance-alert\.yaml:3:5: accounts\[0\]\.provider/,
    todo: /--config\.check/,
  },
  {
    title: 'a poller that stands still',
    by: (world) =>
      page(world, [
        /(last_check_timestamp_seconds\{project="first",provider="demo"\}) \d+/,
        `$1 ${Math.floor(standingNow() / 1000) - 7200}`,
      ]),
    link: 'snapshot',
    detail: /^1 account not checked for more than 2 intervals:\nfirst: 120 min ago$/,
    todo: /restart it/,
  },
  {
    title: 'a storage that cannot be written',
    by: (world) => page(world, [/write_failures_total 0/, 'write_failures_total 3']),
    link: 'storage',
    detail: /^3 writes to --storage\.path failed/,
    todo: /full disk/,
  },
  {
    title: 'a vendor that refuses the key',
    by: (world) => {
      page(world, [
        /account_up\{project="first",provider="demo"\} 1/,
        'account_up{project="first",provider="openrouter"} 0',
      ]);
      world.status.pages.set('/api/v1/status', {
        config: { errors: [] },
        accounts: [{ name: 'first', failure: { reason: 'auth', message: 'answer 401: invalid key' } }],
        mailboxes: [],
      });
    },
    link: 'vendors',
    detail: /^the last check of 1 account of 2 failed:\nfirst: auth: answer 401: invalid key$/,
    todo: /^auth: the key is wrong/,
  },
  {
    title: 'a mailbox that cannot be read',
    by: (world) => page(world, [/mailbox_up\{mailbox="billing"\} 1/, 'mailbox_up{mailbox="billing"} 0']),
    link: 'mailboxes',
    detail: /^the last check of 1 mailbox of 1 failed:\nbilling: failed$/,
    todo: /docs\/mail\.md/,
  },
  {
    title: 'a Prometheus that is gone',
    by: async ({ prometheus }) => prometheus.close(),
    link: 'prometheus',
    detail: /^Prometheus does not answer/,
    todo: /--prometheus is how this machine reaches it/,
    waiting: ['target', 'job', 'samples', 'rules', 'rule-evaluation', 'data-source', 'panels', 'alerting'],
  },
  {
    title: 'a Prometheus that asks for a password',
    by: ({ prometheus }) => {
      prometheus.authorization = 'Basic x';
    },
    link: 'prometheus',
    detail: /asks for credentials \(answer 401\)/,
    todo: /set PROMETHEUS_AUTH/,
  },
  {
    title: 'a URL that is no Prometheus',
    by: ({ prometheus }) => void prometheus.pages.set('/api/v1/query', { status: 404, body: '<html>' }),
    link: 'prometheus',
    detail: /answers 404: expected the base URL of a Prometheus/,
    todo: /--prometheus/,
  },
  {
    title: 'a Prometheus that replays its log',
    by: ({ prometheus }) =>
      void prometheus.pages.set('/api/v1/query', { status: 503, body: 'Service Unavailable' }),
    link: 'prometheus',
    detail: /is not ready: Service Unavailable/,
    todo: /write-ahead log/,
  },
  ...(
    [
      ['an unknown name', 'dial tcp: lookup exporter on 127.0.0.11:53: no such host', /docs\/anywhere\.md/],
      [
        'a closed port',
        'dial tcp 127.0.0.1:9100: connect: connection refused',
        /localhost is the container itself/,
      ],
      [
        'a connection that is closed',
        'Get "http://web:9100/metrics": EOF',
        /another network, or TLS on one side/,
      ],
      ['a password', 'server returned HTTP status 401 Unauthorized', /add basic_auth/],
      ['another path or port', 'server returned HTTP status 404 Not Found', /metrics are on 9100/],
      ['a timeout', 'context deadline exceeded', /firewall/],
    ] as const
  ).map(
    ([title, lastError, todo]): Break => ({
      title: `a target that is down by ${title}`,
      by: (world) => targetIs(world, lastError),
      link: 'target',
      detail: /^1 target of the job balance-alert is down:\nhttp:\/\/exporter:9100\/metrics: /,
      todo,
      waiting: ['samples'],
    }),
  ),
  {
    title: 'a job of another name',
    by: ({ prometheus, queries }) => {
      prometheus.pages.set('/api/v1/targets', { data: { activeTargets: [] } });
      queries.unshift(
        [/^count by \(job\)/, vector([{ job: 'credit-monitor' }, 1])],
        [/^up\{job="balance-alert"\}$/, vector()],
      );
    },
    link: 'target',
    detail: /is scraped by the job credit-monitor/,
    todo: /rename the job to balance-alert/,
  },
  {
    title: 'no job at all',
    by: ({ prometheus, queries }) => {
      prometheus.pages.set('/api/v1/targets', { data: { activeTargets: [] } });
      queries.unshift([/^count by \(job\)/, vector()], [/^up\{job="balance-alert"\}$/, vector()]);
    },
    link: 'target',
    detail: /^Prometheus has no job balance-alert$/,
    todo: /scripts\/scrape-config/,
  },
  {
    title: 'another job of the same name',
    by: ({ queries }) => void queries.unshift([/ == 1 unless/, vector([{ instance: 'db:9187' }, 1])]),
    link: 'job',
    detail: /also scrapes db:9187, which is no exporter of balance-alert/,
    todo: /rename that job/,
  },
  {
    title: 'a Prometheus that stores nothing any more',
    by: ({ queries }) => void queries.unshift([/^count\(balance_alert_build_info/, vector()]),
    link: 'samples',
    detail: /^the last sample of the exporter is older than five minutes$/,
    todo: /full disk/,
  },
  {
    title: 'rules that were never loaded',
    by: ({ prometheus, queries }) => {
      prometheus.pages.set('/api/v1/rules', { data: { groups: [] } });
      queries.unshift([/^ALERTS/, vector()]);
    },
    link: 'rules',
    detail: /rule groups not loaded:\nbalance-alert\.recording \(balance-alert\.recording\.yaml\)/,
    todo: /rule_files/,
    waiting: ['rule-evaluation', 'alerting'],
  },
  {
    title: 'a rule that fails',
    by: ({ prometheus }) => {
      const [first, ...others] = loadedGroups();
      const groups = [
        {
          ...first,
          rules: first?.rules.map((rule) => ({
            ...rule,
            health: 'err',
            lastError: 'found duplicate series',
          })),
        },
        ...others,
      ];
      prometheus.pages.set('/api/v1/rules', { data: { groups } });
    },
    link: 'rule-evaluation',
    detail: /rules? failing:\nbalance-alert\.recording \/ .*: found duplicate series/,
    todo: /one exporter too many/,
  },
  {
    title: 'rules that are not evaluated any more',
    by: ({ prometheus }) => {
      const groups = loadedGroups().map((group) => ({
        ...group,
        lastEvaluation: new Date(standingNow() - 600_000).toISOString(),
      }));
      prometheus.pages.set('/api/v1/rules', { data: { groups } });
    },
    link: 'rule-evaluation',
    detail: /not evaluated:\nbalance-alert\.recording: 6\d\d s ago/,
    todo: /overloaded/,
  },
  {
    title: 'a Grafana whose database is broken',
    by: ({ grafana }) => void grafana.pages.set('/api/health', { database: 'failing', version: '13.2.3' }),
    link: 'grafana',
    detail: /^its database is failing$/,
    todo: /log of Grafana/,
    waiting: ['grafana-access', 'data-source', 'dashboards', 'panels'],
  },
  {
    title: 'credentials that Grafana refuses',
    by: ({ grafana }) => {
      grafana.authorization = 'Bearer another';
    },
    link: 'grafana-access',
    detail: /refuses the credentials \(answer 401\)/,
    todo: /GRAFANA_AUTH/,
    waiting: ['data-source', 'dashboards', 'panels'],
  },
  {
    title: 'a data source that is not there',
    by: ({ grafana }) => void grafana.pages.set(dataSourcePath, { status: 404, body: {} }),
    link: 'data-source',
    detail: /no data source with the uid balance-alert-prometheus: every panel shows "No data"/,
    todo: /create a data source/,
    waiting: ['panels'],
  },
  {
    title: 'a data source of another type',
    by: ({ grafana }) => void grafana.pages.set(dataSourcePath, { type: 'loki', name: 'Logs' }),
    link: 'data-source',
    detail: /Logs is of the type loki/,
    todo: /Prometheus with this uid/,
  },
  {
    title: 'a data source at localhost of its container',
    by: ({ grafana }) => {
      grafana.pages.set(dataSourcePath, {
        type: 'prometheus',
        name: 'Prometheus',
        url: 'http://localhost:9090',
      });
      grafana.pages.set(`${dataSourcePath}/health`, {
        status: 400,
        body: { status: 'ERROR', message: 'dial tcp 127.0.0.1:9090: connection refused' },
      });
    },
    link: 'data-source',
    detail: /does not reach Prometheus at http:\/\/localhost:9090: dial tcp/,
    todo: /localhost is Grafana's own machine or container/,
  },
  {
    title: 'a dashboard that is not there',
    by: ({ grafana }) => void grafana.pages.delete(overviewPath),
    link: 'dashboards',
    detail: new RegExp(`^Grafana has no dashboard ${overview?.title}$`),
    todo: /dashboards\/generated/,
  },
  {
    title: 'a panel whose query is refused',
    by: ({ grafana }) =>
      void grafana.pages.set('/api/ds/query', {
        status: 400,
        body: { results: { A: { error: 'parse error' } } },
      }),
    link: 'panels',
    detail: /queries of panels fail:\n.* \/ .*\([A-Z]\): /,
    todo: /another version/,
  },
  {
    title: 'an Alertmanager that is gone',
    by: async ({ alertmanager }) => alertmanager.close(),
    link: 'alertmanager',
    detail: /^Alertmanager does not answer/,
    todo: /--alertmanager/,
    waiting: ['alertmanager-configuration', 'alerting', 'channels'],
  },
  {
    title: 'an Alertmanager that could not load its file',
    by: ({ alertmanager }) =>
      void alertmanager.pages.set('/metrics', 'alertmanager_config_last_reload_successful 0\n'),
    link: 'alertmanager-configuration',
    detail: /goes on with the previous one/,
    todo: /amtool check-config/,
  },
  {
    title: 'a Prometheus without an Alertmanager',
    by: ({ prometheus }) =>
      void prometheus.pages.set('/api/v1/alertmanagers', { data: { activeAlertmanagers: [] } }),
    link: 'alerting',
    detail: /^Prometheus knows no Alertmanager/,
    todo: /under `alerting`/,
  },
  {
    title: 'alerts that do not arrive in this Alertmanager',
    by: ({ alertmanager }) => void alertmanager.pages.set('/api/v2/alerts', []),
    link: 'alerting',
    detail: /BalanceAlertWatchdog fires there and is not in Alertmanager/,
    todo: /Prometheus sends to http:\/\/alertmanager:9093/,
  },
  {
    title: 'a receiver that takes nothing',
    by: ({ alertmanager }) =>
      void alertmanager.pages.set(
        '/metrics',
        [
          'alertmanager_notifications_total{integration="slack",receiver_name="ops"} 5',
          'alertmanager_notifications_failed_total{integration="slack",reason="clientError",receiver_name="ops"} 5',
          'alertmanager_notification_requests_total{integration="slack",receiver_name="ops"} 9',
          'alertmanager_notification_requests_failed_total{integration="slack",receiver_name="ops"} 9',
        ].join('\n'),
      ),
    link: 'channels',
    detail: /^notifications are not delivered:\nops: 5 notifications failed of 5 \(clientError\)$/,
    todo: /scripts\/test-alert --channel NAME/,
  },
  {
    title: 'a Prometheus that is too old',
    by: ({ prometheus }) =>
      void prometheus.pages.set('/api/v1/status/buildinfo', {
        data: { version: '2.37.9', goVersion: 'go1.18' },
      }),
    link: 'versions',
    detail: /Prometheus 2\.37\.9 is older than 2\.42\.0/,
    todo: /update it/,
  },
  {
    title: 'a Prometheus whose clock is two minutes behind',
    by: ({ prometheus }) => {
      prometheus.aheadMs = -120_000;
    },
    link: 'clock',
    detail: /^the clock of Prometheus is (119|120|121) s behind the others$/,
    todo: /NTP/,
  },
];

for (const { title, by, link, detail, todo, waiting } of breaks) {
  test(`${title} is named: ${link}`, async (t) => {
    const world = await soundWorld(t);
    await by(world, t);
    const found = await examineWorld(world);
    assertNamed(t, found, { link, detail, todo, waiting });
    t.false(found.text.includes('token-of-grafana'), 'a secret is in the report');
  });
}

test('lists of a server that several checks look at are asked for once', async (t) => {
  const world = await soundWorld(t);
  const found = await examineWorld(world);
  t.is(found.code, 0, found.text);
  for (const path of ['/api/v1/targets', '/api/v1/rules'])
    t.is(world.prometheus.asked.filter((one) => one.path.split('?')[0] === path).length, 1, path);
});

test('this machine’s clock two minutes behind is named, and not those that agree with each other', async (t) => {
  const found = await examineWorld(await soundWorld(t), { now: () => standingNow() - 120_000 });
  t.is(found.code, 1);
  t.true(found.broken.includes('clock'));
  t.regex(found.find('clock').detail, /^the clock of this machine is (119|120|121) s behind the others$/);
});

test('a rule that others changed is a warning where the stack does not run Prometheus', async (t) => {
  const world = await soundWorld(t);
  const groups = loadedGroups().map((group) => ({
    ...group,
    rules: group.rules.map((rule) =>
      rule.name === 'BalanceAlertExporterDown' ? { ...rule, duration: 60 } : rule,
    ),
  }));
  world.prometheus.pages.set('/api/v1/rules', { data: { groups } });
  const found = await examineWorld(world);
  t.is(found.code, 0);
  const { status, detail } = found.find('rules');
  t.is(status, 'warning');
  t.regex(detail, /balance-alert\.pipeline \/ BalanceAlertExporterDown: another "for" \(expected 5m\)/);
});

test('a receiver that failed and took other notifications is a warning, where no history tells when', async (t) => {
  const world = await soundWorld(t);
  world.alertmanager.pages.set(
    '/metrics',
    [
      'alertmanager_notifications_total{integration="slack",receiver_name="ops"} 5',
      'alertmanager_notifications_failed_total{integration="slack",reason="other",receiver_name="ops"} 1',
      'alertmanager_notification_requests_total{integration="slack",receiver_name="ops"} 9',
      'alertmanager_notification_requests_failed_total{integration="slack",receiver_name="ops"} 5',
    ].join('\n'),
  );
  const { code, find } = await examineWorld(world);
  t.is(code, 0);
  t.is(find('channels').status, 'warning');
  t.regex(find('channels').detail, /ops: 1 notification failed of 5 \(other\)$/);
});

test('VictoriaMetrics, which is written by an agent and whose rules vmalert evaluates, is sound', async (t) => {
  const world = await soundWorld(t);
  const unsupported = { status: 400, body: 'unsupported path requested' };
  for (const [path, page] of [
    ['/api/v1/targets', { data: { activeTargets: [] } }],
    ['/api/v1/rules', { data: { groups: [] } }],
    ['/api/v1/alertmanagers', unsupported],
    ['/api/v1/status/buildinfo', { status: 'success', data: { version: '2.24.0' } }],
  ] as const)
    world.prometheus.pages.set(path, page);
  const sound = await examineWorld(world);
  t.deepEqual(sound.broken, [], sound.text);
  t.is(sound.code, 0);
  world.alertmanager.pages.set('/api/v2/alerts', []);
  const { report, find } = await examineWorld(world);
  t.is(report.first_broken, 'alerting');
  t.true(find('alerting').todo.some((line) => line.includes('vmalert')));
});

test('a Prometheus that was just started lists no targets yet, which is a warning', async (t) => {
  const world = await soundWorld(t);
  world.prometheus.pages.set('/api/v1/targets', { data: { activeTargets: [] } });
  world.prometheus.pages.set('/api/v1/status/runtimeinfo', { data: { startTime: new Date().toISOString() } });
  world.queries.unshift([/^count by \(job\)/, vector()], [/^up\{job="balance-alert"\}$/, vector()]);
  const { code, find } = await examineWorld(world);
  t.is(code, 0);
  t.is(find('target').status, 'warning');
});

test('a storage without a list of targets is asked for the series', async (t) => {
  const world = await soundWorld(t);
  world.prometheus.pages.set('/api/v1/targets', { status: 404, body: 'unsupported path' });
  t.is((await examineWorld(world)).code, 0);
  world.queries.unshift([/^up\{job="balance-alert"\}$/, vector([{}, 0])]);
  t.is((await examineWorld(world)).report.first_broken, 'target');
});

test('the exporter alone can be examined', async (t) => {
  const { exporter } = await soundWorld(t);
  const found = await examineWorld({ exporter });
  t.is(found.code, 0);
  t.true(found.report.checks.every(({ status }) => status !== 'broken'));
});
