import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseProxy } from '../../../../exporter/config/proxy.ts';
import { Secret } from '../../../../exporter/config/secret.ts';
import { Connections } from '../../../../exporter/providers/http/connections.ts';
import { makeCertificate } from '../../../support/certificate.ts';
import { answer, startScriptedVendor } from '../../../support/scripted-vendor.ts';
import { serveSockets } from '../../../support/sockets.ts';
import { client, failure } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-proxy-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const made = makeCertificate(folder);
const tls = { key: readFileSync(made.keyFile), cert: readFileSync(made.certFile) };
const { caFile } = made;

/** A proxy that opens tunnels, on the given interface, over TLS or not. */
async function startTunnels({ host = '127.0.0.1', isTls = false } = {}) {
  const asked: (string | undefined)[][] = [];
  const server = isTls ? createHttpsServer(tls) : createHttpServer();
  server.on('connect', (request, socket, head) => {
    asked.push([request.url, request.headers['proxy-authorization']]);
    const [, port = ''] = /:(\d+)$/.exec(request.url ?? '') ?? [];
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const served = await serveSockets(server, () => undefined, host);
  return { ...served, asked };
}

test('an HTTPS vendor is reached through a tunnel, which is kept from check to check', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, {}), tls);
  await using proxy = await startTunnels();
  const kept = new Connections();
  for (let check = 0; check < 3; check += 1) {
    const http = client({
      connections: kept,
      caFile,
      proxy: new Secret('PROXY', `http://us%40er:p%ass@127.0.0.1:${proxy.port}`),
    });
    t.is((await http.request({ url: vendor.url })).status, 200);
  }
  t.deepEqual(proxy.asked, [
    [`127.0.0.1:${vendor.port}`, `Basic ${Buffer.from('us@er:p%ass').toString('base64')}`],
  ]);
});

test('a proxy may listen on an address of IPv6, and over TLS', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, {}), tls);
  await using six = await startTunnels({ host: '::1' });
  await using secure = await startTunnels({ isTls: true });
  for (const proxy of [`http://[::1]:${six.port}`, `https://127.0.0.1:${secure.port}/`]) {
    t.is((await client({ caFile, proxy }).request({ url: vendor.url })).status, 200);
  }
});

for (const [scheme, words] of [
  ['http', 'no response through the proxy in time'],
  ['https', 'the proxy did not open a tunnel in time'],
] as const) {
  test(`a proxy that takes the connection and never answers ends at the deadline and leaks nothing: ${scheme}`, async (t) => {
    await using proxy = await serveSockets(createServer(), (socket) => socket.resume());
    const started = performance.now();
    const error = await failure(
      client({ timeout: 3000, proxy: `http://127.0.0.1:${proxy.port}`, retries: 2 }).request({
        url: `${scheme}://vendor.example/`,
      }),
    );
    t.deepEqual([error.reason, error.message], ['timeout', `GET ${scheme}://vendor.example/: ${words}`]);
    // Three attempts with a deadline each would be nine seconds and more.
    t.true(performance.now() - started < 8000);
    await proxy.closed();
  });

  test(`a check that is given up while a proxy is silent leaks nothing: ${scheme}`, async (t) => {
    const stop = new AbortController();
    await using proxy = await serveSockets(createServer(), (socket) =>
      socket.once('data', () => stop.abort()),
    );
    const error = await failure(
      client({ signal: stop.signal, proxy: `http://127.0.0.1:${proxy.port}` }).request({
        url: `${scheme}://vendor.example/`,
      }),
    );
    t.is(error.reason, 'timeout');
    await proxy.closed();
  });
}

for (const [status, words] of [
  [407, 'authentication required'],
  [403, 'tunnel refused'],
  [502, 'tunnel refused'],
  [101, 'tunnel refused'],
] as const) {
  test(`a proxy's own refusal is shown with its status: ${status}`, async (t) => {
    await using proxy = await serveSockets(createServer(), (socket) => {
      socket.once('data', () => socket.write(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
    });
    const error = await failure(
      client({ proxy: `http://127.0.0.1:${proxy.port}` }).request({ url: 'https://vendor.example/a' }),
    );
    t.deepEqual(
      [error.reason, error.message],
      ['network', `GET https://vendor.example/a: the proxy answered ${status}: ${words}`],
    );
    await proxy.closed();
  });
}

test('a proxy that requires a password for plain http is reported as the proxy', async (t) => {
  await using proxy = await startScriptedVendor(answer(407, ''));
  const error = await failure(
    client({ proxy: `http://127.0.0.1:${proxy.port}` }).request({ url: 'http://vendor.example/a' }),
  );
  t.deepEqual(
    [error.reason, error.message],
    ['network', 'GET http://vendor.example/a: the proxy answered 407: authentication required'],
  );
});

test('a proxy that does not speak HTTP: network', async (t) => {
  await using proxy = await serveSockets(createServer(), (socket) => socket.end('SSH-2.0-x\r\n'));
  const error = await failure(
    client({ proxy: `http://127.0.0.1:${proxy.port}` }).request({ url: 'https://vendor.example/' }),
  );
  t.is(error.reason, 'network');
  t.regex(error.message, /the proxy's response is not valid HTTP/);
});

test('a tunnel without a TLS handshake ends at the deadline and is closed', async (t) => {
  await using proxy = await serveSockets(createServer(), (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
  });
  const error = await failure(
    client({ timeout: 3_000, proxy: `http://127.0.0.1:${proxy.port}` }).request({
      url: 'https://vendor.example/',
    }),
  );
  t.deepEqual(
    [error.reason, error.message],
    ['timeout', 'GET https://vendor.example/: TLS handshake timed out'],
  );
  await proxy.closed();
});

test('a tunnel that breaks during the handshake is network', async (t) => {
  await using proxy = await serveSockets(createServer(), (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  const error = await failure(
    client({ proxy: `http://127.0.0.1:${proxy.port}` }).request({ url: 'https://vendor.example/' }),
  );
  t.is(error.reason, 'network', error.message);
});

test('a vendor’s certificate is checked through a proxy too', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, {}), tls);
  await using proxy = await startTunnels();
  const error = await failure(
    client({ proxy: `http://127.0.0.1:${proxy.port}` }).request({ url: vendor.url }),
  );
  t.is(error.reason, 'tls');
});

test('a proxy’s address is read as it is written, and never guessed', (t) => {
  t.deepEqual(parseProxy('http://proxy.example'), {
    protocol: 'http:',
    hostname: 'proxy.example',
    port: 80,
    authorization: undefined,
  });
  t.deepEqual(parseProxy('HTTPS://u:p@[2001:db8::1]:8443/'), {
    protocol: 'https:',
    hostname: '2001:db8::1',
    port: 8443,
    authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
  });
  for (const text of [
    '',
    'proxy.example',
    'proxy.example:3128',
    '127.0.0.1:3128',
    'localhost:3128',
    '//proxy.example',
    'http:proxy.example',
    'http:///proxy.example',
    'http://',
    'http://proxy.example:99999',
    'http://proxy.example/path',
    'http://proxy.example/?a=1',
    'socks5://proxy.example:1080',
    'socks://proxy.example',
    'http://2001:db8::1:3128',
    ' http://proxy.example',
  ])
    t.is(parseProxy(text), undefined, text);
});
