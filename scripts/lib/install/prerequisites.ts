import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FoundCli } from '../pulumi/find-cli.ts';
import { cliCandidates, findCli, isRecentEnough, minimumVersion } from '../pulumi/find-cli.ts';
import type { Console } from '../terminal/console.ts';
import { Failure, messageOf } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow, run } from '../terminal/process.ts';
import { findMissingPackages } from './packages.ts';
import { installPulumiCli } from './pulumi-cli.ts';

/** What has to be on the machine, and how it gets there. Only builtins are imported before the packages are there. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Missing {
  readonly kind: 'packages' | 'cli' | 'engine';
  /** A sentence. */
  readonly what: string;
  /** The command that installs it. */
  readonly command: string;
}

export interface Findings {
  readonly missing: readonly Missing[];
  readonly cli: FoundCli | undefined;
}

/** The version of the SDK, which the CLI's own installer takes as the version to fetch. */
export async function sdkVersion(root: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const dependencies =
    typeof manifest === 'object' && manifest !== null && 'dependencies' in manifest
      ? manifest.dependencies
      : undefined;
  const version =
    typeof dependencies === 'object' && dependencies !== null
      ? Reflect.get(dependencies, '@pulumi/pulumi')
      : undefined;
  if (typeof version !== 'string') throw new Error('package.json does not depend on @pulumi/pulumi');
  return version;
}

export interface FindOptions {
  readonly root: string;
  readonly environment: Environment;
  /** Whether something answers on the engine's default socket. */
  readonly engineAnswers: () => Promise<boolean>;
}

/** Looks for everything, so that all that is missing can be named at once. */
export async function findPrerequisites({
  root,
  environment,
  engineAnswers,
}: FindOptions): Promise<Findings> {
  const version = await sdkVersion(root);
  const [packages, cli, engine] = await Promise.all([
    findMissingPackages(root),
    findCli(cliCandidates(environment, version), root),
    engineAnswers(),
  ]);
  const missing: Missing[] = [];
  if (packages.length > 0) {
    const named = packages.slice(0, 3).join(', ');
    missing.push({
      kind: 'packages',
      what: `npm packages are missing or do not match package-lock.json: ${named}${packages.length > 3 ? `, and ${packages.length - 3} more` : ''}`,
      command: 'npm ci',
    });
  }
  const cliProblem = problemOf(cli);
  if (cliProblem !== undefined) {
    missing.push({
      kind: 'cli',
      what: cliProblem,
      command: `curl -fsSL https://get.pulumi.com | sh -s -- --version ${version}`,
    });
  }
  if (!engine) {
    missing.push({
      kind: 'engine',
      what: 'no Docker engine answers at /var/run/docker.sock',
      command: 'apt-get install docker.io (or set DOCKER_HOST, or docker:host in the stack)',
    });
  }
  return { missing, cli: missing.some(({ kind }) => kind === 'cli') ? undefined : cli };
}

/** Why a CLI is not taken; undefined for one that is. */
function problemOf(cli: FoundCli | undefined): string | undefined {
  const minimum = minimumVersion.join('.');
  if (cli === undefined) return 'the Pulumi CLI is missing';
  if (cli.version === undefined) {
    return `the Pulumi CLI ${cli.path} prints no version (built from source?), so whether it is at least ${minimum} is unknown`;
  }
  return isRecentEnough(cli.version)
    ? undefined
    : `the Pulumi CLI ${cli.path} is ${cli.version}, older than ${minimum}`;
}

/**
 * Whether the engine on the default socket answers, or another one was named: that is looked at later, when the
 * stack's configuration is known.
 */
export async function defaultEngineAnswers(root: string, environment: Environment): Promise<boolean> {
  if (environment['DOCKER_HOST']) return true;
  const files = (await readdir(root)).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')));
  if (texts.some((text) => /^\s*"?docker:host"?\s*:/m.test(text))) return true;
  return socketAnswers('/var/run/docker.sock');
}

function socketAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Not allowed is not missing: the check that follows says what to do about it.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES'));
  });
}

export function formatMissing(missing: readonly Missing[]): readonly string[] {
  return missing.flatMap(({ what, command }) => [what, `  to install it:  ${command}`]);
}

export interface InstallOptions {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
}

