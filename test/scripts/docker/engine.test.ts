import test from 'ava';
import { connectEngine, readFrames } from '../../../scripts/lib/docker/engine.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { engineWith } from './engine-server.ts';

test('an engine reports its identity, with its platform as Docker writes it', async (t) => {
  const { engine } = await engineWith(t, {
    'GET /info': {
      body: { ID: 'E', ServerVersion: '20.10.24', OSType: 'linux', Architecture: 'aarch64', Extra: 1 },
    },
    'GET /version': { body: { Version: '20.10.24', ApiVersion: '1.41' } },
  });
  t.deepEqual(await engine.info(), { id: 'E', version: '20.10.24', api: '1.41', platform: 'linux/arm64' });
});

test('containers, volumes and networks come with their labels, null for none included', async (t) => {
  const { engine } = await engineWith(t, {
    'GET /containers/json?all=true': {
      body: [
        {
          Id: 'c',
          Names: ['/web'],
          Labels: { a: 'b' },
          State: 'running',
          Status: 'Up',
          Ports: [{ PublicPort: 80, IP: '0.0.0.0' }, { PublicPort: 80, IP: '::' }, { PrivatePort: 9 }],
        },
      ],
    },
    'GET /volumes': { body: { Volumes: [{ Name: 'v', Labels: null }] } },
    'GET /networks': { body: [{ Id: 'n', Name: 'net', Labels: {} }] },
  });
  t.deepEqual(await engine.containers(), [
    { id: 'c', name: 'web', labels: { a: 'b' }, state: 'running', status: 'Up', publishedPorts: [80] },
  ]);
  t.deepEqual(await engine.volumes(), [{ id: 'v', name: 'v', labels: {} }]);
  t.deepEqual(await engine.networks(), [{ id: 'n', name: 'net', labels: {} }]);
});

test('an engine without volumes answers null', async (t) => {
  const { engine } = await engineWith(t, { 'GET /volumes': { body: { Volumes: null } } });
  t.deepEqual(await engine.volumes(), []);
});

test('an image is there or not; another answer is a fault', async (t) => {
  const { engine } = await engineWith(t, {
    'GET /images/prom/prometheus:v3.16.0/json': { body: {} },
    'GET /images/broken/json': { status: 500, body: { message: 'disk full' } },
  });
  t.true(await engine.hasImage('prom/prometheus:v3.16.0'));
  t.false(await engine.hasImage('sha256:missing'));
  await t.throwsAsync(engine.hasImage('broken'), { message: 'disk full' });
});

test('a container is stopped before it is removed, and one that is gone is no fault', async (t) => {
  const { engine, server } = await engineWith(t, {
    'POST /containers/c/stop?t=10': { status: 204, body: '' },
    'DELETE /containers/c?force=true&v=true': { status: 204, body: '' },
    'DELETE /volumes/used': { status: 409, body: { message: 'volume is in use' } },
  });
  await engine.removeContainer('c', 10);
  await engine.removeContainer('gone', 10);
  t.deepEqual(
    server.asked.map(({ method, path }) => `${method} ${path}`),
    [
      'POST /containers/c/stop?t=10',
      'DELETE /containers/c?force=true&v=true',
      'POST /containers/gone/stop?t=10',
      'DELETE /containers/gone?force=true&v=true',
    ],
  );
  await t.throwsAsync(engine.removeVolume('used'), { message: 'volume is in use' });
});

test('an image is pulled by its full name, and a pull that fails at its end is an error', async (t) => {
  const { engine } = await engineWith(t, {
    'POST /images/create?fromImage=prom%2Fprometheus%3Av3': {
      body: '{"status":"Pulling"}\r\n{"status":"Done"}\r\n',
    },
    'POST /images/create?fromImage=prom%2Fnothing%3Av3': {
      body: '{"status":"Pulling"}\r\n{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\r\n',
    },
    'POST /images/create?fromImage=private%2Fx%3Av3': {
      status: 404,
      body: { message: 'pull access denied for private/x' },
    },
  });
  const { signal } = new AbortController();
  await t.notThrowsAsync(engine.pullImage('prom/prometheus:v3', signal));
  await t.throwsAsync(engine.pullImage('prom/nothing:v3', signal), { message: 'manifest unknown' });
  await t.throwsAsync(engine.pullImage('private/x:v3', signal), {
    message: 'pull access denied for private/x',
  });
});

test('a volume is made with its labels, and a call of any kind carries what it is given', async (t) => {
  const { engine, server } = await engineWith(t, {
    'POST /volumes/create': { status: 201, body: { Name: 'v' } },
    'PUT /containers/c/archive?path=/': { status: 409, body: { message: 'read-only' } },
  });
  await engine.createVolume('v', { a: 'b' });
  const { status, body } = await engine.call('PUT', '/containers/c/archive?path=/', {
    type: 'application/x-tar',
    content: Buffer.from('archive'),
  });
  t.is(status, 409);
  t.deepEqual(JSON.parse(body.toString()), { message: 'read-only' });
  t.deepEqual(
    server.asked.map((asked) => asked.body),
    ['{"Name":"v","Labels":{"a":"b"}}', 'archive'],
  );
});

/** A frame of a log as the engine sends it. */
function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('logs come without their frames, both streams in order', async (t) => {
  const { engine } = await engineWith(t, {
    'GET /containers/c/logs?stdout=true&stderr=true&tail=5': {
      body: Buffer.concat([frame(1, 'out ä\n'), frame(2, 'err\n')]),
    },
  });
  t.is(await engine.logs('c', 5), 'out ä\nerr\n');
});

test('a log without frames is taken as it is', (t) => {
  t.is(readFrames(Buffer.from('plain text, no frames\n')), 'plain text, no frames\n');
  t.is(readFrames(Buffer.from('short')), 'short');
  t.is(readFrames(Buffer.alloc(0)), '');
});

test('an address without an engine is reported with what to do', async (t) => {
  const error = await t.throwsAsync(connectEngine({ host: 'unix:///nowhere/docker.sock' }).info(), {
    instanceOf: Failure,
  });
  t.is(
    error?.message,
    'cannot reach the Docker engine at unix:///nowhere/docker.sock: connect ENOENT /nowhere/docker.sock',
  );
  t.deepEqual(error?.hints, [
    'nothing listens there: check that Docker is installed and running',
    'to use another engine: scripts/pulumi config set docker:host ADDRESS',
  ]);
});

test('an unsupported address is reported with the alternative', (t) => {
  const error = t.throws(() => connectEngine({ host: 'npipe:////./pipe/docker_engine' }), {
    instanceOf: Failure,
  });
  t.true(error?.hints.join('\n').includes('scripts/pulumi up'));
});
