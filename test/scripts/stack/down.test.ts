import type { ExecutionContext } from 'ava';
import test from 'ava';
import { tearDown } from '../../../scripts/lib/stack/down.ts';
import { Failure, Interrupted } from '../../../scripts/lib/terminal/failure.ts';
import { Interruption } from '../../../scripts/lib/terminal/process.ts';
import type { Answer } from '../docker/http.ts';
import type { TestSessionOptions } from './session-support.ts';
import { listed, stateWith, testSession, unnamedImages } from './session-support.ts';

const destroy =
  'destroy --yes --skip-preview --suppress-outputs --suppress-progress --color never --stack test --non-interactive';

async function down(
  t: ExecutionContext,
  given: TestSessionOptions,
  flags: { readonly purge?: boolean; readonly orphans?: boolean } = {},
) {
  const session = await testSession(t, given);
  await tearDown({
    ...session.options,
    yes: true,
    purge: flags.purge === true,
    orphans: flags.orphans === true,
  });
  return {
    said: session.said.slice(1),
    asked: await session.asked(),
    seen: session.server.asked.length,
    removed: session.server.asked
      .filter(({ method }) => method === 'DELETE')
      .map(({ path }) => path.replace(/\?.*$/, '')),
  };
}

const running = stateWith([
  { type: 'docker:index/container:Container', name: 'exporter', id: 'c1' },
  { type: 'docker:index/volume:Volume', name: 'data', id: 'balance-alert-exporter' },
]);

/** A volume that keepData kept, and one of someone else. */
const volumes: Readonly<Record<string, Answer>> = {
  'GET /volumes': {
    body: {
      Volumes: [
        { Name: 'balance-alert-prometheus', Labels: { 'balance-alert.stack': 'test' } },
        { Name: 'foreign', Labels: null },
      ],
    },
  },
  'DELETE /volumes/balance-alert-prometheus': { status: 204, body: '' },
};

test('what the state has is destroyed, and kept volumes are named', async (t) => {
  const { said, asked, removed } = await down(t, {
    state: running,
    engine: volumes,
    cli: {
      destroy: { stdout: ' -  docker:index:Container exporter deleted (1s)\nResources:\n    - 2 deleted\n' },
    },
  });
  t.true(asked.includes(destroy));
  t.deepEqual(said, [
    'Removing the stack',
    '   -  docker:index:Container exporter deleted (1s)',
    '  Resources:',
    '      - 2 deleted',
    '  kept: the volume balance-alert-prometheus (scripts/down --purge removes it)',
  ]);
  t.deepEqual(removed, []);
});

test('with --purge kept volumes, the image and the state go too, and nothing of anyone else', async (t) => {
  const { said, asked, removed } = await down(
    t,
    {
      state: running,
      engine: {
        ...volumes,
        'GET /images/balance-alert-exporter:local/json': { body: {} },
        'DELETE /images/balance-alert-exporter:local': { body: [] },
      },
      cli: { destroy: {}, 'stack rm': {} },
    },
    { purge: true },
  );
  t.deepEqual(removed, ['/volumes/balance-alert-prometheus', '/images/balance-alert-exporter:local']);
  t.is(asked.at(-1), 'stack rm test --yes --preserve-config --non-interactive');
  t.deepEqual(said, [
    'Removing the stack',
    '  removed the volume balance-alert-prometheus',
    '  removed the image balance-alert-exporter:local',
    '  removed the state of the stack',
  ]);
});

test('with --purge images of earlier builds go too, but for those that a container uses', async (t) => {
  const { said, removed } = await down(
    t,
    {
      stacks: [],
      engine: {
        [unnamedImages]: { body: [{ Id: 'sha256:old' }, { Id: 'sha256:used' }, { Id: 'sha256:older' }] },
        'DELETE /images/sha256:old': { body: [] },
        'DELETE /images/sha256:used': {
          status: 409,
          body: { message: 'image is being used by a container' },
        },
        'DELETE /images/sha256:older': { body: [] },
      },
    },
    { purge: true },
  );
  t.deepEqual(removed, ['/images/sha256:old', '/images/sha256:used', '/images/sha256:older']);
  t.is(said.at(-1), '  removed 2 images of earlier builds');
});

test('orphans are what carries the label and is not in the state; data stays', async (t) => {
  const { said, asked, removed } = await down(
    t,
    {
      state: running,
      engine: {
        ...volumes,
        'GET /containers/json?all=true': {
          body: [
            listed('balance-alert-exporter', 'test', { Id: 'c1' }),
            listed('balance-alert-grafana', 'test', { Id: 'c2' }),
            listed('other', 'production'),
            listed('foreign', undefined),
          ],
        },
        'POST /containers/c2/stop?t=10': { status: 204, body: '' },
        'DELETE /containers/c2?force=true&v=true': { status: 204, body: '' },
      },
    },
    { orphans: true },
  );
  t.deepEqual(removed, ['/containers/c2']);
  t.false(asked.some((line) => line.startsWith('destroy')));
  t.deepEqual(said, [
    '  kept: the volume balance-alert-prometheus (--purge removes it)',
    '  removed the container balance-alert-grafana',
    '  the engine also has objects of the stack production: scripts/down --orphans --stack production',
  ]);
});

test('without such a stack nothing is destroyed, and what is left of it can still be removed', async (t) => {
  const { said, asked, removed, seen } = await down(t, { stacks: [], engine: {} }, { purge: true });
  t.deepEqual(said, ['  stack not found', "  no other objects have the stack's label"]);
  t.deepEqual(asked, ['stack ls --json --non-interactive']);
  t.true(seen > 0, 'the engine of the test was asked, and no other');
  t.deepEqual(removed, []);
});

test('an empty stack is reported as empty', async (t) => {
  t.deepEqual((await down(t, {})).said, ['  nothing to remove']);
});

test('a stack can be removed with an invalid account file', async (t) => {
  const { asked } = await down(t, { state: running, accounts: 'accounts: [', cli: { destroy: {} } });
  t.true(asked.includes(destroy));
});

test('a destroy that fails fails, with what can be done', async (t) => {
  const error = await t.throwsAsync(
    down(t, {
      state: running,
      cli: { destroy: { code: 1, stderr: 'error: the stack is currently locked by 1 lock(s)\n' } },
    }),
    { instanceOf: Failure },
  );
  t.is(error?.message, 'pulumi destroy failed (exit code 1)');
  t.is(error?.hints.at(-1), 'scripts/up --repair cleans up after a killed run');
});

test('stopped by Ctrl-C, it ends as stopped, and purges nothing', async (t) => {
  const interruption = new Interruption(() => undefined);
  interruption.request();
  const session = await testSession(t, {
    state: running,
    engine: volumes,
    cli: { destroy: { code: 1, stderr: 'error: update canceled\n' } },
    interruption,
  });
  const error = await t.throwsAsync(
    tearDown({ ...session.options, yes: true, purge: true, orphans: false }),
    { instanceOf: Interrupted },
  );
  t.deepEqual([error?.exitCode, error?.hints], [130, ['run scripts/down again to continue']]);
  t.false(session.server.asked.some(({ method }) => method === 'DELETE'));
});

test('an engine that does not answer is named', async (t) => {
  const session = await testSession(t, { config: { 'docker:host': 'unix:///nowhere/docker.sock' } });
  await t.throwsAsync(tearDown({ ...session.options, yes: true, purge: false, orphans: false }), {
    instanceOf: Failure,
    message: /^cannot reach the Docker engine at unix:\/\/\/nowhere\/docker\.sock: /,
  });
});
