import test from 'ava';
import type { EngineContainer } from '../../../scripts/lib/docker/engine.ts';
import type { StackState } from '../../../scripts/lib/pulumi/state.ts';
import type { PreflightFacts } from '../../../scripts/lib/stack/preflight.ts';
import {
  grafanaAddressOf,
  imageToRebuild,
  needsGrafana,
  orphansOf,
  portsToTry,
  preflight,
  unhealthyContainers,
} from '../../../scripts/lib/stack/preflight.ts';
import { settingsOf } from '../../infra/settings/source.ts';

const info = { id: 'ENGINE', version: '20.10.24', api: '1.41', platform: 'linux/amd64' };
const mine = { 'balance-alert.stack': 'test' };

function container(name: string, changes: Partial<EngineContainer> = {}): EngineContainer {
  return {
    id: `id-${name}`,
    name,
    labels: {},
    state: 'running',
    status: 'Up (healthy)',
    publishedPorts: [],
    ...changes,
  };
}

function stateOf(ids: readonly string[], outputs: Readonly<Record<string, unknown>> = {}): StackState {
  return {
    resources: ids.map((id) => ({ urn: `urn::${id}`, type: 'docker:index/container:Container', id })),
    pending: [],
    outputs,
  };
}

function check(
  changes: Partial<Omit<PreflightFacts, 'engine'>> & { engine?: Partial<PreflightFacts['engine']> },
) {
  return preflight({
    settings: settingsOf(),
    state: stateOf([]),
    takenPorts: new Set(),
    ...changes,
    engine: { info, containers: [], volumes: [], networks: [], ...changes.engine },
  });
}

test('an empty engine is fine', (t) => {
  t.deepEqual(check({}), { problems: [], orphans: [], pending: [], warnings: [] });
});

test('a running stack of ours is fine, its ports taken by itself included', (t) => {
  const grafana = container('balance-alert-grafana', { labels: mine, publishedPorts: [3000] });
  t.deepEqual(
    check({
      state: stateOf(['id-balance-alert-grafana', 'balance-alert-grafana', 'net'], {
        engine: { id: 'ENGINE' },
      }),
      engine: {
        containers: [grafana],
        volumes: [{ id: 'balance-alert-grafana', name: 'balance-alert-grafana', labels: mine }],
        networks: [{ id: 'net', name: 'balance-alert', labels: mine }],
      },
      takenPorts: new Set([3000]),
    }),
    { problems: [], orphans: [], pending: [], warnings: [] },
  );
});

test('another engine than last time is refused, once there is something to lose', (t) => {
  const outputs = { engine: { id: 'OTHER' } };
  t.deepEqual(check({ state: stateOf(['c'], outputs) }).problems, [
    'unix:///var/run/docker.sock is not the engine that this stack was created on (OTHER then, ENGINE now): restore docker:host, or remove the stack from that engine first',
  ]);
  t.deepEqual(check({ state: stateOf([], outputs) }).problems, []);
});

test('objects of others with our names are a conflict', (t) => {
  const theirs = { 'balance-alert.stack': 'other' };
  t.deepEqual(
    check({
      engine: {
        containers: [container('balance-alert-grafana')],
        volumes: [{ id: 'balance-alert-prometheus', name: 'balance-alert-prometheus', labels: theirs }],
        networks: [{ id: 'n', name: 'balance-alert', labels: theirs }],
      },
    }).problems,
    [
      'the container balance-alert-grafana was not created by balance-alert: remove it, or set another balance-alert:namePrefix',
      'the volume balance-alert-prometheus belongs to the stack other: remove it, or set another balance-alert:namePrefix',
      'the network balance-alert belongs to the stack other: remove it, or set another balance-alert:namePrefix',
    ],
  );
});

test('a volume in the state is ours, whatever its labels: a stack can be renamed', (t) => {
  const volume = {
    id: 'balance-alert-prometheus',
    name: 'balance-alert-prometheus',
    labels: { 'balance-alert.stack': 'old' },
  };
  t.deepEqual(check({ state: stateOf([volume.id]), engine: { volumes: [volume] } }).problems, []);
});

