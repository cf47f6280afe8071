import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import anyTest from 'ava';
import { parse } from 'yaml';
import { loadHttpClientConfig } from '../../exporter/config/http-client-config.ts';
import { readRelayText } from '../../exporter/relay/config.ts';
import { loadWebConfig } from '../../exporter/web/access/load.ts';
import { MonitoringStack } from '../../infra/components/monitoring-stack.ts';
import { stackAlertingConfig, stackOutputs } from '../../infra/render/outputs.ts';
import type { Registered } from './registrations.ts';
import { clear, registrationsOf, unwrapped } from './registrations.ts';
import { settingsOf } from './settings/source.ts';

/** One process has one monitor, so these run one after the other. */
const test = anyTest.serial;

const secretKeys = new Set(['balance-alert:alertmanager']);
const receivers = { ops: { type: 'feishu', url: 'https://open.feishu.cn/open-apis/bot/v2/hook/token' } };
const values = {
  tls: 'true',
  bindAddress: '192.0.2.7',
  publicUrls: { status: 'https://status.example/balances' },
  alertmanager: { receivers },
  digest: { day: 'monday', hour: 9, timeZone: 'UTC', channels: ['ops'] },
};
const settings = () => settingsOf(values, { secretKeys });

const stack = (more: Readonly<Record<string, unknown>> = {}): Promise<readonly Registered[]> =>
  registrationsOf(() => {
    const dashboards = [{ uid: 'one', title: 'One', json: '{"uid":"one"}', queries: [] }];
    new MonitoringStack('s', {
      settings: settingsOf({ ...values, ...more }, { secretKeys }),
      rules: [],
      dashboards,
    });
  });

const inputsOf = (all: readonly Registered[], name: string) =>
  all.find((one) => one.name === name)?.inputs ?? {};

/** The files of a container by path; `secret` tells which of them stand in clear in the state. */
function filesOf(all: readonly Registered[], service: string) {
  const uploads = inputsOf(all, `s-${service}-container`)['uploads'];
  if (!Array.isArray(uploads)) throw new Error(`${service} has no files`);
  const texts = new Map<string, string>();
  const secret = new Set<string>();
  for (const upload of uploads) {
    const { file, content }: { file: string; content: unknown } = upload;
    if (typeof content !== 'string') secret.add(file);
    texts.set(file, String(unwrapped(content)));
  }
  return { texts, secret };
}

const services = ['exporter', 'prometheus', 'alertmanager', 'relay'];
const folder = '/etc/balance-alert/tls';

test('every server has a certificate for what it is called, and keys and passwords are secret', async (t) => {
  const all = await stack();
  for (const service of [...services, 'grafana']) {
    const { texts, secret } = filesOf(all, service);
    const certificate = new X509Certificate(texts.get(`${folder}/server.crt`) ?? '');
    for (const name of [service, `balance-alert-${service}`, 'localhost', 'status.example'])
      t.is(certificate.checkHost(name), name);
    for (const address of ['127.0.0.1', '::1', '192.0.2.7']) t.is(certificate.checkIP(address), address);
    t.true(secret.has(`${folder}/server.key`), service);
  }
  const text = JSON.stringify(clear(all));
  for (const word of ['PRIVATE KEY', 'random-password', '$2a$04$']) t.false(text.includes(word), word);
});

test('the programs themselves read what is rendered for them', async (t) => {
  const all = await stack();
  const place = await mkdtemp(join(tmpdir(), 'balance-alert-closed-'));
  t.teardown(() => rm(place, { recursive: true }));
  for (const service of services) {
    for (const [path, text] of filesOf(all, service).texts) {
      await writeFile(join(place, basename(path)), text.replaceAll(`${folder}/`, `${place}/`));
    }
    const web = loadWebConfig(join(place, 'web.yml'));
    if (!web.ok) return t.fail(web.errors.join('\n'));
    t.deepEqual([...web.config.users.keys()], ['admin', 'balance-alert']);
    t.not(web.config.tls, undefined);
    t.deepEqual(loadHttpClientConfig(join(place, 'client.yml')), {
      ok: true,
      config: {
        authorization: `Basic ${btoa('balance-alert:random-password')}`,
        caFile: join(place, 'ca.crt'),
      },
    });
  }
  const relay = readRelayText(
    'relay.yaml',
    filesOf(all, 'relay').texts.get('/etc/balance-alert/relay.yaml') ?? '',
    () => 'https://open.feishu.cn/x',
  );
  if (!relay.ok) return t.fail(relay.errors.join('\n'));
  t.deepEqual(relay.config.prometheus, {
    url: 'https://prometheus:9090',
    http_config_file: `${folder}/client.yml`,
  });
});

test('Prometheus asks everything over TLS with the services’ password, and sends alerts so', async (t) => {
  const { texts } = filesOf(await stack(), 'prometheus');
  const config = parse(texts.get('/etc/prometheus/prometheus.yml') ?? '');
  const client = {
    scheme: 'https',
    basic_auth: { username: 'balance-alert', password_file: `${folder}/password` },
    tls_config: { ca_file: `${folder}/ca.crt` },
  };
  t.deepEqual(
    config.scrape_configs,
    [
      ['balance-alert', 'exporter:9100'],
      ['prometheus', '127.0.0.1:9090'],
      ['alertmanager', 'alertmanager:9093'],
      ['balance-alert-relay', 'relay:9110'],
    ].map(([name, target]) => ({ job_name: name, ...client, static_configs: [{ targets: [target] }] })),
  );
  t.deepEqual(config.alerting.alertmanagers, [
    { ...client, static_configs: [{ targets: ['alertmanager:9093'] }] },
  ]);
});

