import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { portOf } from '../../exporter/web/listen.ts';
import { sshAddressOf } from '../../infra/settings/ssh.ts';
import { connectEngine } from '../../scripts/lib/docker/engine.ts';
import type { SshCall } from '../../scripts/lib/ssh/failure.ts';
import { inspectMachine, takenPortsOf } from '../../scripts/lib/ssh/machine.ts';
import { openTunnels } from '../../scripts/lib/ssh/tunnel.ts';
import { withTunnels } from '../../scripts/lib/stack/reach.ts';
import { Failure } from '../../scripts/lib/terminal/failure.ts';
import { settingsOf } from '../infra/settings/source.ts';
import type { TestServer } from '../scripts/docker/http.ts';
import { serve } from '../scripts/docker/http.ts';
import { onPath } from '../support/on-path.ts';
import { freePorts } from '../support/ports.ts';
import type { Sshd, SshdOptions } from '../support/sshd.ts';
import { publicKey, sshdMissing, sshOptsWith, startSshd } from '../support/sshd.ts';
import { until } from '../support/until.ts';

/** An engine behind a real sshd: what the scripts ask of it, and what they say when the way there is broken. */

const missing = sshdMissing();

function test(title: string, implementation: (t: ExecutionContext) => Promise<void>): void {
  if (missing === undefined) anyTest.serial(title, implementation);
  else anyTest.serial.skip(`${title} [needs ${missing}]`, implementation);
}

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-remote-'));

/** In place of Docker's own command, of which nothing but this is asked over there. */
const dockerCommand = `#!${process.execPath}
const { connect } = require('node:net');
const args = process.argv.slice(2);
const host = args[0]?.startsWith('--host=') ? args.shift().slice('--host='.length) : process.env.DOCKER_HOST;
if (args.join(' ') !== 'system dial-stdio') throw new Error('not expected: ' + args.join(' '));
const socket = connect(host.replace('unix://', ''));
socket.on('error', (error) => {
  process.stderr.write('failed to open the raw stream connection: dial unix ' + error.address + ': connect: no such file or directory\\n');
  process.exit(1);
});
process.stdin.pipe(socket).pipe(process.stdout);
`;

let engineServer: TestServer;
let sshd: Sshd;
const socket = join(folder, 'engine.sock');

let servers = 0;

/** Another sshd, for a test that needs one of its own. */
async function sshdWith(t: ExecutionContext, options: SshdOptions = {}): Promise<Sshd> {
  servers += 1;
  const started = await startSshd(join(folder, `sshd-${servers}`), options);
  t.teardown(started.stop);
  return started;
}

/** Of sessions: where Docker's command is, and which engine it talks to. */
const environment = { PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: `unix://${socket}` };

anyTest.before(async () => {
  if (missing !== undefined) return;
  writeFileSync(join(folder, 'docker'), dockerCommand, { mode: 0o755 });
  engineServer = await serve(
    ({ method, path }) =>
      method === 'GET' && /^\/(info|version)$/.test(path)
        ? {
            body: {
              ApiVersion: '1.47',
              ID: 'FAR',
              ServerVersion: '27.0',
              OSType: 'linux',
              Architecture: 'aarch64',
              SystemTime: new Date(Date.now() + 120_000).toISOString(),
              DockerRootDir: '/',
            },
          }
        : { body: [] },
    socket,
  );
  sshd = await startSshd(join(folder, 'sshd'), { environment });
});

anyTest.after.always(async () => {
  await sshd?.stop();
  await engineServer?.close();
  rmSync(folder, { recursive: true, force: true });
});

function engineAt(
  { url, sshOpts }: Sshd,
  changes: { readonly url?: string; readonly sshOpts?: readonly string[] } = {},
) {
  return connectEngine({ host: changes.url ?? url, sshOpts: changes.sshOpts ?? sshOpts });
}

function callTo({ url, sshOpts }: Sshd): SshCall {
  const address = sshAddressOf(url);
  if (address === undefined) throw new Error(`expected an address: ${url}`);
  return { address, options: sshOpts };
}

/** What is said where an engine cannot be reached: the message and the hints. */
async function refusal(t: ExecutionContext, engine: ReturnType<typeof connectEngine>): Promise<string> {
  const error = await t.throwsAsync(engine.info(), { instanceOf: Failure });
  return [error?.message, ...(error?.hints ?? [])].join('\n');
}

