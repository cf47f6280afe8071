import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import type { Snapshot } from '../../../exporter/accounts/snapshot.ts';
import { createMetricsPage } from '../../../exporter/metrics/page.ts';
import { createSelfMetrics } from '../../../exporter/metrics/self.ts';
import type { MetricsAppDependencies } from '../../../exporter/web/metrics-app.ts';
import { createMetricsApp } from '../../../exporter/web/metrics-app.ts';
import { serve } from '../../support/served.ts';
import { accountState, minute, snapshot, testNow } from '../../support/snapshots.ts';

async function served(changes: Partial<MetricsAppDependencies> = {}) {
  const self = createSelfMetrics({ version: '1.2.3', revision: 'abc' });
  return serve(
    createMetricsApp({
      page: createMetricsPage({
        snapshot: () => snapshot({ accounts: [accountState()] }),
        self,
        now: () => testNow,
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
      `\nbalance_alert_build_info{version="1.2.3",revision="abc",nodeversion="${process.version}"} 1\n`,
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

test('gzip is given to those who ask for it, with the same text in it', async (t) => {
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
  ['GET', '/-/reload', 405, 'expected POST\n'],
  ['POST', '/metrics', 405, 'expected GET\n'],
  ['DELETE', '/', 405, 'expected GET\n'],
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
  t.is(await response.text(), 'not ready: the first round of checks is not over\n');
});

test('a bad account file is answered with what is wrong in it', async (t) => {
  await using server = await served({ reload: async () => ['a.yaml:1:1: first', 'a.yaml:2:1: second'] });
  const response = await fetch(`${server.url}/-/reload`, { method: 'POST' });
  t.is(response.status, 500);
  t.is(await response.text(), 'a.yaml:1:1: first\na.yaml:2:1: second\n');
});

test('more scrapes at a time than are allowed are refused', async (t) => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<Buffer>();
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
  t.is(await second.text(), 'expected at most 1 scrapes at a time\n');
  finish.resolve(Buffer.from('a 1\n'));
  t.is(await (await first).text(), 'a 1\n');
});

test('a fault is answered without its words, and told', async (t) => {
  const faults: unknown[] = [];
  const fault = new Error('hunter2');
  await using server = await served({
    page: { body: () => Promise.reject(fault) },
    onError: (error) => void faults.push(error),
  });
  const response = await fetch(`${server.url}/metrics`);
  t.is(response.status, 500);
  t.is(await response.text(), 'internal error; the log has more\n');
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
  const shown = snapshot({ accounts: [accountState({ maxAge: 600 })] });
  let now = testNow;
  const { page, renderings } = counted(
    () => shown,
    () => now,
  );
  const has = async () => (await page.body(false)).includes('balance_alert_balance{');
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
