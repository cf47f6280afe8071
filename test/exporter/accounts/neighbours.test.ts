import { createServer } from 'node:net';
import test from 'ava';
import type { CheckOutcome } from '../../../exporter/accounts/check.ts';
import { checkAccount } from '../../../exporter/accounts/check.ts';
import { Poller } from '../../../exporter/accounts/poller.ts';
import { vendorOf } from '../../../exporter/accounts/vendor.ts';
import { Connections } from '../../../exporter/providers/http/connections.ts';
import { createNameLookup } from '../../../exporter/providers/http/lookup.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { findProvider } from '../../../exporter/providers/registry.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';
import { accountConfig } from '../../support/snapshots.ts';
import { serveSockets } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

test('vendors that do not respond, switch protocols or are behind a silent proxy delay no others, and leave nothing open', async (t) => {
  await using dns = await startDnsServer((name, type) =>
    name.endsWith('silent.example') ? undefined : type === 'A' ? ['127.0.0.1'] : [],
  );
  await using vendor = await startScriptedVendor(answer(200, { left: 1 }));
  await using proxy = await serveSockets(createServer(), (socket) => socket.resume());
  let switched = 0;
  await using switching = await serveSockets(createServer(), (socket) => {
    socket.once('data', () => {
      switched += 1;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    });
  });
  const connections = new Connections({
    names: createNameLookup({ servers: [dns.address], hostsFile: () => [] }),
  });
  const json = findProvider('json');
  const account = (name: string, url: string, changes = {}) =>
    accountConfig({
      name,
      provider: 'json',
      options: json?.options.parse({ url, values: [{ type: 'balance', expr: 'left', unit: 'USD' }] }),
      intervalSeconds: 0.2,
      timeoutSeconds: 10,
      ...changes,
    });
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const accounts = [
    ...range(18).map((index) => account(`good ${index}`, `http://v${index}.example:${vendor.port}/`)),
    ...range(6).map((index) =>
      account(`silent ${index}`, `http://v${index}.silent.example/`, { timeoutSeconds: 1 }),
    ),
    account('proxy', 'https://vendor.example/', {
      proxy: `http://127.0.0.1:${proxy.port}`,
      timeoutSeconds: 1,
    }),
    account('switching', `http://127.0.0.1:${switching.port}/`),
  ];
  const outcomes = new Map<string, CheckOutcome[]>(accounts.map(({ name }) => [name, []]));
  const poller = new Poller({
    check: (one, signal) =>
      checkAccount(
        one,
        {
          findProvider,
          httpClient: () =>
            createHttpClient({
              timeout: one.timeoutSeconds * 1000 - 100,
              signal,
              proxy: one.proxy,
              connections,
              retries: 0,
            }),
          now: Date.now,
          redact: (text) => text,
        },
        signal,
      ),
    onOutcome: async ({ name }, outcome) => void outcomes.get(name)?.push(outcome),
    onFault: (_account, error) => t.fail(String(error)),
    vendorOf,
    now: Date.now,
    random: Math.random,
    concurrency: 20,
  });
  poller.replace(accounts);
  await until(() => accounts.every(({ name }) => (outcomes.get(name)?.length ?? 0) >= 3));
  await poller.stop();
  for (const [name, found] of outcomes) {
    const reasons = new Set(found.map((outcome) => (outcome.ok ? 'ok' : outcome.reason)));
    const expected = name.startsWith('good') ? 'ok' : name === 'switching' ? 'network' : 'timeout';
    t.deepEqual([...reasons], [expected], name);
  }
  t.true(switched >= 3);
  await Promise.all([proxy.closed(), switching.closed()]);
});
