import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { groupKeys, stackSchema } from '../../../infra/settings/schema.ts';
import { problemsOf, settingsOf } from './source.ts';

test('without any configuration, everything has its default', (t) => {
  t.deepEqual(settingsOf(), {
    stack: 'test',
    engine: { host: 'unix:///var/run/docker.sock' },
    engineId: undefined,
    hasStartInterval: undefined,
    namePrefix: 'balance-alert',
    language: 'en',
    bindAddress: '127.0.0.1',
    ports: { status: 8080, metrics: 9100, prometheus: 9090, alertmanager: 9093, grafana: 3000 },
    publicUrls: {
      status: 'http://127.0.0.1:8080',
      prometheus: 'http://127.0.0.1:9090',
      alertmanager: 'http://127.0.0.1:9093',
      grafana: 'http://127.0.0.1:3000',
    },
    addresses: {
      status: 'http://127.0.0.1:8080',
      metrics: 'http://127.0.0.1:9100',
      prometheus: 'http://127.0.0.1:9090',
      alertmanager: 'http://127.0.0.1:9093',
      grafana: 'http://127.0.0.1:3000',
    },
    accounts: { text: 'accounts:\n  - { name: a, provider: demo }\n', secrets: {} },
    images: {
      exporter: { kind: 'built', base: 'node:24-bookworm-slim', platform: 'linux/amd64' },
      prometheus: 'prom/prometheus:v3.16.0',
      alertmanager: 'prom/alertmanager:v0.35.0',
      grafana: 'grafana/grafana:13.2.3',
    },
    prometheus: {
      mode: 'managed',
      port: 9090,
      retention: '45d',
      scrapeIntervalSeconds: 60,
      extraScrapeConfigs: [],
      extraRules: [],
      remoteWrite: [],
      secret: false,
    },
    alertmanager: { mode: 'managed', port: 9093, receivers: {} },
    grafana: {
      mode: 'managed',
      port: 3000,
      apiUrl: 'http://127.0.0.1:3000',
      adminPassword: undefined,
      anonymous: false,
    },
    alerts: { alerts: {}, runwayDays: { warning: 7, critical: 3 } },
    keepData: false,
    tls: undefined,
    exporter: { mcp: false, allowedHosts: [] },
    resources: {
      exporter: { memoryMebibytes: 384, cpus: undefined },
      prometheus: { memoryMebibytes: 1024, cpus: undefined },
      alertmanager: { memoryMebibytes: 128, cpus: undefined },
      relay: { memoryMebibytes: 192, cpus: undefined },
      grafana: { memoryMebibytes: 1024, cpus: undefined },
    },
  });
});

test('every problem is reported at once, by the key that people set', (t) => {
  t.deepEqual(
    problemsOf(
      {
        language: 'fr',
        namePrefx: 'x',
        bindAddress: '0.0.0.0',
        ports: { grafana: 70_000, prometheus: 'many' },
        prometheus: { retention: 'forever', scrapeInterval: '5m', retentoin: '1d' },
        images: { prometheus: 'prom/prometheus' },
        'docker:context': 'desktop-linux',
        'docker:hots': 'x',
      },
      { files: { '/checkout/balance-alert.yaml': 'accounts:\n  - { name: a, provider: dmo }\n' } },
    ),
    [
      'docker:context: contexts are not supported: set docker:host to the address of the engine',
      'docker:hots: unknown key; did you mean host?',
      'balance-alert:language: expected en or zh, got "fr"',
      'balance-alert:ports.prometheus: expected a whole number from 1 to 65535',
      'balance-alert:ports.grafana: expected a whole number from 1 to 65535, got 70000',
      'balance-alert:images.prometheus: expected an image with a tag other than latest, or with a digest, got "prom/prometheus"',
      'balance-alert:prometheus.retention: expected a duration such as 45d, got "forever"',
      'balance-alert:prometheus.scrapeInterval: expected a duration from 15s to 2m, got "5m"',
      'balance-alert:prometheus.retentoin: unknown key; did you mean retention?',
      'balance-alert:namePrefx: unknown key; did you mean namePrefix?',
      'balance-alert:bindAddress: 0.0.0.0 exposes balances and Prometheus to others without a password: set balance-alert:tls to true, or balance-alert:allowOpen if this is intended',
      'balance-alert:accountsFile: balance-alert.yaml:2:16: accounts[0].provider: no provider "dmo"; did you mean demo? (`balance-alert providers` lists them)',
    ],
  );
});

