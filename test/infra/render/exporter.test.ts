import test from 'ava';
import { exporterCommand, exporterEnvironment, exporterFiles } from '../../../infra/render/exporter.ts';
import { prometheusQueryOf } from '../../../infra/render/prometheus-query.ts';
import { problemsOf, settingsOf } from '../settings/source.ts';

const serving = settingsOf().exporter;
const prometheusQuery = prometheusQueryOf(settingsOf());

test('the account file is no secret, and each secret is a file of its name', (t) => {
  t.deepEqual(
    exporterFiles({
      accounts: 'accounts: []\n',
      secrets: { B_KEY: 'b', 'a.key': 'a' },
      serving,
      prometheusQuery,
    }),
    [
      { path: '/etc/balance-alert/config.yaml', content: 'accounts: []\n', secret: false },
      { path: '/run/secrets/B_KEY', content: 'b', secret: true },
      { path: '/run/secrets/a.key', content: 'a', secret: true },
    ],
  );
});

test('the status page is told where the dashboard and Prometheus are, and its language', (t) => {
  t.deepEqual(
    exporterEnvironment(
      {
        dashboard: 'https://ops.example/grafana/d/balance-alert',
        prometheus: 'https://ops.example/prometheus',
        language: 'zh',
      },
      { serving, prometheusQuery },
      false,
    ),
    {
      BALANCE_ALERT_WEB_DASHBOARD_URL: 'https://ops.example/grafana/d/balance-alert',
      BALANCE_ALERT_WEB_PROMETHEUS_URL: 'https://ops.example/prometheus',
      BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL: 'http://prometheus:9090',
      BALANCE_ALERT_WEB_LANGUAGE: 'zh',
    },
  );
});

test('what the exporter offers beside its pages follows from the keys below exporter, and nothing does without them', (t) => {
  t.is(exporterCommand(serving), undefined);
  const secretKeys = new Set(['balance-alert:exporter']);
  const feedToken = 'f'.repeat(32);
  const { exporter } = settingsOf(
    { exporter: { mcp: 'true', allowedHosts: ['ops.example', 'localhost'], feedToken } },
    { secretKeys },
  );
  t.deepEqual(exporterCommand(exporter), [
    'serve',
    '--web.enable-mcp',
    '--web.allowed-host=ops.example',
    '--web.allowed-host=localhost',
  ]);
  const options = { accounts: '', secrets: {}, serving: exporter, prometheusQuery: undefined };
  t.deepEqual(exporterFiles(options).slice(1), [
    { path: '/etc/balance-alert/feed-token', content: feedToken, secret: true },
  ]);
  const links = { dashboard: undefined, prometheus: undefined, language: 'en' } as const;
  t.deepEqual(exporterEnvironment(links, options, false), {
    BALANCE_ALERT_WEB_FEED_TOKEN_FILE: '/etc/balance-alert/feed-token',
    BALANCE_ALERT_WEB_LANGUAGE: 'en',
  });
});

test('wrong keys below exporter are named, and a token in plain text is refused without being shown', (t) => {
  t.deepEqual(problemsOf({ exporter: { feedToken: 'short-secret', allowedHosts: ['Ops.example:8080'] } }), [
    'balance-alert:exporter.allowedHosts[0]: expected a host name in lower case and without port, such as status.example.com, got "Ops.example:8080"',
    'balance-alert:exporter.feedToken: expected 32 to 512 letters, digits or any of _ . ~ - (openssl rand -hex 32)',
  ]);
  t.deepEqual(problemsOf({ exporter: { feedToken: 'f'.repeat(32) } }), [
    'balance-alert:exporter.feedToken: stored in plain text in the stack file: set another one with --secret',
  ]);
});

test('the page asks an external Prometheus with its credentials, which stand in a secret file only', (t) => {
  const external = (auth: object) =>
    settingsOf(
      { prometheus: { mode: 'external', url: 'https://prometheus.example', auth } },
      { secretKeys: new Set(['balance-alert:prometheus']) },
    );
  const links = { dashboard: undefined, prometheus: undefined, language: 'en' } as const;
  for (const [auth, content] of [
    [{ username: 'u', password: 'p4ssword' }, 'basic_auth:\n  username: u\n  password: p4ssword\n'],
    [{ bearerToken: 't0ken' }, 'authorization:\n  credentials: t0ken\n'],
  ] as const) {
    const options = {
      accounts: '',
      secrets: {},
      serving,
      prometheusQuery: prometheusQueryOf(external(auth)),
    };
    t.deepEqual(exporterFiles(options).slice(1), [
      { path: '/etc/balance-alert/prometheus-query.yml', content, secret: true },
    ]);
    t.deepEqual(exporterEnvironment(links, options, false), {
      BALANCE_ALERT_WEB_LANGUAGE: 'en',
      BALANCE_ALERT_WEB_PROMETHEUS_QUERY_CONFIG_FILE: '/etc/balance-alert/prometheus-query.yml',
      BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL: 'https://prometheus.example',
    });
  }
});
