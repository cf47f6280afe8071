import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { createSelfMetrics } from '../../../../exporter/metrics/self.ts';
import type { Snapshot } from '../../../../exporter/snapshot/snapshot.ts';
import type { MetricsAppDependencies } from '../../../../exporter/web/metrics/app.ts';
import { createMetricsApp } from '../../../../exporter/web/metrics/app.ts';
import { createMetricsPage } from '../../../../exporter/web/metrics/page.ts';
import { serve } from '../../../support/served.ts';
import { accountState, minute, snapshot, subscription, testNow } from '../../../support/snapshots.ts';
import { until } from '../../../support/until.ts';

async function served(changes: Partial<MetricsAppDependencies> = {}) {
  const self = createSelfMetrics({ version: '1.2.3', revision: 'abc' });
  // The clock stands still: one page for all requests of a test, however far apart a busy machine answers them.
  const monotonicMs = () => 0;
  return serve(
    createMetricsApp({
      page: createMetricsPage({
        snapshot: () => snapshot({ accounts: [accountState()] }),
        self,
        now: () => testNow,
        monotonicMs,
      }),
      ready: () => true,
      config: () => 'timezone: UTC\n',
      reload: async () => [],
      telemetryPath: '/metrics',
      maxRequests: 40,
      version: '1.2.3',
      statusPort: 8080,
      onError: () => undefined,
      ...changes,
    }),
  );
}

