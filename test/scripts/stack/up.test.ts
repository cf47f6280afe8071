import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { BringUpOptions } from '../../../scripts/lib/stack/up.ts';
import { bringUp } from '../../../scripts/lib/stack/up.ts';
import { exitCodes, Failure, Interrupted } from '../../../scripts/lib/terminal/failure.ts';
import { Interruption } from '../../../scripts/lib/terminal/process.ts';
import { roles, serveGrafana } from '../../support/grafana-api.ts';
import { freePorts } from '../../support/ports.ts';
import { serve } from '../../support/served.ts';
import type { TestSession, TestSessionOptions } from './session-support.ts';
import { listed, stateWith, testSession } from './session-support.ts';

/** Ports that are free, so that only what a test is about stands in the way. */
async function portsConfig(): Promise<Readonly<Record<string, string>>> {
  const [status = 0, metrics = 0, prometheus = 0, alertmanager = 0, grafana = 0] = await freePorts(5);
  return { 'balance-alert:ports': JSON.stringify({ status, metrics, prometheus, alertmanager, grafana }) };
}

async function up(
  t: ExecutionContext,
  given: TestSessionOptions,
  flags: Partial<BringUpOptions> = {},
): Promise<{ readonly session: TestSession; readonly error: unknown }> {
  const session = await testSession(t, { ...given, config: { ...(await portsConfig()), ...given.config } });
  try {
    await bringUp({ ...session.options, yes: true, dryRun: false, repair: false, ...flags });
    return { session, error: undefined };
  } catch (error) {
    return { session, error };
  }
}

function failureOf(t: ExecutionContext, error: unknown): Failure {
  if (error instanceof Failure) return error;
  t.fail(`expected a failure, got ${String(error)}`);
  throw error;
}

/** Nothing that changes anything was run. */
async function assertUntouched(t: ExecutionContext, session: TestSession): Promise<void> {
  const changing = (await session.asked()).filter((line) => /^(up|refresh|destroy|cancel)\b/.test(line));
  t.deepEqual(changing, []);
  t.true(session.server.asked.every(({ method }) => method === 'GET'));
}

test('an invalid account file and invalid settings end it at once, with all errors, before the engine is contacted', async (t) => {
  const { session, error } = await up(t, {
    accounts: 'accounts:\n  - { name: a, provider: dmo }\n  - { name: b, provider: demo, treshold: 3 }\n',
    config: { 'balance-alert:language': 'fr' },
  });
  const failure = failureOf(t, error);
  t.is(failure.exitCode, exitCodes.usage);
  const lines = [
    'invalid configuration of the stack test:',
    '  balance-alert:language: expected en or zh, got "fr"',
    '  balance-alert:accountsFile:',
    '    balance-alert.yaml:2:16: accounts[0].provider: no provider "dmo"; did you mean demo?',
    '    balance-alert.yaml:3:32: accounts[1].treshold: unknown key; did you mean threshold?',
  ];
  // What the account file's own messages go on with is the exporter's matter.
  t.deepEqual(
    failure.message.split('\n').map((line, index) => line.slice(0, lines[index]?.length)),
    lines,
  );
  t.deepEqual(session.server.asked, []);
  await assertUntouched(t, session);
});

test('an engine that does not answer is named before anything is touched', async (t) => {
  const { session, error } = await up(t, { config: { 'docker:host': 'unix:///nowhere/docker.sock' } });
  t.regex(
    failureOf(t, error).message,
    /^cannot reach the Docker engine at unix:\/\/\/nowhere\/docker\.sock: /,
  );
  await assertUntouched(t, session);
});

test('ports and names in use are reported together before anything is changed', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const [status = 0, metrics = 0, prometheus = 0, alertmanager = 0] = await freePorts(4);
  const { session, error } = await up(t, {
    config: {
      'balance-alert:ports': JSON.stringify({ status, metrics, prometheus, alertmanager, grafana: port }),
    },
    engine: {
      'GET /containers/json?all=true': { body: [listed('balance-alert-exporter', undefined)] },
      'GET /volumes': {
        body: { Volumes: [{ Name: 'balance-alert-grafana', Labels: { 'balance-alert.stack': 'other' } }] },
      },
    },
  });
  const failure = failureOf(t, error);
  t.is(failure.message, 'preflight checks failed');
  t.deepEqual(failure.hints, [
    'the container balance-alert-exporter was not created by balance-alert: remove it, or set another balance-alert:namePrefix',
    'the volume balance-alert-grafana belongs to the stack other: remove it, or set another balance-alert:namePrefix',
    `port ${port} (balance-alert:ports.grafana) is in use by another program: stop it, or set another port`,
  ]);
  await assertUntouched(t, session);
});

test('what a killed run left is named with the commands that repair it, and left as it is', async (t) => {
  const { session, error } = await up(t, {
    state: stateWith([], { pending: ['balance-alert-exporter-container'] }),
    engine: { 'GET /containers/json?all=true': { body: [listed('balance-alert-exporter', 'test')] } },
  });
  t.deepEqual(failureOf(t, error).hints, [
    'pending operation (creating): balance-alert-exporter-container',
    'the container balance-alert-exporter belongs to this stack but is not in its state',
    'a killed run left these behind: run scripts/up --repair, or these commands in this order:',
    '  scripts/pulumi cancel --yes',
    '  scripts/pulumi refresh --clear-pending-creates --yes',
    '  docker rm -f balance-alert-exporter',
    '  scripts/up',
  ]);
  await assertUntouched(t, session);
});

