import anyTest from 'ava';
import { MonitoringStack } from '../../infra/components/monitoring-stack.ts';
import type { DashboardSource } from '../../infra/render/content.ts';
import type { Registered } from './registrations.ts';
import { clear, find, registrationsOf } from './registrations.ts';
import { settingsOf } from './settings/source.ts';

/** One process has one monitor, so these run one after the other. */
const test = anyTest.serial;

const dashboards: readonly DashboardSource[] = [
  { uid: 'one', title: 'One', json: '{"uid":"one"}', queries: [] },
  { uid: 'two', title: 'Two', json: '{"uid":"two"}', queries: [] },
];
const rules = [{ file: 'a.yaml', text: 'groups: []\n' }];

/** What the whole stack registers with a configuration. */
function stackOf(...args: Parameters<typeof settingsOf>): Promise<readonly Registered[]> {
  return registrationsOf(() => {
    new MonitoringStack('s', { settings: settingsOf(...args), rules, dashboards });
  });
}

test('every child has a parent, and every resource of the engine its provider', async (t) => {
  const all = await stackOf();
  const stack = find(all, 's').urn;
  const engine = find(all, 's-engine');
  for (const one of all) {
    if (one.name !== 's') t.not(one.parent, '', one.name);
    if (one.type.startsWith('docker:'))
      t.is(one.provider.split('::').slice(0, -1).join('::'), engine.urn, one.name);
  }
  for (const name of ['s-engine', 's-network', 's-exporter', 's-prometheus', 's-alertmanager', 's-grafana']) {
    t.is(find(all, name).parent, stack);
  }
});

test('both halves of the plugin are told the engine', async (t) => {
  t.deepEqual(find(await stackOf(), 's-engine').inputs, { host: 'unix:///var/run/docker.sock' });
});

test('what gets to the engine is secret in the provider, where it is one', async (t) => {
  const values = {
    'docker:host': 'tcp://127.0.0.1:2376',
    'docker:caMaterial': 'ca',
    'docker:certMaterial': 'certificate',
    'docker:keyMaterial': 'private-key',
    'docker:registryAuth': [{ address: 'r.example', username: 'u', password: 'registry-password' }],
  };
  const { inputs } = find(await stackOf(values, { secretKeys: new Set(['docker:keyMaterial']) }), 's-engine');
  t.true(JSON.stringify(inputs).includes('private-key'));
  t.deepEqual(clear(inputs), {
    host: 'tcp://127.0.0.1:2376',
    caMaterial: '[secret]',
    certMaterial: '[secret]',
    keyMaterial: '[secret]',
    registryAuth: '[secret]',
  });
});

test('fixed names are given back before they are taken', async (t) => {
  const all = await stackOf();
  for (const one of all.filter(
    ({ type }) => /:(Container|Network|Volume)$/.test(type) && type.startsWith('docker:'),
  )) {
    t.true(one.deleteBeforeReplace, one.name);
  }
});

test('containers wait for the network and the volume that they are given', async (t) => {
  const all = await stackOf();
  const network = find(all, 's-network-bridge').urn;
  for (const service of ['exporter', 'prometheus', 'alertmanager', 'grafana']) {
    const { dependencies } = find(all, `s-${service}-container`);
    t.true(dependencies.includes(network));
    t.true(dependencies.includes(find(all, `s-${service}-data`).urn));
  }
});

test('volumes are never replaced for their labels, and Grafana’s is for another password', async (t) => {
  const all = await stackOf();
  const volumes = all.filter(({ type }) => type === 'docker:index/volume:Volume');
  t.deepEqual(
    Object.fromEntries(
      volumes.map(({ name, ignoreChanges, replaceWith }) => [name, [ignoreChanges, replaceWith]]),
    ),
    {
      's-exporter-data': [['labels'], []],
      's-prometheus-data': [['labels'], []],
      's-alertmanager-data': [['labels'], []],
      's-grafana-data': [['labels'], [find(all, 's-grafana-generation').urn]],
    },
  );
  t.true(JSON.stringify(find(all, 's-grafana-generation').inputs).includes('random-password'));
  t.false(JSON.stringify(clear(find(all, 's-grafana-generation').inputs)).includes('random-password'));
});