/** One wrong value each: the key with the value, and what is said. */
const wrong: readonly [Readonly<Record<string, unknown>>, string][] = [
  [{ accountsFile: '' }, 'balance-alert:accountsFile: expected the path of the account file'],
  [{ allowOpen: 'yes' }, 'balance-alert:allowOpen: expected true or false'],
  [
    { alerts: { changes: { BalanceLow: 'loud' } } },
    'balance-alert:alerts.changes.BalanceLow: expected off, a severity (critical, warning, info, none), or one of these by severity',
  ],
  [
    { alerts: { changes: { RunwayShort: 'info' } } },
    'balance-alert:alerts.changes.RunwayShort: has the severities critical and warning; say which one becomes info',
  ],
  [
    { alerts: { runwayDays: { warning: 2 } } },
    'balance-alert:alerts.runwayDays: expected 0 < critical < warning, got critical 3 and warning 2',
  ],
  [
    { alerts: { runwayDays: { critical: -1 } } },
    'balance-alert:alerts.runwayDays.critical: expected a number of days above 0, up to 365, got -1',
  ],
  [{ keepData: '1' }, 'balance-alert:keepData: expected true or false'],
  [{ tls: 'on' }, 'balance-alert:tls: expected true or false'],
  [
    { tls: 'true', grafana: { url: 'http://127.0.0.1:3300' } },
    'balance-alert:grafana.url: expected an https URL, since balance-alert:tls is true, got "http://127.0.0.1:3300"',
  ],
  [
    { namePrefix: 'Balance Alert' },
    'balance-alert:namePrefix: expected 1 to 40 lower-case letters, digits and "-", not at either end, got "Balance Alert"',
  ],
  [
    { bindAddress: 'localhost' },
    'balance-alert:bindAddress: expected an IP address such as 127.0.0.1, got "localhost"',
  ],
  [
    { publicUrls: { grafana: 'ftp://x' } },
    'balance-alert:publicUrls.grafana: expected an http or https URL, got "ftp://x"',
  ],
  [
    { publicUrls: { status: 'https://me:pw@x.example' } },
    'balance-alert:publicUrls.status: expected a URL without user name and password',
  ],
  [
    { publicUrls: { status: 'https://x.example/?a' } },
    'balance-alert:publicUrls.status: expected a URL without "?" and "#"',
  ],
  [
    { images: { grafana: 'grafana/grafana:latest' } },
    'balance-alert:images.grafana: expected an image with a tag other than latest, or with a digest, got "grafana/grafana:latest"',
  ],
  [
    { images: { platform: 'amd64' } },
    'balance-alert:images.platform: expected a platform such as linux/arm64, got "amd64"',
  ],
  [
    { exporterBaseImage: 'node' },
    'balance-alert:exporterBaseImage: expected an image with a tag other than latest, or with a digest, got "node"',
  ],
  [
    { prometheus: { retentionSize: '2 GB' } },
    'balance-alert:prometheus.retentionSize: expected a size such as 2GB, got "2 GB"',
  ],
  [
    { prometheus: { scrapeInterval: '10s' } },
    'balance-alert:prometheus.scrapeInterval: expected a duration from 15s to 2m, got "10s"',
  ],
  [
    { prometheus: { healthcheck: ['NONE'] } },
    'balance-alert:prometheus.healthcheck: expected ["CMD", program, …] or ["CMD-SHELL", line]',
  ],
  [
    { prometheus: { extraScrapeConfigs: [{ job_name: 'balance-alert' }] } },
    'balance-alert:prometheus.extraScrapeConfigs[0].job_name: expected a job of another name than balance-alert, balance-alert-relay, prometheus, alertmanager, got "balance-alert"',
  ],
  [
    { prometheus: { extraScrapeConfigs: [{ job_name: 'x' }, { job_name: 'x' }] } },
    'balance-alert:prometheus.extraScrapeConfigs[1].job_name: expected each job once, got "x" again',
  ],
  [
    { prometheus: { extraRules: ['missing.yaml'] } },
    'balance-alert:prometheus.extraRules[0]: cannot read the file: ENOENT: /checkout/missing.yaml',
  ],
  [
    { grafana: { url: 'grafana.example' } },
    'balance-alert:grafana.url: expected an http or https URL, got "grafana.example"',
  ],
  [
    { resources: { grafana: { memory: 16 } } },
    'balance-alert:resources.grafana.memory: expected a whole number from 32 to 1048576, got 16',
  ],
  [
    { resources: { grafana: { cpus: 0 } } },
    'balance-alert:resources.grafana.cpus: expected a number of processors from 0.01 to 1024, got 0',
  ],
  [{ resources: { gateway: {} } }, 'balance-alert:resources.gateway: unknown key'],
  [
    { ports: { grafana: 9090 } },
    'balance-alert:ports.grafana: port 9090 is already used by ports.prometheus: set another one',
  ],
  [
    { ports: 'x' },
    "balance-alert:ports: expected a structured value: set one of its keys with --path 'balance-alert:ports.KEY'",
  ],
  [
    { 'docker:host': 'localhost:2375' },
    'docker:host: expected an address such as unix:///var/run/docker.sock or ssh://user@host',
  ],
  [
    { 'docker:caMaterial': 'x' },
    'docker:certMaterial: expected caMaterial, certMaterial, keyMaterial together',
  ],
];

