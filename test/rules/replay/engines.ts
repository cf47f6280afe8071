import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RuleFile } from '../../../rules/index.ts';
import { freePorts } from '../../support/ports.ts';
import { type Series, startPrometheus } from '../../support/prometheus.ts';
import { toolPath } from '../../support/promtool.ts';
import { until } from '../../support/until.ts';
import { importText, openMetrics } from './history.ts';
import { scrapeSeconds } from './script.ts';

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
}

/** An engine with the rules, the past and the exporter. */
export interface Engine {
  readonly name: string;
  readonly alerts: () => Promise<readonly Alert[]>;
  readonly query: (expr: string) => Promise<readonly Series[]>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface EngineOptions {
  /** A folder of its own. */
  readonly folder: string;
  /** Unix time in seconds, at which the past ends. */
  readonly startedAt: number;
  readonly rules: readonly RuleFile[];
  /** `host:port` of the exporter. */
  readonly exporter: string;
  /** `host:port` of Alertmanager. */
  readonly alertmanager: string;
}

const alertsSchema = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
  }),
});

export async function startPrometheusEngine(program: string, options: EngineOptions): Promise<Engine> {
  const { folder, startedAt, rules, exporter, alertmanager } = options;
  const settings = {
    program,
    rules,
    alertmanager,
    storage: join(folder, 'data'),
    rulesFolder: join(folder, 'rules'),
    interval: `${scrapeSeconds}s`,
    scrape: { 'balance-alert': exporter },
  };
  let running = await startPrometheus({ ...settings, history: [openMetrics(startedAt)] });
  const build = z
    .object({ data: z.object({ version: z.string() }) })
    .parse(await running.api('/api/v1/status/buildinfo'));
  return {
    // Prometheus built by `go build` alone does not know its version.
    name: `Prometheus ${build.data.version || program}`,
    alerts: async () => alertsSchema.parse(await running.api('/api/v1/alerts')).data.alerts,
    query: (expr) => running.query(expr),
    restart: async () => {
      await running.stop();
      running = await startPrometheus(settings);
    },
    stop: () => running.stop(),
  };
}

type Process = () => Promise<void>;

async function start(
  tool: 'victoria-metrics' | 'vmalert',
  port: number,
  args: readonly string[],
): Promise<Process> {
  const child = spawn(toolPath(tool), [`-httpListenAddr=127.0.0.1:${port}`, ...args], { stdio: 'ignore' });
  const ended = once(child, 'close');
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}

/** With their own delays: an evaluation 30 s behind, results handed over every 2 s; and with an external label. */
export async function startVictoriaMetrics(options: EngineOptions): Promise<Engine> {
  const { folder, startedAt, rules, exporter, alertmanager } = options;
  await mkdir(folder, { recursive: true });
  const scrape = join(folder, 'scrape.yml');
  await writeFile(
    scrape,
    `scrape_configs: [{ job_name: balance-alert, scrape_interval: ${scrapeSeconds}s, static_configs: [{ targets: ['${exporter}'] }] }]\n`,
  );
  for (const { name, yaml } of rules) await writeFile(join(folder, name), yaml);
  const [storePort = 0, alertPort = 0] = await freePorts(2);
  const store = `http://127.0.0.1:${storePort}`;
  const stopStore = await start('victoria-metrics', storePort, [
    `-storageDataPath=${join(folder, 'data')}`,
    `-promscrape.config=${scrape}`,
    '-retentionPeriod=1y',
  ]);
  const imported = await fetch(`${store}/api/v1/import/prometheus`, {
    method: 'POST',
    body: importText(startedAt),
  });
  if (!imported.ok) throw new Error(`VictoriaMetrics refused the past with ${imported.status}`);
  const startAlerts = (): Promise<Process> =>
    start('vmalert', alertPort, [
      `-rule=${join(folder, 'balance-alert.*.yaml')}`,
      `-datasource.url=${store}`,
      `-remoteWrite.url=${store}`,
      `-remoteRead.url=${store}`,
      `-notifier.url=http://${alertmanager}`,
      `-evaluationInterval=${scrapeSeconds}s`,
      '-external.label=replica=a',
    ]);
  let stopAlerts = await startAlerts();
  const json = async (url: string): Promise<unknown> => (await fetch(url)).json();
  return {
    name: 'VictoriaMetrics and vmalert',
    alerts: async () =>
      alertsSchema.parse(await json(`http://127.0.0.1:${alertPort}/api/v1/alerts`)).data.alerts,
    query: async (expr) =>
      vectorOf(await json(`${store}/api/v1/query?${new URLSearchParams({ query: expr })}`)),
    restart: async () => {
      await stopAlerts();
      stopAlerts = await startAlerts();
    },
    stop: async () => {
      await stopAlerts();
      await stopStore();
    },
  };
}

const vectorSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

function vectorOf(answer: unknown): readonly Series[] {
  return vectorSchema.parse(answer).data.result.map(({ metric, value: [time, text] }) => ({
    labels: metric,
    values: [[time, Number(text)]],
  }));
}
