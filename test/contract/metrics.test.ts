import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import ava from 'ava';
import { definitionOf, metricNames } from '../../exporter/metrics/catalog.ts';
import { contentType } from '../../exporter/metrics/exposition.ts';
import { createRelayMetrics } from '../../exporter/metrics/relay.ts';
import { startExporter } from '../support/exporter-process.ts';
import { mailboxExposition } from '../support/mailboxes.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing, toolPath } from '../support/promtool.ts';
import { renderSnapshot } from '../support/render-snapshot.ts';
import { labelsOf } from '../support/series.ts';
import { serve } from '../support/served.ts';
import { accountState, balance, snapshot, testNow } from '../support/snapshots.ts';

const demo = resolve(import.meta.dirname, '../../exporter/examples/demo.yaml');

/** What promtool says about an exposition; its findings are lines that begin with the metric's name. */
async function findings(exposition: string): Promise<readonly string[]> {
  const child = spawn(toolPath('promtool'), ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(exposition);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return `${output}${errors}`.split('\n').filter((line) => line !== '');
}

needing(ava, 'promtool')(
  'promtool finds nothing in the served text but the names that the catalogue explains',
  async (t) => {
    const exporter = await startExporter(demo);
    t.teardown(exporter.stop);
    const exposition = await (await fetch(`http://${exporter.target}/metrics`)).text();
    const explained = metricNames.filter((name) => definitionOf(name).lint !== undefined);
    const found = await findings(exposition);
    t.deepEqual([...new Set(found.map((line) => line.split(' ')[0]))].sort(), [...explained].sort());
  },
);

needing(ava, 'promtool')('the check of the text finds a bad name', async (t) => {
  const found = await findings('# TYPE balance_count gauge\nbalance_count 1\n');
  t.true(found.some((line) => line.startsWith('balance_count')));
});

needing(ava, 'prometheus')(
  'a real Prometheus that scrapes the real exporter and a relay sees every metric of the catalogue, with its type and help, and no label beside those of the catalogue',
  async (t) => {
    t.timeout(60_000);
    const exporter = await startExporter(demo);
    t.teardown(exporter.stop);
    const mailboxes = await serve(mailboxExposition());
    t.teardown(mailboxes.close);
    const relayMetrics = createRelayMetrics(['ops']);
    relayMetrics.digestSent('ops', Date.now());
    relayMetrics.tellCertificateExpiry(Date.now());
    const relay = await serve(async (_request, response) => {
      response.setHeader('content-type', contentType);
      response.end(await relayMetrics.text());
    });
    t.teardown(relay.close);
    // No demo account has figures that its vendor dates.
    const dated = await serve((_request, response) => {
      response.setHeader('content-type', contentType);
      const reading = balance(80, { asOf: testNow / 1000 - 86_400 });
      const shown = snapshot({ accounts: [accountState({ name: 'dated' }, { readings: [reading] })] });
      response.end(renderSnapshot(shown, testNow).text);
    });
    t.teardown(dated.close);
    const prometheus = await startPrometheus({
      scrape: {
        'balance-alert': exporter.target,
        'balance-alert-relay': new URL(relay.url).host,
        mailboxes: new URL(mailboxes.url).host,
        dated: new URL(dated.url).host,
      },
    });
    t.teardown(prometheus.stop);
    while ((await prometheus.query('count(up == 1) == 5')).length === 0) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const missing: string[] = [];
    for (const name of metricNames) {
      const series = await prometheus.query(name);
      if (series.length === 0) {
        missing.push(name);
      }
      const known = labelsOf(name) ?? [];
      for (const { labels } of series) {
        t.deepEqual(
          Object.keys(labels).filter((label) => label !== '__name__' && !known.includes(label)),
          [],
          name,
        );
      }
    }
    t.deepEqual(missing, []);
    const answer = await prometheus.api('/api/v1/metadata');
    const metadata = (answer as { data: Record<string, { type: string; help: string }[]> }).data;
    for (const name of metricNames) {
      const { type, help } = definitionOf(name);
      t.like(metadata[name]?.[0], { type, help }, name);
    }
  },
);
