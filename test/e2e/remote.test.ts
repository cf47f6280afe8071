import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer } from 'node:tls';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { stackLabel } from '../../infra/render/names.ts';
import type { RunResult } from '../../scripts/lib/terminal/process.ts';
import { follow, Interruption } from '../../scripts/lib/terminal/process.ts';
import { makeCertificate, opensslMissing } from '../support/certificate.ts';
import { onPath } from '../support/on-path.ts';
import { listens } from '../support/ports.ts';
import type { SocketServer } from '../support/sockets.ts';
import { serveSockets } from '../support/sockets.ts';
import type { Sshd } from '../support/sshd.ts';
import { sshdMissing, startSshd } from '../support/sshd.ts';
import { until } from '../support/until.ts';
import type { Checkout, CheckoutOptions } from './checkout.ts';
import { makeCheckout, missingTools } from './checkout.ts';
import { containerIdsOf, containersOf, removeAll, replaced, runScript, stepsWith } from './steps.ts';

/**
 * An engine that is reached by a real sshd, and one by TCP with client certificates, with the real CLI and providers: each from
 * nothing through a change to nothing. Published ports are on loopback, and the scripts reach them through tunnels alone.
 */

const docker = onPath('docker');
const missing = [
  ...(await missingTools()),
  ...(sshdMissing() === undefined ? [] : [sshdMissing() ?? '']),
  ...(opensslMissing() === undefined ? [] : ['openssl']),
  ...(docker === undefined ? ['the docker command'] : []),
];

const step = stepsWith(missing);

const accounts = (threshold: number) =>
  `accounts: [{ name: first, provider: demo, options: { type: credits, full: 500 }, threshold: ${threshold} }]\n`;

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-remote-e2e-'));
const engineHost = process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';
const socketPath = engineHost.replace(/^unix:\/\//, '');

let sshd: Sshd;
let tls: SocketServer;
const checkouts: Checkout[] = [];

/** No variable of the machine's own engine: what reaches this one comes from the configuration. */
const environment = {
  DOCKER_HOST: undefined,
  DOCKER_CERT_PATH: undefined,
  DOCKER_TLS_VERIFY: undefined,
  DOCKER_CONTEXT: undefined,
};

async function checkoutWith(config: CheckoutOptions['config']): Promise<Checkout> {
  const checkout = await makeCheckout({ config: config ?? {}, environment });
  checkouts.push(checkout);
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(100));
  return checkout;
}

