import ava from 'ava';
import { dashboardSources, dataSourceUid } from '../../../infra/render/content.ts';
import type { ContainerOnEngine, StackWorld } from './stack-world.ts';
import { examineStack, grafanaPassword, soundStack, vendorKey } from './stack-world.ts';
import type { Named } from './world.ts';
import { assertNamed, exporterLines, standingNow } from './world.ts';

/** Each runs a program for the CLI several times: one after the other. */
const test = ava.serial;

/** Each link of a stack broken on purpose: `scripts/doctor` names it, says what to do, and fails. */

test('a sound stack has no broken link, and the exit code 0', async (t) => {
  const { code, report, broken, text, session } = await examineStack(t, await soundStack(t));
  t.deepEqual(broken, [], text);
  t.is(code, 0);
  t.deepEqual(
    report.checks.filter(({ status }) => status !== 'ok').map(({ id, status }) => `${id}: ${status}`),
    // No receivers are configured, and nobody is notified.
    ['channels: warning'],
  );
  t.deepEqual(
    report.checks.slice(0, 12).map(({ id }) => id),
    [
      'state',
      'settings',
      'account-file',
      'secrets',
      'engine',
      'container-exporter',
      'container-prometheus',
      'container-alertmanager',
      'container-grafana',
      'network',
      'leftovers',
      'exporter',
    ],
  );
  t.regex(
    report.checks.find(({ id }) => id === 'account-file')?.detail ?? '',
    /\(1 account, 0 subscriptions, 0 mailboxes\)/,
  );
  // Nothing is changed: the CLI only reads, and the engine is only asked.
  t.deepEqual(
    (await session.asked()).filter((line) => !/^(stack (ls|export|output)|config --json)/.test(line)),
    [],
  );
  t.deepEqual(
    session.server.asked.filter(({ method }) => method !== 'GET'),
    [],
  );
});

interface Break extends Named {
  readonly title: string;
  readonly by: (world: StackWorld) => void;
}

function containerOf(world: StackWorld, part: string): ContainerOnEngine {
  const found = world.given.containers[part];
  if (found === undefined) throw new Error(`no container ${part}`);
  return found;
}

