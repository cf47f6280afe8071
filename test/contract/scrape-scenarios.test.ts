import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { hashSync } from 'bcryptjs';
import { stringify } from 'yaml';
import { componentLabel } from '../../infra/render/names.ts';
import { renderScrapeFiles } from '../../infra/render/scrape/files.ts';
import { scrapeJob } from '../../infra/render/scrape/job.ts';
import type { ScrapeAccess, ScrapeTarget } from '../../infra/render/scrape/target.ts';
import { renderRules } from '../../rules/index.ts';
import { makeCertificate, opensslMissing } from '../support/certificate.ts';
import type { DiscoveryServer } from '../support/discovery.ts';
import {
  serveConsul,
  serveDockerEngine,
  serveKubernetes,
  serveNames,
  serveTargets,
} from '../support/discovery.ts';
import type { Serving } from '../support/program.ts';
import { startProgram } from '../support/program.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { discoveryKeys, findTools, needing, needingDiscovery, runTool } from '../support/promtool.ts';
import { realClock } from '../support/real-clock.ts';
import { until } from '../support/until.ts';

/** The scrape jobs for a Prometheus elsewhere: accepted by promtool, and each really finds the exporter. */

const rules = renderRules().map(({ name, yaml }) => ({ file: name, text: yaml }));

const accounts = 'accounts:\n  - { name: a, provider: demo }\n';

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-scrape-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const portOf = (exporter: Serving): number => Number(new URL(exporter.url).port);

async function exporterIn(folder: string, flags: readonly string[] = []): Promise<Serving> {
  const file = join(folder, 'accounts.yaml');
  await writeFile(file, accounts);
  return startProgram([`--config.file=${file}`, ...flags], realClock);
}

/** Plain HTTP; one for all tests that ask nothing special of it. */
const plainFolder = mkdtempSync(join(tmpdir(), 'balance-alert-scrape-'));
let plain: Promise<Serving> | undefined;
async function exporterPort(): Promise<number> {
  plain ??= exporterIn(plainFolder);
  return portOf(await plain);
}
ava.after.always(async () => {
  await (await plain)?.[Symbol.asyncDispose]();
  await rm(plainFolder, { recursive: true });
});

const access: ScrapeAccess = {
  path: '/balances/metrics',
  credentials: { kind: 'basic', username: 'prometheus', passwordFile: 'password' },
  tls: {
    caFile: 'ca.pem',
    serverName: 'exporter.example',
    client: { certFile: 'server.pem', keyFile: 'server.key' },
  },
};

const accepted: readonly (readonly [title: string, ScrapeTarget, ScrapeAccess?])[] = [
  ['same-host', { kind: 'same-host', port: 9100 }],
  ['other-server', { kind: 'other-server', addresses: ['10.0.0.5:9100', '[2001:db8::5]:9100'] }],
  [
    'other-server with TLS, client certificate and password',
    { kind: 'other-server', addresses: ['e:9100'] },
    access,
  ],
  [
    'other-server with a bearer token',
    { kind: 'other-server', addresses: ['e:443'] },
    { credentials: { kind: 'bearer', tokenFile: 'password' }, tls: {} },
  ],
  ['docker network', { kind: 'docker-network', network: 'balance-alert', address: 'exporter:9100' }],
  ['docker desktop', { kind: 'docker-host', engine: 'desktop', address: 'host.docker.internal:9100' }],
  ['docker linux', { kind: 'docker-host', engine: 'linux', address: '172.17.0.1:9100' }],
  [
    'docker discovery',
    { kind: 'docker-discovery', engineHost: 'unix:///var/run/docker.sock', network: 'n', port: 9100 },
  ],
  ['kubernetes inside', { kind: 'kubernetes', namespace: 'n', service: 's', portName: 'metrics' }],
  [
    'kubernetes outside',
    {
      kind: 'kubernetes',
      namespace: 'n',
      service: 's',
      portName: 'metrics',
      server: { url: 'https://k.example:6443', tokenFile: 'password', caFile: 'ca.pem' },
    },
  ],
  [
    'consul',
    {
      kind: 'consul',
      service: 's',
      server: { url: 'https://c.example:8501', tokenFile: 'password', caFile: 'ca.pem' },
    },
  ],
  ['file', { kind: 'file', path: 'balance-alert.targets.yaml' }],
  ['http', { kind: 'http', url: 'https://sd.example/targets' }],
];