/** Installs what is missing, in the order in which one needs the other. @throws Failure that says what could not be had */
export async function installMissing(missing: readonly Missing[], options: InstallOptions): Promise<void> {
  const kinds = new Set(missing.map(({ kind }) => kind));
  if (kinds.has('packages')) await installPackages(options);
  if (kinds.has('engine')) await installEngine(options);
  if (kinds.has('cli')) await installCli(options);
}

async function installPackages(options: InstallOptions): Promise<void> {
  options.console.step('Installing the npm packages …');
  await must(options, 'npm', ['ci', '--no-audit', '--no-fund'], 'the npm packages could not be installed', [
    'without access to a registry, copy node_modules from a checkout of the same commit',
  ]);
}

async function installEngine(options: InstallOptions): Promise<void> {
  const hints = [
    'or install Docker manually: https://docs.docker.com/engine/install',
    'or use another engine: set DOCKER_HOST',
  ];
  if (!existsSync('/usr/bin/dockerd') && !existsSync('/usr/sbin/dockerd')) {
    if (!existsSync('/usr/bin/apt-get'))
      throw new Failure('Docker is missing, and there is no apt-get to install it', hints);
    options.console.step("Installing Docker from the distribution's packages …");
    const failed = 'Docker could not be installed with apt-get';
    await mustAsRoot(options, ['apt-get', 'update', '-qq'], failed, hints);
    await mustAsRoot(
      options,
      [
        'apt-get',
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        'docker.io',
        'iptables',
        'ca-certificates',
      ],
      failed,
      hints,
    );
  }
  if (await becomesReachable(5)) return;
  options.console.step('Starting Docker …');
  const start = existsSync('/run/systemd/system')
    ? ['systemctl', 'start', 'docker']
    : ['service', 'docker', 'start'];
  await mustAsRoot(options, start, 'Docker could not be started', hints);
  if (!(await becomesReachable(30)))
    throw new Failure('Docker was started, but does not answer at /var/run/docker.sock', hints);
}

async function becomesReachable(seconds: number): Promise<boolean> {
  for (let tries = 0; tries < seconds * 2; tries += 1) {
    if (await socketAnswers('/var/run/docker.sock')) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

async function installCli(options: InstallOptions): Promise<void> {
  options.console.step('Downloading the Pulumi CLI …');
  const version = await sdkVersion(options.root);
  // Where the SDK's own installer puts it, so that either finds the other's.
  const target = join(process.env['HOME'] || homedir(), '.pulumi', 'versions', version);
  try {
    const { archive, checksum } = await installPulumiCli({
      version,
      platform: process.platform,
      architecture: process.arch,
      target,
      fetch,
    });
    options.console.line(`${archive} verified: SHA-512 ${checksum}`);
    options.console.line(`installed in ${join(target, 'bin')}`);
  } catch (error) {
    throw new Failure(`the Pulumi CLI could not be installed: ${messageOf(error)}`, [
      'behind a proxy: NODE_USE_ENV_PROXY=1 makes Node use HTTPS_PROXY',
      `or put a pulumi of at least ${minimumVersion.join('.')} on PATH, with its pulumi-language-nodejs beside it`,
      `or unpack its archive so that ${join(target, 'bin', 'pulumi')} is there`,
    ]);
  }
}

async function must(
  options: InstallOptions,
  command: string,
  args: readonly string[],
  failed: string,
  hints: readonly string[],
): Promise<void> {
  const code = await follow(command, args, {
    cwd: options.root,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    interruption: options.interruption,
    onLine: (line) => options.console.line(line),
  });
  if (code !== 0) throw new Failure(`${failed}: ${[command, ...args].join(' ')} ended with ${code}`, hints);
}

async function mustAsRoot(
  options: InstallOptions,
  [command = '', ...args]: readonly string[],
  failed: string,
  hints: readonly string[],
): Promise<void> {
  if (process.getuid?.() === 0) return must(options, command, args, failed, hints);
  const { code } = await run('sudo', ['-n', 'true'], { cwd: options.root });
  if (code !== 0) {
    throw new Failure(`${failed}: it needs root, and sudo asks for a password or is missing`, [
      `run:  sudo ${[command, ...args].join(' ')}`,
      ...hints,
    ]);
  }
  return must(options, 'sudo', [command, ...args], failed, hints);
}