test('Prometheus and Alertmanager are closed by their own web configuration, and Alertmanager reaches the relay', async (t) => {
  const all = await stack();
  for (const service of ['prometheus', 'alertmanager']) {
    const { command } = inputsOf(all, `s-${service}-container`);
    t.true(JSON.stringify(command).includes(`"--web.config.file=${folder}/web.yml"`), service);
  }
  const config = parse(filesOf(all, 'alertmanager').texts.get('/etc/alertmanager/alertmanager.yml') ?? '');
  t.deepEqual(config.receivers.at(-1).webhook_configs, [
    {
      send_resolved: true,
      url: 'https://relay:9110/notify/ops',
      http_config: {
        basic_auth: { username: 'balance-alert', password_file: `${folder}/password` },
        tls_config: { ca_file: `${folder}/ca.crt` },
      },
    },
  ]);
});

test('the exporter and the relay are closed, and the page asks the closed Prometheus', async (t) => {
  const all = await stack();
  const exporter = JSON.stringify(inputsOf(all, 's-exporter-container')['envs']);
  for (const variable of [
    `BALANCE_ALERT_WEB_CONFIG_FILE=${folder}/web.yml`,
    'BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL=https://prometheus:9090',
    `BALANCE_ALERT_WEB_PROMETHEUS_QUERY_CONFIG_FILE=${folder}/client.yml`,
  ]) {
    t.true(exporter.includes(`"${variable}"`), variable);
  }
  t.deepEqual(inputsOf(all, 's-relay-container')['envs'], [
    `BALANCE_ALERT_WEB_CONFIG_FILE=${folder}/web.yml`,
  ]);
});

test('Grafana serves TLS; its provider trusts the authority, and its data source has a password', async (t) => {
  const all = await stack();
  const environment = JSON.stringify(inputsOf(all, 's-grafana-container')['envs']);
  t.true(environment.includes('"GF_SERVER_PROTOCOL=https"'));
  t.deepEqual(
    [...filesOf(all, 'grafana').texts.keys()].filter((path) => path.startsWith(folder)),
    [`${folder}/server.crt`, `${folder}/server.key`],
  );
  const authority = filesOf(all, 'exporter').texts.get(`${folder}/ca.crt`);
  const provider = inputsOf(all, 's-grafana-api');
  t.is(provider['url'], 'https://192.0.2.7:3000');
  t.is(provider['caCert'], authority);
  const source = inputsOf(all, 's-grafana-prometheus');
  t.is(source['url'], 'https://prometheus:9090');
  t.is(source['basicAuthUsername'], 'balance-alert');
  t.is(source['jsonDataEncoded'], '{"httpMethod":"GET","timeInterval":"1m","tlsAuthWithCACert":true}');
  t.deepEqual(JSON.parse(String(unwrapped(source['secureJsonDataEncoded']))), {
    tlsCACert: authority,
    basicAuthPassword: 'random-password',
  });
});

test('health checks use TLS and show no password', async (t) => {
  const all = await stack();
  for (const service of ['prometheus', 'alertmanager', 'grafana']) {
    const check = JSON.stringify(inputsOf(all, `s-${service}-container`)['healthcheck']);
    t.true(check.includes('https://127.0.0.1'), check);
    t.false(check.includes('random-password'), check);
  }
});

test('nothing is asked of the time of later runs: the seed keeps when it was made', async (t) => {
  const seed = (await stack()).find(({ name }) => name === 's-access-seed');
  t.deepEqual(seed?.ignoreChanges, ['keepers']);
  t.deepEqual(seed?.inputs, { length: 32, keepers: { createdAt: '2026-11-24T00:00:00.000Z' } });
});

test('closed, every URL is https, another address needs no allowOpen, and a Prometheus elsewhere is told how to ask', (t) => {
  const { urls, scrapeConfig } = stackOutputs(settings(), []);
  t.deepEqual(urls, {
    status: 'https://status.example/balances',
    metrics: 'https://192.0.2.7:9100/metrics',
    prometheus: 'https://192.0.2.7:9090',
    alertmanager: 'https://192.0.2.7:9093',
    grafana: 'https://192.0.2.7:3000',
    grafanaApi: 'https://192.0.2.7:3000',
  });
  t.deepEqual(parse(scrapeConfig), [
    {
      job_name: 'balance-alert',
      static_configs: [{ targets: ['192.0.2.7:9100'] }],
      scrape_interval: '1m',
      scheme: 'https',
      basic_auth: { username: 'admin', password_file: 'balance-alert-password' },
      tls_config: { ca_file: 'balance-alert-ca.crt' },
    },
  ]);
  t.deepEqual(parse(stackAlertingConfig(settings()) ?? ''), {
    alerting: {
      alertmanagers: [
        {
          scheme: 'https',
          basic_auth: { username: 'admin', password_file: 'balance-alert-password' },
          tls_config: { ca_file: 'balance-alert-ca.crt' },
          static_configs: [{ targets: ['192.0.2.7:9093'] }],
        },
      ],
    },
  });
});

test('open, there is neither a certificate nor a password more than before', async (t) => {
  const all = await stack({ tls: 'false', bindAddress: '127.0.0.1' });
  t.deepEqual(
    all.filter(({ type }) => type.startsWith('random:')).map(({ name }) => name),
    ['s-grafana-admin-password', 's-grafana-generation'],
  );
  t.false(JSON.stringify(all).includes(folder));
  t.false(JSON.stringify(all).includes('https://prometheus'));
});
