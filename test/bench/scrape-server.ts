import '../../exporter/limit-memory.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import type { AccountState } from '../../exporter/accounts/state.ts';
import { manyAccounts } from '../../exporter/exporter.ts';
import { preferSpeed } from '../../exporter/memory.ts';
import { createSelfMetrics } from '../../exporter/metrics/self.ts';
import { SnapshotStore } from '../../exporter/snapshot/store.ts';
import { close, listen, portOf } from '../../exporter/web/listen.ts';
import { createMetricsApp } from '../../exporter/web/metrics/app.ts';
import { createMetricsPage } from '../../exporter/web/metrics/page.ts';
import { accountConfig, accountState, balance, configState, testNow } from '../support/snapshots.ts';

/**
 * Serves the metrics of so many series, and beside them a file of the same bytes from the same HTTP stack.
 * `POST /change` gives a hundredth of the accounts a new reading, as a minute of polling does; `POST /change?all` gives each one.
 */

const [, series = '', folder = ''] = process.argv.slice(2);
/** Each account below has so many. */
const seriesOfAccount = 22;
const names = Array.from(
  { length: Math.round(Number(series) / seriesOfAccount) },
  (_, index) => `account-${index}`,
);

// Limits of memory and compilers as the program sets them for so many accounts.
if (names.length > manyAccounts) preferSpeed();

const store = new SnapshotStore(configState());
/** After so many checks: each changes the balance, the times, the duration and the count. */
const stateOf = (name: string, checks: number): AccountState =>
  accountState(
    { name, provider: 'openrouter', threshold: 100 },
    {
      readings: [balance(1000 + checks)],
      checks,
      lastCheckAtMs: testNow + checks,
      lastSuccessAtMs: testNow + checks,
      lastDurationSeconds: 0.2 + (checks % 10) / 100,
    },
  );
store.configure(
  {
    timezone: 'UTC',
    accounts: names.map((name) => accountConfig({ name })),
    subscriptions: [],
    mailboxes: [],
    secrets: [],
  },
  configState(),
  ({ name }) => stateOf(name, 0),
);

const page = createMetricsPage({
  snapshot: () => store.get(),
  self: createSelfMetrics({ version: '0', revision: 'bench' }),
  now: () => testNow,
});
writeFileSync(join(folder, 'static.txt'), Buffer.concat(await page.body(false)));

let turn = 0;
const app = express();
app.use('/static', express.static(folder, { etag: false, lastModified: false }));
app.post('/change', (request, response) => {
  turn += 1;
  const every = request.query['all'] === undefined ? 100 : 1;
  for (let index = turn % every; index < names.length; index += every) {
    store.setAccount(stateOf(names[index] ?? '', turn));
  }
  response.end();
});
app.use(
  createMetricsApp({
    page,
    ready: () => true,
    config: () => '',
    reload: async () => [],
    telemetryPath: '/metrics',
    maxRequests: 40,
    version: '0',
    statusPort: undefined,
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  }),
);
const server = await listen(app, { host: '127.0.0.1', port: 0 }, '');
process.once('SIGTERM', () => void close(server));
process.stdout.write(`http://127.0.0.1:${portOf(server)}\n`);
