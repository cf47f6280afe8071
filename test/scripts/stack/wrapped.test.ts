import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { WrappedOptions } from '../../../scripts/lib/stack/wrapped.ts';
import { stackOf, wrapped } from '../../../scripts/lib/stack/wrapped.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { serve } from '../docker/http.ts';
import type { TestSession } from './session-support.ts';
import { testSession } from './session-support.ts';

function optionsOf(
  { options, root }: TestSession,
  environment: Readonly<Record<string, string>> = {},
): WrappedOptions {
  return {
    root,
    environment: { ...options.environment, DOCKER_HOST: '', ...environment },
    cli: options.cli.path,
    backend: { description: 'test', environment: {}, passphraseFile: undefined },
    console: options.console,
    interruption: options.interruption,
  };
}

test('the stack is taken from the arguments as the CLI takes it', (t) => {
  t.is(stackOf(['preview', '--stack', 'a']), 'a');
  t.is(stackOf(['preview', '-s', 'a', '--json']), 'a');
  t.is(stackOf(['--stack=a', 'preview']), 'a');
  t.is(stackOf(['preview', '--json']), undefined);
  t.is(stackOf(['import', '--', '--stack', 'a']), undefined);
});

test('with an engine of this machine, the CLI runs as it is, and nothing else is asked first', async (t) => {
  const session = await testSession(t);
  for (const args of [['preview'], ['stack', 'output'], ['config', 'set', 'docker:host', 'ssh://h']]) {
    t.is(await wrapped(args, optionsOf(session), async (environment) => Object.keys(environment).length), 0);
  }
  await t.throwsAsync(session.asked());
  t.deepEqual(session.server.asked, []);
});

test('with an engine elsewhere, only operations ask it, and tell the program what it is', async (t) => {
  const server = await serve(() => ({
    body: {
      ID: 'FAR',
      ServerVersion: '27.0',
      ApiVersion: '1.47',
      OSType: 'linux',
      Architecture: 'aarch64',
    },
  }));
  t.teardown(server.close);
  const session = await testSession(t, {
    config: {
      'docker:host': server.address.replace('http:', 'tcp:'),
      'balance-alert:bindAddress': '10.0.0.5',
      'balance-alert:allowOpen': 'true',
    },
  });
  const options = optionsOf(session);
  await writeFile(join(session.root, 'Pulumi.test.yaml'), 'config:\n  docker:host: tcp://...\n');
  t.is(await wrapped(['stack', 'output'], options, async () => 7), 7);
  await t.throwsAsync(session.asked());
  t.deepEqual(server.asked, []);
  const given: unknown[] = [];
  await wrapped(['preview'], options, async (environment) => given.push(environment));
  t.deepEqual(given, [
    {
      BALANCE_ALERT_ENGINE_ID: 'FAR',
      BALANCE_ALERT_ENGINE_API: '1.47',
      BALANCE_ALERT_ENGINE_PLATFORM: 'linux/arm64',
      BALANCE_ALERT_TUNNELS: 'open',
    },
  ]);
});

const elsewhere: readonly [file: string, text: string, asks: boolean][] = [
  ['Pulumi.test.yaml', 'config:\n  docker:host: tcp://h:1\n', true],
  ['Pulumi.test.yml', 'config: { "docker:host": "tcp://h:1" }\n', true],
  ['Pulumi.test.yaml', 'config:\n  balance-alert:tunnel: ssh://me@h\n', true],
  ['Pulumi.yaml', 'name: x\nconfig:\n  docker:host: { value: "tcp://h:1" }\n', true],
  ['Pulumi.yaml', 'name: x\ntemplate: { config: { "balance-alert:tunnel": { description: x } } }\n', false],
  ['Pulumi.test.yaml', 'config:\n  balance-alert:language: zh # docker:host is unset\n', false],
  ['Pulumi.test.yaml', 'config: [', false],
];

for (const [file, text, asks] of elsewhere) {
  test(`whether an engine elsewhere is named: ${file} with ${JSON.stringify(text)}`, async (t) => {
    const session = await testSession(t);
    await writeFile(join(session.root, file), text);
    await wrapped(['preview'], optionsOf(session), async () => 0);
    // Then the CLI is asked for the configuration, which decides.
    if (asks) t.true((await session.asked()).length > 0);
    else await t.throwsAsync(session.asked());
  });
}

test('an engine that cannot be reached is told before the CLI runs', async (t) => {
  const session = await testSession(t, {
    config: {
      'docker:host': 'tcp://127.0.0.1:1',
      'balance-alert:bindAddress': '10.0.0.5',
      'balance-alert:allowOpen': 'true',
    },
  });
  const options = optionsOf(session, { DOCKER_HOST: 'tcp://127.0.0.1:1' });
  const error = await t.throwsAsync(
    wrapped(['up'], options, async () => (t.fail('the CLI ran') === undefined ? 0 : 1)),
    { instanceOf: Failure },
  );
  t.regex(error?.message ?? '', /^cannot reach the Docker engine at tcp:\/\/127\.0\.0\.1:1: /);
});

test('a configuration with mistakes is left to the program, which names them', async (t) => {
  const session = await testSession(t, { config: { 'balance-alert:language': 'fr' } });
  const options = optionsOf(session, { DOCKER_HOST: 'tcp://127.0.0.1:1' });
  t.is(await wrapped(['preview'], options, async () => 3), 3);
});