for (const [values, problem] of wrong) {
  test(`${JSON.stringify(values)} is refused`, (t) => {
    t.deepEqual(problemsOf(values), [problem]);
  });
}

test('values arrive as text from the command line, and mean the same', (t) => {
  const settings = settingsOf({
    keepData: 'true',
    ports: { grafana: '3001' },
    resources: { exporter: { memory: '256', cpus: '0.5' } },
  });
  t.is(settings.keepData, true);
  t.is(settings.ports.grafana, 3001);
  t.deepEqual(settings.resources.exporter, { memoryMebibytes: 256, cpus: 0.5 });
});

test('the memory of Prometheus follows the number of accounts, unless it is set', (t) => {
  const memoryFor = (accounts: number, values: Readonly<Record<string, unknown>> = {}): number => {
    const lines = Array.from({ length: accounts }, (_, index) => `  - { name: a${index}, provider: demo }\n`);
    const files = { '/checkout/balance-alert.yaml': `accounts:\n${lines.join('')}` };
    return settingsOf(values, { files }).resources.prometheus.memoryMebibytes;
  };
  t.is(memoryFor(50), 1024);
  t.is(memoryFor(4000), 1024);
  t.is(memoryFor(5001), 1536);
  t.is(memoryFor(10_000), 2560);
  t.is(memoryFor(5001, { resources: { prometheus: { memory: 900 } } }), 900);
});

test('only the secrets that the account file refers to are handed on', (t) => {
  const settings = settingsOf(
    { secrets: { USED: 'value one', UNUSED: 'value two' } },
    {
      secretKeys: new Set(['balance-alert:secrets']),
      files: {
        '/checkout/balance-alert.yaml':
          'mailboxes:\n  - { name: m, host: imap.example.com, user: u, password: { secret: USED } }\n',
      },
    },
  );
  t.deepEqual(settings.accounts.secrets, { USED: 'value one' });
});

test('a secret that was set in clear is refused, and its value not repeated', (t) => {
  t.deepEqual(problemsOf({ secrets: { KEY: 'in-the-clear' }, grafana: { adminPassword: 'in-the-clear' } }), [
    'balance-alert:secrets.KEY: stored in plain text in the stack file: set it again with --secret, and rotate it at the vendor',
    'balance-alert:grafana.adminPassword: stored in plain text in the stack file: set another one with --secret',
  ]);
});

test('errors in a secret value are reported without the value', (t) => {
  const problems = problemsOf(
    { grafana: { adminPassword: 'short', url: 'hidden-too' } },
    { secretKeys: new Set(['balance-alert:grafana']) },
  );
  t.deepEqual(problems, [
    'balance-alert:grafana.adminPassword: expected at least 8 characters',
    'balance-alert:grafana.url: expected an http or https URL',
  ]);
});

test('a missing secret is reported with the command that sets it', (t) => {
  const [problem = ''] = problemsOf(
    {},
    {
      files: {
        '/checkout/balance-alert.yaml':
          'mailboxes:\n  - { name: m, host: imap.example.com, user: u, password: { secret: constructor } }\n',
      },
    },
  );
  t.regex(
    problem,
    /^balance-alert:accountsFile: \nbalance-alert\.yaml:2:\d+: mailboxes\[0\]\.password: secret constructor was not found: it is not set in the stack\nto set it: /,
  );
  t.regex(problem, /scripts\/pulumi config set --secret --path 'balance-alert:secrets\["constructor"\]'$/);
});

