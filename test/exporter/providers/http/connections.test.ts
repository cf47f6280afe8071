import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import test from 'ava';
import { Connections } from '../../../../exporter/providers/http/connections.ts';
import { makeCertificate } from '../../../support/certificate.ts';
import { answer, startScriptedVendor } from '../../../support/scripted-vendor.ts';
import { serveSockets } from '../../../support/sockets.ts';
import { client, failure } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-connections-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

function certificate(options: Parameters<typeof makeCertificate>[1] = {}) {
  const made = makeCertificate(mkdtempSync(join(folder, 'tls-')), options);
  return { key: readFileSync(made.keyFile), cert: readFileSync(made.certFile), caFile: made.caFile };
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

test('one connection serves one check after the other', async (t) => {
  let connections = 0;
  const server = createHttpServer(answer(200, {}));
  server.keepAliveTimeout = 60_000;
  await using vendor = await serveSockets(server, () => {
    connections += 1;
  });
  const kept = new Connections();
  for (let check = 0; check < 5; check += 1) {
    await client({ connections: kept }).request({ url: `http://127.0.0.1:${vendor.port}/` });
  }
  t.is(connections, 1);
});

for (const method of ['GET', 'POST'] as const) {
  test(`a connection that the other side closed while idle costs no failed check: ${method}`, async (t) => {
    // Answers one request on each connection and resets it when the next comes, as happens when both cross on the way.
    let requests = 0;
    await using vendor = await serveSockets(createServer(), (socket) => {
      let isFirst = true;
      socket.on('data', () => {
        requests += 1;
        if (isFirst) socket.write(ok);
        else socket.resetAndDestroy();
        isFirst = false;
      });
    });
    const kept = new Connections();
    const ask = () =>
      client({ connections: kept }).request({ url: `http://127.0.0.1:${vendor.port}/`, method });
    for (let check = 0; check < 4; check += 1) t.is((await ask()).status, 200);
    // The first, and two for each further one but those that found nothing kept.
    t.true(requests >= 5, `${requests}`);
  });
}

test('a kept connection that died silently is replaced within the check', async (t) => {
  // As a router does that forgot the connection: what is sent on it gets no answer, and nothing tells so.
  let connections = 0;
  await using vendor = await serveSockets(createServer(), (socket) => {
    connections += 1;
    socket.once('data', () => socket.write(ok));
  });
  const kept = new Connections();
  const ask = () =>
    client({ connections: kept, retries: 1, responseTimeout: 300 }).request({
      url: `http://127.0.0.1:${vendor.port}/`,
    });
  // Two at once leave two connections, both of which are dead by the next.
  await Promise.all([ask(), ask()]);
  t.is((await ask()).status, 200);
  t.is(connections, 3);
});

test('a new connection that is closed without an answer is a failure, and a POST on it is not repeated', async (t) => {
  let requests = 0;
  await using vendor = await serveSockets(createServer(), (socket) => {
    socket.on('data', () => {
      requests += 1;
      socket.resetAndDestroy();
    });
  });
  const error = await failure(
    client({ retries: 2 }).request({ url: `http://127.0.0.1:${vendor.port}/`, method: 'POST' }),
  );
  t.deepEqual([error.reason, requests], ['network', 1]);
});

test('a vendor that closes after each response gets a new connection each time', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, {}, { connection: 'close' }));
  const kept = new Connections();
  for (let check = 0; check < 3; check += 1) {
    t.is((await client({ connections: kept }).request({ url: vendor.url })).status, 200);
  }
});

test('TLS sessions are resumed where connections are not kept', async (t) => {
  const { caFile, ...tls } = certificate();
  const resumed: boolean[] = [];
  const server = createHttpsServer(tls, answer(200, {}, { connection: 'close' }));
  server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  await using vendor = await serveSockets(server, () => undefined);
  const kept = new Connections();
  for (let check = 0; check < 3; check += 1) {
    await client({ connections: kept, caFile }).request({ url: `https://127.0.0.1:${vendor.port}/` });
    await vendor.closed();
  }
  t.deepEqual(resumed, [false, true, true]);
});

test('a file of authorities is read once, and again when it changes', async (t) => {
  const [first, second] = [certificate(), certificate()];
  await using one = await startScriptedVendor(answer(200, {}), first);
  await using two = await startScriptedVendor(answer(200, {}), second);
  const caFile = join(folder, 'changing.pem');
  writeFileSync(caFile, readFileSync(first.caFile));
  const kept = new Connections();
  const ask = (url: string) => client({ connections: kept, caFile }).request({ url });
  t.is((await ask(one.url)).status, 200);
  t.is((await failure(ask(two.url))).reason, 'tls');
  appendFileSync(caFile, readFileSync(second.caFile));
  t.is((await ask(two.url)).status, 200);
  t.is((await ask(one.url)).status, 200);
  // Trust that was taken away also ends with the connections that it had opened.
  writeFileSync(caFile, readFileSync(second.caFile));
  t.is((await failure(ask(one.url))).reason, 'tls');
});

test('a file of authorities without a certificate is a fault of the configuration', async (t) => {
  const caFile = join(folder, 'empty.pem');
  writeFileSync(caFile, 'not a certificate\n');
  const error = await failure(client({ caFile }).request({ url: 'https://127.0.0.1:1/' }));
  t.deepEqual([error.reason, error.message], ['config', `ca_file ${caFile} can't be read`]);
});

const silent = {
  'that never answers': () => createHttpServer(() => undefined),
  'that never shakes hands': () => createServer((socket) => socket.resume()),
  'that never answers over TLS': (tls: { key: Buffer; cert: Buffer }) =>
    createHttpsServer(tls, () => undefined),
};

for (const [title, make] of Object.entries(silent)) {
  test(`what runs out of time leaves no connection open: a vendor ${title}`, async (t) => {
    const { caFile, ...tls } = certificate();
    await using vendor = await serveSockets(make(tls), () => undefined);
    const scheme = title.endsWith('answers') ? 'http' : 'https';
    const error = await failure(
      client({ timeout: 300, caFile }).request({ url: `${scheme}://127.0.0.1:${vendor.port}/` }),
    );
    t.is(error.reason, 'timeout');
    await vendor.closed();
  });
}

test('a check that is given up leaves no connection open', async (t) => {
  const stop = new AbortController();
  await using vendor = await serveSockets(createServer(), (socket) => {
    socket.resume();
    stop.abort();
  });
  const error = await failure(
    client({ signal: stop.signal }).request({ url: `http://127.0.0.1:${vendor.port}/` }),
  );
  t.is(error.reason, 'timeout');
  await vendor.closed();
});
