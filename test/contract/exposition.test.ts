import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import ava from 'ava';
import fc from 'fast-check';
import { definitionOf, metricNames } from '../../exporter/metrics/catalog.ts';
import { createRelayMetrics } from '../../exporter/metrics/relay.ts';
import { createSelfMetrics } from '../../exporter/metrics/self.ts';
import type { Snapshot } from '../../exporter/snapshot/snapshot.ts';
import { createMetricsApp } from '../../exporter/web/metrics/app.ts';
import { createMetricsPage } from '../../exporter/web/metrics/page.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing, toolPath } from '../support/promtool.ts';
import { serve } from '../support/served.ts';
import {
  accountState,
  balance,
  mailboxState,
  noAlerts,
  snapshot,
  spend,
  subscription,
  testNow,
  untried,
} from '../support/snapshots.ts';

/** The text that is served, read by the programs that it is for. */

const checking = needing(ava, 'promtool');
const scraping = needing(ava, 'prometheus');

function pageOf(shown: Snapshot) {
  return createMetricsPage({
    snapshot: () => shown,
    self: createSelfMetrics({ version: '1.2.3', revision: 'abc' }),
    now: () => testNow,
  });
}

function everything(): Snapshot {
  const quota = balance(40, {
    type: 'quota',
    unit: 'percent',
    window: '5h',
    limit: 100,
    resetAt: testNow / 1000,
  });
  return snapshot({
    accounts: [
      accountState(
        { name: 'a', threshold: 100, owner: 'platform', consoleUrl: 'https://a.example/' },
        { readings: [balance(80.5), quota] },
      ),
      accountState(
        { name: 'b', budget: 900 },
        { readings: [spend(450.25, { asOf: testNow / 1000 - 86_400 })] },
      ),
      accountState({ name: 'c' }, { failure: { reason: 'auth', message: '' } }),
      accountState({ name: 'd' }, untried),
    ],
    subscriptions: [subscription({ paidThrough: '2026-10-17', owner: 'platform' })],
    mailboxes: [
      mailboxState({}, { examined: 7, alerts: noAlerts({ bill: 1 }), lastAlertAtMs: { bill: testNow } }),
    ],
  });
}

/** What only the relay serves; its process has the same metrics as the exporter's besides. */
async function relayText(): Promise<Buffer> {
  const metrics = createRelayMetrics(['ops']);
  metrics.digestSent('ops', testNow);
  const lines = (await metrics.text()).split('\n').filter((line) => line.includes('balance_alert_relay_'));
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

checking('promtool reports the names that the catalogue explains, and nothing else', async (t) => {
  const page = Buffer.concat([...(await pageOf(everything()).body(false)), await relayText()]);
  const served = page.toString();
  const absent = metricNames.filter(
    (name) => !served.includes(`\n# TYPE ${name} `) && !served.startsWith(`# HELP ${name} `),
  );
  t.deepEqual(absent, [], 'every metric of the catalogue is looked at');

  const child = spawn(toolPath('promtool'), ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(page);
  const lines = (await text(child.stderr)).trim().split('\n');
  const complaints = lines.filter((line) => line !== '').map((line) => line.split(' ')[0]);
  const explained = metricNames.filter((name) => definitionOf(name).lint !== undefined);
  t.deepEqual([...new Set(complaints)].sort(), [...explained].sort(), lines.join('\n'));
});

/** Texts that have broken parsers, and as many that nobody thought of. */
function hostileNames(): readonly string[] {
  const known = [
    'say "hi"',
    'two\nlines',
    'back\\slash',
    '\\n',
    '\\',
    '"',
    ' ',
    '\t',
    '\r\n',
    '\0',
    'a\0b',
    '{project="x"} 1',
    '# HELP x',
    '余额',
    '😀',
    '\u2028',
    '\uFEFFmark',
    'e\u0301',
    '\u00E9',
    '<b>&amp;',
  ];
  const found = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), {
    numRuns: 300,
    seed: 20_261_124,
  });
  return [...new Set([...known, ...found].map((name) => name.toWellFormed()))];
}

scraping('a real Prometheus reads back every name as it was written', async (t) => {
  const names = hostileNames();
  const page = pageOf(
    snapshot({ accounts: names.map((name) => accountState({ name, provider: 'demo', owner: name })) }),
  );
  const app = createMetricsApp({
    page,
    ready: () => true,
    config: () => '',
    reload: async () => [],
    telemetryPath: '/metrics',
    maxRequests: 40,
    version: '',
    statusPort: undefined,
    onError: (error) => t.log(error),
  });
  const encodings = new Set<string | undefined>();
  await using server = await serve((request, response) => {
    encodings.add(request.headers['accept-encoding']);
    app(request, response);
  });
  const prometheus = await startPrometheus({ scrape: { 'balance-alert': new URL(server.url).host } });
  try {
    const up = 'up{job="balance-alert"}';
    while ((await prometheus.query(up)).length === 0) await new Promise((done) => setTimeout(done, 50));
    t.is(
      (await prometheus.query(up))[0]?.values[0]?.[1],
      1,
      JSON.stringify(await prometheus.api('/api/v1/targets')),
    );
    const series = await prometheus.query('balance_alert_account_info');
    const read = series.map(({ labels }) => [labels['project'], labels['account_owner']]);
    t.deepEqual(read.sort(), names.map((name) => [name, name]).sort());
    t.deepEqual([...encodings], ['gzip']);
  } finally {
    await prometheus.stop();
  }
});