test('a missing account file is reported with the command that creates one', (t) => {
  t.deepEqual(problemsOf({ accountsFile: 'mine.yaml' }), [
    'balance-alert:accountsFile: no such file: /checkout/mine.yaml: `scripts/up` creates one with demo accounts, or set another path',
  ]);
});

test('without a bundle there is nothing to build an image from, unless one is given', (t) => {
  const without = { fileExists: () => false };
  t.deepEqual(problemsOf({}, without), [
    'balance-alert:images.exporter: unset, and dist/balance-alert.mjs, from which the image is built, does not exist: run `npm run build`, or set an image',
  ]);
  const { images } = settingsOf(
    { images: { exporter: 'registry.example:5000/balance-alert:1.2.3' } },
    without,
  );
  t.deepEqual(images.exporter, { kind: 'given', reference: 'registry.example:5000/balance-alert:1.2.3' });
});

test('an image is pinned by a tag, a digest or both, whatever the registry', (t) => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const image of [
    'prom/prometheus:v3.16.0',
    `prom/prometheus@${digest}`,
    `registry.example:5000/prom/prometheus:v3.16.0@${digest}`,
    'localhost:5000/p:1',
  ]) {
    t.is(settingsOf({ images: { prometheus: image } }).images.prometheus, image);
  }
  for (const image of ['registry.example:5000/prometheus', 'p:latest', `p:latest@sha256:12`, 'p: 1', ':1']) {
    t.is(problemsOf({ images: { prometheus: image } }).length, 1, image);
  }
});

test('rule files of the user are read, by names of their own', (t) => {
  const files = {
    '/checkout/mine/a.yaml': 'groups: []\n',
    '/checkout/a.yaml': 'groups: []\n',
    '/checkout/b.yaml': 'rules: []\n',
  };
  t.deepEqual(settingsOf({ prometheus: { extraRules: ['mine/a.yaml'] } }, { files }).prometheus.extraRules, [
    { file: 'a.yaml', text: 'groups: []\n' },
  ]);
  t.deepEqual(problemsOf({ prometheus: { extraRules: ['mine/a.yaml', 'a.yaml', 'b.yaml'] } }, { files }), [
    'balance-alert:prometheus.extraRules[1]: expected a unique file name, got a.yaml again',
    'balance-alert:prometheus.extraRules[2]: b.yaml: expected a rule file: a mapping with a list of `groups`',
  ]);
});

test('an address that others can reach has to be allowed', (t) => {
  t.deepEqual(problemsOf({ bindAddress: '0.0.0.0' }), [
    'balance-alert:bindAddress: 0.0.0.0 exposes balances and Prometheus to others without a password: set balance-alert:tls to true, or balance-alert:allowOpen if this is intended',
  ]);
  const open = settingsOf({ bindAddress: '0.0.0.0', allowOpen: 'true' });
  t.is(open.bindAddress, '0.0.0.0');
  t.is(open.addresses.prometheus, 'http://127.0.0.1:9090');
  t.is(settingsOf({ bindAddress: '::1' }).publicUrls.grafana, 'http://[::1]:3000');
});

test('public URLs keep their path and lose their last slash', (t) => {
  const { publicUrls, addresses } = settingsOf({ publicUrls: { grafana: 'https://ops.example/grafana/' } });
  t.is(publicUrls.grafana, 'https://ops.example/grafana');
  t.is(publicUrls.prometheus, 'http://127.0.0.1:9090');
  t.is(addresses.prometheus, 'http://127.0.0.1:9090');
});

test('the engine is that of docker:host, then of DOCKER_HOST, then the local one', (t) => {
  const environment = { DOCKER_HOST: 'tcp://127.0.0.1:2375' };
  t.is(settingsOf({ 'docker:host': 'unix:///a.sock' }, { environment }).engine.host, 'unix:///a.sock');
  t.is(settingsOf({}, { environment }).engine.host, 'tcp://127.0.0.1:2375');
  t.is(settingsOf({}, { environment: { DOCKER_HOST: '' } }).engine.host, 'unix:///var/run/docker.sock');
});

