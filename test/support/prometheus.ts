import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import type { RuleFile } from '../../rules/index.ts';
import { maxBlockDuration } from '../../scripts/demo-history/backfill.ts';
import { freePorts } from './ports.ts';
import { runTool, toolPath } from './promtool.ts';
import { until } from './until.ts';

export interface PrometheusOptions {
  /** From a job's name to the `host:port` of its target; Prometheus scrapes itself besides, as job `prometheus`. */
  readonly scrape?: Readonly<Record<string, string>>;
  /** More entries of `scrape_configs`, as they are. */
  readonly scrapeConfigs?: readonly Readonly<Record<string, unknown>>[];
  /** More keys of the configuration, as they are. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly rules?: readonly Pick<RuleFile, 'name' | 'yaml'>[];
  /** `host:port` of what alerts are sent to. */
  readonly alertmanager?: string;
  /** How often it scrapes and evaluates; a second unless said otherwise. */
  readonly interval?: string;
  /** Series of the past, as OpenMetrics text with timestamps, ending in `# EOF`. */
  readonly history?: AsyncIterable<string> | Iterable<string>;
  /** A folder that holds the storage and is kept when it stops, so that a next one goes on with it. */
  readonly storage?: string;
  /** Where rules are put. Their path decides at which moments groups are evaluated, for a next one as well. */
  readonly rulesFolder?: string;
  /** The program; the first that is found unless given. */
  readonly program?: string;
  /** What it listens on, of IPv4; the loopback interface unless given. */
  readonly host?: string;
  /** More arguments of the program. */
  readonly flags?: readonly string[];
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of seconds since the epoch and value; a single one for an instant query. */
  readonly values: readonly (readonly [time: number, value: number])[];
}

export interface RunningPrometheus {
  readonly url: string;
  /** @param time seconds since the epoch; now where left out */
  readonly query: (expr: string, time?: number) => Promise<readonly Series[]>;
  readonly queryRange: (expr: string, start: number, end: number, step: number) => Promise<readonly Series[]>;
  /** The answer of an API path, such as `/api/v1/targets`. */
  readonly api: (path: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A real Prometheus on a free port of loopback, with a folder of its own, ready for queries. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-prometheus-'));
  const data = options.storage ?? join(folder, 'data');
  const { rulesFolder = join(folder, 'rules') } = options;
  await mkdir(rulesFolder, { recursive: true });
  await mkdir(data, { recursive: true });
  for (const { name, yaml } of options.rules ?? []) {
    await writeFile(join(rulesFolder, name), yaml);
  }
  // Prometheus must know its own port to scrape itself.
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await writeFile(join(folder, 'prometheus.yml'), configuration(options, address, rulesFolder));
  if (options.history !== undefined) {
    await writeBlocks(options.history, folder, data);
  }
  const child = spawn(
    options.program ?? toolPath('prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=200d',
      `--web.listen-address=${options.host ?? '127.0.0.1'}:${port}`,
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  try {
    await listening(child.stderr);
    const url = `http://${address}`;
    await ready(url);
    const api = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
    return {
      url,
      api,
      stop,
      query: async (expr, time) =>
        series(await api(`/api/v1/query?${parameters({ query: expr, time })}`), expr),
      queryRange: async (expr, start, end, step) =>
        series(await api(`/api/v1/query_range?${parameters({ query: expr, start, end, step })}`), expr),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(
  { scrape = {}, scrapeConfigs = [], settings = {}, interval = '1s', alertmanager }: PrometheusOptions,
  address: string,
  rulesFolder: string,
): string {
  return stringify({
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: [join(rulesFolder, '*.yaml')],
    ...(alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: [
      ...Object.entries({ ...scrape, prometheus: address }).map(([job, target]) => ({
        job_name: job,
        static_configs: [{ targets: [target] }],
      })),
      ...scrapeConfigs,
    ],
    ...settings,
  });
}

async function writeBlocks(
  history: NonNullable<PrometheusOptions['history']>,
  folder: string,
  data: string,
): Promise<void> {
  const file = join(folder, 'history.om');
  await writeFile(file, history);
  const args = [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    `--max-block-duration=${maxBlockDuration}`,
    '--quiet',
    file,
    data,
  ];
  const { code, stdout, stderr } = await runTool('promtool', args);
  if (code !== 0) {
    throw new Error(`promtool could not write the history:\n${stdout}${stderr}`);
  }
}

/** Reads the log until it listens; the log's last lines are the error where it ends before. */
async function listening(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  const reader = createInterface({ input: log });
  return new Promise((done, failed) => {
    reader.on('line', (line) => {
      lines.push(line);
      if (line.includes('Listening on')) {
        done();
      }
    });
    reader.once('close', () => failed(new Error(`Prometheus ended:\n${lines.slice(-10).join('\n')}`)));
  });
}

async function ready(url: string): Promise<void> {
  await until(async () => (await fetch(`${url}/-/ready`)).ok);
}

function parameters(values: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] satisfies [string, string]],
    ),
  );
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: [number, string];
      readonly values?: [number, string][];
    }[];
  };
}

function series(answer: unknown, expr: string): readonly Series[] {
  const { status, error, data } = answer as Answer;
  if (status !== 'success' || data === undefined) {
    throw new Error(`expected an answer to ${expr}, got: ${error ?? JSON.stringify(answer)}`);
  }
  return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    labels: metric,
    values: values.map(([time, text]) => [time, Number(text)] as const),
  }));
}