test('what is in Grafana is made again with its volume, and goes with it', async (t) => {
  const all = await stackOf();
  const volume = find(all, 's-grafana-data').urn;
  for (const one of all.filter(({ type }) => type.startsWith('grafana:oss'))) {
    t.is(one.deletedWith, volume, one.name);
    t.deepEqual(one.replaceWith, [volume], one.name);
  }
});

test('Grafana’s provider knows its address at preview and never retries a wrong password', async (t) => {
  const all = await stackOf();
  const { inputs, dependencies } = find(all, 's-grafana-api');
  t.deepEqual(clear(inputs), {
    url: 'http://127.0.0.1:3000',
    auth: '[secret]',
    retries: '10',
    retryWait: '3',
    retryStatusCodes: '["429","5xx"]',
  });
  t.true(JSON.stringify(inputs).includes('admin:random-password'));
  t.true(dependencies.includes(find(all, 's-grafana-container').urn));
});

test('a given password is used as it is, and none is made', async (t) => {
  const all = await stackOf(
    { grafana: { adminPassword: 'given-password' } },
    { secretKeys: new Set(['balance-alert:grafana']) },
  );
  t.false(all.some(({ type }) => type.startsWith('random:index/randomPassword')));
  const whole = all.map(({ inputs }) => inputs);
  t.true(JSON.stringify(find(all, 's-grafana-container').inputs).includes('given-password'));
  t.false(JSON.stringify(clear(whole)).includes('given-password'));
});

test('secrets reach the exporter as files that are secret, with the account file beside them', async (t) => {
  const account =
    'mailboxes:\n  - { name: m, host: imap.example.com, user: u, password: { secret: MAIL } }\n';
  const all = await stackOf(
    { secrets: { MAIL: 'mail-password' } },
    { secretKeys: new Set(['balance-alert:secrets']), files: { '/checkout/balance-alert.yaml': account } },
  );
  const { inputs } = find(all, 's-exporter-container');
  t.true(JSON.stringify(inputs['uploads']).includes('/run/secrets/MAIL'));
  t.false(JSON.stringify(clear(all.map((one) => one.inputs))).includes('mail-password'));
});

test('the status page leads to this stack’s Grafana and Prometheus, in its language', async (t) => {
  const all = await stackOf({ language: 'zh', publicUrls: { grafana: 'https://ops.example/grafana' } });
  t.deepEqual(find(all, 's-exporter-container').inputs['envs'], [
    'BALANCE_ALERT_WEB_DASHBOARD_URL=https://ops.example/grafana/d/balance-alert',
    'BALANCE_ALERT_WEB_LANGUAGE=zh',
    'BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL=http://prometheus:9090',
    'BALANCE_ALERT_WEB_PROMETHEUS_URL=http://127.0.0.1:9090',
  ]);
});

test('a given image is fetched and not built', async (t) => {
  const all = await stackOf({ images: { exporter: 'registry.example/balance-alert:1.2.3' } });
  t.false(all.some(({ type }) => type === 'docker:index/image:Image'));
  t.deepEqual(find(all, 's-exporter-image').inputs, {
    name: 'registry.example/balance-alert:1.2.3',
    keepLocally: true,
  });
  t.is(find(all, 's-exporter-container').inputs['image'], 'sha256:fetched');
});

test('a built image is used by its id, so that another build replaces the container', async (t) => {
  t.is(find(await stackOf(), 's-exporter-container').inputs['image'], 'sha256:built');
});