test('a Docker context in the environment is refused, for it moves only half of the stack', (t) => {
  t.deepEqual(problemsOf({}, { environment: { DOCKER_CONTEXT: 'remote' } }), [
    'DOCKER_CONTEXT: contexts are not supported: unset this variable and set docker:host to the address of the engine',
  ]);
  t.is(
    settingsOf({}, { environment: { DOCKER_CONTEXT: 'default' } }).engine.host,
    'unix:///var/run/docker.sock',
  );
});

const overSsh = { 'docker:host': 'ssh://me@host.example' };

test('with an engine elsewhere, Grafana on its loopback takes a tunnel, a URL of its own, or another address', (t) => {
  t.deepEqual(problemsOf(overSsh), [
    'balance-alert:grafana.url: unset, and Grafana listens on the loopback interface of another machine: use scripts/up and scripts/pulumi, which open an SSH tunnel to it; or set the URL under which this machine reaches it',
  ]);
  t.deepEqual(problemsOf({ 'docker:host': 'tcp://10.0.0.5:2376' }), [
    'balance-alert:grafana.url: unset, and Grafana listens on the loopback interface of 10.0.0.5: set balance-alert:tunnel to ssh://USER@HOST, through which scripts/up reaches it; or set the URL under which this machine reaches it, for example through an SSH tunnel of your own',
  ]);
  t.is(
    settingsOf({ ...overSsh, grafana: { url: 'http://127.0.0.1:3000' } }).addresses.grafana,
    'http://127.0.0.1:3000',
  );
  t.is(
    settingsOf({ ...overSsh, bindAddress: '10.0.0.5', allowOpen: 'true' }).addresses.grafana,
    'http://host.example:3000',
  );
});

/** As the scripts start the program. */
const withTunnels = { environment: { BALANCE_ALERT_TUNNELS: 'open' } };

test('tunnels end on ports of this machine that are the same on every run and differ between hosts', (t) => {
  const { tunnels, addresses, publicUrls, grafana } = settingsOf(overSsh, withTunnels);
  const forwards = tunnels?.forwards ?? {};
  t.is(tunnels?.through, 'ssh://me@host.example');
  t.deepEqual(
    Object.entries(forwards).map(([service, { host, port }]) => `${service} ${host}:${port}`),
    [
      'status 127.0.0.1:8080',
      'metrics 127.0.0.1:9100',
      'prometheus 127.0.0.1:9090',
      'alertmanager 127.0.0.1:9093',
      'grafana 127.0.0.1:3000',
    ],
  );
  const locals = Object.values(forwards).map(({ localPort }) => localPort);
  t.is(new Set(locals).size, 5);
  for (const port of locals) t.true(port >= 20_000 && port < 30_000, `${port}`);
  t.is(addresses.prometheus, `http://127.0.0.1:${forwards.prometheus?.localPort}`);
  t.like(grafana, { mode: 'managed', apiUrl: `http://127.0.0.1:${forwards.grafana?.localPort}` });
  // Links are for people, who open a tunnel of their own to the same ports.
  t.is(publicUrls.grafana, 'http://127.0.0.1:3000');
  t.deepEqual(settingsOf(overSsh, withTunnels).tunnels, tunnels);
  // Another user of the same machine changes nothing in the state.
  t.deepEqual(
    settingsOf({ 'docker:host': 'ssh://you@host.example' }, withTunnels).tunnels?.forwards,
    forwards,
  );
  t.notDeepEqual(
    settingsOf({ 'docker:host': 'ssh://me@other.example' }, withTunnels).tunnels?.forwards,
    forwards,
  );
});

test('what is not run, and what has a URL of its own, needs no tunnel', (t) => {
  const services = (values: Readonly<Record<string, unknown>>) =>
    Object.keys(settingsOf({ ...overSsh, ...values }, withTunnels).tunnels?.forwards ?? {});
  t.deepEqual(services({ grafana: { url: 'https://grafana.example' } }), [
    'status',
    'metrics',
    'prometheus',
    'alertmanager',
  ]);
  t.deepEqual(services({ grafana: { mode: 'none' }, alertmanager: { mode: 'none' } }), [
    'status',
    'metrics',
    'prometheus',
  ]);
  // One that ends on this machine is opened there.
  const { tunnels } = settingsOf({ ...overSsh, grafana: { url: 'http://127.0.0.1:3001' } }, withTunnels);
  t.deepEqual(tunnels?.forwards.grafana, { localPort: 3001, host: '127.0.0.1', port: 3000 });
  t.is(settingsOf({ ...overSsh, bindAddress: '10.0.0.5', allowOpen: 'true' }).tunnels, undefined);
  t.is(settingsOf().tunnels, undefined);
});

