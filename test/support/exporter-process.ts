import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext, TestFn } from 'ava';
import { realClockEnvironment } from './real-clock.ts';
import { testedProgram } from './tested-program.ts';
import { until } from './until.ts';

export interface RunningExporter {
  /** `host:port` of the metrics. */
  readonly target: string;
  /** `host:port` of the status page. */
  readonly status: string;
  readonly stop: () => Promise<void>;
}

/**
 * The real program on free ports of loopback, once every account has been checked. A real Prometheus scrapes it, so it
 * keeps the same clock as that.
 */
export async function startExporter(
  configFile: string,
  flags: readonly string[] = [],
): Promise<RunningExporter> {
  const child = spawn(
    process.execPath,
    [
      testedProgram,
      'serve',
      `--config.file=${configFile}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.status-address=127.0.0.1:0',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: realClockEnvironment() },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const lines: string[] = [];
  const [scheme, target, status] = await new Promise<readonly [string, string, string]>((done, failed) => {
    let scraped: readonly [string, string] | undefined;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const [, what, protocol = '', address = ''] =
          /(listening for scrapes|serving the status page).* url=(https?):\/\/([^/\s]+)\//.exec(line) ?? [];
        if (what === 'listening for scrapes') scraped = [protocol, address];
        else if (what !== undefined && scraped !== undefined) done([...scraped, address]);
      });
    }
    child.once('close', () => failed(new Error(`the exporter ended:\n${lines.slice(-10).join('\n')}`)));
  });
  try {
    await until(async () => (await fetch(`${scheme}://${target}/-/ready`)).ok);
    return { target, status, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One with a demo account, until the test is over. */
export async function startDemoExporter(t: ExecutionContext): Promise<RunningExporter> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-exporter-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const exporter = await startExporter(await writeDemoAccounts(folder));
  t.teardown(exporter.stop);
  return exporter;
}

/** As `startDemoExporter`: a single one for all tests of a file that ask, until they are over. */
export function demoExporterOf<Context>(test: TestFn<Context>): () => Promise<RunningExporter> {
  let running: Promise<RunningExporter> | undefined;
  let folder: string | undefined;
  test.after.always('stop the shared exporter', async () => {
    await (await running)?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  const start = async (): Promise<RunningExporter> => {
    folder = await mkdtemp(join(tmpdir(), 'balance-alert-exporter-'));
    return startExporter(await writeDemoAccounts(folder));
  };
  return () => {
    running ??= start();
    return running;
  };
}

/** @returns the path of an account file with a demo account */
async function writeDemoAccounts(folder: string): Promise<string> {
  const file = join(folder, 'accounts.yaml');
  await writeFile(file, 'accounts:\n  - { name: a, provider: demo }\n');
  return file;
}
