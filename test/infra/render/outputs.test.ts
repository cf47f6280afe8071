import test from 'ava';
import { stackAlertingConfig, stackOutputs } from '../../../infra/render/outputs.ts';
import { settingsOf } from '../settings/source.ts';

test('outputs follow the settings: public URLs for people, addresses for machines', (t) => {
  const settings = settingsOf(
    { publicUrls: { grafana: 'https://ops.example/grafana/' }, ports: { metrics: 19_100 } },
    { environment: { BALANCE_ALERT_ENGINE_ID: 'ABCD' } },
  );
  t.deepEqual(stackOutputs(settings, [{ file: 'balance-alert.accounts.yaml', text: '' }]), {
    urls: {
      status: 'http://127.0.0.1:8080',
      metrics: 'http://127.0.0.1:19100/metrics',
      prometheus: 'http://127.0.0.1:9090',
      alertmanager: 'http://127.0.0.1:9093',
      grafana: 'https://ops.example/grafana',
      grafanaApi: 'http://127.0.0.1:3000',
    },
    scrapeConfig:
      '- job_name: balance-alert\n  static_configs:\n    - targets:\n        - 127.0.0.1:19100\n  scrape_interval: 1m\n',
    rulesFiles: ['rules/generated/balance-alert.accounts.yaml'],
    engine: { host: 'unix:///var/run/docker.sock', id: 'ABCD' },
  });
});

test('where a Prometheus elsewhere sends alerts: to the Alertmanager that the stack runs, if it runs one', (t) => {
  t.is(
    stackAlertingConfig(settingsOf({ ports: { alertmanager: 19_093 } })),
    'alerting:\n  alertmanagers:\n    - static_configs:\n        - targets:\n            - 127.0.0.1:19093\n',
  );
  for (const alertmanager of [{ mode: 'none' }, { mode: 'external', url: 'http://alertmanager.example' }])
    t.is(stackAlertingConfig(settingsOf({ alertmanager })), undefined);
});

test('without an id of the engine, none is made up', (t) => {
  t.deepEqual(stackOutputs(settingsOf(), []).engine, { host: 'unix:///var/run/docker.sock' });
});