test('an engine on TCP is reached through the tunnel that is configured', (t) => {
  const values = { 'docker:host': 'tcp://10.0.0.5:2376', tunnel: 'ssh://me@bastion.example:2222' };
  const { tunnels, addresses } = settingsOf(values, withTunnels);
  t.is(tunnels?.through, 'ssh://me@bastion.example:2222');
  t.regex(addresses.grafana, /^http:\/\/127\.0\.0\.1:2\d{4}$/);
  for (const [tunnel, said] of [
    ['bastion.example', 'expected ssh://USER@HOST or ssh://USER@HOST:PORT'],
    [
      'ssh://me:pw@bastion.example',
      'expected ssh://USER@HOST or ssh://USER@HOST:PORT without a password: ssh takes keys (ssh-copy-id installs one)',
    ],
  ] as const) {
    t.deepEqual(problemsOf({ ...values, grafana: { mode: 'none' }, tunnel }, withTunnels), [
      `balance-alert:tunnel: ${said}`,
    ]);
  }
});

test('the image is built for the platform of the engine, where somebody has asked it', (t) => {
  const environment = { BALANCE_ALERT_ENGINE_PLATFORM: 'linux/arm64' };
  t.like(settingsOf({}, { environment }).images.exporter, { platform: 'linux/arm64' });
  const images = { platform: 'linux/riscv64' };
  t.like(settingsOf({ images }, { environment }).images.exporter, { platform: 'linux/riscv64' });
});

test('an address of ssh is checked as Docker checks it', (t) => {
  for (const [host, said] of [
    ['ssh://me:secret@host.example', /without a password: ssh takes keys/],
    ['ssh://host.example?x=1', /without "\?" and "#"/],
    ['ssh:///run/docker.sock', /the host is missing/],
    ['ssh://-oProxyCommand=x', /a host does not begin with "-"|expected ssh:/],
  ] as const) {
    const [first = ''] = problemsOf({ 'docker:host': host }, withTunnels);
    t.regex(first, said, host);
    t.regex(first, /^docker:host: /);
  }
  t.regex(
    problemsOf(
      {},
      { environment: { ...withTunnels.environment, DOCKER_HOST: 'ssh://me:secret@h.example' } },
    ).join(),
    /^DOCKER_HOST: expected ssh:/,
  );
});

test('certificates come from one place: the configuration, else the variables of the Docker CLI', (t) => {
  const tcp = { 'docker:host': 'tcp://10.0.0.5:2376', grafana: { mode: 'none' } };
  const pathOf = (values: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>>) =>
    settingsOf({ ...tcp, ...values }, { environment }).engine.certPath;
  t.is(pathOf({}, {}), undefined);
  t.is(pathOf({ 'docker:certPath': 'certificates' }, {}), '/checkout/certificates');
  t.is(pathOf({ 'docker:certPath': '/c' }, { DOCKER_CERT_PATH: '/other' }), '/c');
  t.is(pathOf({}, { DOCKER_CERT_PATH: '/e' }), '/e');
  t.is(pathOf({}, { DOCKER_TLS_VERIFY: '1', HOME: '/home/me' }), '/home/me/.docker');
  t.is(settingsOf({}, { environment: { DOCKER_CERT_PATH: '/e' } }).engine.certPath, undefined);
});

test('variables and keys that would reach half of the plugin are refused', (t) => {
  const secretKeys = new Set(['docker:keyMaterial']);
  const materials = { 'docker:caMaterial': 'ca', 'docker:certMaterial': 'cert', 'docker:keyMaterial': 'key' };
  const tcp = { 'docker:host': 'tcp://10.0.0.5:2376', grafana: { mode: 'none' } };
  t.deepEqual(problemsOf({ ...tcp, ...materials, 'docker:certPath': '/c' }, { secretKeys }), [
    'docker:certPath: expected this folder or keyMaterial, not both',
  ]);
  t.deepEqual(
    problemsOf(
      { ...tcp, ...materials },
      { secretKeys, environment: { DOCKER_CERT_PATH: '/c', DOCKER_HOST: 'tcp://10.0.0.6:2376' } },
    ),
    [
      'DOCKER_CERT_PATH: set besides docker:keyMaterial: unset this variable',
      'DOCKER_HOST: tcp://10.0.0.6:2376, and docker:host is tcp://10.0.0.5:2376: with docker:keyMaterial the image would be built on the former; unset this variable',
    ],
  );
  t.deepEqual(
    problemsOf(
      { ...overSsh, 'docker:certPath': '/c' },
      { environment: { ...withTunnels.environment, DOCKER_CERT_PATH: '/c' } },
    ),
    [
      'docker:certPath: only used with tcp://, and docker:host is ssh://me@host.example',
      'DOCKER_CERT_PATH: only used with tcp://, and the engine is ssh://me@host.example: unset this variable',
    ],
  );
});