/** As on the wire: `fetch` unpacks by itself. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

test('metrics come as text of the format 0.0.4, ours and the program’s own', async (t) => {
  await using server = await served();
  const response = await fetch(`${server.url}/metrics`);
  t.is(response.status, 200);
  t.is(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  t.true(
    text.includes(
      '\nbalance_alert_balance{project="openrouter-prod",provider="openrouter",type="balance",unit="USD"} 1000\n',
    ),
  );
  t.true(
    text.includes(
      `\nbalance_alert_build_info{version="1.2.3",revision="abc",nodeversion="${process.version}",tzdata="${process.versions['tz']}"} 1\n`,
    ),
  );
  t.true(text.endsWith('\n'));
});

test('each metric stands in one place only', async (t) => {
  await using server = await served();
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const heads = text.split('\n').filter((line) => line.startsWith('# TYPE '));
  t.is(new Set(heads).size, heads.length);
});

test('gzip is sent to clients that accept it, with the same text in it', async (t) => {
  await using server = await served();
  const plain = await raw(`${server.url}/metrics`, { 'accept-encoding': 'identity' });
  const packed = await raw(`${server.url}/metrics`, { 'accept-encoding': 'gzip' });
  const unasked = await raw(`${server.url}/metrics`, {});
  t.deepEqual([plain.encoding, packed.encoding, unasked.encoding], [undefined, 'gzip', undefined]);
  t.deepEqual(gunzipSync(packed.body), plain.body);
});

const answers: readonly (readonly [string, string, number, string | RegExp])[] = [
  ['GET', '/-/healthy', 200, 'healthy\n'],
  ['GET', '/-/ready', 200, 'ready\n'],
  ['POST', '/-/reload', 200, 'reloaded\n'],
  ['GET', '/-/reload', 405, 'method not allowed: use POST\n'],
  ['POST', '/metrics', 405, 'method not allowed: use GET\n'],
  ['DELETE', '/', 405, 'method not allowed: use GET\n'],
  ['GET', '/config', 200, 'timezone: UTC\n'],
  ['GET', '/nothing', 404, 'not found\n'],
  ['GET', '/', 200, /<a href="\/metrics">Metrics<\/a>/],
];

for (const [method, path, status, body] of answers) {
  test(`${method} ${path} answers ${status}`, async (t) => {
    await using server = await served();
    const response = await fetch(`${server.url}${path}`, { method });
    t.is(response.status, status);
    const text = await response.text();
    if (typeof body === 'string') t.is(text, body);
    else t.regex(text, body);
    t.is(response.headers.get('x-powered-by'), null);
    t.is(response.headers.get('x-content-type-options'), 'nosniff');
  });
}

test('HEAD is answered as GET, without a body', async (t) => {
  await using server = await served();
  const response = await fetch(`${server.url}/metrics`, { method: 'HEAD' });
  t.is(response.status, 200);
  t.is(await response.text(), '');
});

test('before the first round is over it is not ready', async (t) => {
  await using server = await served({ ready: () => false });
  const response = await fetch(`${server.url}/-/ready`);
  t.is(response.status, 503);
  t.is(await response.text(), 'not ready: the first round of checks has not finished\n');
});

test('a bad account file is answered with what is wrong in it', async (t) => {
  await using server = await served({ reload: async () => ['a.yaml:1:1: first', 'a.yaml:2:1: second'] });
  const response = await fetch(`${server.url}/-/reload`, { method: 'POST' });
  t.is(response.status, 500);
  t.is(await response.text(), 'a.yaml:1:1: first\na.yaml:2:1: second\n');
});

test('a scraper that does not read loses its place when its time is over', async (t) => {
  const big = Buffer.alloc(64 << 20, 'a 1\n');
  const page = { body: async () => [big] };
  await using server = await served({ page, maxRequests: 1, scrapeTimeoutMs: 200 });
  const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  slow.pause();
  while ((await fetch(`${server.url}/metrics`, { method: 'HEAD' })).status !== 503);
  const closed = once(slow, 'close');
  while ((await fetch(`${server.url}/metrics`, { method: 'HEAD' })).status !== 200);
  slow.resume();
  await closed;
  t.true(slow.bytesRead < big.length);
});

test('scrapes above the concurrency limit are rejected', async (t) => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<readonly Buffer[]>();
  const page = {
    body: () => {
      started.resolve();
      return finish.promise;
    },
  };
  await using server = await served({ page, maxRequests: 1 });
  const first = fetch(`${server.url}/metrics`, { headers: { 'accept-encoding': 'identity' } });
  await started.promise;
  const second = await fetch(`${server.url}/metrics`);
  t.is(second.status, 503);
  t.is(await second.text(), 'limit of 1 concurrent scrapes reached, see --web.max-requests\n');
  finish.resolve([Buffer.from('a'), Buffer.from(' 1\n')]);
  t.is(await (await first).text(), 'a 1\n');
});

test('a fault is answered without its message, and reported', async (t) => {
  const faults: unknown[] = [];
  const fault = new Error('hunter2');
  await using server = await served({
    page: { body: () => Promise.reject(fault) },
    onError: (error) => void faults.push(error),
  });
  const response = await fetch(`${server.url}/metrics`);
  t.is(response.status, 500);
  t.is(await response.text(), 'internal error, see the log\n');
  t.deepEqual(faults, [fault]);
});

/** A page whose renderings are counted. */
function counted(of: () => Snapshot, now: () => number) {
  let renderings = 0;
  const self = {
    text: async () => '',
    observeRender: () => {
      renderings += 1;
    },
    countEntryFailure: () => undefined,
    countStorageFailure: () => undefined,
  };
  return { page: createMetricsPage({ snapshot: of, self, now }), renderings: () => renderings };
}

test('scrapes of one snapshot share one rendering, at the same time and after another', async (t) => {
  const shown = snapshot({ accounts: [accountState()] });
  const { page, renderings } = counted(
    () => shown,
    () => testNow,
  );
  const bodies = await Promise.all([page.body(false), page.body(true), page.body(false)]);
  t.is(bodies[0], bodies[2]);
  await page.body(false);
  t.is(renderings(), 1);
});

test('a reading that gets too old is gone with the next scrape, however soon that is', async (t) => {
  const shown = snapshot({ accounts: [accountState({ maxAgeSeconds: 600 })] });
  let now = testNow;
  const { page, renderings } = counted(
    () => shown,
    () => now,
  );
  const has = async () => Buffer.concat(await page.body(false)).includes('balance_alert_balance{');
  t.true(await has());
  now += 5 * minute;
  t.false(await has());
  t.is(renderings(), 2);
});

test('a clock that goes back makes a new text', async (t) => {
  const shown = snapshot({ accounts: [accountState()] });
  let now = testNow;
  const { page, renderings } = counted(
    () => shown,
    () => now,
  );
  await page.body(false);
  now -= minute;
  await page.body(false);
  t.is(renderings(), 2);
});

