import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import test from 'ava';
import type { ReloadOptions } from '../../../../exporter/web/metrics/reload.ts';
import { reloadHandler } from '../../../../exporter/web/metrics/reload.ts';
import { serve } from '../../../support/served.ts';

/** Serves the handler to a client at an address, and counts what it loads. */
async function served(changes: Partial<ReloadOptions> = {}, remoteAddress?: string) {
  let loads = 0;
  const handler = reloadHandler({
    reload: async () => {
      loads += 1;
      return [];
    },
    enableLifecycle: false,
    allowedHosts: [],
    monotonicMs: () => performance.now(),
    ...changes,
  });
  const server = await serve((incoming, response) => {
    if (remoteAddress !== undefined)
      Object.defineProperty(incoming.socket, 'remoteAddress', { value: remoteAddress });
    void handler(incoming, response);
  });
  const ask = (headers: Record<string, string> = {}): Promise<readonly [number | undefined, string]> =>
    new Promise((resolve, reject) => {
      request(`${server.url}/-/reload`, { method: 'POST', headers }, (response) => {
        text(response).then((body) => resolve([response.statusCode, body]), reject);
      })
        .on('error', reject)
        .end();
    });
  return { ask, loads: () => loads, [Symbol.asyncDispose]: server.close };
}

test('this machine may reload, under each of its names', async (t) => {
  for (const host of ['localhost:9100', '127.0.0.1:9100', '[::1]:9100', 'localhost']) {
    await using server = await served();
    t.deepEqual(await server.ask({ Host: host }), [200, 'reloaded\n'], host);
  }
  await using mapped = await served({}, '::ffff:127.0.0.1');
  t.is((await mapped.ask())[0], 200);
});

test('another machine may reload only with --web.enable-lifecycle', async (t) => {
  for (const address of ['192.0.2.7', '2001:db8::1', '::ffff:192.0.2.7']) {
    await using closed = await served({}, address);
    t.deepEqual(await closed.ask(), [
      403,
      'only allowed from this machine: set --web.enable-lifecycle to allow it from others\n',
    ]);
    t.is(closed.loads(), 0);
    await using open = await served({ enableLifecycle: true, allowedHosts: ['exporter.example'] }, address);
    t.deepEqual(await open.ask({ Host: 'exporter.example' }), [200, 'reloaded\n']);
  }
});

test('a page of another site never reloads, and neither does a name that was pointed to loopback', async (t) => {
  const refused: readonly (readonly [Record<string, string>, string])[] = [
    [{ Origin: 'https://evil.example' }, 'cross-site request refused\n'],
    [{ Origin: 'null' }, 'cross-site request refused\n'],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 'cross-site request refused\n'],
    [{ 'Sec-Fetch-Site': 'same-site' }, 'cross-site request refused\n'],
    [{ Host: 'evil.example' }, 'unexpected Host header: use localhost, or set --web.enable-lifecycle\n'],
    [
      { Host: 'localhost.evil.example:9100' },
      'unexpected Host header: use localhost, or set --web.enable-lifecycle\n',
    ],
  ];
  for (const [headers, message] of refused) {
    await using server = await served();
    t.deepEqual(await server.ask(headers), [403, message], JSON.stringify(headers));
    t.is(server.loads(), 0);
  }
  await using open = await served({ enableLifecycle: true });
  t.is((await open.ask({ Origin: 'https://evil.example' }))[0], 403);
  t.is(
    (
      await open.ask({ Host: 'localhost:1', Origin: 'http://localhost:1', 'Sec-Fetch-Site': 'same-origin' })
    )[0],
    200,
  );
});

test('with --web.enable-lifecycle, a name that was pointed to this server is refused unless it is allowed', async (t) => {
  for (const host of [
    '192.0.2.1:9100',
    '[2001:db8::1]:9100',
    'balance-alert-exporter:9100',
    'EXPORTER.example:9100',
  ]) {
    await using server = await served({ enableLifecycle: true, allowedHosts: ['exporter.example'] });
    t.is((await server.ask({ Host: host }))[0], 200, host);
  }
  for (const host of ['evil.example:9100', 'exporter.example.evil.example', '192.0.2.1.evil.example']) {
    await using server = await served({ enableLifecycle: true, allowedHosts: ['exporter.example'] });
    t.deepEqual(
      await server.ask({ Host: host, Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' }),
      [403, 'unexpected Host header: use an IP address, or allow the name with --web.allowed-host\n'],
      host,
    );
    t.is(server.loads(), 0);
  }
});

test('the file is loaded at most once a second, however often that is asked for', async (t) => {
  let now = 5000;
  await using server = await served({ monotonicMs: () => now });
  t.is((await server.ask())[0], 200);
  now += 999;
  t.deepEqual(await server.ask(), [429, 'at most one reload per second\n']);
  now += 1;
  t.is((await server.ask())[0], 200);
  t.is(server.loads(), 2);
});