test('a key of the engine that stands in clear is refused', (t) => {
  const materials = { 'docker:caMaterial': 'ca', 'docker:certMaterial': 'cert', 'docker:keyMaterial': 'key' };
  t.deepEqual(problemsOf(materials), [
    'docker:keyMaterial: stored in plain text in the stack file: set it again with --secret',
  ]);
  t.deepEqual(settingsOf(materials, { secretKeys: new Set(['docker:keyMaterial']) }).engine, {
    host: 'unix:///var/run/docker.sock',
    caMaterial: 'ca',
    certMaterial: 'cert',
    keyMaterial: 'key',
  });
});

test('keys of other namespaces are none of its business', (t) => {
  t.is(settingsOf({ 'aws:region': 'x', 'docker:version': '5.2.0' }).namePrefix, 'balance-alert');
});

test('Pulumi.yaml describes exactly the scalar knobs', (t) => {
  const project: unknown = parse(readFileSync(new URL('../../../Pulumi.yaml', import.meta.url), 'utf8'));
  const described =
    typeof project === 'object' && project !== null && 'template' in project
      ? JSON.stringify(project.template)
      : '';
  const keys = [...described.matchAll(/"balance-alert:(\w+)"/g)].map(([, key]) => key ?? '').sort();
  t.deepEqual(
    keys,
    Object.keys(stackSchema.shape)
      .filter((key) => !groupKeys.has(key))
      .sort(),
  );
});

test('the documentation names every knob', (t) => {
  const text = readFileSync(new URL('../../../docs/configuration-stack.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => key ?? '');
  t.deepEqual(documented.toSorted(), knobs().toSorted());
});

/** What other examples refer to. */
const ops = { type: 'feishu', url: 'https://open.feishu.cn/open-apis/bot/v2/hook/example' };

test('every example of a knob group in the source is a valid configuration', (t) => {
  const source = readFileSync(new URL('../../../infra/settings/schema.ts', import.meta.url), 'utf8');
  const examples = [...source.matchAll(/ \* @example\n((?: \* .*\n)+?) \*\//g)].map(([, text = '']) =>
    text.replaceAll(/^ \* /gm, ''),
  );
  const groups = examples.map((example) => {
    const config: unknown = parse(example);
    const entries = typeof config === 'object' && config !== null ? Object.entries(config) : [];
    const values = Object.fromEntries(entries.map(([key, value]) => [key, JSON.stringify(value)]));
    t.notThrows(
      () =>
        settingsOf(
          { alertmanager: { receivers: { ops } }, ...values },
          {
            secretKeys: new Set(['balance-alert:alertmanager', ...Object.keys(values)]),
            files: { '/checkout/my-rules.yaml': 'groups: []\n' },
          },
        ),
      example,
    );
    return Object.keys(values).join();
  });
  t.deepEqual(groups.toSorted(), [...groupKeys].map((key) => `balance-alert:${key}`).toSorted());
});

/** Every key that can be set; `secrets` and the like by themselves, because what they hold is free. */
function knobs(): readonly string[] {
  return Object.entries(stackSchema.shape).flatMap(([key, schema]) => {
    const shape = shapeOf(schema);
    return shape === undefined ? [key] : Object.keys(shape).map((name) => `${key}.${name}`);
  });
}

/** The fields of an object's schema, under defaults and transforms. */
function shapeOf(schema: unknown): object | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('shape' in schema && typeof schema.shape === 'object' && schema.shape !== null) return schema.shape;
  if ('in' in schema) return shapeOf(schema.in);
  return 'unwrap' in schema && typeof schema.unwrap === 'function' ? shapeOf(schema.unwrap()) : undefined;
}
