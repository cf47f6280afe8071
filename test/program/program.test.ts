import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { dashboards, dataSourceUid, folderUid } from '../../dashboards/index.ts';
import type { ProgramRun, Registration } from '../support/program-run.ts';
import { runProgram } from '../support/program-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-program-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const accounts = `accounts:
  - { name: a, provider: demo, threshold: 5 }
mailboxes:
  - { name: m, host: imap.example.com, user: u, password: { secret: MAIL_PASSWORD } }
`;

function accountsFile(text: string, name = 'accounts.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const planted = 'planted-s3cret';

/** The run that most tests look at: made once, as it takes a second. */
const usual: Promise<ProgramRun> = runProgram({
  values: {
    'balance-alert:accountsFile': accountsFile(accounts),
    'balance-alert:secrets': JSON.stringify({ MAIL_PASSWORD: planted }),
  },
  secretKeys: ['balance-alert:secrets'],
});

async function registered(name: string): Promise<Registration> {
  const { registrations, said } = await usual;
  const found = registrations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nothing named ${name} was registered\n${said}`);
  return found;
}

const short = (type: string) => type.replace(/^.*:/, '');

test('the program registers exactly these resources, and ends well', async (t) => {
  const { exitCode, registrations, said } = await usual;
  t.is(exitCode, 0, said);
  t.deepEqual(
    registrations.map(({ type, name }) => `${short(type)} ${name}`).toSorted(),
    [
      'Alertmanager balance-alert-alertmanager',
      'Container balance-alert-alertmanager-container',
      'Container balance-alert-exporter-container',
      'Container balance-alert-grafana-container',
      'Container balance-alert-prometheus-container',
      ...dashboards('en')
        .map(({ uid }) => `Dashboard balance-alert-grafana-dashboard-${uid}`)
        .toSorted(),
      'DataSource balance-alert-grafana-prometheus',
      'Exporter balance-alert-exporter',
      'Folder balance-alert-grafana-folder',
      'Grafana balance-alert-grafana',
      'Image balance-alert-exporter-image',
      'MonitoringStack balance-alert',
      'Network balance-alert-network',
      'Network balance-alert-network-bridge',
      'Prometheus balance-alert-prometheus',
      'RandomId balance-alert-grafana-generation',
      'RandomPassword balance-alert-grafana-admin-password',
      'RemoteImage balance-alert-alertmanager-image',
      'RemoteImage balance-alert-grafana-image',
      'RemoteImage balance-alert-prometheus-image',
      'Stack balance-alert-test',
      'Volume balance-alert-alertmanager-data',
      'Volume balance-alert-exporter-data',
      'Volume balance-alert-grafana-data',
      'Volume balance-alert-prometheus-data',
      'docker balance-alert-engine',
      'grafana balance-alert-grafana-api',
    ].toSorted(),
  );
});

test('a preview registers the same', async (t) => {
  const preview = await runProgram({
    values: {
      'balance-alert:accountsFile': accountsFile(accounts),
      'balance-alert:secrets': JSON.stringify({ MAIL_PASSWORD: planted }),
    },
    secretKeys: ['balance-alert:secrets'],
    dryRun: true,
  });
  const { registrations } = await usual;
  t.deepEqual(
    preview.registrations.map(({ urn }) => urn).toSorted(),
    registrations.map(({ urn }) => urn).toSorted(),
  );
});

/** Each container: its user, its port, what it is known as, and where its data is. */
const containers = [
  [
    'exporter',
    '10001:10001',
    [
      [8080, 8080],
      [9100, 9100],
    ],
    '/var/lib/balance-alert',
  ],
  ['prometheus', '65534:65534', [[9090, 9090]], '/prometheus'],
  ['alertmanager', '65534:65534', [[9093, 9093]], '/alertmanager'],
  ['grafana', '472:0', [[3000, 3000]], '/var/lib/grafana'],
] as const;

