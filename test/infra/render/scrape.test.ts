import test from 'ava';
import { parse } from 'yaml';
import { renderScrapeFiles } from '../../../infra/render/scrape/files.ts';
import { renderScrapeSnippet } from '../../../infra/render/scrape/job.ts';
import type { ScrapeTarget } from '../../../infra/render/scrape/target.ts';

test('a job with credentials and certificates names their files, under the keys that Prometheus knows', (t) => {
  t.is(
    renderScrapeSnippet({ kind: 'other-server', addresses: ['e.example:9100'] }, 60, {
      path: '/m',
      credentials: { kind: 'basic', username: 'prometheus', passwordFile: '/etc/prometheus/password' },
      tls: { caFile: '/ca.pem', serverName: 'e', client: { certFile: '/c.pem', keyFile: '/c.key' } },
    }),
    `- job_name: balance-alert
  static_configs:
    - targets:
        - e.example:9100
  scrape_interval: 1m
  metrics_path: /m
  scheme: https
  basic_auth:
    username: prometheus
    password_file: /etc/prometheus/password
  tls_config:
    ca_file: /ca.pem
    server_name: e
    cert_file: /c.pem
    key_file: /c.key
`,
  );
});

const common = {
  access: {},
  scrapeIntervalSeconds: 60,
  rules: [{ file: 'balance-alert.accounts.yaml', text: 'groups: []\n' }],
};

test('the rules lie beside the job', (t) => {
  const files = renderScrapeFiles({ ...common, target: { kind: 'same-host', port: 9100 }, addresses: [] });
  t.deepEqual([...files.keys()], ['balance-alert.scrape.yaml', 'rules/balance-alert.accounts.yaml']);
});

test('a target file and a registration are made for the discoveries that read one', (t) => {
  const addresses = ['a.example:9100', '[2001:db8::1]:9100'];
  const file: ScrapeTarget = { kind: 'file', path: '/etc/prometheus/t.yaml' };
  const targets = renderScrapeFiles({ ...common, target: file, addresses }).get('balance-alert.targets.yaml');
  t.deepEqual(parse(targets ?? ''), [{ targets: addresses }]);
  const consul: ScrapeTarget = { kind: 'consul', service: 'b', server: { url: 'http://127.0.0.1:8500' } };
  const services = renderScrapeFiles({ ...common, target: consul, addresses }).get(
    'balance-alert.consul.hcl',
  );
  t.regex(
    services ?? '',
    /id {6}= "b-2"\n {2}name {4}= "b"\n {2}address = "2001:db8::1"\n {2}port {4}= 9100/,
  );
});

test('on Linux, the file says how a container gets to know the host; for Docker Desktop it does not', (t) => {
  const text = (engine: 'linux' | 'desktop') =>
    renderScrapeFiles({
      ...common,
      target: { kind: 'docker-host', engine, address: 'host.docker.internal:9100' },
      addresses: [],
    }).get('balance-alert.scrape.yaml') ?? '';
  t.true(text('linux').includes('--add-host host.docker.internal:host-gateway'));
  t.false(text('desktop').includes('--add-host'));
});