test('what speaks of the moment is new with each page, also where nothing changed', async (t) => {
  const shown = snapshot({ subscriptions: [subscription()] });
  let now = testNow;
  const { page, renderings } = counted(
    () => shown,
    () => now,
  );
  const checkedAt = async () =>
    /^balance_alert_last_check_timestamp\{check_type="subscription"\} (.*)$/m.exec(
      Buffer.concat(await page.body(false)).toString(),
    )?.[1];
  t.is(await checkedAt(), String(testNow / 1000));
  // A clock that goes back asks for a page at once; forward, the one before is kept for a second.
  now -= minute;
  t.is(await checkedAt(), String(testNow / 1000 - 60));
  t.is(renderings(), 2);
});

test('at midnight the days of a subscription are counted again, however soon that is', async (t) => {
  const shown = snapshot({ subscriptions: [subscription({ timezone: 'UTC' })] });
  let now = Date.UTC(2026, 10, 24, 23, 59, 59, 999);
  const { page } = counted(
    () => shown,
    () => now,
  );
  const days = async () =>
    /^balance_alert_subscription_days\{.*\} (.*)$/m.exec(
      Buffer.concat(await page.body(false)).toString(),
    )?.[1];
  t.is(await days(), '23');
  now += 1;
  t.is(await days(), '22');
});

test('a new snapshot is served within a second, and the text before until then', async (t) => {
  let shown = snapshot({ accounts: [accountState({ name: 'before' })] });
  const { page } = counted(
    () => shown,
    () => testNow,
  );
  const has = async (name: string) => Buffer.concat(await page.body(false)).includes(`project="${name}"`);
  t.true(await has('before'));
  shown = snapshot({ accounts: [accountState({ name: 'after' })] });
  t.true(await has('before'));
  await until(() => has('after'));
  t.false(await has('before'));
});

test('a response has its length, and varies by accepted encoding', async (t) => {
  await using server = await served();
  const response = await fetch(`${server.url}/metrics`, { headers: { 'accept-encoding': 'identity' } });
  const body = await response.arrayBuffer();
  t.is(response.headers.get('content-length'), String(body.byteLength));
  t.is(response.headers.get('vary'), 'Accept-Encoding');
  t.is(response.headers.get('cache-control'), 'no-store');
  t.is(response.headers.get('content-encoding'), null);
});

for (const [accepted, encoding] of [
  ['gzip', 'gzip'],
  ['gzip;q=0', undefined],
  ['identity', undefined],
  ['*', 'gzip'],
  ['deflate, br', undefined],
  ['identity;q=0.5, gzip;q=1.0', 'gzip'],
  ['gzip;q=0.2, identity;q=0.8', undefined],
] as const) {
  test(`who accepts ${accepted} gets ${encoding ?? 'plain text'}`, async (t) => {
    await using server = await served();
    t.is((await raw(`${server.url}/metrics`, { 'accept-encoding': accepted })).encoding, encoding);
  });
}

test('metrics can be served at another path, which the landing page links to', async (t) => {
  await using server = await served({ telemetryPath: '/probe/metrics' });
  t.is((await fetch(`${server.url}/probe/metrics`)).status, 200);
  t.is((await fetch(`${server.url}/metrics`)).status, 404);
  t.true((await (await fetch(server.url)).text()).includes('<a href="/probe/metrics">'));
});

test('an address that is no text is not found, and no fault', async (t) => {
  const faults: unknown[] = [];
  await using server = await served({ onError: (error) => void faults.push(error) });
  t.is((await fetch(`${server.url}/%E0%A4%A`)).status, 404);
  t.deepEqual(faults, []);
});

test('a scrape that its client gives up makes room for another', async (t) => {
  let bodies = 0;
  const started = Promise.withResolvers<void>();
  const page = {
    body: () => {
      bodies += 1;
      started.resolve();
      return new Promise<readonly Buffer[]>(() => undefined);
    },
  };
  await using server = await served({ page, maxRequests: 1 });
  const ask = () =>
    request(`${server.url}/metrics`, (response) => response.resume())
      .on('error', () => undefined)
      .end();
  const client = ask();
  await started.promise;
  t.is((await fetch(`${server.url}/metrics`)).status, 503);
  client.destroy();
  while (bodies === 1) {
    ask();
    await new Promise((done) => setImmediate(done));
  }
  t.is(bodies, 2);
});