const withoutDiscovery = /field (\w+_sd_configs) not found/;

for (const promtool of findTools('promtool')) {
  needing(ava, 'promtool')(
    `every scenario's file is accepted with its rules beside it, by ${promtool.includes('.cache') ? 'the packaged promtool' : promtool}`,
    async (t) => {
      const folder = await folderFor(t);
      // promtool looks whether there are such files, and not into them.
      for (const file of ['ca.pem', 'server.pem', 'server.key']) await writeFile(join(folder, file), '');
      await writeFile(join(folder, 'password'), 'secret');
      await mkdir(join(folder, 'rules'), { recursive: true });
      for (const [title, target, itsAccess = {}] of accepted) {
        const files = renderScrapeFiles({
          target,
          access: itsAccess,
          scrapeIntervalSeconds: 60,
          rules,
          addresses: ['127.0.0.1:9100'],
        });
        for (const [path, text] of files) await writeFile(join(folder, path), text);
        const config = join(folder, 'prometheus.yml');
        const job = files.get('balance-alert.scrape.yaml');
        await writeFile(config, `rule_files: [rules/balance-alert.*.yaml]\n${job}`);
        const args = ['check', 'config', config];
        const { code, stdout, stderr } = await runTool('promtool', args, folder, promtool);
        const [, missing] = withoutDiscovery.exec(stderr) ?? [];
        if (missing === undefined) {
          t.is(code, 0, `${title}: ${stdout}${stderr}`);
          t.regex(stdout, new RegExp(`${rules.length} rule files found`), title);
        } else {
          // A build without this discovery can judge the rest of the job.
          t.true(
            Object.values(discoveryKeys).some((key) => key === missing),
            stderr,
          );
          t.deepEqual(
            Object.keys(scrapeJob(target, 60)).filter((key) => key.endsWith('_sd_configs')),
            [missing],
          );
        }
      }
    },
  );
}

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

