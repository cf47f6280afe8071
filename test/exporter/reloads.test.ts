import { Agent, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import test from 'ava';
import { createMetricsApp } from '../../exporter/web/metrics/app.ts';
import { createMetricsPage } from '../../exporter/web/metrics/page.ts';
import { startExporter } from '../support/scripted-exporter.ts';
import { serve } from '../support/served.ts';

/** Connections that are used again, closed at the end of their scope. */
function keepAlive(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

/** An answer by `node:http` itself: twenty thousand requests by `fetch` take longer to ask than to answer. */
function ask(
  url: string,
  method: string,
  agent: Agent,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request(url, { method, agent }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode, text }), reject);
    })
      .on('error', reject)
      .end();
  });
}

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
  using agent = keepAlive();
  let mixed = 0;
  let failed = 0;
  for (let round = 0; round < 10_000; round += 1) {
    write(files[round % 2] ?? '');
    const [reload, { status, text }] = await Promise.all([
      ask(`${server.url}/-/reload`, 'POST', agent),
      ask(`${server.url}/metrics`, 'GET', agent),
    ]);
    if (reload.status !== 200 || status !== 200) failed += 1;
    if (text.includes('project="left-') === text.includes('project="right-')) mixed += 1;
    const infos = text.match(/^balance_alert_account_info\{/gm)?.length;
    if (infos !== 20) mixed += 1;
  }
  t.deepEqual({ failed, mixed }, { failed: 0, mixed: 0 });
  await exporter.stop();
});
