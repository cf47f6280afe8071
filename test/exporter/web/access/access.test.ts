import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as https from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { hashSync } from 'bcryptjs';
import { runHealthcheck } from '../../../../exporter/commands/healthcheck.ts';
import { alternativeNames } from '../../../../exporter/web/access/gate.ts';
import { loadWebConfig, openAccess } from '../../../../exporter/web/access/load.ts';
import { RateLimit } from '../../../../exporter/web/access/rate-limit.ts';
import { GuardedServers } from '../../../../exporter/web/access/serve.ts';
import { close, portOf } from '../../../../exporter/web/listen.ts';
import { makeCertificate, opensslMissing } from '../../../support/certificate.ts';

const missing = opensslMissing();
const tlsTest = missing === undefined ? test : test.skip;

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with a web configuration in it. */
function prepared(config: string) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-web-'));
  folders.push(folder);
  const file = join(folder, 'web.yml');
  writeFileSync(file, config);
  return { folder, file };
}

/** Serves `ok` for every path behind the configuration of a file, and notes what is logged. */
async function guarded(t: ExecutionContext, file: string) {
  const result = loadWebConfig(file);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  const log: string[] = [];
  const servers = new GuardedServers(file, result.config, {
    info: (message) => void log.push(message),
    error: (message, fields) => void log.push(`${message}: ${fields?.['error']}`),
  });
  const server = await servers.listen(
    (_request, response) => response.end('ok'),
    { host: '127.0.0.1', port: 0 },
    '--flag',
  );
  t.teardown(() => close(server));
  return { servers, log, port: portOf(server) };
}

/** A client that has the certificate of `makeCertificate` in a folder, and trusts its authority. */
function clientIn(folder: string) {
  const read = (name: string) => readFileSync(join(folder, name));
  return { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  /** Of the server's certificate. */
  readonly fingerprint: string;
}

/** One request on a connection of its own. */
function ask(port: number, options: https.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.get({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const { socket } = response;
      const fingerprint =
        'getPeerX509Certificate' in socket && typeof socket.getPeerX509Certificate === 'function'
          ? String(socket.getPeerX509Certificate()?.fingerprint256)
          : '';
      text(response).then((body) => resolve({ status: response.statusCode, body, fingerprint }), reject);
    });
    request.on('error', reject);
  });
}

