import test from 'ava';
import { exporterEnvironment, exporterFiles } from '../../../infra/render/exporter.ts';

test('the account file is no secret, and each secret is a file of its name', (t) => {
  t.deepEqual(exporterFiles('accounts: []\n', { B_KEY: 'b', 'a.key': 'a' }), [
    { path: '/etc/balance-alert/config.yaml', content: 'accounts: []\n', secret: false },
    { path: '/run/secrets/B_KEY', content: 'b', secret: true },
    { path: '/run/secrets/a.key', content: 'a', secret: true },
  ]);
});

test('the status page is told where the dashboard and Prometheus are, and its language', (t) => {
  t.deepEqual(
    exporterEnvironment({
      dashboard: 'https://ops.example/grafana/d/balance-alert',
      prometheus: 'https://ops.example/prometheus',
      prometheusQuery: 'http://prometheus:9090',
      language: 'zh',
    }),
    {
      BALANCE_ALERT_WEB_DASHBOARD_URL: 'https://ops.example/grafana/d/balance-alert',
      BALANCE_ALERT_WEB_PROMETHEUS_URL: 'https://ops.example/prometheus',
      BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL: 'http://prometheus:9090',
      BALANCE_ALERT_WEB_LANGUAGE: 'zh',
    },
  );
});
