import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { portOf } from '../../../exporter/web/listen.ts';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import { connectEngine } from '../../../scripts/lib/docker/engine.ts';
import { tlsFailureOf } from '../../../scripts/lib/docker/tls.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import type { CertificateOptions } from '../../support/certificate.ts';
import { makeCertificate, opensslMissing } from '../../support/certificate.ts';
import { freePorts } from '../../support/ports.ts';
import { realClockEnvironment } from '../../support/real-clock.ts';
import { until } from '../../support/until.ts';

/** An engine on TCP that wants client certificates, and every way in which one or the other does not fit. */

const missing = opensslMissing();

function test(title: string, implementation: (t: ExecutionContext) => Promise<void>): void {
  if (missing === undefined) anyTest(title, implementation);
  else anyTest.skip(`${title} [needs openssl]`, implementation);
}

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-tls-'));
anyTest.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A folder as `docker:certPath` names it. The server's certificate serves the client as well. */
function certificates(name: string, options: CertificateOptions = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  const { certFile, keyFile } = makeCertificate(path, options);
  writeFileSync(join(path, 'cert.pem'), readFileSync(certFile));
  writeFileSync(join(path, 'key.pem'), readFileSync(keyFile));
  return path;
}

const ours = missing === undefined ? certificates('ours') : '';
const theirs = missing === undefined ? certificates('theirs') : '';
const read = (path: string, file: string) => readFileSync(join(path, file), 'utf8');