test('a dry run previews with a refresh, and changes nothing', async (t) => {
  const { session, error } = await up(
    t,
    { cli: { preview: { stdout: 'Resources:\n    + 26 to create\n' } } },
    { dryRun: true },
  );
  t.is(error, undefined);
  t.is(
    (await session.asked()).at(-1),
    'preview --stack test --suppress-outputs --suppress-progress --color never --refresh --non-interactive',
  );
  t.is(session.said.at(-1), '      + 26 to create');
  await assertUntouched(t, session);
});

test('without a stack, one is made; with another name, that one is selected', async (t) => {
  const made = await up(t, { stacks: [], cli: { 'stack init': {}, preview: {} } }, { dryRun: true });
  t.is(made.error, undefined);
  t.true((await made.session.asked()).includes('stack init local --non-interactive'));
  t.is(made.session.said[1], '  created the stack');

  const chosen = await up(
    t,
    { stacks: ['test', 'second'], cli: { 'stack select': {}, preview: {} } },
    { dryRun: true, stack: 'second' },
  );
  t.true((await chosen.session.asked()).includes('stack select second --non-interactive'));
});

test('an update that fails shows the last log lines of its unhealthy containers, and what to do', async (t) => {
  const { session, error } = await up(t, {
    cli: { up: { code: 255, stderr: 'error: container failed to be in healthy state\n' } },
    engine: {
      'GET /containers/json?all=true': {
        body: [
          listed('balance-alert-grafana', 'test', { Id: 'g' }),
          listed('balance-alert-prometheus', 'test', {
            Id: 'p',
            State: 'restarting',
            Status: 'Restarting (2)',
          }),
        ],
      },
      'GET /containers/p/logs?stdout=true&stderr=true&tail=20': { body: 'bad config\nbye\n' },
    },
    state: stateWith([
      { type: 'docker:index/container:Container', name: 'grafana', id: 'g' },
      { type: 'docker:index/container:Container', name: 'prometheus', id: 'p' },
    ]),
  });
  const failure = failureOf(t, error);
  t.is(failure.message, 'pulumi up failed (exit code 255)');
  t.deepEqual(failure.hints, ['a container did not become healthy in time; its last lines are above']);
  t.deepEqual(session.said.slice(-3), [
    'Last log lines of balance-alert-prometheus (Restarting (2))',
    '  bad config',
    '  bye',
  ]);
});

test('an update gets the address of the engine, refreshes, and rebuilds a missing image', async (t) => {
  const image = 'urn:pulumi:test::balance-alert::docker:index/image:Image::balance-alert-exporter-image';
  const { session, error } = await up(t, {
    cli: { up: { code: 1 } },
    state: stateWith([{ type: 'docker:index/image:Image', name: 'balance-alert-exporter-image', id: 'i' }], {
      outputs: { ids: { exporterImage: 'sha256:lost' }, engine: { id: 'ENGINE' } },
    }),
  });
  t.is(failureOf(t, error).message, 'pulumi up failed (exit code 1)');
  t.is(
    (await session.asked()).at(-1),
    `up --yes --skip-preview --refresh --stack test --suppress-outputs --suppress-progress --color never --replace ${image} --non-interactive`,
  );
  t.is((await session.environment())['BALANCE_ALERT_ENGINE_ID'], 'ENGINE');
});

test('with a dead Grafana, everything else comes first', async (t) => {
  const { session } = await up(t, {
    cli: {
      refresh: {},
      'up --yes --skip-preview --stack': {},
      'up --yes --skip-preview --refresh': { code: 1 },
    },
    state: stateWith([{ type: 'grafana:oss/folder:Folder', name: 'folder', id: 'f' }], {
      outputs: { urls: { grafanaApi: 'http://127.0.0.1:9' } },
    }),
  });
  const common = '--stack test --suppress-outputs --suppress-progress --color never';
  t.deepEqual((await session.asked()).slice(-3), [
    `refresh --yes --skip-preview ${common} --exclude **grafana:oss** --non-interactive`,
    `up --yes --skip-preview ${common} --exclude **grafana:oss** --non-interactive`,
    `up --yes --skip-preview --refresh ${common} --non-interactive`,
  ]);
});

test('stopped before the update, it stops there', async (t) => {
  const interruption = new Interruption(() => undefined);
  interruption.request();
  const { session, error } = await up(t, { interruption });
  t.true(error instanceof Interrupted);
  await assertUntouched(t, session);
});

test('a Grafana whose token may not create, and a Prometheus that refuses its credentials, stop an update before anything is touched', async (t) => {
  const grafana = await serveGrafana({ token: 'glsa_planted_token', rights: roles.Viewer });
  t.teardown(grafana.close);
  const prometheus = await serve((_request, response) => response.writeHead(401).end());
  t.teardown(prometheus.close);
  const { session, error } = await up(t, {
    config: {
      'balance-alert:prometheus': JSON.stringify({
        mode: 'external',
        url: prometheus.url,
        auth: { bearerToken: 'planted-bearer-token' },
      }),
      'balance-alert:grafana': JSON.stringify({
        mode: 'external',
        url: grafana.url,
        auth: 'glsa_planted_token',
        dataSourceUid: 'theirs',
      }),
    },
    secretKeys: ['balance-alert:prometheus', 'balance-alert:grafana'],
  });
  const failure = failureOf(t, error);
  t.is(failure.message, 'preflight checks failed');
  t.deepEqual(failure.hints, [
    `the external Prometheus at ${prometheus.url} answers 401: it refuses balance-alert:prometheus.auth`,
    `the external Grafana at ${grafana.url}: the token may not folders:create, folders:write, folders:delete, dashboards:create, dashboards:write, dashboards:delete: give its service account the role Editor`,
  ]);
  t.false([...session.said, ...failure.hints].join('\n').includes('planted'));
  await assertUntouched(t, session);
});