test('Prometheus gets its configuration, its rules and those of the user', async (t) => {
  const files = {
    '/checkout/balance-alert.yaml': 'accounts: [{ name: a, provider: demo }]\n',
    '/checkout/mine.yaml': 'groups: []\n',
  };
  const all = await stackOf({ prometheus: { extraRules: ['mine.yaml'], retention: '90d' } }, { files });
  const { inputs } = find(all, 's-prometheus-container');
  const uploads = inputs['uploads'];
  t.deepEqual(
    Array.isArray(uploads)
      ? uploads.map((upload: { file: string; permissions: string }) => [upload.file, upload.permissions])
      : [],
    [
      ['/etc/prometheus/prometheus.yml', '0444'],
      ['/etc/prometheus/rules/a.yaml', '0444'],
      ['/etc/prometheus/extra-rules/mine.yaml', '0444'],
    ],
  );
  // The pinned release takes it from the configuration; its flags are deprecated.
  t.regex(JSON.stringify(uploads), /storage:\\n {2}tsdb:\\n {4}retention:\\n {6}time: 90d\\n/);
  t.false(JSON.stringify(inputs['command']).includes('retention'));
  const before = await stackOf({
    prometheus: { retention: '90d' },
    images: { prometheus: 'prom/prometheus:v2.42.0' },
  });
  const { inputs: old } = find(before, 's-prometheus-container');
  t.true(JSON.stringify(old['command']).includes('--storage.tsdb.retention.time=90d'));
  t.false(JSON.stringify(old['uploads']).includes('retention'));
});

test('a credential in a job of the user makes the whole configuration of Prometheus secret', async (t) => {
  const values = {
    prometheus: { extraScrapeConfigs: [{ job_name: 'x', authorization: { credentials: 'job-token' } }] },
  };
  const all = await stackOf(values, { secretKeys: new Set(['balance-alert:prometheus']) });
  const { inputs } = find(all, 's-prometheus-container');
  t.true(JSON.stringify(inputs).includes('job-token'));
  t.false(JSON.stringify(clear(inputs)).includes('job-token'));
});

test('credentials of a storage that samples are sent to are secret files, and not in the configuration', async (t) => {
  const values = {
    prometheus: {
      remoteWrite: [{ url: 'https://mimir.example/api/v1/push', bearerToken: 'token-of-the-storage' }],
    },
  };
  const all = await stackOf(values, { secretKeys: new Set(['balance-alert:prometheus']) });
  const { uploads } = find(all, 's-prometheus-container').inputs;
  const files = Array.isArray(uploads) ? uploads.map((one: { file: string }) => one.file) : [];
  t.true(files.includes('/etc/prometheus/secrets/remote-write-1'));
  t.is(JSON.stringify(uploads).split('token-of-the-storage').length, 2);
  t.false(JSON.stringify(clear(uploads)).includes('token-of-the-storage'));
});

test('names and labels follow prefix and stack', async (t) => {
  const all = await stackOf({ namePrefix: 'team-a' });
  t.is(find(all, 's-network-bridge').inputs['name'], 'team-a');
  for (const service of ['exporter', 'prometheus', 'alertmanager', 'grafana']) {
    const { inputs } = find(all, `s-${service}-container`);
    t.is(inputs['name'], `team-a-${service}`);
    t.deepEqual(inputs['labels'], [
      { label: 'balance-alert.stack', value: 'test' },
      { label: 'balance-alert.component', value: service },
    ]);
  }
});

for (const [what, api, startInterval, isKept] of [
  ['is set where the engine has it', '1.44', '1s', false],
  ['is left out where the engine is too old for it', '1.41', undefined, false],
  ['stays as it is where nobody asked the engine', undefined, undefined, true],
] as const) {
  test(`the interval of health checks during a start ${what}`, async (t) => {
    const all = await stackOf(
      {},
      { environment: api === undefined ? {} : { BALANCE_ALERT_ENGINE_API: api } },
    );
    const containers = all.filter(({ type }) => type === 'docker:index/container:Container');
    t.true(containers.length >= 4);
    for (const { name, inputs, ignoreChanges } of containers) {
      t.like(inputs, { healthcheck: { startInterval } }, name);
      t.is(ignoreChanges.includes('healthcheck.startInterval'), isKept, name);
    }
  });
}