test('an engine over ssh answers, also for large bodies and at once, and needs few logins', async (t) => {
  const engine = engineAt(sshd);
  t.deepEqual(await engine.info(), { id: 'FAR', version: '27.0', api: '1.47', platform: 'linux/arm64' });
  const before = engineServer.asked.length;
  await Promise.all([engine.containers(), engine.networks(), engine.containers(), engine.networks()]);
  t.is(engineServer.asked.length, before + 4);
  const content = Buffer.alloc(3 * 2 ** 20, 'x');
  const { status } = await engine.call('PUT', '/containers/c/archive', {
    type: 'application/x-tar',
    content,
  });
  t.is(status, 200);
  t.is(engineServer.asked.at(-1)?.body.length, content.length);
});

test('the clock of the far machine is compared with ours, within the time that the question took', async (t) => {
  const { clockAheadSeconds = 0, clockAccuracySeconds, dataRoot } = await engineAt(sshd).condition();
  t.true(Math.abs(clockAheadSeconds - 120) <= clockAccuracySeconds + 1, `${clockAheadSeconds}`);
  t.is(dataRoot, '/');
});

test('a connection that was lost while it was idle is made anew', async (t) => {
  const own = await sshdWith(t, { environment });
  const engine = engineAt(own);
  await engine.info();
  await own.stop();
  await own.start();
  t.deepEqual(await engine.networks(), []);
});

test('a process that has asked an engine over ssh ends by itself', async (t) => {
  const module = (path: string) => pathToFileURL(join(import.meta.dirname, '../..', path)).href;
  const program = `import { connectEngine } from '${module('scripts/lib/docker/engine.ts')}';
    const engine = connectEngine(${JSON.stringify({ host: sshd.url, sshOpts: sshd.sshOpts })});
    console.log((await engine.info()).id);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.is((await text(child.stdout)).trim(), 'FAR');
  if (child.exitCode === null) await once(child, 'exit');
  t.is(child.exitCode, 0);
});

test('an unknown host key is not accepted, and the way to accept it is said', async (t) => {
  const said = await refusal(
    t,
    engineAt(sshd, { sshOpts: sshOptsWith(sshd.files.key, join(folder, 'no-known-hosts')) }),
  );
  t.regex(said, /^cannot reach 127\.0\.0\.1 by ssh: the host key of 127\.0\.0\.1 is not known yet/);
  t.regex(
    said,
    /connect once by hand, compare the fingerprint and accept it: {2}ssh .* -p \d+ \S+@127\.0\.0\.1$/,
  );
  t.false(existsSync(join(folder, 'no-known-hosts')));
});

test('a host key that has changed is never accepted, and the new fingerprint is shown', async (t) => {
  const knownHosts = join(folder, 'changed-known-hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${sshd.port} ${publicKey(sshd.files.otherHostKey)}\n`);
  const said = await refusal(t, engineAt(sshd, { sshOpts: sshOptsWith(sshd.files.key, knownHosts) }));
  t.regex(said, /the host key of 127\.0\.0\.1 is not the known one/);
  t.regex(said, /it now shows SHA256:[\w+/]{43}:/);
  t.true(said.includes(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${knownHosts}`), said);
  t.is(readFileSync(knownHosts, 'utf8').split('\n').length, 2);
});

test('a key that is not accepted is named with how to install it', async (t) => {
  const said = await refusal(
    t,
    engineAt(sshd, { sshOpts: sshOptsWith(sshd.files.otherKey, sshd.files.knownHosts) }),
  );
  t.true(
    said.includes(`127.0.0.1 accepts no key of this machine for the user ${sshd.user} (it takes publickey)`),
  );
  t.regex(said, /install your key there: {2}ssh-copy-id /);
});

test('a key file that is not there, and one that others can read, are named', async (t) => {
  const nowhere = await refusal(
    t,
    engineAt(sshd, { sshOpts: sshOptsWith('/nowhere/key', sshd.files.knownHosts) }),
  );
  t.regex(nowhere, /the key file \/nowhere\/key cannot be read: No such file or directory/);
  const open = join(folder, 'open-key');
  copyFileSync(sshd.files.key, open);
  chmodSync(open, 0o644);
  const said = await refusal(t, engineAt(sshd, { sshOpts: sshOptsWith(open, sshd.files.knownHosts) }));
  t.regex(said, /a key file is ignored because others on this machine can read it/);
  t.true(said.includes(`chmod 600 ${open}`), said);
});

test('a machine without sshd, a name without a machine, and options that ssh does not know are told apart', async (t) => {
  const [port] = await freePorts(1);
  t.regex(
    await refusal(t, engineAt(sshd, { url: `ssh://me@127.0.0.1:${port}` })),
    new RegExp(`nothing listens on port ${port} of 127\\.0\\.0\\.1`),
  );
  t.regex(
    await refusal(t, engineAt(sshd, { url: 'ssh://me@no-such-machine.invalid' })),
    /there is no host no-such-machine\.invalid/,
  );
  t.regex(
    await refusal(t, engineAt(sshd, { sshOpts: ['-o', 'Nonsense=1'] })),
    /ssh does not understand its options: .*nonsense/i,
  );
});