for (const [service, user, ports, dataPath] of containers) {
  test(`the container of ${service} is pinned, hardened, limited, checked and waited for`, async (t) => {
    const { inputs } = await registered(`balance-alert-${service}-container`);
    t.is(inputs['name'], `balance-alert-${service}`);
    t.regex(String(inputs['image']), /^sha256:/);
    t.is(inputs['user'], user);
    t.is(inputs['restart'], 'unless-stopped');
    t.is(inputs['wait'], true);
    t.is(typeof inputs['waitTimeout'], 'number');
    t.is(inputs['memory'], inputs['memorySwap']);
    t.true(Number(inputs['memory']) > 0);
    t.deepEqual(inputs['securityOpts'], ['no-new-privileges:true']);
    t.deepEqual(inputs['capabilities'], { drops: ['ALL'] });
    t.is(inputs['networkMode'], 'bridge');
    t.deepEqual(
      JSON.parse(JSON.stringify(inputs['ports'])),
      ports.map(([internal, external]) => ({ internal, external, ip: '127.0.0.1', protocol: 'tcp' })),
    );
    t.true(JSON.stringify(inputs['volumes']).includes(`"containerPath":"${dataPath}"`));
    t.true(JSON.stringify(inputs['networksAdvanced']).includes(`"aliases":["${service}"]`));
    t.true(JSON.stringify(inputs['labels']).includes('"balance-alert.stack"'));
    t.true(JSON.stringify(inputs['logOpts']).includes('max-size'));
    t.true(JSON.stringify(inputs['healthcheck']).includes('CMD'));
    t.true(Number(inputs['destroyGraceSeconds']) > 0);
  });

  test(`the container of ${service} is replaced by deleting it first, and for what the provider forgets`, async (t) => {
    const { deleteBeforeReplace, replaceOnChanges } = await registered(`balance-alert-${service}-container`);
    t.true(deleteBeforeReplace);
    t.deepEqual(replaceOnChanges, ['healthcheck', 'init', 'tmpfs']);
  });
}

test('the data source is replaced where its user comes or goes: Grafana keeps the user in an update without one', async (t) => {
  const { deleteBeforeReplace, replaceOnChanges } = await registered('balance-alert-grafana-prometheus');
  t.true(deleteBeforeReplace, 'its uid is fixed');
  t.deepEqual(replaceOnChanges, ['basicAuthEnabled']);
});

test('what is in Grafana goes with its volume, and waits for its container', async (t) => {
  const { registrations } = await usual;
  const inGrafana = registrations.filter(({ type }) => type.startsWith('grafana:'));
  const volume = (await registered('balance-alert-grafana-data')).urn;
  const container = (await registered('balance-alert-grafana-container')).urn;
  t.is(inGrafana.length, dashboards('en').length + 2);
  for (const one of inGrafana) {
    t.is(one.deletedWith, volume, one.name);
    t.true(one.dependencies.includes(container), one.name);
  }
});

test('data source, folder and dashboards have their fixed uids', async (t) => {
  t.is((await registered('balance-alert-grafana-prometheus')).inputs['uid'], dataSourceUid);
  t.is((await registered('balance-alert-grafana-prometheus')).inputs['url'], 'http://prometheus:9090');
  t.is((await registered('balance-alert-grafana-folder')).inputs['uid'], folderUid);
  for (const { uid } of dashboards('en')) {
    const { inputs } = await registered(`balance-alert-grafana-dashboard-${uid}`);
    const dashboard: unknown = JSON.parse(String(inputs['configJson']));
    t.true(
      typeof dashboard === 'object' && dashboard !== null && 'uid' in dashboard && dashboard.uid === uid,
    );
  }
});

test('the image is built from paths that are the same on every machine, and pushed nowhere', async (t) => {
  const { inputs } = await registered('balance-alert-exporter-image');
  t.is(inputs['skipPush'], true);
  t.deepEqual(inputs['build'], {
    args: { BASE_IMAGE: 'node:24-bookworm-slim' },
    context: '../dist',
    dockerfile: '../exporter/Dockerfile',
    platform: process.arch === 'x64' ? 'linux/amd64' : 'linux/arm64',
  });
});