anyTest.before(async () => {
  if (missing.length > 0) return;
  sshd = await startSshd(join(folder, 'sshd'), {
    environment: { PATH: `${dirname(docker ?? '')}:/usr/bin:/bin`, DOCKER_HOST: engineHost },
  });
  const path = join(folder, 'certificates');
  mkdirSync(path);
  const { caFile, certFile, keyFile } = makeCertificate(path);
  writeFileSync(join(path, 'cert.pem'), readFileSync(certFile));
  writeFileSync(join(path, 'key.pem'), readFileSync(keyFile));
  const server = createServer({
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    ca: readFileSync(caFile),
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (client) => {
    const engine = connect(socketPath);
    for (const end of [client, engine]) end.on('error', () => undefined);
    client.pipe(engine).pipe(client);
  });
  tls = await serveSockets(server, () => undefined);
});

anyTest.after.always('what a failed test left is removed', async (t) => {
  t.timeout(120_000);
  await sshd?.start().catch(() => undefined);
  for (const checkout of checkouts) await removeAll(checkout);
  await sshd?.stop();
  await tls?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const must = (t: ExecutionContext, checkout: Checkout, ...args: Parameters<Checkout['script']>) =>
  runScript(t, checkout, ...args, '--stack', checkout.stack);

const noChanges = ['preview', '--expect-no-changes', '--refresh', '--non-interactive'] as const;

/** Ports of this machine at which tunnels begin, from what `scripts/up` prints. */
const tunnelPorts = (stdout: string): readonly number[] => {
  const [, list = ''] = /tunnels through 127\.0\.0\.1: its port (.+)/.exec(stdout) ?? [];
  return [...list.matchAll(/ at (\d+)/g)].map(([, port]) => Number(port));
};

/** What both ways to an engine have in common: from nothing to a stack that works, and that nothing is left to change. */
async function bringUp(t: ExecutionContext, checkout: Checkout): Promise<void> {
  const dry = await must(t, checkout, 'up', '--dry-run');
  t.regex(dry.stdout, /Container balance-alert-grafana-container create/);
  t.deepEqual(await containersOf(checkout), []);

  const { stdout } = await must(t, checkout, 'up', '--yes');
  t.log(stdout);
  t.regex(stdout, /ports are free, names are available/);
  t.regex(stdout, /Grafana answered all \d+ dashboard queries/);
  t.true(stdout.includes(`-L ${checkout.ports.grafana}:127.0.0.1:${checkout.ports.grafana} `));
  t.regex(stdout, new RegExp(`ssh -N -L .* -p ${sshd.port} ${sshd.user}@127\\.0\\.0\\.1$`, 'm'));
  const containers = await containersOf(checkout);
  t.is(containers.length, 4);
  for (const { name, status } of containers) t.regex(status, /\(healthy\)/, name);
  const ports = tunnelPorts(stdout);
  t.is(ports.length, 5);
  for (const port of ports) t.false(await listens(port), `port ${port} is still open`);
  const state = (await must(t, checkout, 'pulumi', 'stack', 'export')).stdout;
  t.true(state.includes(`http://127.0.0.1:${ports.at(-1)}`), "Grafana's address is the tunnel's");

  const preview = await must(t, checkout, 'pulumi', ...noChanges);
  t.regex(preview.stdout, /\d+ unchanged/);
}

async function changeThreshold(t: ExecutionContext, checkout: Checkout): Promise<void> {
  const before = await containerIdsOf(checkout);
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(123));
  await must(t, checkout, 'up', '--yes');
  t.deepEqual(replaced(before, await containerIdsOf(checkout)), ['exporter']);
}

async function takeDown(t: ExecutionContext, checkout: Checkout): Promise<void> {
  await must(t, checkout, 'down', '--yes', '--purge');
  const { engine, prefix, stack } = checkout;
  const objects = [...(await engine.containers()), ...(await engine.volumes()), ...(await engine.networks())];
  t.deepEqual(
    objects.filter(({ name, labels }) => name.startsWith(prefix) || labels[stackLabel] === stack),
    [],
  );
  t.false(await engine.hasImage(`${prefix}-exporter:local`));
}

let overSsh: Checkout;

step('ssh: a foreign container with our name is refused before anything is made', async (t) => {
  overSsh = await checkoutWith({ 'docker:host': sshd.url, 'docker:sshOpts': sshd.sshOpts });
  const { engine, prefix, stack } = overSsh;
  const images: unknown = JSON.parse((await engine.call('GET', '/images/json')).body.toString('utf8'));
  const [, image = ''] = /"Id":"(sha256:[0-9a-f]+)"/.exec(JSON.stringify(images)) ?? [];
  const body = {
    type: 'application/json',
    content: Buffer.from(JSON.stringify({ Image: image, Cmd: ['x'] })),
  };
  t.is((await engine.call('POST', `/containers/create?name=${prefix}-grafana`, body)).status, 201);
  t.teardown(() => engine.removeContainer(`${prefix}-grafana`, 1));
  const { code, stderr } = await overSsh.script('up', '--yes', '--stack', stack);
  t.is(code, 1);
  t.true(stderr.includes(`the container ${prefix}-grafana was not created by balance-alert`), stderr);
  t.deepEqual(await containersOf(overSsh), []);
});

step('ssh: from nothing to a stack that works, with nothing left to change and no tunnel left open', (t) =>
  bringUp(t, overSsh),
);

step('ssh: doctor examines it through tunnels', async (t) => {
  const { stdout } = await must(t, overSsh, 'doctor');
  t.log(stdout);
  t.regex(stdout, /tunnels through 127\.0\.0\.1/);
});

step('ssh: a changed threshold replaces the exporter and nothing else', (t) => changeThreshold(t, overSsh));

step(
  'ssh: a container that was stopped by hand and one that was removed are back after the next run',
  async (t) => {
    const before = await containerIdsOf(overSsh);
    t.is((await overSsh.engine.call('POST', `/containers/${before['alertmanager']}/stop?t=1`)).status, 204);
    await overSsh.engine.removeContainer(before['prometheus'] ?? '', 1);
    await must(t, overSsh, 'up', '--yes');
    const containers = await containersOf(overSsh);
    t.is(containers.length, 4);
    for (const { name, status } of containers) t.regex(status, /\(healthy\)/, name);
  },
);

step(
  'ssh: a host that vanishes in the middle of an update and comes back is mended by the next run',
  async (t) => {
    await writeFile(join(overSsh.root, 'balance-alert.yaml'), accounts(99));
    const before = await containerIdsOf(overSsh);
    const said: string[] = [];
    // While the new container is waited for.
    const vanish = async () => {
      await until(async () => {
        const now = (await containersOf(overSsh)).find(({ name }) => name.endsWith('-exporter'));
        return now?.state === 'running' && now.id !== before['exporter'];
      });
      await sshd.stop();
    };
    let vanished: Promise<void> | undefined;
    const code = await follow(join(overSsh.root, 'scripts/up'), ['--yes', '--stack', overSsh.stack], {
      cwd: overSsh.root,
      environment: overSsh.environment,
      interruption: new Interruption(() => undefined),
      onLine: (line) => {
        said.push(line);
        if (/exporter-container creating replacement/.test(line)) vanished ??= vanish();
      },
    });
    await vanished;
    t.log(said.join('\n'));
    t.not(vanished, undefined);
    t.is(code, 1);
    t.regex(said.join('\n'), /once it is back, run scripts\/up again: it continues where this run stopped/);
    await sshd.start();
    await must(t, overSsh, 'up', '--yes');
    await must(t, overSsh, 'pulumi', ...noChanges);
  },
);

step('ssh: of two runs at once, the second changes nothing and names the first', async (t) => {
  await writeFile(join(overSsh.root, 'balance-alert.yaml'), accounts(98));
  let second: Promise<RunResult> | undefined;
  const code = await follow(join(overSsh.root, 'scripts/up'), ['--yes', '--stack', overSsh.stack], {
    cwd: overSsh.root,
    environment: overSsh.environment,
    interruption: new Interruption(() => undefined),
    onLine: (line) => {
      if (/exporter-container creating replacement/.test(line))
        second ??= overSsh.script('up', '--yes', '--repair', '--stack', overSsh.stack);
    },
  });
  t.is(code, 0);
  const { code: refused, stderr } = (await second) ?? { code: 0, stderr: '' };
  t.log(stderr);
  t.is(refused, 1);
  t.regex(stderr, /another update of the stack e2e-\w+ is in progress: process \d+ of \S+@\S+, since 2/);
});

step('ssh: taken away with everything, nothing of it is left', (t) => takeDown(t, overSsh));

let overTls: Checkout;

/** Of the client, from a folder of certificates. */
async function setKey(t: ExecutionContext, keyFile: string): Promise<void> {
  const key = readFileSync(keyFile, 'utf8');
  const args = ['config', 'set', '--secret', '--stack', overTls.stack, 'docker:keyMaterial', '--', key];
  const { code, stderr } = await overTls.script('pulumi', ...args);
  t.is(code, 0, stderr);
}

step('tcp with TLS: from nothing to a stack that works, with nothing left to change', async (t) => {
  overTls = await checkoutWith({
    'docker:host': `tcp://127.0.0.1:${tls.port}`,
    'docker:caMaterial': readFileSync(join(folder, 'certificates/ca.pem'), 'utf8'),
    'docker:certMaterial': readFileSync(join(folder, 'certificates/cert.pem'), 'utf8'),
    'docker:sshOpts': sshd.sshOpts,
    'balance-alert:tunnel': sshd.url,
  });
  const key = readFileSync(join(folder, 'certificates/key.pem'), 'utf8');
  t.is((await overTls.script('pulumi', 'stack', 'init', overTls.stack)).code, 0);
  await setKey(t, join(folder, 'certificates/key.pem'));
  await bringUp(t, overTls);
  const [, line = ''] = key.split('\n');
  t.true(line.length > 40);
  for (const args of [
    ['stack', 'export'],
    ['stack', 'output', '--json'],
  ] as const)
    t.false((await must(t, overTls, 'pulumi', ...args)).stdout.includes(line), args.join(' '));
});

step('tcp with TLS: a changed threshold replaces the exporter and nothing else', (t) =>
  changeThreshold(t, overTls),
);

step(
  'tcp with TLS: a client certificate that does not fit is named before anything is touched',
  async (t) => {
    const before = await containerIdsOf(overTls);
    const other = join(folder, 'other');
    mkdirSync(other);
    const { keyFile } = makeCertificate(other);
    await setKey(t, keyFile);
    const { code, stderr } = await overTls.script('up', '--yes', '--stack', overTls.stack);
    t.is(code, 1);
    t.regex(stderr, /docker:keyMaterial is not the key of docker:certMaterial/);
    t.deepEqual(replaced(before, await containerIdsOf(overTls)), []);
    await setKey(t, join(folder, 'certificates/key.pem'));
  },
);

step('tcp with TLS: taken away with everything, nothing of it is left', (t) => takeDown(t, overTls));