test('a server that takes the connection and says nothing is given up', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => silent.close());
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const options = [...sshd.sshOpts, '-o', 'ConnectTimeout=1'];
  t.regex(
    await refusal(t, engineAt(sshd, { url: `ssh://me@127.0.0.1:${port}`, sshOpts: options })),
    /closed the connection before it was asked anything|does not answer on port/,
  );
});

test('a machine without the docker command says so', async (t) => {
  const own = await sshdWith(t, { environment: { PATH: '/nowhere' } });
  const said = await refusal(t, engineAt(own));
  t.regex(
    said,
    /^there is no docker command on 127\.0\.0\.1, or not on the PATH of a session without a terminal/,
  );
  t.regex(said, /18\.09 or newer/);
});

test('an engine that does not run over there is told from an ssh that fails', async (t) => {
  const said = await refusal(t, engineAt(sshd, { url: `${sshd.url}${folder}/nothing.sock` }));
  t.true(said.startsWith(`no Docker engine listens at ${folder}/nothing.sock on 127.0.0.1`), said);
  t.deepEqual(await engineAt(sshd, { url: `${sshd.url}${socket}` }).networks(), []);
});

/** Docker's own command, which is asked by another user; undefined where it is not there or this user is not root. */
const realDocker = process.getuid?.() === 0 ? onPath('docker') : undefined;

(missing === undefined && realDocker !== undefined ? anyTest.serial : anyTest.serial.skip)(
  `a user who may not use the engine is told how to be allowed to${realDocker === undefined ? ' [needs root and the docker command]' : ''}`,
  async (t) => {
    chmodSync(folder, 0o755);
    const own = await sshdWith(t, {
      environment: { ...environment, PATH: `${dirname(realDocker ?? '')}:/usr/bin:/bin` },
      configuration: [
        'ForceCommand setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"',
      ],
    });
    const said = await refusal(t, engineAt(own));
    t.regex(said, new RegExp(`^the user ${own.user} may not use the Docker engine on 127\\.0\\.0\\.1\\n`));
    t.true(said.includes(`sudo usermod -aG docker ${own.user}`), said);
  },
);

test('a login that prints something is recognised', async (t) => {
  const own = await sshdWith(t, {
    environment,
    configuration: [`ForceCommand echo Welcome; exec sh -c "$SSH_ORIGINAL_COMMAND"`],
  });
  t.regex(await refusal(t, engineAt(own)), /the login over there prints something before the engine does/);
});

test('without ssh on this machine, that is what is said', async (t) => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  t.teardown(() => {
    process.env['PATH'] = path;
  });
  t.regex(await refusal(t, engineAt(sshd)), /^there is no ssh on this machine\ninstall OpenSSH's client/);
});

test("the far machine's disk and ports are looked at, and a user without a shell is no failure", async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const [free = 0] = await freePorts(1);
  const machine = await inspectMachine(callTo(sshd), '/');
  t.true((machine?.freeBytes ?? 0) > 0);
  const listeners = machine?.listeners ?? [];
  t.deepEqual([...takenPortsOf(listeners, '127.0.0.1', [portOf(taken), free])], [portOf(taken)]);
  t.deepEqual([...takenPortsOf(listeners, '0.0.0.0', [portOf(taken)])], [portOf(taken)]);
  t.deepEqual([...takenPortsOf(listeners, '192.0.2.1', [portOf(taken)])], []);

  const restricted = await sshdWith(t, { environment, configuration: ['ForceCommand false'] });
  t.is(await inspectMachine(callTo(restricted), '/'), undefined);
});