/** Takes everything that is wrapped as secret out of a value. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  if ('secret' in value && Object.keys(value).length === 1) return '[secret]';
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item)]));
}

test('a secret is handed over, and stands nowhere in clear', async (t) => {
  const { registrations, outputs, said } = await usual;
  const whole = JSON.stringify(registrations.map(({ inputs }) => inputs));
  t.true(whole.includes(planted));
  t.false(JSON.stringify(registrations.map(({ inputs }) => withoutSecrets(inputs))).includes(planted));
  t.false(JSON.stringify(withoutSecrets(outputs)).includes(planted));
  t.false(said.includes(planted));
});

test('the password of Grafana is a secret everywhere, and in no environment', async (t) => {
  const { registrations, outputs } = await usual;
  t.deepEqual(outputs['grafanaPassword'], { secret: 'made-by-random' });
  t.false(
    JSON.stringify(registrations.map(({ inputs }) => withoutSecrets(inputs))).includes('made-by-random'),
  );
  const { inputs } = await registered('balance-alert-grafana-container');
  t.false(JSON.stringify(inputs['envs']).includes('made-by-random'));
  t.true(JSON.stringify(inputs['envs']).includes('GF_SECURITY_ADMIN_PASSWORD__FILE='));
});

test('the outputs say where to go and how another Prometheus scrapes', async (t) => {
  const { outputs } = await usual;
  t.deepEqual(outputs['urls'], {
    alertmanager: 'http://127.0.0.1:9093',
    grafana: 'http://127.0.0.1:3000',
    grafanaApi: 'http://127.0.0.1:3000',
    metrics: 'http://127.0.0.1:9100/metrics',
    prometheus: 'http://127.0.0.1:9090',
    status: 'http://127.0.0.1:8080',
  });
  t.is(outputs['grafanaUser'], 'admin');
  t.true(String(outputs['scrapeConfig']).startsWith('- job_name: balance-alert\n'));
});

test('what is wrong with the account file ends the program before anything is registered', async (t) => {
  const { exitCode, registrations, said } = await runProgram({
    values: {
      'balance-alert:accountsFile': accountsFile(
        'accounts:\n  - { name: a, provider: dmo }\n  - { name: b, provider: demo, treshold: 3 }\n',
        'bad.yaml',
      ),
    },
  });
  t.not(exitCode, 0);
  t.deepEqual(
    registrations.filter(({ type }) => type !== 'pulumi:pulumi:Stack'),
    [],
  );
  t.regex(said, /bad\.yaml:2:16: accounts\[0\]\.provider: no provider "dmo"; did you mean demo\?/);
  t.regex(said, /bad\.yaml:3:32: accounts\[1\]\.treshold: unknown key; did you mean threshold\?/);
});

test('all invalid settings are reported at once, with their keys', async (t) => {
  const { exitCode, registrations, said } = await runProgram({
    values: {
      'balance-alert:accountsFile': accountsFile(accounts, 'settings.yaml'),
      'balance-alert:language': 'fr',
      'balance-alert:ports': JSON.stringify({ grafana: 99_999 }),
      'balance-alert:namePrefx': 'x',
    },
  });
  t.not(exitCode, 0);
  t.deepEqual(
    registrations.filter(({ type }) => type !== 'pulumi:pulumi:Stack'),
    [],
  );
  for (const key of ['language', 'ports.grafana', 'namePrefx']) {
    t.true(said.includes(`balance-alert:${key}`), `${key}\n${said}`);
  }
});

test('an address that others can reach is refused unless that is allowed', async (t) => {
  const values = {
    'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
    'balance-alert:bindAddress': '0.0.0.0',
  };
  const refused = await runProgram({ values });
  t.not(refused.exitCode, 0);
  t.true(refused.said.includes('balance-alert:bindAddress'), refused.said);
  t.deepEqual(
    refused.registrations.filter(({ type }) => type !== 'pulumi:pulumi:Stack'),
    [],
  );
  const allowed = await runProgram({ values: { ...values, 'balance-alert:allowOpen': 'true' } });
  t.is(allowed.exitCode, 0, allowed.said);
});

test('an alert that is switched off or re-graded is so in the rules that Prometheus gets', async (t) => {
  const { registrations, said } = await runProgram({
    values: {
      'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
      'balance-alert:alerts': JSON.stringify({
        changes: { BurnUnusual: 'off', BalanceLow: 'critical' },
        runwayDays: { critical: 5 },
      }),
    },
  });
  const container = registrations.find(({ name }) => name === 'balance-alert-prometheus-container');
  const uploads = JSON.stringify(container?.inputs['uploads']);
  t.truthy(container, said);
  t.false(uploads.includes('alert: BurnUnusual'));
  t.regex(uploads, /alert: BalanceLow\\n(?:(?!alert:).)*severity: critical/);
  t.regex(uploads, /runway_seconds:current[^<]* < 432000/);
});

test('with keepData the volumes of exporter, Prometheus and Alertmanager stay, and Grafana’s does not', async (t) => {
  const { registrations } = await runProgram({
    values: {
      'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
      'balance-alert:keepData': 'true',
    },
  });
  const kept = registrations
    .filter(({ type }) => short(type) === 'Volume')
    .map(({ name, retainOnDelete }) => [name, retainOnDelete]);
  t.deepEqual(Object.fromEntries(kept), {
    'balance-alert-alertmanager-data': true,
    'balance-alert-exporter-data': true,
    'balance-alert-grafana-data': false,
    'balance-alert-prometheus-data': true,
  });
});

test('the credentials of receivers are in Alertmanager’s configuration, and stand nowhere in clear', async (t) => {
  const { exitCode, registrations, outputs, said } = await runProgram({
    values: {
      'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
      'balance-alert:language': 'zh',
      'balance-alert:alertmanager': JSON.stringify({
        receivers: { ops: { type: 'slack', url: `https://hooks.example/services/${planted}` } },
      }),
    },
    secretKeys: ['balance-alert:alertmanager'],
  });
  t.is(exitCode, 0, said);
  const uploads = registrations.find(({ name }) => name === 'balance-alert-alertmanager-container')?.inputs[
    'uploads'
  ];
  t.true(JSON.stringify(uploads).includes(planted));
  t.true(JSON.stringify(withoutSecrets(registrations.map(({ inputs }) => inputs))).includes('余额低于阈值'));
  t.false(JSON.stringify(withoutSecrets(registrations.map(({ inputs }) => inputs))).includes(planted));
  t.false(JSON.stringify(withoutSecrets(outputs)).includes(planted));
  t.false(said.includes(planted));
});

test('the credentials of an external Alertmanager are in Prometheus’ configuration, and stand nowhere in clear', async (t) => {
  for (const given of [{ username: 'prometheus', password: planted }, { bearerToken: planted }]) {
    const { exitCode, registrations, outputs, said } = await runProgram({
      values: {
        'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
        'balance-alert:alertmanager': JSON.stringify({
          mode: 'external',
          url: 'https://ops.example/am',
          ...given,
        }),
      },
      secretKeys: ['balance-alert:alertmanager'],
    });
    t.is(exitCode, 0, said);
    const uploads = registrations.find(({ name }) => name === 'balance-alert-prometheus-container')?.inputs[
      'uploads'
    ];
    t.true(JSON.stringify(uploads).includes(planted));
    t.false(JSON.stringify(withoutSecrets(registrations.map(({ inputs }) => inputs))).includes(planted));
    t.false(JSON.stringify(withoutSecrets(outputs)).includes(planted));
    t.false(said.includes(planted));
  }
});

test('with an external Alertmanager, or none, the stack runs none', async (t) => {
  for (const [alertmanager, target] of [
    [{ mode: 'external', url: 'https://ops.example/am' }, 'ops.example'],
    [{ mode: 'none' }, undefined],
  ] as const) {
    const { exitCode, registrations, outputs, said } = await runProgram({
      values: {
        'balance-alert:accountsFile': 'exporter/examples/demo.yaml',
        'balance-alert:alertmanager': JSON.stringify(alertmanager),
      },
    });
    t.is(exitCode, 0, said);
    t.false(registrations.some(({ name }) => name.includes('alertmanager')));
    const prometheus = registrations.find(({ name }) => name === 'balance-alert-prometheus-container');
    const config = JSON.stringify(prometheus?.inputs['uploads']);
    t.is(config.includes('alerting:'), target !== undefined);
    if (target !== undefined) t.true(config.includes(`- ${target}`));
    t.is(JSON.stringify(outputs['urls']).includes('ops.example'), target !== undefined);
  }
});

test('with Prometheus and Grafana of somebody else, the real entry registers what is ours, and no secret stands in clear', async (t) => {
  const tokens = ['planted-prometheus-password', 'planted-grafana-token'];
  const { exitCode, registrations, outputs, said } = await runProgram({
    values: {
      'balance-alert:accountsFile': accountsFile(
        'accounts:\n  - { name: a, provider: demo }\n',
        'external.yaml',
      ),
      'balance-alert:prometheus': JSON.stringify({
        mode: 'external',
        url: 'https://prometheus.example',
        auth: { username: 'u', password: tokens[0] },
      }),
      'balance-alert:grafana': JSON.stringify({
        mode: 'external',
        url: 'https://grafana.example',
        auth: tokens[1],
      }),
    },
    secretKeys: ['balance-alert:prometheus', 'balance-alert:grafana'],
  });
  t.is(exitCode, 0, said);
  t.deepEqual(
    registrations
      .filter(({ type }) => /^(docker:index\/container|grafana:|random:)/.test(type))
      .map(({ type }) => short(type))
      .toSorted(),
    ['Container', 'Container', 'DataSource', ...dashboards('en').map(() => 'Dashboard'), 'Folder'].toSorted(),
  );
  t.is(outputs['grafanaUser'], undefined);
  t.is(outputs['grafanaPassword'], undefined);
  t.deepEqual(outputs['urls'], {
    alertmanager: 'http://127.0.0.1:9093',
    grafana: 'https://grafana.example',
    grafanaApi: 'https://grafana.example',
    metrics: 'http://127.0.0.1:9100/metrics',
    prometheus: 'https://prometheus.example',
    status: 'http://127.0.0.1:8080',
  });
  const inputs = registrations.map((one) => one.inputs);
  for (const token of tokens) {
    t.true(JSON.stringify(inputs).includes(token));
    t.false(JSON.stringify(inputs.map(withoutSecrets)).includes(token));
    t.false(said.includes(token));
  }
});