/** @returns the address of an engine with these certificates that trusts these clients */
async function engineWith(t: ExecutionContext, server: string, clients = ours): Promise<string> {
  const listening = createTlsServer(
    {
      cert: read(server, 'cert.pem'),
      key: read(server, 'key.pem'),
      ca: read(clients, 'ca.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (_request, response) =>
      response.end(
        JSON.stringify({
          ID: 'TLS',
          ServerVersion: '27.0',
          ApiVersion: '1.47',
          OSType: 'linux',
          Architecture: 'x86_64',
        }),
      ),
  );
  listening.on('tlsClientError', () => undefined);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.teardown(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return `tcp://127.0.0.1:${portOf(listening)}`;
}

async function refusal(t: ExecutionContext, settings: EngineSettings): Promise<string> {
  const error = await t.throwsAsync(async () => connectEngine(settings).info(), { instanceOf: Failure });
  return [error?.message, ...(error?.hints ?? [])].join('\n');
}

test('an engine is asked with a client certificate, from a folder or from texts', async (t) => {
  const host = await engineWith(t, ours);
  t.is((await connectEngine({ host, certPath: ours }).info()).id, 'TLS');
  const engine = connectEngine({
    host,
    caMaterial: read(ours, 'ca.pem'),
    certMaterial: read(ours, 'cert.pem'),
    keyMaterial: read(ours, 'key.pem'),
  });
  t.is((await engine.info()).id, 'TLS');
});

test("an engine's certificate of another authority, for another name, or past its time is refused", async (t) => {
  t.regex(
    await refusal(t, { host: await engineWith(t, theirs), certPath: ours }),
    /the engine's certificate is not from the authority in ca\.pem/,
  );
  const elsewhere = certificates('elsewhere', { names: 'DNS:other.example,IP:192.0.2.1' });
  t.regex(
    await refusal(t, { host: await engineWith(t, elsewhere, elsewhere), certPath: elsewhere }),
    /the engine's certificate is for another name \(.*127\.0\.0\.1.*\)\nuse a name or address in docker:host/,
  );
  const expired = certificates('expired', { expired: true });
  const mixed = join(folder, 'mixed');
  mkdirSync(mixed);
  // The client's own is valid, of the other authority.
  writeFileSync(join(mixed, 'ca.pem'), read(expired, 'ca.pem'));
  writeFileSync(join(mixed, 'cert.pem'), read(ours, 'cert.pem'));
  writeFileSync(join(mixed, 'key.pem'), read(ours, 'key.pem'));
  t.regex(
    await refusal(t, { host: await engineWith(t, expired), certPath: mixed }),
    /the engine's certificate has expired/,
  );
});

test("a name in the subject alone is not taken, as the provider's plugin does not take it", async (t) => {
  const path = join(folder, 'subject');
  mkdirSync(path);
  const file = (name: string) => join(path, name);
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
      ...['-subj', '/CN=127.0.0.1', '-keyout', file('key.pem'), '-out', file('cert.pem')],
    ],
    { stdio: 'pipe', env: realClockEnvironment() },
  );
  writeFileSync(file('ca.pem'), read(path, 'cert.pem'));
  t.regex(
    await refusal(t, { host: await engineWith(t, path, path), certPath: path }),
    /the certificate has no subjectAltName/,
  );
});

test('a client certificate that the engine does not know is said to be refused', async (t) => {
  const [port = 0] = await freePorts(1);
  // Unlike Node's own server, it says why, as dockerd does.
  const server = spawn(
    'openssl',
    [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-quiet', '-Verify', '1', '-verify_return_error'],
      ...['-cert', join(ours, 'cert.pem'), '-key', join(ours, 'key.pem'), '-CAfile', join(ours, 'ca.pem')],
    ],
    { stdio: 'ignore', env: realClockEnvironment() },
  );
  t.teardown(() => server.kill());
  const stranger = join(folder, 'stranger');
  mkdirSync(stranger);
  writeFileSync(join(stranger, 'ca.pem'), read(ours, 'ca.pem'));
  writeFileSync(join(stranger, 'cert.pem'), read(theirs, 'cert.pem'));
  writeFileSync(join(stranger, 'key.pem'), read(theirs, 'key.pem'));
  const settings = { host: `tcp://127.0.0.1:${port}`, certPath: stranger };
  const said = await until(async () => {
    const text = await refusal(t, settings);
    return text.includes('ECONNREFUSED') ? undefined : text;
  });
  t.regex(said, /the engine refuses our client certificate \([a-z0-9 ]+\)\n/);
  t.regex(said, /it has to be issued by the authority that dockerd was given \(--tlscacert\)/);
});

test('a request without TLS to an engine with it says which keys to set, and the reverse that there is no TLS', async (t) => {
  // As Go's server answers it.
  const server = createServer((socket) => {
    socket.once('data', (data) =>
      socket.end(
        data[0] === 0x16
          ? 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request'
          : 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
      ),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const host = `tcp://127.0.0.1:${portOf(server)}`;
  t.regex(
    await refusal(t, { host }),
    /wants TLS, and no certificates are configured\nset docker:certPath to a folder/,
  );
  t.regex(await refusal(t, { host, certPath: ours }), /the engine speaks no TLS on that port/);
});

test('certificates are checked before anything is sent, and no message holds anything of a key', async (t) => {
  const host = 'tcp://127.0.0.1:1';
  const of = (changes: Readonly<Record<string, string>>) => ({
    host,
    caMaterial: read(ours, 'ca.pem'),
    certMaterial: read(ours, 'cert.pem'),
    keyMaterial: read(ours, 'key.pem'),
    ...changes,
  });
  const planted = 'planted-key-text';
  const said = [
    await refusal(t, of({ keyMaterial: planted })),
    await refusal(t, of({ keyMaterial: read(theirs, 'key.pem') })),
    await refusal(t, of({ certMaterial: planted })),
    await refusal(t, { host, certPath: '/nowhere' }),
  ];
  t.deepEqual(
    said.map((text) => text.split('\n')[0]),
    [
      'docker:keyMaterial: expected a private key in PEM',
      'docker:keyMaterial is not the key of docker:certMaterial',
      'docker:certMaterial: expected a certificate in PEM',
      'cannot read /nowhere/ca.pem: ENOENT',
    ],
  );
  const protectedKey = execFileSync(
    'openssl',
    ['pkey', '-in', join(ours, 'key.pem'), '-aes256', '-passout', 'pass:secret'],
    { encoding: 'utf8' },
  );
  t.regex(
    await refusal(t, of({ keyMaterial: protectedKey })),
    /^docker:keyMaterial: the key is protected by a passphrase/,
  );
  const expired = join(folder, 'expired-client');
  mkdirSync(expired);
  const { certFile, keyFile } = makeCertificate(expired, { expired: true });
  t.regex(
    await refusal(
      t,
      of({ certMaterial: readFileSync(certFile, 'utf8'), keyMaterial: readFileSync(keyFile, 'utf8') }),
    ),
    /^the certificate in docker:certMaterial expired on Jan {2}2 /,
  );
  for (const text of said) t.false(text.includes(planted), text);
});

anyTest('errors that are not about TLS are left to others', (t) => {
  t.is(
    tlsFailureOf('tcp://h:1', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
    undefined,
  );
});