test('what a killed run left is distinguished from kept data', (t) => {
  const volume = (name: string) => ({ id: name, name, labels: mine });
  const { orphans, problems } = check({
    engine: {
      containers: [container('balance-alert-exporter', { labels: mine })],
      volumes: [volume('balance-alert-prometheus'), volume('balance-alert-grafana')],
      networks: [{ id: 'n', name: 'balance-alert', labels: mine }],
    },
  });
  t.deepEqual(problems, []);
  t.deepEqual(orphans, [
    { kind: 'container', id: 'id-balance-alert-exporter', name: 'balance-alert-exporter' },
    { kind: 'network', id: 'n', name: 'balance-alert' },
    { kind: 'volume', id: 'balance-alert-grafana', name: 'balance-alert-grafana' },
  ]);
});

test('unfinished operations are handed on', (t) => {
  const pending = [{ type: 'creating', urn: 'urn::x' }];
  t.deepEqual(check({ state: { resources: [], pending, outputs: {} } }).pending, pending);
});

test('a port in use is refused, naming the process or container that has it', (t) => {
  t.deepEqual(
    check({
      engine: { containers: [container('web', { publishedPorts: [8080] })] },
      takenPorts: new Set([8080, 9090]),
    }).problems,
    [
      'port 8080 (balance-alert:ports.status) is published by the container web: stop it, or set another port',
      'port 9090 (balance-alert:ports.prometheus) is in use by another program: stop it, or set another port',
    ],
  );
});

test('an engine that is too old is refused, and the oldest that works is not', (t) => {
  const withApi = (version: string, api: string) =>
    check({ engine: { info: { ...info, version, api } } }).problems;
  t.deepEqual(withApi('19.03.15', '1.40'), [
    'the Docker engine at unix:///var/run/docker.sock is too old: 19.03.15 with the API 1.40, and 20.10 with the API 1.41 is the oldest that works',
  ]);
  t.deepEqual(withApi('20.10.0', '1.41'), []);
  t.deepEqual(withApi('29.0.0', '1.52'), []);
});

test('an engine that anybody on the network can use is a warning', (t) => {
  const warningsOf = (values: Readonly<Record<string, unknown>>) =>
    check({ settings: settingsOf({ bindAddress: '10.0.0.5', allowOpen: 'true', ...values }) }).warnings;
  t.regex(
    warningsOf({ 'docker:host': 'tcp://10.0.0.5:2375' }).join(),
    /^tcp:\/\/10\.0\.0\.5:2375 is reached without TLS:/,
  );
  t.deepEqual(warningsOf({ 'docker:host': 'tcp://10.0.0.5:2376', 'docker:certPath': '/c' }), []);
  t.deepEqual(warningsOf({ 'docker:host': 'tcp://127.0.0.1:2375' }), []);
});

const condition = { clockAheadSeconds: 0, clockAccuracySeconds: 0.1, dataRoot: '/var/lib/docker' };

