import anyTest from 'ava';
import { MonitoringStack } from '../../infra/components/monitoring-stack.ts';
import { dashboardSources } from '../../infra/render/content.ts';
import { dataSourceOf } from '../../infra/render/data-source.ts';
import type { Registered } from './registrations.ts';
import { clear, find, registrationsOf } from './registrations.ts';
import { settingsOf } from './settings/source.ts';

/** The stack with parts that others run. One process has one monitor, so these run one after the other. */
const test = anyTest.serial;

const secretKeys = new Set([
  'balance-alert:prometheus',
  'balance-alert:grafana',
  'balance-alert:alertmanager',
]);

function stackOf(values: Readonly<Record<string, unknown>>): Promise<readonly Registered[]> {
  return registrationsOf(() => {
    const settings = settingsOf(values, { secretKeys });
    const dashboards = dashboardSources('en', {}, dataSourceOf(settings)?.uid).slice(0, 2);
    new MonitoringStack('s', { settings, rules: [], dashboards });
  });
}

const shortNames = (all: readonly Registered[]) =>
  all.filter(({ type }) => !type.startsWith('balance-alert:')).map(({ name }) => name);

const prometheus = {
  mode: 'external',
  url: 'https://prometheus.example',
  auth: { username: 'grafana', password: 'password-of-prometheus' },
};
const grafana = { mode: 'external', url: 'https://grafana.example', auth: 'glsa_service_account' };

test('with an external Prometheus everything else is made, and Grafana’s data source leads to it with its credentials', async (t) => {
  const all = await stackOf({ prometheus });
  t.false(shortNames(all).some((name) => name.startsWith('s-prometheus')));
  t.true(shortNames(all).includes('s-alertmanager-container'));
  const { inputs } = find(all, 's-grafana-prometheus');
  t.deepEqual(clear(inputs), {
    type: 'prometheus',
    name: 'Prometheus',
    uid: 'balance-alert-prometheus',
    url: 'https://prometheus.example',
    isDefault: true,
    jsonDataEncoded: '{"httpMethod":"GET","timeInterval":"1m"}',
    basicAuthEnabled: true,
    basicAuthUsername: 'grafana',
    secureJsonDataEncoded: '[secret]',
  });
  t.true(JSON.stringify(inputs).includes('password-of-prometheus'));
});

test('a bearer token for Prometheus becomes a secret header of the data source', async (t) => {
  const all = await stackOf({ prometheus: { ...prometheus, auth: { bearerToken: 'bearer-token' } } });
  const { inputs } = find(all, 's-grafana-prometheus');
  t.true(JSON.stringify(inputs).includes('Bearer bearer-token'));
  t.false(JSON.stringify(clear(inputs)).includes('bearer-token"'));
});

test('the digest asks the external Prometheus, with its credentials as a secret file', async (t) => {
  const all = await stackOf({
    prometheus,
    alertmanager: { receivers: { ops: { type: 'feishu', url: 'https://open.feishu.cn/hook/x' } } },
    digest: { day: 'monday', hour: 9, timeZone: 'UTC', channels: ['ops'] },
  });
  const uploads = JSON.stringify(clear(find(all, 's-relay-container').inputs['uploads']));
  t.true(uploads.includes('url: https://prometheus.example'));
  t.true(uploads.includes('secret: prometheus.password'));
  t.false(uploads.includes('password-of-prometheus'));
});

test('in an external Grafana exactly data source, folder and dashboards are made, and no password or container', async (t) => {
  const all = await stackOf({ grafana: { ...grafana, dataSourceUrl: 'http://10.0.0.5:9090' } });
  t.deepEqual(
    shortNames(all)
      .filter((name) => name.startsWith('s-grafana'))
      .toSorted(),
    [
      's-grafana-api',
      's-grafana-dashboard-balance-alert',
      's-grafana-dashboard-balance-alert-accounts',
      's-grafana-folder',
      's-grafana-prometheus',
    ],
  );
  t.deepEqual(clear(find(all, 's-grafana-api').inputs), {
    url: 'https://grafana.example',
    auth: '[secret]',
    retries: '3',
    retryStatusCodes: '["429","5xx"]',
  });
  const source = find(all, 's-grafana-prometheus').inputs;
  t.is(source['url'], 'http://10.0.0.5:9090');
  t.is(source['name'], 'balance-alert');
  t.is(source['isDefault'], false);
});

test('what is ours in an external Grafana is taken away by its own deletion, and never written over somebody else’s', async (t) => {
  const all = await stackOf({ grafana: { ...grafana, dataSourceUrl: 'http://10.0.0.5:9090' } });
  const inside = all.filter(({ type }) => type.startsWith('grafana:oss'));
  t.is(inside.length, 4);
  for (const one of inside) {
    t.is(one.deletedWith, '', one.name);
    t.false(one.retainOnDelete, one.name);
  }
  for (const one of inside.filter(({ type }) => type.endsWith(':Dashboard')))
    t.is(one.inputs['overwrite'], false, one.name);
});

test('a data source that an external Grafana has is used by its uid, and none is made', async (t) => {
  const all = await stackOf({ grafana: { ...grafana, dataSourceUid: 'their-prometheus' } });
  t.false(shortNames(all).includes('s-grafana-prometheus'));
  const { inputs } = find(all, 's-grafana-dashboard-balance-alert');
  t.true(String(inputs['configJson']).includes('"their-prometheus"'));
  t.false(String(inputs['configJson']).includes('balance-alert-prometheus'));
});

test('with both external, the exporter and Alertmanager are all that runs', async (t) => {
  const all = await stackOf({ prometheus, grafana });
  t.deepEqual(
    all
      .filter(({ type }) => type === 'docker:index/container:Container')
      .map(({ name }) => name)
      .toSorted(),
    ['s-alertmanager-container', 's-exporter-container'],
  );
  t.is(find(all, 's-grafana-prometheus').inputs['url'], 'https://prometheus.example');
});

test('without a Prometheus and a Grafana, the status page leads to neither', async (t) => {
  const all = await stackOf({ prometheus: { mode: 'none' }, grafana: { mode: 'none' } });
  t.deepEqual(find(all, 's-exporter-container').inputs['envs'], ['BALANCE_ALERT_WEB_LANGUAGE=en']);
  t.false(all.some(({ type }) => type.startsWith('grafana:') || type.startsWith('pulumi:providers:grafana')));
});