interface Wanted {
  readonly target: ScrapeTarget;
  readonly access?: ScrapeAccess;
  /** More keys of the job: what a test's own machine lacks. */
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Seen {
  readonly targets: (job: string) => Promise<readonly Target[]>;
  /** Waits until the job has one target that is up, at that URL, and its figures can be queried. */
  readonly isUp: (job: string, url: string) => Promise<void>;
}

/**
 * One real Prometheus for several jobs, since each takes five seconds until its first discovery is applied. So that they can be
 * told apart, the jobs have other names here than in what is rendered.
 */
async function seen(
  t: ExecutionContext,
  wanted: Readonly<Record<string, Wanted>>,
  program?: string,
): Promise<Seen> {
  const prometheus = await startPrometheus({
    scrapeConfigs: Object.entries(wanted).map(([job, { target, access: its = {}, more = {} }]) => ({
      ...scrapeJob(target, 1, its),
      ...more,
      job_name: job,
    })),
    ...(program === undefined ? {} : { program }),
  });
  t.teardown(prometheus.stop);
  const targets = async (job: string): Promise<readonly Target[]> => {
    const { data } = (await prometheus.api('/api/v1/targets?state=active')) as {
      data: { activeTargets: readonly Target[] };
    };
    return data.activeTargets.filter(({ labels }) => labels['job'] === job);
  };
  return {
    targets,
    async isUp(job, url) {
      const query = `balance_alert_account_up{project="a", job="${job}"} == 1`;
      await until(async () => (await prometheus.query(query)).length === 1);
      t.deepEqual(
        (await targets(job)).map(({ scrapeUrl, health, lastError }) => ({ scrapeUrl, health, lastError })),
        [{ scrapeUrl: url, health: 'up', lastError: '' }],
        job,
      );
    },
  };
}

const test = needing(ava, 'prometheus');

const closing = <Server extends DiscoveryServer>(t: ExecutionContext, server: Server): Server => {
  t.teardown(server.close);
  return server;
};

test('on the same host, on another server, in Docker, in a file and behind a URL: each job finds the exporter and nothing else', async (t) => {
  const folder = await folderFor(t);
  const port = await exporterPort();
  const engine = closing(
    t,
    await serveDockerEngine([
      {
        name: 'balance-alert-exporter',
        labels: { [componentLabel]: 'exporter' },
        networks: { 'balance-alert': '127.0.0.1', other: '127.0.0.2' },
        ports: [8080, port],
      },
      {
        name: 'balance-alert-grafana',
        labels: { [componentLabel]: 'grafana' },
        networks: { 'balance-alert': '127.0.0.3' },
        ports: [port],
      },
      { name: 'stranger', labels: {}, networks: { 'balance-alert': '127.0.0.4' }, ports: [port] },
    ]),
  );
  const list = closing(t, await serveTargets([`127.0.0.1:${port}`]));
  const path = join(folder, 'balance-alert.targets.yaml');
  const files = renderScrapeFiles({
    target: { kind: 'file', path },
    access: {},
    scrapeIntervalSeconds: 60,
    rules: [],
    addresses: [`127.0.0.1:${port}`],
  });
  await writeFile(path, files.get('balance-alert.targets.yaml') ?? '');
  // Docker's own resolver knows these names, and a proxy stands for it.
  const resolver = closing(t, await serveNames(['exporter', 'host.docker.internal'], port));
  const more = { proxy_url: resolver.url };
  const inDocker = `host.docker.internal:${port}`;
  const found = await seen(t, {
    'same-host': { target: { kind: 'same-host', port } },
    'other-server': { target: { kind: 'other-server', addresses: [`localhost:${port}`] } },
    network: { target: { kind: 'docker-network', network: 'n', address: `exporter:${port}` }, more },
    desktop: { target: { kind: 'docker-host', engine: 'desktop', address: inDocker }, more },
    linux: { target: { kind: 'docker-host', engine: 'linux', address: inDocker }, more },
    discovery: {
      target: {
        kind: 'docker-discovery',
        engineHost: engine.url.replace('http:', 'tcp:'),
        network: 'balance-alert',
        port,
      },
    },
    file: { target: { kind: 'file', path } },
    http: { target: { kind: 'http', url: `${list.url}/targets` } },
  });
  for (const job of ['same-host', 'discovery', 'file', 'http'])
    await found.isUp(job, `http://127.0.0.1:${port}/metrics`);
  await found.isUp('other-server', `http://localhost:${port}/metrics`);
  await found.isUp('network', `http://exporter:${port}/metrics`);
  for (const job of ['desktop', 'linux']) await found.isUp(job, `http://${inDocker}/metrics`);
  for (const { unknown } of [engine, list, resolver]) t.deepEqual(unknown, []);
});

needingDiscovery(ava, 'Kubernetes')(
  'Kubernetes: of all services and ports of the namespace, the metrics port of ours; a pod that comes later is found by the watch',
  async (t, program) => {
    const folder = await folderFor(t);
    const port = await exporterPort();
    const ours = {
      service: 'balance-alert',
      addresses: ['127.0.0.1'],
      ports: [
        { name: 'status', port: 8080 },
        { name: 'metrics', port },
      ],
    };
    const server = closing(
      t,
      await serveKubernetes('monitoring', 'token-of-prometheus', [
        ours,
        { service: 'other', addresses: ['127.0.0.5'], ports: [{ name: 'metrics', port }] },
      ]),
    );
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'token-of-prometheus');
    const target: ScrapeTarget = {
      kind: 'kubernetes',
      namespace: 'monitoring',
      service: 'balance-alert',
      portName: 'metrics',
      server: { url: server.url, tokenFile },
    };
    const found = await seen(t, { kubernetes: { target } }, program);
    await found.isUp('kubernetes', `http://127.0.0.1:${port}/metrics`);
    server.put({ ...ours, addresses: ['127.0.0.1', '127.0.0.6'] });
    const urls = await until(async () => {
      const targets = await found.targets('kubernetes');
      return targets.length === 2 ? targets.map(({ scrapeUrl }) => scrapeUrl).toSorted() : undefined;
    });
    t.deepEqual(urls, [`http://127.0.0.1:${port}/metrics`, `http://127.0.0.6:${port}/metrics`]);
    t.deepEqual([...server.watched].toSorted(), ['EndpointSlice', 'Pod', 'Service']);
    t.deepEqual(server.unknown, []);
  },
);

