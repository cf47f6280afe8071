import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext, TestFn } from 'ava';
import { everyOnPath, isExecutable } from './on-path.ts';

/** Programs that tests run, found the same way everywhere. */
export type Tool =
  | 'promtool'
  | 'prometheus'
  | 'amtool'
  | 'alertmanager'
  | 'victoria-metrics'
  | 'vmalert'
  | 'nginx'
  | 'caddy';

/** What Debian calls a program. */
const otherNames: Readonly<Partial<Record<Tool, readonly string[]>>> = {
  alertmanager: ['prometheus-alertmanager'],
};

const root = resolve(import.meta.dirname, '../..');

/** The program's path: from PATH, else from where `scripts/test --install` unpacks Debian's packages. */
export function findTool(tool: Tool): string | undefined {
  return findTools(tool)[0];
}

/** Every path at which the program is found, the one of `findTool` first. */
export function findTools(tool: Tool): readonly string[] {
  const names = [tool, ...(otherNames[tool] ?? [])];
  const unpacked = names.flatMap((name) =>
    globSync(`.cache/tools/**/usr/bin/${name}`, { cwd: root }).map((path) => join(root, path)),
  );
  return [...new Set([...everyOnPath(...names), ...unpacked.filter(isExecutable).sort()])];
}

/** As `findTool`, for code that runs only where the tool is. */
export function toolPath(tool: Tool): string {
  const path = findTool(tool);
  if (path === undefined) {
    throw new Error(`${tool} is neither on PATH nor in .cache/tools; scripts/test --install gets it`);
  }
  return path;
}

type Implementation<Context> = (t: ExecutionContext<Context>) => void | Promise<void>;

/**
 * Declares a test that needs tools; where one is missing the test is skipped, and its title names the tool.
 * One after the other within a file, since each tool takes a whole core.
 */
export function needing<Context>(
  test: TestFn<Context>,
  ...tools: readonly Tool[]
): (title: string, implementation: Implementation<Context>) => void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  return (title, implementation) => {
    if (missing.length > 0) {
      test.serial.skip(`${title} [needs ${missing.join(', ')}]`, implementation);
    } else {
      test.serial(title, implementation);
    }
  };
}

/**
 * As `needing`, for tests that mostly wait, such as the five seconds until Prometheus scrapes what it was told of: those of a
 * file run at the same time, after its serial ones.
 */
export function needingAtOnce<Context>(
  test: TestFn<Context>,
  ...tools: readonly Tool[]
): (title: string, implementation: Implementation<Context>) => void {
  const isMissing = tools.some((tool) => findTool(tool) === undefined);
  return isMissing ? needing(test, ...tools) : (title, implementation) => test(title, implementation);
}

/** Discoveries that distributions leave out when they build Prometheus, as a scrape job calls them. */
export const discoveryKeys = { Kubernetes: 'kubernetes_sd_configs', Consul: 'consul_sd_configs' } as const;

/** A Prometheus that has the discovery, by what the promtool beside it accepts. */
function findPrometheusWith(discovery: keyof typeof discoveryKeys): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-discovery-'));
  try {
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, `scrape_configs: [{ job_name: x, ${discoveryKeys[discovery]}: [] }]\n`);
    return findTools('prometheus').find(
      (prometheus) =>
        spawnSync(join(dirname(prometheus), 'promtool'), ['check', 'config', config]).status === 0,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `needing`, for a Prometheus with a discovery that not every build has; the test is given its path. */
export function needingDiscovery<Context>(
  test: TestFn<Context>,
  discovery: keyof typeof discoveryKeys,
): (title: string, implementation: (t: ExecutionContext<Context>, program: string) => Promise<void>) => void {
  const program = findPrometheusWith(discovery);
  return (title, implementation) => {
    if (program === undefined)
      test.serial.skip(`${title} [needs a Prometheus with ${discovery} discovery]`, () => undefined);
    else test.serial(title, (t) => implementation(t, program));
  };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A tool's memory may grow to five times of what it holds, and not to twice, before it is collected: promtool keeps some tens of
 * MiB, and collects for a quarter of its processor time.
 */
const lazyCollection = { GOGC: '400' };

/** Runs a tool to its end; a failing exit code is an outcome, not an error. */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  cwd?: string,
  path: string = toolPath(tool),
): Promise<Outcome> {
  const child = spawn(path, args, {
    cwd,
    env: { ...lazyCollection, ...process.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((done, failed) => {
      child.once('error', failed);
      child.once('close', (status, signal) => done(signal === null ? (status ?? 1) : 1));
    }),
  ]);
  return { code, stdout, stderr };
}
