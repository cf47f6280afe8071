import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { clockEnvironment } from './real-clock.ts';
import { testedProgram } from './tested-program.ts';
import { until } from './until.ts';

/**
 * The program's own variables, the clock of the tests and where compiled code is kept, so that what whoever runs the tests has
 * set changes nothing.
 */
function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const cache = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
  return { PATH, ...cache, ...clockEnvironment(), ...variables };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the exporter's program to its end. */
export async function runProgram(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  /** Called with the process, for tests that send it a signal. */
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [testedProgram, ...args], {
    env: environment(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart(child);
  const code = new Promise<number | null>((done) => child.once('close', done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** Killed at the end of its scope, so that a test that fails leaves nothing running. */
export interface Serving extends AsyncDisposable {
  /** Of the metrics, without a path. */
  readonly url: string;
  readonly statusUrl: string;
  readonly child: ChildProcess;
  /** The lines of the log so far. */
  readonly log: readonly string[];
  /** Resolves with a line of the log, old or new, that has the text in it. */
  readonly logged: (text: string) => Promise<string>;
  readonly metrics: () => Promise<string>;
  /** Resolves once every account has been checked. */
  readonly ready: () => Promise<void>;
  /** Sends the signal and resolves with the exit code; null where the signal itself ended the process. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** `balance-alert serve` on free ports of loopback, as soon as it listens. */
export async function startProgram(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const addresses = ['--web.listen-address=127.0.0.1:0', '--web.status-address=127.0.0.1:0'];
  const child = spawn(process.execPath, [testedProgram, 'serve', ...addresses, ...args], {
    env: environment(variables),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: string[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const ended = new Promise<number | null>((done) => {
    child.once('close', (code) => {
      over = true;
      wake();
      done(code);
    });
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    wake();
  });
  const logged = (wanted: string): Promise<string> =>
    new Promise((done, failed) => {
      const look = (): void => {
        const line = log.find((one) => one.includes(wanted));
        if (line === undefined && !over) return;
        waiting.delete(look);
        if (line === undefined) failed(new Error(`no line with ${wanted}:\n${log.join('\n')}`));
        else done(line);
      };
      waiting.add(look);
      look();
    });
  const url = /url"?[:=]"?(https?:\/\/[^/]+)\//;
  const [metricsLine, statusLine] = await Promise.all([
    logged('listening for scrapes'),
    logged('serving the status page'),
  ]);
  const base = url.exec(metricsLine)?.[1] ?? '';
  return {
    url: base,
    statusUrl: url.exec(statusLine)?.[1] ?? '',
    child,
    log,
    logged,
    metrics: async () => (await fetch(`${base}/metrics`)).text(),
    async ready() {
      await until(async () => (await fetch(`${base}/-/ready`)).ok);
    },
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The value of one series in a text; undefined where it is not there. `series` is the line up to its value. */
export function seriesValue(metrics: string, series: string): number | undefined {
  const line = metrics.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