tlsTest('a file in the form that the exporter-toolkit documents is taken as it is', (t) => {
  const { folder, file } = prepared(`
tls_server_config:
  cert_file: server.pem
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [localhost]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256]
  prefer_server_cipher_suites: true
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  alice: $2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze
rate_limit:
  interval: 1m1.5s
  burst: 20
`);
  makeCertificate(folder);
  const result = loadWebConfig(file);
  if (!result.ok) return t.fail(result.errors.join('\n'));
  const { tls, users, headers, rateLimit, files } = result.config;
  t.deepEqual(rateLimit, { intervalMs: 61_500, burst: 20 });
  t.is(tls?.secure.ciphers, 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305');
  t.is(tls?.secure.ecdhCurve, 'P-256:X25519');
  t.is(tls?.secure.minVersion, 'TLSv1.2');
  t.deepEqual([...users.keys()], ['alice']);
  t.deepEqual(headers, { 'X-Frame-Options': 'deny', 'Strict-Transport-Security': 'max-age=31536000' });
  t.deepEqual(
    files.map((path) => path.slice(folder.length + 1)),
    ['web.yml', 'server.pem', 'server.key', 'ca.pem'],
  );
});

tlsTest(
  'what the exporter-toolkit takes in its own tests is taken: numbers in headers, suites with CBC, older names',
  (t) => {
    const tls = 'cert_file: server.pem, key_file: server.key';
    const { folder, file } = prepared('');
    makeCertificate(folder);
    for (const [config, expected] of [
      [
        'http_server_config: { headers: { X-XSS-Protection: 1, Strict-Transport-Security: 0 } }',
        { headers: { 'X-XSS-Protection': '1', 'Strict-Transport-Security': '0' } },
      ],
      [
        `tls_server_config: { ${tls}, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA] }`,
        { tls: { secure: { ciphers: 'ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA' } } },
      ],
      [
        `tls_server_config: { ${tls}, client_auth_type: RequireClientCert }`,
        { tls: { clientAuth: 'RequireAnyClientCert' } },
      ],
      [`tls_server_config: { ${tls}, client_auth_type: "" }`, { tls: { clientAuth: 'NoClientCert' } }],
      [
        `tls_server_config: { ${tls}, client_auth_type: VerifyClientCertIfGiven }`,
        { tls: { clientAuth: 'VerifyClientCertIfGiven' } },
      ],
      [
        `tls_server_config: { ${tls}, client_auth_type: RequestClientCert, client_ca_file: ca.pem }`,
        { tls: { clientAuth: 'RequestClientCert' } },
      ],
    ] as const) {
      writeFileSync(file, config);
      const result = loadWebConfig(file);
      if (!result.ok) return t.fail(`${config}: ${result.errors.join('\n')}`);
      t.like(result.config, expected, config);
    }
  },
);

test('a name of a certificate with commas or quotes is one name, and addresses are as people write them', (t) => {
  t.deepEqual(alternativeNames(undefined), []);
  t.deepEqual(
    alternativeNames(
      'DNS:a.example, DNS:"b, DNS:prometheus.example, c", IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://x/y, email:"a\\"@b"',
    ),
    ['a.example', 'b, DNS:prometheus.example, c', '127.0.0.1', '::1', 'spiffe://x/y', 'a"@b'],
  );
});

tlsTest('a client of any authority is let in by a name that is allowed, and not by another', async (t) => {
  const config = (san: string) =>
    `tls_server_config: { cert_file: server.pem, key_file: server.key, client_auth_type: RequireAnyClientCert, client_allowed_sans: [${san}] }\n`;
  const { folder, file } = prepared(config('localhost'));
  makeCertificate(folder);
  const { servers, port } = await guarded(t, file);
  const own = clientIn(folder);
  t.is((await ask(port, own)).status, 200);
  writeFileSync(file, config('prometheus.example'));
  servers.reload();
  await t.throwsAsync(ask(port, own));
  await t.throwsAsync(ask(port, { ca: own.ca }));
});

const mistakes: readonly (readonly [string, string, readonly RegExp[]])[] = [
  [
    'an unknown key',
    'basic_auth_user: {}',
    [/web\.yml:1:1: basic_auth_user: unknown key; did you mean basic_auth_users\?$/],
  ],
  [
    'a key without a certificate',
    'tls_server_config: { key_file: server.key }',
    [/tls_server_config: expected cert or cert_file/],
  ],
  [
    'an empty certificate',
    'tls_server_config: { cert: "", cert_file: "", key_file: server.key }',
    [/tls_server_config: expected cert or cert_file/],
  ],
  [
    'an empty key',
    'tls_server_config: { cert_file: server.pem, key: "" }',
    [/tls_server_config: expected key or key_file/],
  ],
  [
    'names of clients that need no certificate',
    'tls_server_config: { cert_file: server.pem, key_file: server.key, client_allowed_sans: [a], client_auth_type: VerifyClientCertIfGiven }',
    [/client_allowed_sans: needs client_auth_type RequireAndVerifyClientCert/],
  ],
  [
    'a file that is not there',
    'tls_server_config: { cert_file: no.pem, key_file: server.key }',
    [/tls_server_config\.cert_file: cannot read it: ENOENT/],
  ],
  [
    'a key of another certificate',
    'tls_server_config: { cert_file: server.pem, key_file: ca.key }',
    [/certificate and key cannot be used together: /],
  ],
  [
    'client verification without an authority',
    'tls_server_config: { cert_file: server.pem, key_file: server.key, client_auth_type: RequireAndVerifyClientCert }',
    [/RequireAndVerifyClientCert needs client_ca_file$/],
  ],
  [
    'an authority without verification',
    'tls_server_config: { cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem }',
    [/client_ca_file has no effect without client_auth_type/],
  ],
  [
    'an old version',
    'tls_server_config: { cert_file: server.pem, key_file: server.key, min_version: TLS10 }',
    [/min_version: expected TLS12 or TLS13/],
  ],
  [
    'a password in clear',
    'basic_auth_users: { alice: hunter2 }',
    [/basic_auth_users\.alice: expected a bcrypt hash/],
  ],
  [
    'a header on two lines',
    'http_server_config: { headers: { X-XSS-Protection: "1\\r\\nSet-Cookie: a" } }',
    [/X-XSS-Protection: expected printable ASCII on one line$/],
  ],
  [
    'a rate without a unit',
    'rate_limit: { interval: 5, burst: 1 }',
    [/rate_limit\.interval: expected a duration/],
  ],
  [
    'a rate that lets nothing through',
    'rate_limit: { interval: 1s }',
    [/rate_limit\.burst: expected 1 or more/],
  ],
  ['half a request', 'rate_limit: { interval: 1s, burst: 0.5 }', [/rate_limit\.burst: /]],
  [
    'two mistakes',
    'basic_auth_users: { alice: hunter2 }\nnothing: 1',
    [/basic_auth_users\.alice/, /nothing: unknown key/],
  ],
];

for (const [title, config, expected] of mistakes) {
  tlsTest(`named: ${title}`, (t) => {
    const { folder, file } = prepared(config);
    makeCertificate(folder);
    const result = loadWebConfig(file);
    if (result.ok) return t.fail('expected errors');
    t.is(result.errors.length, expected.length, result.errors.join('\n'));
    for (const pattern of expected)
      t.true(
        result.errors.some((error) => pattern.test(error)),
        result.errors.join('\n'),
      );
    t.notRegex(result.errors.join('\n'), /hunter2|PRIVATE KEY/);
  });
}

test('without a password there is 401 everywhere but on the two health paths, whatever tricks a path plays', async (t) => {
  const { file } = prepared(
    `basic_auth_users: { alice: ${hashSync('secret', 4)} }\nhttp_server_config: { headers: { X-Frame-Options: deny } }\n`,
  );
  const { port } = await guarded(t, file);
  const raw = (path: string, authorization = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${authorization}\r\n`),
      );
      text(socket).then(resolve, reject);
    });
  for (const path of [
    '/',
    '/metrics',
    '/-/healthy/',
    '/-/healthy/../config',
    '//-/healthy',
    '/-/HEALTHY',
    '/%2d/healthy',
    'http://localhost/-/healthy',
    '/config?/-/healthy',
  ]) {
    const answer = await raw(path);
    t.regex(answer, /^HTTP\/1\.1 401 /, path);
    t.regex(answer, /\r\nWWW-Authenticate: Basic /i, path);
    t.regex(answer, /\r\nX-Frame-Options: deny\r\n/i, path);
  }
  for (const path of ['/-/healthy', '/-/ready', '/-/ready?x=1'])
    t.regex(await raw(path), /^HTTP\/1\.1 200 /, path);
  const basic = (credentials: string) =>
    `Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
  t.regex(await raw('/metrics', basic('alice:secret')), /^HTTP\/1\.1 200 /);
  for (const wrong of ['alice:wrong', 'alice', ':secret', 'bob:secret', 'alice:']) {
    t.regex(await raw('/metrics', basic(wrong)), /^HTTP\/1\.1 401 /, wrong);
  }
  t.regex(await raw('/metrics', 'Authorization: Bearer secret\r\n'), /^HTTP\/1\.1 401 /);
});

test('more requests than rate_limit allows are answered with 429, before a password is compared, but not on the health paths', async (t) => {
  const users = `basic_auth_users: { alice: ${hashSync('secret', 4)} }\n`;
  const { file } = prepared(`${users}rate_limit: { interval: 1h, burst: 3 }\n`);
  const { servers, port } = await guarded(t, file);
  const status = async (path = '/', password = 'secret') =>
    (
      await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Basic ${Buffer.from(`alice:${password}`).toString('base64')}` },
      })
    ).status;
  t.deepEqual(
    [await status(), await status('/', 'wrong'), await status(), await status(), await status('/', 'wrong')],
    [200, 401, 200, 429, 429],
  );
  t.deepEqual([await status('/-/healthy'), await status('/-/ready')], [200, 200]);
  for (const limit of ['', 'rate_limit: { interval: 0 }\n', 'rate_limit: { interval: 0s, burst: 1 }\n']) {
    writeFileSync(file, users + limit);
    servers.reload();
    t.deepEqual([await status(), await status(), await status(), await status()], [200, 200, 200, 200]);
  }
  writeFileSync(file, `${users}rate_limit: { interval: 1h, burst: 1 }\n`);
  servers.reload();
  t.deepEqual([await status(), await status()], [200, 429]);
});

test('a token comes back per interval, never more than the burst', (t) => {
  const limit = new RateLimit({ intervalMs: 100, burst: 2 }, 0);
  const passed = (...times: readonly number[]) => times.map((time) => limit.allows(time));
  t.deepEqual(passed(0, 0, 0, 50, 99), [true, true, false, false, false]);
  t.deepEqual(passed(100, 101, 199, 200, 250), [true, false, false, true, false]);
  t.deepEqual(passed(10_000, 10_000, 10_000), [true, true, false]);
});

test('a file that names no user any more, as one that is being written, does not open the port', async (t) => {
  const { file } = prepared(`basic_auth_users: { alice: ${hashSync('secret', 4)} }\n`);
  const { servers, log, port } = await guarded(t, file);
  const status = async () => (await fetch(`http://127.0.0.1:${port}/`)).status;
  for (const text of ['', 'basic_auth_users: {}\n']) {
    writeFileSync(file, text);
    servers.reload();
    t.is(
      log.pop(),
      'web configuration not reloaded, keeping the previous one: authentication cannot be turned off while the port is open: restart',
    );
    t.is(await status(), 401);
  }
});

tlsTest('a certificate is rotated under load without a failed request, also half-way', async (t) => {
  const { folder, file } = prepared('tls_server_config: { cert_file: server.pem, key_file: server.key }\n');
  makeCertificate(folder);
  const next = join(folder, 'next');
  mkdirSync(next);
  makeCertificate(next);
  const ca = [readFileSync(join(folder, 'ca.pem')), readFileSync(join(next, 'ca.pem'))];
  const { servers, log, port } = await guarded(t, file);
  const before = await ask(port, { ca });
  let over = false;
  let requests = 0;
  const load = (async () => {
    while (!over) {
      t.is((await ask(port, { ca })).body, 'ok');
      requests += 1;
    }
  })();
  copyFileSync(join(next, 'server.pem'), join(folder, 'server.pem'));
  servers.reload();
  t.is(log.length, 1);
  t.regex(
    log[0] ?? '',
    /^web configuration not reloaded, keeping the previous one: .*certificate and key cannot be used together/,
  );
  t.is((await ask(port, { ca })).fingerprint, before.fingerprint);
  copyFileSync(join(next, 'server.key'), join(folder, 'server.key'));
  servers.reload();
  t.is(log[1], 'web configuration reloaded');
  t.not((await ask(port, { ca })).fingerprint, before.fingerprint);
  over = true;
  await load;
  t.true(requests > 0);
});

tlsTest(
  'a client without a certificate, or with another name, is turned away, and the health check still works',
  async (t) => {
    const config = (san: string) =>
      `tls_server_config: { cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem, client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [${san}] }\n`;
    const { folder, file } = prepared(config('localhost'));
    makeCertificate(folder);
    const { servers, port } = await guarded(t, file);
    const own = clientIn(folder);
    t.is((await ask(port, own)).status, 200);
    await t.throwsAsync(ask(port, { ca: own.ca }));
    let said = '';
    t.is(await runHealthcheck({ host: '127.0.0.1', port }, file, (words) => (said += words)), 0);
    t.is(said, 'healthy (a client certificate is required)\n');
    writeFileSync(file, config('prometheus.example'));
    servers.reload();
    await t.throwsAsync(ask(port, own));
  },
);

tlsTest(
  'the end of the certificate in use is told, of a chain the first one that ends, and again after a rotation',
  (t) => {
    const { folder, file } = prepared('tls_server_config: { cert_file: chain.pem, key_file: server.key }\n');
    makeCertificate(folder);
    const [leaf, authority] = ['server.pem', 'ca.pem'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    const expired = join(folder, 'expired');
    mkdirSync(expired);
    makeCertificate(expired, { expired: true });
    const told: (number | undefined)[] = [];
    writeFileSync(join(folder, 'chain.pem'), `${leaf}${authority}`);
    const first = loadWebConfig(file);
    if (!first.ok) return t.fail(first.errors.join('\n'));
    const silent = { info: () => undefined, error: () => undefined };
    const servers = new GuardedServers(file, first.config, silent, (expiresAtMs) => told.push(expiresAtMs));
    writeFileSync(join(folder, 'chain.pem'), `${leaf}${readFileSync(join(expired, 'server.pem'), 'utf8')}`);
    servers.reload();
    // The authority is made first, so that it can end a second before the certificate that it signed.
    const ends = [leaf, authority].map((pem) => new X509Certificate(pem ?? '').validToDate.getTime());
    t.deepEqual(told, [Math.min(...ends), Date.UTC(2020, 0, 2)]);
    new GuardedServers(undefined, openAccess, silent, (expiresAtMs) => told.push(expiresAtMs));
    t.is(told.at(-1), undefined);
  },
);

tlsTest(
  'an expired certificate is served and told as such, so that who verifies it refuses it and the alert says why',
  async (t) => {
    const { folder, file } = prepared('tls_server_config: { cert_file: server.pem, key_file: server.key }\n');
    makeCertificate(folder, { expired: true });
    const loaded = loadWebConfig(file);
    t.is(loaded.ok ? loaded.config.tls?.expiresAtMs : undefined, Date.UTC(2020, 0, 2));
    const { port } = await guarded(t, file);
    await t.throwsAsync(ask(port, { ca: readFileSync(join(folder, 'ca.pem')) }), {
      code: 'CERT_HAS_EXPIRED',
    });
    t.is((await ask(port, { rejectUnauthorized: false })).status, 200);
  },
);
