import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import * as z from 'zod';
import { renderRules } from '../../rules/index.ts';
import { freePorts } from '../support/ports.ts';
import { needing, type Tool, toolPath } from '../support/promtool.ts';
import { serve } from '../support/served.ts';
import { until } from '../support/until.ts';

/**
 * The rules on VictoriaMetrics and vmalert, live: vmalert hands what a rule recorded to others only after the
 * evaluation, and adds its external labels to it.
 */

const test = needing(ava, 'victoria-metrics', 'vmalert');

/** Ten minutes become four seconds, so that a step need not be waited for; a day of history becomes three steps. */
function hurried(yaml: string): string {
  return yaml
    .replaceAll('interval: 10m', 'interval: 4s')
    .replaceAll('interval: 2m', 'interval: 2s')
    .replaceAll('offset 10m', 'offset 4s')
    .replaceAll('/ 600', '/ 4')
    .replaceAll('>= 144', '>= 3');
}

const resultSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

async function start(t: ExecutionContext, tool: Tool, args: readonly string[], port: number): Promise<void> {
  const child = spawn(toolPath(tool), [`-httpListenAddr=127.0.0.1:${port}`, ...args], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
}

test('burn, runway and alerts are recorded by vmalert, though no rule sees there what one before it recorded', async (t) => {
  t.timeout(180_000);
  const began = Date.now();
  const account = (name: string) => `project="${name}",provider="v"`;
  const balance = (name: string) => `balance_alert_balance{${account(name)},type="balance",unit="USD"}`;
  const exporter = await serve((_request, response) => {
    const used = Math.floor((Date.now() - began) / 1000);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      [
        `${balance('falling')} ${1000 - used}`,
        `${balance('empty')} -5`,
        `${balance('postpaid')} -5`,
        `balance_alert_threshold{${account('postpaid')},type="balance",unit="USD"} 0`,
        ...['falling', 'empty', 'postpaid'].map((name) => `balance_alert_account_up{${account(name)}} 1`),
        '',
      ].join('\n'),
    );
  });
  t.teardown(exporter.close);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-vmalert-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(
    join(folder, 'scrape.yml'),
    `scrape_configs: [{ job_name: balance-alert, scrape_interval: 1s, static_configs: [{ targets: ['${new URL(exporter.url).host}'] }] }]\n`,
  );
  for (const { name, yaml } of renderRules()) await writeFile(join(folder, name), hurried(yaml));
  const [storePort = 0, alertPort = 0] = await freePorts(2);
  const store = `http://127.0.0.1:${storePort}`;
  await start(
    t,
    'victoria-metrics',
    [
      `-storageDataPath=${join(folder, 'data')}`,
      `-promscrape.config=${join(folder, 'scrape.yml')}`,
      '-search.latencyOffset=0s',
    ],
    storePort,
  );
  await start(
    t,
    'vmalert',
    [
      `-rule=${join(folder, '*.yaml')}`,
      `-datasource.url=${store}`,
      `-remoteWrite.url=${store}`,
      '-remoteWrite.flushInterval=500ms',
      '-notifier.blackhole',
      '-evaluationInterval=1s',
      '-rule.evalDelay=0s',
      '-external.label=replica=a',
    ],
    alertPort,
  );
  const query = async (expr: string) => {
    const answer = await fetch(`${store}/api/v1/query?${new URLSearchParams({ query: expr })}`);
    return resultSchema.parse(await answer.json()).data.result;
  };
  const runway = 'account:balance_alert_runway_seconds{project="falling"}';
  // Several steps of four seconds, on a machine that may be busy.
  await until(async () => (await query(runway)).length > 0, { timeoutMs: 150_000 });
  const [lasts] = await query(runway);
  t.is(lasts?.metric['replica'], 'a');
  // One a second of somewhat less than a thousand, measured in steps of four seconds.
  const seconds = Number(lasts?.value[1]);
  t.true(seconds > 600 && seconds < 1400, String(seconds));
  await until(async () => (await query('ALERTS{alertname="BalanceEmpty"}')).length > 0);
  const pending = await query('count by (project) (ALERTS{alertname="BalanceEmpty"})');
  t.deepEqual(
    pending.map(({ metric }) => metric['project']),
    ['empty'],
  );
});
