import test from 'ava';
import { engineIdOf, idsOf, readState } from '../../../scripts/lib/pulumi/state.ts';

const exported = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      {
        urn: 'urn:pulumi:local::balance-alert::pulumi:pulumi:Stack::balance-alert-local',
        type: 'pulumi:pulumi:Stack',
        outputs: {
          engine: { host: 'unix:///var/run/docker.sock', id: 'ABCD' },
          grafanaPassword: {
            '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
            ciphertext: 'x',
          },
        },
      },
      { urn: 'urn:…::container', type: 'docker:index/container:Container', id: 'c1', outputs: {} },
      { urn: 'urn:…::component', type: 'balance-alert:stack:Exporter' },
    ],
    pending_operations: [{ type: 'creating', resource: { urn: 'urn:…::half-made', type: 'x' } }],
  },
});

test('the state has the resources, the pending ones, and where they are', (t) => {
  const state = readState(exported);
  t.deepEqual(idsOf(state, 'docker:index/container:Container'), ['c1']);
  t.deepEqual(state.pending, [{ type: 'creating', urn: 'urn:…::half-made' }]);
  t.is(engineIdOf(state), 'ABCD');
});

test('secret outputs are left out: they are ciphertext', (t) => {
  t.deepEqual(Object.keys(readState(exported).outputs), ['engine']);
});

test('a stack that never ran has an empty state', (t) => {
  const empty = { resources: [], pending: [], outputs: {} };
  t.deepEqual(readState('{"version":3}'), empty);
  t.deepEqual(readState('{"version":3,"deployment":{"manifest":{}}}'), empty);
});