needingDiscovery(ava, 'Consul')(
  'Consul: the registered instance of the service, with the token of a file',
  async (t, program) => {
    const folder = await folderFor(t);
    const port = await exporterPort();
    const server = closing(
      t,
      await serveConsul('balance-alert', 'consul-token', [{ address: '127.0.0.1', port }]),
    );
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'consul-token');
    const target: ScrapeTarget = {
      kind: 'consul',
      service: 'balance-alert',
      server: { url: server.url, tokenFile },
    };
    const found = await seen(t, { consul: { target } }, program);
    await found.isUp('consul', `http://127.0.0.1:${port}/metrics`);
    t.deepEqual(server.unknown, []);
  },
);

test('what Kubernetes discovery finds is narrowed to the metrics port of the service, on a Prometheus of any build', async (t) => {
  const folder = await folderFor(t);
  const port = await exporterPort();
  // The meta labels of endpoint slices, as Prometheus' documentation lists them: a port of the pod that no service has comes without a name.
  const found = (address: string, service: string, portName?: string) => ({
    targets: [address],
    labels: {
      __meta_kubernetes_namespace: 'monitoring',
      __meta_kubernetes_service_name: service,
      ...(portName === undefined ? {} : { __meta_kubernetes_endpointslice_port_name: portName }),
    },
  });
  const path = join(folder, 'found.yaml');
  await writeFile(
    path,
    stringify([
      found(`127.0.0.1:${port}`, 'balance-alert', 'metrics'),
      found('127.0.0.1:8080', 'balance-alert', 'status'),
      found('127.0.0.1:9999', 'balance-alert'),
      found('127.0.0.2:9100', 'balance-alert-2', 'metrics'),
    ]),
  );
  const { kubernetes_sd_configs: _discovery, ...more } = scrapeJob(
    { kind: 'kubernetes', namespace: 'monitoring', service: 'balance-alert', portName: 'metrics' },
    1,
  );
  const prometheus = await seen(t, { narrowed: { target: { kind: 'file', path }, more } });
  await prometheus.isUp('narrowed', `http://127.0.0.1:${port}/metrics`);
});

const tlsTitle =
  'an exporter behind TLS, a client certificate and a password is up with files for each, and down without the password';
if (opensslMissing() !== undefined) ava.serial.skip(`${tlsTitle} [needs openssl]`, () => undefined);
else
  test(tlsTitle, async (t) => {
    const folder = await folderFor(t);
    const { certFile, keyFile, caFile } = makeCertificate(folder);
    const web = join(folder, 'web.yml');
    await writeFile(
      web,
      stringify({
        tls_server_config: {
          cert_file: certFile,
          key_file: keyFile,
          client_auth_type: 'RequireAndVerifyClientCert',
          client_ca_file: caFile,
        },
        basic_auth_users: { prometheus: hashSync('s3cret of the exporter', 4) },
      }),
    );
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 's3cret of the exporter\n');
    const path = '/balances/metrics';
    const exporter = await exporterIn(folder, [`--web.config.file=${web}`, `--web.telemetry-path=${path}`]);
    t.teardown(() => exporter[Symbol.asyncDispose]());
    const target: ScrapeTarget = { kind: 'same-host', port: portOf(exporter) };
    const tls = { caFile, serverName: 'localhost', client: { certFile, keyFile } };
    const credentials = { kind: 'basic', username: 'prometheus', passwordFile } as const;
    const found = await seen(t, {
      with: { target, access: { path, tls, credentials } },
      without: { target, access: { path, tls } },
    });
    await found.isUp('with', `https://127.0.0.1:${portOf(exporter)}${path}`);
    const error = await until(async () => (await found.targets('without'))[0]?.lastError || undefined);
    t.regex(error, /401/);
  });
