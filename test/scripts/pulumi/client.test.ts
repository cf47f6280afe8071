import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { openSession } from '../../../scripts/lib/stack/session.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import type { CliAnswers } from '../stack/session-support.ts';
import { testSession } from '../stack/session-support.ts';

async function sessionWith(t: ExecutionContext, cli: CliAnswers) {
  const support = await testSession(t, { cli });
  return { ...support, session: await openSession(support.options) };
}

test('without a stack of its own choice, a session takes the selected one', async (t) => {
  const { session, asked } = await sessionWith(t, {});
  t.is(session.stack, 'test');
  t.true(session.exists);
  t.deepEqual(await asked(), ['stack ls --json --non-interactive']);
});

test('without any stack it is called local, and a named one is taken by its name', async (t) => {
  const none = await testSession(t, { stacks: [] });
  const first = await openSession(none.options);
  t.deepEqual([first.stack, first.exists], ['local', false]);
  const named = await openSession({ ...none.options, stack: 'production' });
  t.deepEqual([named.stack, named.exists], ['production', false]);
});

test('the CLI gets the backend and the passphrase file, and does not look for updates', async (t) => {
  const { options, environment } = await sessionWith(t, {});
  const state = join(options.environment['XDG_STATE_HOME'] ?? '', 'balance-alert');
  const given = await environment();
  t.is(given['PULUMI_BACKEND_URL'], `file://${state}`);
  t.is(given['PULUMI_CONFIG_PASSPHRASE_FILE'], join(state, 'passphrase'));
  t.is(given['PULUMI_SKIP_UPDATE_CHECK'], 'true');
});

test('configuration is read with its secrets, and which keys they are', async (t) => {
  const { session } = await sessionWith(t, {
    config: {
      stdout: JSON.stringify({
        'balance-alert:language': { value: 'zh', secret: false },
        'balance-alert:secrets': { value: '{"K":"v"}', secret: true },
        'balance-alert:unset': { secret: false },
      }),
    },
  });
  t.deepEqual(await session.pulumi.config('test'), {
    values: { 'balance-alert:language': 'zh', 'balance-alert:secrets': '{"K":"v"}' },
    secretKeys: new Set(['balance-alert:secrets']),
  });
});

test('a secret output comes without the line break after it', async (t) => {
  const { session, asked } = await sessionWith(t, { 'stack output grafanaPassword': { stdout: 'p4ss\n' } });
  t.is(await session.pulumi.secretOutput('test', 'grafanaPassword'), 'p4ss');
  t.is((await asked()).at(-1), 'stack output grafanaPassword --show-secrets --stack test --non-interactive');
});

test('a wrong passphrase is reported with the file that holds the right one', async (t) => {
  const { session, options } = await sessionWith(t, {
    config: { code: 255, stderr: 'error: could not decrypt configuration: incorrect passphrase\n' },
  });
  const error = await t.throwsAsync(session.pulumi.config('test'), { instanceOf: Failure });
  t.is(
    error?.message,
    'pulumi config --json failed: error: could not decrypt configuration: incorrect passphrase',
  );
  t.deepEqual(error?.hints, [
    `${join(options.environment['XDG_STATE_HOME'] ?? '', 'balance-alert', 'passphrase')} is not the passphrase of this state: restore the file from a backup`,
  ]);
});

test('an operation hands over its lines, never asks, and gets what the program wants to know', async (t) => {
  const { session, asked, environment } = await sessionWith(t, { 'up --yes': { stdout: 'one\ntwo\n' } });
  const lines: string[] = [];
  await session.pulumi.operate(['up', '--yes'], (line) => lines.push(line), { BALANCE_ALERT_ENGINE_ID: 'E' });
  t.deepEqual(lines, ['one', 'two']);
  t.is((await asked()).at(-1), 'up --yes --non-interactive');
  t.is((await environment())['BALANCE_ALERT_ENGINE_ID'], 'E');
});

test('an operation that fails names what could not be downloaded, and the alternatives', async (t) => {
  const { session } = await sessionWith(t, {
    up: {
      code: 255,
      stderr:
        'error: failed to download plugin: docker-5.2.0: Get "https://plugins.example/": no such host\nerror: unable to pull image grafana/grafana:13.2.3: no such host\n',
    },
  });
  const error = await t.throwsAsync(
    session.pulumi.operate(['up'], () => undefined),
    { instanceOf: Failure },
  );
  t.is(error?.message, 'pulumi up failed (exit code 255)');
  t.deepEqual(error?.hints, [
    'a Pulumi plugin could not be downloaded: failed to download plugin: docker-5.2.0: Get "https://plugins.example/": no such host',
    'to install it manually: pulumi plugin install resource NAME VERSION --file FILE',
    'or copy ~/.pulumi/plugins (PULUMI_HOME) from another machine, or put pulumi-resource-NAME on PATH',
    'an image could not be pulled: unable to pull image grafana/grafana:13.2.3: no such host',
    'images that are already on the engine are used without pulling (docker load)',
    'to use another registry, set balance-alert:images.prometheus, images.grafana, images.exporter, exporterBaseImage',
  ]);
});

test('an operation that was killed is reported as killed', async (t) => {
  const { session } = await sessionWith(t, { up: { code: 137 } });
  const error = await t.throwsAsync(
    session.pulumi.operate(['up'], () => undefined),
    { instanceOf: Failure },
  );
  t.deepEqual(error?.hints, ['pulumi was killed; scripts/up --repair cleans up after it']);
});
