import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { connectEngine } from '../../scripts/lib/docker/engine.ts';
import { sdkVersion } from '../../scripts/lib/install/prerequisites.ts';
import { cliCandidates, findCli } from '../../scripts/lib/pulumi/find-cli.ts';
import type { RunResult } from '../../scripts/lib/terminal/process.ts';
import { run } from '../../scripts/lib/terminal/process.ts';
import { freePorts } from '../support/ports.ts';
import { missingPlugins, neededPlugins } from '../support/pulumi-plugins.ts';

/**
 * A copy of the checkout that the scripts can work in: its own stack, state, names and ports, so that nothing of the
 * user's is seen or touched.
 */

const original = resolve(import.meta.dirname, '../..');

/** What a fresh clone has, as far as the scripts need it. */
const parts = [
  'Pulumi.yaml',
  'package.json',
  'package-lock.json',
  'dashboards',
  'docs/alerts.md',
  'LICENSE',
  'exporter',
  'infra',
  'rules',
  'scripts',
];

export interface Checkout {
  readonly root: string;
  readonly stack: string;
  readonly prefix: string;
  readonly ports: Readonly<Record<'status' | 'metrics' | 'prometheus' | 'alertmanager' | 'grafana', number>>;
  readonly engine: Engine;
  /** Runs one of the scripts, from a folder that is not the checkout. */
  script(
    name: 'up' | 'down' | 'doctor' | 'pulumi' | 'test-alert',
    ...args: readonly string[]
  ): Promise<RunResult>;
  /** The environment that the scripts run in, on top of this process's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  remove(): Promise<void>;
}

/** What the tests need and this machine lacks, for the titles of skipped tests; empty where nothing is. */
export async function missingTools(): Promise<readonly string[]> {
  const missing: string[] = [];
  const cli = await findCli(cliCandidates(process.env, await sdkVersion(original)), original);
  if (cli === undefined) missing.push('the Pulumi CLI');
  else if (cli.version === undefined) missing.push('a Pulumi CLI that prints its version');
  try {
    await engineOfThisMachine().info();
  } catch {
    missing.push('a Docker engine');
  }
  // Fetching takes a while, so only where everything else is there.
  if (cli === undefined || missing.length > 0) return missing;
  return missingPlugins(neededPlugins(original), cli.path, process.env);
}

export interface CheckoutOptions {
  /** More of the stack's configuration, by key. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export async function makeCheckout(given: CheckoutOptions = {}): Promise<Checkout> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'balance-alert-e2e-')));
  const root = join(folder, 'checkout');
  for (const part of parts) await cp(join(original, part), join(root, part), { recursive: true });
  await symlink(join(original, 'node_modules'), join(root, 'node_modules'));

  // Plugins are the machine's; logins, selected stacks and state are not.
  const pulumiHome = join(folder, 'pulumi');
  await mkdir(pulumiHome);
  const plugins = join(process.env['PULUMI_HOME'] || join(homedir(), '.pulumi'), 'plugins');
  // A link to nothing would keep the CLI from making the folder; the plugins can all be on PATH.
  if (existsSync(plugins)) await symlink(plugins, join(pulumiHome, 'plugins'));
  const environment = {
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    XDG_STATE_HOME: join(folder, 'state'),
    ...given.environment,
  };

  const id = randomBytes(3).toString('hex');
  const stack = `e2e-${id}`;
  const prefix = `balance-alert-e2e-${id}`;
  const [status = 0, metrics = 0, prometheus = 0, alertmanager = 0, grafana = 0] = await freePorts(5);
  const ports = { status, metrics, prometheus, alertmanager, grafana };
  await writeFile(
    join(root, `Pulumi.${stack}.yaml`),
    [
      'config:',
      ...Object.entries({
        'balance-alert:namePrefix': prefix,
        'balance-alert:ports': ports,
        // Each new Prometheus is waited for until its first scrape, which comes within one interval.
        'balance-alert:prometheus': { scrapeInterval: '15s' },
        ...given.config,
      }).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
      '',
    ].join('\n'),
  );
  return {
    root,
    stack,
    prefix,
    ports,
    engine: engineOfThisMachine(),
    environment,
    script: (name, ...args) => run(join(root, 'scripts', name), args, { cwd: folder, environment }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function engineOfThisMachine(): Engine {
  return connectEngine({ host: process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock' });
}