const breaks: readonly Break[] = [
  {
    title: 'a passphrase that is not the state’s',
    by: ({ given }) => {
      const wrong = { code: 255, stderr: 'error: incorrect passphrase' };
      given.cli['config --json --show-secrets'] = wrong;
      given.cli['stack output --json --show-secrets'] = wrong;
      given.cli['config --json --stack'] = {
        stdout: JSON.stringify({
          ...Object.fromEntries(
            Object.entries({
              ...given.config,
              'balance-alert:images': '{"exporter":"registry.example/balance-alert:1"}',
            })
              .filter(([key]) => key !== 'balance-alert:secrets')
              .map(([key, value]) => [key, { value, secret: false }]),
          ),
          'balance-alert:secrets': { secret: true },
        }),
      };
    },
    link: 'state',
    detail: /incorrect passphrase/,
    todo: /restore the file from a backup/,
    waiting: ['settings', 'secrets', 'leftovers', 'grafana-access'],
  },
  {
    title: 'a setting that is invalid',
    by: ({ given }) => {
      given.config['balance-alert:prometheus'] = '{"retention":"long"}';
    },
    link: 'settings',
    detail: /^1 setting invalid:\nbalance-alert:prometheus\.retention: expected/,
    todo: /docs\/configuration-stack\.md/,
    waiting: ['secrets'],
  },
  {
    title: 'an error in the account file',
    by: ({ given }) => {
      given.accounts = 'accounts:\n  - { name: first, provider: openruoter }\n';
    },
    link: 'account-file',
    detail: /balance-alert\.yaml:2:\d+: .*openruoter/,
    todo: /correct it, then run scripts\/up/,
    waiting: ['deployed-files'],
  },
  {
    title: 'a secret that is not set',
    by: ({ given }) => {
      given.config['balance-alert:secrets'] = '{}';
    },
    link: 'secrets',
    detail: /^1 secret missing:\n.*VENDOR_KEY/,
    todo: /config set --secret --path 'balance-alert:secrets\["VENDOR_KEY"\]'/,
    waiting: ['deployed-files'],
  },
  {
    title: 'a secret in plain text',
    by: ({ given }) => {
      given.secretKeys.length = 0;
    },
    link: 'secrets',
    detail: /^stored in plain text in the stack file:\nbalance-alert:secrets\.VENDOR_KEY$/,
    todo: /rotate/,
    waiting: ['deployed-files'],
  },
  {
    title: 'another engine',
    by: ({ given }) => {
      given.outputs = { engine: { host: 'unix:///x', id: 'ANOTHER' } };
    },
    link: 'engine',
    detail: /is not the engine that this stack was created on/,
    todo: /restore docker:host/,
    waiting: [
      'container-exporter',
      'network',
      'leftovers',
      'exporter',
      'prometheus',
      'grafana',
      'alertmanager',
    ],
  },
  {
    title: 'a container that was removed by hand',
    by: ({ given }) => void delete given.containers['exporter'],
    link: 'container-exporter',
    detail: /^it is gone: it was removed by hand$/,
    todo: /scripts\/up creates it/,
    waiting: ['exporter', 'vendors', 'deployed-files'],
  },
  {
    title: 'a container that was stopped by hand',
    by: (world) => {
      containerOf(world, 'exporter').State.Status = 'exited';
    },
    link: 'container-exporter',
    detail: /^it was stopped by hand$/,
    todo: /docker start balance-alert-exporter/,
  },
  {
    title: 'a container that ran out of memory',
    by: (world) =>
      void Object.assign(containerOf(world, 'exporter').State, {
        Status: 'exited',
        OOMKilled: true,
        ExitCode: 137,
      }),
    link: 'container-exporter',
    detail: /was killed because it ran out of memory/,
    todo: /balance-alert:resources\.exporter\.memory/,
  },
  {
    title: 'a volume of another version',
    by: (world) => {
      Object.assign(containerOf(world, 'prometheus').State, { Status: 'restarting', ExitCode: 1 });
      world.given.engine['GET /containers/balance-alert-prometheus/logs?stdout=true&stderr=true&tail=3'] = {
        body: 'opening storage failed: unexpected index version 9\n',
      };
    },
    link: 'container-prometheus',
    detail: /^it is restarting \(exit code 1\)\n {2}opening storage failed: unexpected index version 9$/,
    todo: /a data volume of a newer version must be restored/,
  },
  {
    title: 'an unhealthy container',
    by: (world) => {
      containerOf(world, 'grafana').State.Health = {
        Status: 'unhealthy',
        Log: [{ Output: 'wget: server returned error: HTTP/1.1 503' }],
      };
    },
    link: 'container-grafana',
    detail: /^it is unhealthy: wget: server returned error/,
    todo: /docker logs balance-alert-grafana/,
  },
  {
    title: 'a foreign container of our name',
    by: (world) => {
      containerOf(world, 'prometheus').Config.Labels = {};
    },
    link: 'container-prometheus',
    detail: /^it was not created by balance-alert$/,
    todo: /namePrefix/,
  },
  {
    title: 'a container that was made again by hand',
    by: (world) => {
      containerOf(world, 'grafana').Id = 'id-made-by-hand';
    },
    link: 'container-grafana',
    detail: /is not the container that the state has/,
    todo: /scripts\/up --repair/,
    also: ['leftovers'],
  },
  {
    title: 'a container that was taken off the network',
    by: (world) => {
      containerOf(world, 'exporter').NetworkSettings.Networks = { bridge: { Aliases: [] } };
    },
    link: 'network',
    detail: /^balance-alert-exporter: not on the network balance-alert/,
    todo: /docker network connect --alias exporter balance-alert balance-alert-exporter/,
    waiting: ['exporter'],
  },
  {
    title: 'Grafana’s password changed by hand',
    by: ({ grafana }) => {
      grafana.authorization = 'Basic another';
    },
    link: 'grafana-access',
    detail: /refuses the credentials \(answer 401\)/,
    todo: /its password was changed by hand/,
    waiting: ['data-source', 'dashboards', 'panels'],
  },
  {
    title: 'a dashboard edited by hand',
    by: ({ grafana }) => {
      const [first] = dashboardSources('en', {}, 'balance-alert-prometheus');
      const edited = JSON.parse(first?.json ?? '{}');
      edited.panels[2].title = 'Mine';
      grafana.pages.set(`/api/dashboards/uid/${first?.uid}`, { dashboard: edited });
    },
    link: 'dashboards',
    detail: /not as in this checkout .*:\n.*: panels\[2\]\.title was changed$/,
    todo: /scripts\/up overwrites them; to keep a change, save the dashboard under another name/,
  },
  {
    title: 'a data source that was changed by hand',
    by: ({ grafana }) =>
      void grafana.pages.set(`/api/datasources/uid/${dataSourceUid}`, {
        type: 'prometheus',
        name: 'Prometheus',
        url: 'http://localhost:9090',
      }),
    link: 'data-source',
    detail: /asks http:\/\/localhost:9090, and should ask http:\/\/prometheus:9090/,
    todo: /scripts\/up/,
  },
  {
    title: 'rules of another checkout',
    by: ({ prometheus }) => {
      const text = JSON.stringify(prometheus.pages.get('/api/v1/rules')).replace(
        '"duration":300',
        '"duration":60',
      );
      prometheus.pages.set('/api/v1/rules', JSON.parse(text));
    },
    link: 'rules',
    detail: /another "for" \(expected 5m\)/,
    todo: /scripts\/up loads the rules of this checkout/,
  },
  {
    title: 'receivers that are not deployed',
    by: (world) => {
      world.given.config['balance-alert:alertmanager'] = JSON.stringify({
        receivers: { ops: { type: 'slack', url: `https://hooks.slack.com/services/${vendorKey}` } },
      });
      world.given.secretKeys.push('balance-alert:alertmanager');
    },
    link: 'alertmanager-configuration',
    detail: /is not the one of the stack’s settings/,
    todo: /scripts\/up/,
  },
  {
    title: 'an image that is not the pinned one',
    by: (world) => {
      world.given.engine['GET /images/grafana/grafana:13.2.3/json'] = { body: { Id: 'sha256:newer' } };
    },
    link: 'images',
    detail: /balance-alert-grafana: runs another image than grafana\/grafana:13\.2\.3/,
    todo: /scripts\/up/,
  },
  {
    title: 'an account file that was not deployed',
    by: ({ given }) => {
      given.files.config = '# before\naccounts: []\n';
    },
    link: 'deployed-files',
    detail: /the account file was changed since the last scripts\/up/,
    todo: /scripts\/up deploys/,
  },
  {
    title: 'a secret that was not deployed',
    by: ({ given }) => {
      given.files.secrets = { VENDOR_KEY: 'former-key-of-a-vendor' };
    },
    link: 'deployed-files',
    detail: /the secret VENDOR_KEY was changed since the last scripts\/up/,
    todo: /scripts\/up deploys/,
  },
  {
    title: 'a container that was changed by hand',
    by: (world) => {
      const { Config, HostConfig } = containerOf(world, 'prometheus');
      Config.Env = ['A=2'];
      HostConfig.PortBindings = {};
    },
    link: 'drift',
    detail:
      /changed by hand:\nbalance-alert-prometheus: environment variable A\nbalance-alert-prometheus: published port \d+$/,
    todo: /scripts\/up/,
  },
];

