import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { CertificateOptions } from '../../../support/certificate.ts';
import { makeCertificate } from '../../../support/certificate.ts';
import { answer } from '../../../support/scripted-vendor.ts';
import { serveSockets } from '../../../support/sockets.ts';
import { client, failure } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-reasons-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

function certificate(options: CertificateOptions) {
  const made = makeCertificate(mkdtempSync(join(folder, 'tls-')), options);
  return { key: readFileSync(made.keyFile), cert: readFileSync(made.certFile), caFile: made.caFile };
}

const bad: readonly (readonly [string, CertificateOptions, RegExp])[] = [
  ['a weak key', { rsaBits: 1024 }, /key too weak/],
  ['a signature by SHA-1', { digest: 'sha1' }, /signature digest algorithm too weak/],
  [
    'a name that the authority may not vouch for',
    {
      authorityExtensions: [
        'nameConstraints=critical,permitted;DNS:other.example,permitted;IP:10.0.0.0/255.0.0.0',
      ],
    },
    /permitted subtree violation/,
  ],
  [
    'a certificate for another purpose',
    { extensions: 'extendedKeyUsage=clientAuth' },
    /(unsuitable|unsupported) certificate purpose/,
  ],
  ['a certificate that ran out', { expired: true }, /certificate has expired/],
  [
    'a certificate for another name',
    { names: 'DNS:elsewhere.example' },
    /does not match certificate's altnames/,
  ],
];

for (const [title, options, words] of bad) {
  test(`${title} is tls, with the message of OpenSSL`, async (t) => {
    const { caFile, ...tls } = certificate(options);
    // The server's own library may be strict as well.
    const server = createHttpsServer({ ...tls, ciphers: 'DEFAULT@SECLEVEL=0' }, answer(200, {}));
    await using vendor = await serveSockets(server, () => undefined);
    const error = await failure(client({ caFile }).request({ url: `https://127.0.0.1:${vendor.port}/` }));
    t.is(error.reason, 'tls', error.message);
    t.regex(error.message, words);
    t.notRegex(error.message, /:error:|\.c:/);
  });
}

test('an untrusted authority is tls', async (t) => {
  const { key, cert } = certificate({});
  const server = createHttpsServer({ key, cert }, answer(200, {}));
  await using vendor = await serveSockets(server, () => undefined);
  const error = await failure(client().request({ url: `https://127.0.0.1:${vendor.port}/` }));
  t.is(error.reason, 'tls');
  t.regex(error.message, /: TLS failed \([A-Z_]+\): unable to /);
});

test('a port of plain HTTP or of something else that is asked over TLS is tls', async (t) => {
  for (const server of [
    createHttpServer(answer(200, {})),
    createServer((socket) => socket.end('220 mail\r\n')),
  ]) {
    await using vendor = await serveSockets(server, () => undefined);
    const error = await failure(client().request({ url: `https://127.0.0.1:${vendor.port}/` }));
    t.is(error.reason, 'tls', error.message);
  }
});

test('a vendor that hangs up during the handshake is network', async (t) => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  await using vendor = await serveSockets(server, () => undefined);
  const error = await failure(client().request({ url: `https://127.0.0.1:${vendor.port}/` }));
  t.is(error.reason, 'network', error.message);
});

test('a vendor that wants a certificate of ours is tls', async (t) => {
  const { caFile, ...tls } = certificate({});
  const server = createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, answer(200, {}));
  await using vendor = await serveSockets(server, () => undefined);
  const error = await failure(client({ caFile }).request({ url: `https://127.0.0.1:${vendor.port}/` }));
  t.is(error.reason, 'tls', error.message);
});