/** A page over there, which this machine reaches through a tunnel. */
async function page(t: ExecutionContext): Promise<number> {
  const server = createHttpServer((_request, response) => response.end('the page')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

const read = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`)).text();

test('tunnels lead to ports over there, before anything listens on them too, and are gone when closed', async (t) => {
  const [first = 0, second = 0, later = 0] = await freePorts(3);
  const port = await page(t);
  const tunnels = await openTunnels(callTo(sshd), {
    forwards: [
      { localPort: second, host: '127.0.0.1', port: later },
      { localPort: first, host: '127.0.0.1', port },
    ],
    onLost: (message) => t.fail(message),
  });
  t.is(await read(first), 'the page');
  await t.throwsAsync(read(second));
  await tunnels.close();
  await t.throwsAsync(read(first));
});

test("forwards of the user's own configuration are in nobody's way, also where their ports are taken", async (t) => {
  const port = await page(t);
  const [local = 0] = await freePorts(1);
  const config = join(folder, 'ssh-config');
  // The page has that port, as a session of the user would.
  writeFileSync(config, `LocalForward 127.0.0.1:${port} 127.0.0.1:1\nExitOnForwardFailure yes\n`);
  const sshOpts = ['-F', config, ...sshd.sshOpts.slice(2)];
  const engine = engineAt(sshd, { sshOpts });
  await t.notThrowsAsync(Promise.all([engine.info(), engine.networks()]));
  const tunnels = await openTunnels(
    { ...callTo(sshd), options: sshOpts },
    { forwards: [{ localPort: local, host: '127.0.0.1', port }], onLost: (message) => t.fail(message) },
  );
  t.is(await read(local), 'the page');
  await tunnels.close();
  await t.throwsAsync(read(local));
});

test('what is done through tunnels closes them also when it fails', async (t) => {
  const port = await page(t);
  const settings = settingsOf(
    {
      'docker:host': sshd.url,
      'docker:sshOpts': sshd.sshOpts,
      ports: { status: port },
    },
    { environment: { BALANCE_ALERT_TUNNELS: 'open' } },
  );
  const local = settings.tunnels?.forwards.status?.localPort ?? 0;
  const said: string[] = [];
  const print = (text: string) => {
    said.push(text);
  };
  await t.throwsAsync(
    withTunnels(settings, { step: print, line: print, warn: print }, async () => {
      t.is(await read(local), 'the page');
      throw new Error('on purpose');
    }),
    { message: 'on purpose' },
  );
  await t.throwsAsync(read(local));
  t.regex(said.join(), new RegExp(`^tunnels through 127\\.0\\.0\\.1: its port ${port} at ${local},`));
});

test('a connection that is lost is made anew, and its tunnels work again', async (t) => {
  const own = await sshdWith(t, { environment });
  const [local = 0] = await freePorts(1);
  const port = await page(t);
  const lost: string[] = [];
  const tunnels = await openTunnels(callTo(own), {
    forwards: [{ localPort: local, host: '127.0.0.1', port }],
    onLost: (message) => lost.push(message),
  });
  await own.stop();
  await own.start();
  t.is(await until(() => read(local)), 'the page');
  t.is(lost.length, 1);
  // Closed while the new one may still be on its way.
  await tunnels.close();
  await t.throwsAsync(read(local));
});

test('a port of this machine that is in use, and a machine that allows no tunnels, are told before anything is changed', async (t) => {
  const port = await page(t);
  const inUse = await t.throwsAsync(
    openTunnels(callTo(sshd), {
      forwards: [{ localPort: port, host: '127.0.0.1', port }],
      onLost: () => undefined,
    }),
  );
  t.is(inUse?.message, `port ${port} of this machine, where a tunnel begins, is in use`);
  const closed = await sshdWith(t, { environment, configuration: ['AllowTcpForwarding no'] });
  const [local = 0] = await freePorts(1);
  const refused = await t.throwsAsync(
    openTunnels(callTo(closed), {
      forwards: [{ localPort: local, host: '127.0.0.1', port }],
      onLost: () => undefined,
    }),
  );
  t.is(refused?.message, '127.0.0.1 does not allow tunnels to its ports');
});

test('a tunnel does not outlive the process that opened it, even one that is killed', async (t) => {
  const [local = 0] = await freePorts(1);
  const port = await page(t);
  const module = (path: string) => pathToFileURL(join(import.meta.dirname, '../..', path)).href;
  const program = `import { openTunnels } from '${module('scripts/lib/ssh/tunnel.ts')}';
    await openTunnels(${JSON.stringify(callTo(sshd))}, {
      forwards: [{ localPort: ${local}, host: '127.0.0.1', port: ${port} }], onLost() {} });
    console.log('open');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  t.is(await read(local), 'the page');
  child.kill('SIGKILL');
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const probe = connect({ host: '127.0.0.1', port: local });
        probe.once('connect', () => {
          probe.destroy();
          resolve(false);
        });
        probe.once('error', () => resolve(true));
      }),
  );
  t.pass();
});