for (const { title, by, link, detail, todo, waiting, also } of breaks) {
  test(`${title} is named: ${link}`, async (t) => {
    const world = await soundStack(t);
    by(world);
    const found = await examineStack(t, world);
    assertNamed(t, found, { link, detail, todo, waiting, also, why: /^not checked: / });
    for (const secret of [grafanaPassword, vendorKey]) t.false(found.text.includes(secret), secret);
  });
}

test('what a killed run left is named, with the repair', async (t) => {
  const pending = [
    { type: 'creating', resource: { urn: 'urn:pulumi:test::x::y::balance-alert-exporter-container' } },
  ];
  const found = await examineStack(t, await soundStack(t), { pending });
  t.deepEqual(found.broken, ['leftovers']);
  t.regex(found.find('leftovers').detail, /pending operation \(creating\): balance-alert-exporter-container/);
  t.deepEqual(found.find('leftovers').todo, ['scripts/up --repair']);
});

test('a passphrase file that is gone is named, and none is made', async (t) => {
  const world = await soundStack(t);
  world.given.passphrase = undefined;
  const found = await examineStack(t, world);
  t.is(found.code, 1);
  t.deepEqual(found.broken, ['state']);
  t.regex(found.find('state').detail, /passphrase is missing or empty/);
  await t.throwsAsync(found.session.asked(), { code: 'ENOENT' }, 'the CLI was run');
});

