import test from 'ava';
import { createMetricsApp } from '../../exporter/web/metrics/app.ts';
import { createMetricsPage } from '../../exporter/web/metrics/page.ts';
import { openConnection } from '../support/http-connection.ts';
import { startExporter } from '../support/scripted-exporter.ts';
import { serve } from '../support/served.ts';

test('ten thousand rounds of reload and scrape: none fails, and each text is of one file only', async (t) => {
  // Twenty thousand requests take a second or minutes, by what else the machine does.
  t.timeout(600_000);
  const demo = (prefix: string) =>
    `accounts:\n${Array.from({ length: 20 }, (_, index) => `  - { name: ${prefix}-${index}, provider: demo }\n`).join('')}`;
  const files = [demo('left'), demo('right')];
  const { exporter, write, now } = startExporter(files[0] ?? '');
  let clock = 0;
  // The text is kept for a second; a page of its own for each round asks for what is true now.
  const app = createMetricsApp({
    page: {
      body: (gzipped) =>
        createMetricsPage({
          snapshot: () => exporter.snapshot(),
          self: {
            text: async () => '',
            observeRender: () => undefined,
            countEntryFailure: () => undefined,
            countStorageFailure: () => undefined,
          },
          now,
        }).body(gzipped),
    },
    ready: () => true,
    config: () => '',
    reload: async () => exporter.reload(),
    // More than a second passes between two reloads.
    monotonicMs: () => (clock += 1001),
    telemetryPath: '/metrics',
    maxRequests: 100,
    version: '',
    statusPort: undefined,
    onError: (error) => t.fail(String(error)),
  });
  await using server = await serve(app);
  using toReload = await openConnection(server.url);
  using toScrape = await openConnection(server.url);
  let mixed = 0;
  let failed = 0;
  for (let round = 0; round < 10_000; round += 1) {
    write(files[round % 2] ?? '');
    const [reload, { status, text }] = await Promise.all([
      toReload.ask('POST', '/-/reload'),
      toScrape.ask('GET', '/metrics'),
    ]);
    if (reload.status !== 200 || status !== 200) failed += 1;
    if (text.includes('project="left-') === text.includes('project="right-')) mixed += 1;
    const infos = text.match(/^balance_alert_account_info\{/gm)?.length;
    if (infos !== 20) mixed += 1;
  }
  t.deepEqual({ failed, mixed }, { failed: 0, mixed: 0 });
  await exporter.stop();
});