test('a clock that is off is a warning that says which way, beyond what the question itself took', (t) => {
  const warningsAt = (clockAheadSeconds: number, clockAccuracySeconds = 0.1) =>
    check({ condition: { ...condition, clockAheadSeconds, clockAccuracySeconds } }).warnings;
  t.deepEqual(warningsAt(29), []);
  t.deepEqual(warningsAt(40, 15), []);
  t.deepEqual(warningsAt(120), [
    "the clock of the engine's machine is 120 s ahead of this one's: set both by NTP; samples carry its time, and vendors refuse signed requests of another",
  ]);
  t.regex(warningsAt(-3600)[0] ?? '', /is 3600 s behind this one's/);
});

test('a full disk stops the update, and one without room for missing images is a warning', (t) => {
  const mebibytes = (count: number) => count * 2 ** 20;
  const at = (freeBytes: number, missingImages: readonly string[] = []) =>
    check({ condition, freeBytes, missingImages });
  t.deepEqual(at(mebibytes(100)).problems, [
    "the disk is full: 100 MiB are free for the engine's files (/var/lib/docker); docker system df shows what takes it",
  ]);
  t.deepEqual(at(mebibytes(1000)), { problems: [], orphans: [], pending: [], warnings: [] });
  t.deepEqual(at(mebibytes(1000), ['prom/prometheus:v1', 'grafana/grafana:1']).warnings, [
    "1000 MiB are free for the engine's files (/var/lib/docker), and 2 images have to be pulled, which takes about 1200 MiB",
  ]);
  t.deepEqual(at(mebibytes(1456), ['prom/prometheus:v1', 'grafana/grafana:1']).warnings, []);
});

test('an image for another processor is a warning, for an emulator may run it', (t) => {
  t.deepEqual(check({ engine: { info: { ...info, platform: 'linux/arm64' } } }).warnings, [
    'the exporter image is built for linux/amd64, but the engine runs linux/arm64: set balance-alert:images.platform',
  ]);
});

test('orphans are of the stack that was asked for, and of no other', (t) => {
  const engine = {
    containers: [
      container('a', { labels: mine }),
      container('b', { labels: { 'balance-alert.stack': 'other' } }),
      container('c'),
      container('known', { labels: mine }),
    ],
    volumes: [],
    networks: [],
  };
  t.deepEqual(orphansOf('test', new Set(['id-known']), engine), [
    { kind: 'container', id: 'id-a', name: 'a' },
  ]);
});

test('ports are tried on this machine only', (t) => {
  t.deepEqual(portsToTry(settingsOf()), [8080, 9100, 9090, 9093, 3000]);
  t.deepEqual(
    portsToTry(settingsOf({ 'docker:host': 'ssh://h.example', bindAddress: '10.0.0.5', allowOpen: 'true' })),
    [],
  );
  // A machine behind a forwarded port of this one, such as a virtual machine.
  const environment = { BALANCE_ALERT_TUNNELS: 'open' };
  t.deepEqual(portsToTry(settingsOf({ 'docker:host': 'ssh://me@127.0.0.1:2222' }, { environment })), []);
});

test('containers of ours that are not healthy are looked at, the others not', (t) => {
  const containers = [
    container('fine', { labels: mine }),
    container('starting', { labels: mine, status: 'Up 2 seconds (health: starting)' }),
    container('stopped', { labels: mine, state: 'exited', status: 'Exited (1)' }),
    container('stranger', { state: 'exited', status: 'Exited (1)' }),
  ];
  t.deepEqual(
    unhealthyContainers('test', containers).map(({ name }) => name),
    ['starting', 'stopped'],
  );
});

test('Grafana is needed as soon as the state holds something of its inside', (t) => {
  t.false(needsGrafana(stateOf(['c'])));
  t.true(
    needsGrafana({
      ...stateOf([]),
      resources: [{ urn: 'u', type: 'grafana:oss/folder:Folder', id: '1' }],
      outputs: {},
    }),
  );
});

test('Grafana is looked for where the last run reached it', (t) => {
  t.is(
    grafanaAddressOf(stateOf([], { urls: { grafanaApi: 'http://127.0.0.1:3001' } })),
    'http://127.0.0.1:3001',
  );
  t.is(grafanaAddressOf(stateOf([])), undefined);
});

test('an image that the engine has lost is built again', async (t) => {
  const state: StackState = {
    resources: [{ urn: 'urn::image', type: 'docker:index/image:Image', id: 'x' }],
    pending: [],
    outputs: { ids: { exporterImage: 'sha256:1' } },
  };
  t.is(await imageToRebuild(state, async () => false), 'urn::image');
  t.is(await imageToRebuild(state, async () => true), undefined);
  t.is(await imageToRebuild({ ...state, resources: [] }, async () => false), undefined);
});