test('a stack whose keys are in a cloud needs no passphrase file', async (t) => {
  const world = await soundStack(t);
  world.given.passphrase = undefined;
  world.given.secretsProvider = 'awskms';
  const { code, broken, text } = await examineStack(t, world);
  t.deepEqual(broken, [], text);
  t.is(code, 0);
});

test('a stack that is not deployed is named, and its settings are checked all the same', async (t) => {
  const world = await soundStack(t);
  world.given.cli['stack export'] = { stdout: '{"version":3,"deployment":{"manifest":{}}}' };
  world.given.config['balance-alert:prometheus'] = '{"retention":"long"}';
  const { report, broken, find } = await examineStack(t, world);
  t.is(report.first_broken, 'state');
  t.is(find('state').detail, 'the stack test is not deployed');
  t.true(broken.includes('settings'));
});

test('where no container of the stack exists, nothing is said about the images that run', async (t) => {
  const world = await soundStack(t);
  for (const part of ['exporter', 'prometheus', 'alertmanager', 'grafana'])
    world.given.engine[`GET /containers/balance-alert-${part}/json`] = { status: 404, body: {} };
  const { find } = await examineStack(t, world);
  t.is(find('images').status, 'skipped');
  t.is(find('images').detail, 'no container of the stack exists');
});

test('a stack that is not there is named, with the way to examine servers without one', async (t) => {
  const world = await soundStack(t);
  world.given.cli['stack ls'] = { stdout: '[]' };
  const found = await examineStack(t, world);
  t.deepEqual(found.broken, ['state']);
  t.regex(found.find('state').detail, /^there is no stack local in file:/);
  t.true(
    found.find('state').todo.includes('to examine servers without a stack: scripts/doctor --exporter URL'),
  );
});

test('an engine whose clock is two minutes ahead is named', async (t) => {
  const world = await soundStack(t);
  world.given.engine['GET /info'] = {
    body: {
      ID: 'ENGINE',
      ServerVersion: '27.0',
      OSType: 'linux',
      Architecture: 'x86_64',
      SystemTime: new Date(standingNow() + 120_000).toISOString(),
    },
  };
  const found = await examineStack(t, world);
  t.deepEqual(found.broken, ['clock']);
  t.regex(
    found.find('clock').detail,
    /^the clock of the Docker engine is (118|119|120|121) s ahead of the others$/,
  );
});

test('a token of an external Grafana with too few rights is named', async (t) => {
  const world = await soundStack(t);
  const token = 'glsa_token-of-grafana';
  Object.assign(world.grafana, { authorization: `Bearer ${token}` });
  world.grafana.pages.set('/api/access-control/user/permissions', {
    'dashboards:read': ['*'],
    'folders:read': ['*'],
  });
  world.given.config['balance-alert:grafana'] = JSON.stringify({
    mode: 'external',
    url: world.grafana.url,
    auth: token,
    dataSourceUrl: 'http://prometheus:9090',
  });
  world.given.secretKeys.push('balance-alert:grafana');
  const found = await examineStack(t, world);
  t.is(found.code, 1);
  t.true(found.broken.includes('grafana-rights'), found.text);
  t.regex(found.find('grafana-rights').detail, /the token may not folders:create, .*role Admin/);
  t.false(found.text.includes(token));
});

test('a wrong password is sent to Grafana once: five of them lock the user out', async (t) => {
  const world = await soundStack(t);
  world.grafana.authorization = 'Basic another';
  await examineStack(t, world);
  const { asked } = world.grafana;
  t.deepEqual(
    asked.filter(({ authorization }) => authorization !== undefined).map(({ path }) => path),
    ['/api/org'],
  );
});

test('a storage that works again, and one that was set aside, are warnings', async (t) => {
  const world = await soundStack(t);
  const logs = 'GET /containers/balance-alert-exporter/logs?stdout=true&stderr=true&tail=2000';
  const page = exporterLines().join('\n').replace('write_failures_total 0', 'write_failures_total 2');
  world.exporter.pages.set('/metrics', page);
  world.given.engine[logs] = {
    body: 'msg="writing to storage failed, state will be lost"\nmsg="storage recovered"\n',
  };
  t.regex(
    (await examineStack(t, world)).find('storage').detail,
    /^2 writes failed, and storage has recovered/,
  );
  world.given.engine[logs] = {
    body: 'msg=storage error="state.log is of a newer version (9): starting without it"\n',
  };
  world.exporter.pages.set('/metrics', exporterLines().join('\n'));
  const { find, code } = await examineStack(t, world);
  t.is(code, 0);
  t.is(find('storage').status, 'warning');
});

test('a container that was restarted after it ran out of memory is a warning', async (t) => {
  const world = await soundStack(t);
  const now = Date.parse('2026-11-28T02:00:00Z');
  const until = now / 1000;
  const query = new URLSearchParams({
    since: String(until - 86_400),
    until: String(until),
    filters: JSON.stringify({ event: ['oom'], container: ['id-prometheus'] }),
  });
  world.given.engine[`GET /events?${query}`] = { body: '{"Action":"oom","Type":"container"}\n' };
  const { find } = await examineStack(t, world, { now: () => now });
  t.is(find('container-prometheus').status, 'warning');
  t.regex(
    find('container-prometheus').detail,
    /^it ran out of memory 1 time within a day, and was restarted$/,
  );
});

test('certificates of a closed stack that have ended, or end soon, are named', async (t) => {
  const day = 86_400_000;
  for (const [days, status, detail] of [
    [-1, 'broken', /^the certificates of the stack ended on /],
    [10, 'warning', /^the certificates of the stack end on .*, in 10 days$/],
    [300, 'ok', /^valid until /],
  ] as const) {
    const world = await soundStack(t);
    world.given.outputs = {
      ...world.given.outputs,
      certificatesExpireAt: new Date(standingNow() + days * day + 60_000).toISOString(),
    };
    const { find } = await examineStack(t, world);
    t.is(find('certificates').status, status);
    t.regex(find('certificates').detail, detail);
  }
});

test('demo accounts that fail do so on purpose, which is a warning', async (t) => {
  const world = await soundStack(t);
  const page = exporterLines()
    .join('\n')
    .replace(
      'account_up{project="first",provider="demo"} 1',
      'account_up{project="first",provider="demo"} 0',
    );
  world.exporter.pages.set('/metrics', page);
  const { code, find } = await examineStack(t, world);
  t.is(code, 0);
  t.is(find('vendors').status, 'warning');
});

test('right after a start, alerts that have not arrived yet are a warning', async (t) => {
  const world = await soundStack(t);
  world.alertmanager.pages.set('/api/v2/alerts', []);
  world.alertmanager.pages.set('/api/v2/status', {
    versionInfo: { version: '0.35.0' },
    uptime: new Date(standingNow() - 20_000).toISOString(),
  });
  const { code, find } = await examineStack(t, world);
  t.is(code, 0);
  t.regex(find('alerting').detail, /has not arrived yet, and one of the two was just started/);
});
