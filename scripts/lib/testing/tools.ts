import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { engineAnswers, engineSocket } from '../docker/socket.ts';
import { withoutServices } from '../install/policy-rc-d.ts';
import type { Console } from '../terminal/console.ts';
import { Failure, Interrupted } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow } from '../terminal/process.ts';

/** Programs that the tests run against, and how they come from Debian's packages. */

interface Tool {
  readonly package: string;
  /** Layers of tests that run against it. */
  readonly layers: readonly string[];
}

/** Single programs: taken apart into the checkout's cache, so that nothing of them is started or stays on the machine. */
const unpacked: readonly (Tool & { readonly programs: readonly string[] })[] = [
  { package: 'prometheus', programs: ['prometheus', 'promtool'], layers: ['contract', 'stack'] },
  { package: 'prometheus-alertmanager', programs: ['amtool', 'alertmanager'], layers: ['contract'] },
];

/** Programs of many parts: installed, but not started. Any one of the names will do. */
const installed: readonly (Tool & { readonly programs: readonly string[] })[] = [
  { package: 'openssl', programs: ['openssl'], layers: ['unit', 'long', 'mail'] },
  { package: 'dovecot-imapd', programs: ['dovecot'], layers: ['mail'] },
  {
    package: 'chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    layers: ['page'],
  },
  { package: 'docker.io', programs: ['dockerd'], layers: ['stack', 'e2e'] },
  { package: 'openssh-server', programs: ['sshd'], layers: ['contract', 'e2e'] },
];

export interface ToolOptions {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
}

/** Where single programs are unpacked; git ignores it. */
export function toolsFolder(root: string): string {
  return join(root, '.cache', 'tools');
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** An engine that runs needs no program here: it can be elsewhere, behind its socket. */
async function engineRuns(): Promise<boolean> {
  const socket = engineSocket();
  return socket !== undefined && (await engineAnswers(socket));
}

/**
 * Installs what the tests of the given layers miss.
 * @param libraries packages to unpack besides, whatever the layers
 * @throws Failure that says what could not be had
 */
export async function installTools(
  options: ToolOptions,
  layers: readonly string[],
  libraries: readonly string[] = [],
): Promise<void> {
  const { root, console } = options;
  const isWanted = (tool: Tool) => tool.layers.some((layer) => layers.includes(layer));
  const toUnpack = [
    ...unpacked
      .filter((tool) => isWanted(tool) && !tool.programs.every(isOnPath))
      .map((tool) => tool.package),
    ...libraries,
  ].filter((name) => !existsSync(join(toolsFolder(root), name)));
  const hasEngine = await engineRuns();
  const toInstall = installed.filter(
    (tool) => isWanted(tool) && !tool.programs.some(isOnPath) && !(tool.package === 'docker.io' && hasEngine),
  );
  const names = [...toUnpack, ...toInstall.map((tool) => tool.package)];
  if (names.length === 0) return;
  if (!isOnPath('apt-get')) {
    throw new Failure(`missing, and there is no apt-get to install them: ${names.join(', ')}`, [
      'without --install, tests that need them are skipped',
    ]);
  }
  const isRoot = process.getuid?.() === 0;
  console.step(`Getting ${names.join(', ')} from the distribution`);
  if (isRoot) await updateLists(options);
  for (const name of toUnpack) await unpack(name, options);
  if (toInstall.length === 0) return;
  const packages = toInstall.map((tool) => tool.package);
  if (!isRoot) {
    throw new Failure(`only root can install ${packages.join(', ')}`, [
      'without starting their services:  sudo scripts/test --install',
      `or run:  sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
    ]);
  }
  await withoutServices(() =>
    must(
      options,
      'apt-get',
      [...lockTimeout, 'install', '-y', '-qq', '--no-install-recommends', ...packages],
      root,
      'the packages could not be installed',
    ),
  );
  console.line('no service was started');
}

/** A machine that has just started often updates itself; its lock is waited for. Seconds. */
const lockTimeout = ['-o', 'DPkg::Lock::Timeout=300'];

async function updateLists(options: ToolOptions): Promise<void> {
  await must(
    options,
    'apt-get',
    [...lockTimeout, 'update', '-qq'],
    options.root,
    'the package lists could not be updated',
  );
}

/** Takes a package apart without installing it. */
async function unpack(name: string, options: ToolOptions): Promise<void> {
  const target = join(toolsFolder(options.root), name);
  const parts = `${target}.part`;
  await rm(parts, { recursive: true, force: true });
  await mkdir(join(parts, 'tree'), { recursive: true });
  try {
    await must(
      options,
      'apt-get',
      ['download', '-qq', name],
      parts,
      `the package ${name} could not be downloaded`,
      ['if the package lists are missing or old:  sudo apt-get update'],
    );
    const file = (await readdir(parts)).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new Failure(`apt-get download ${name} brought no package`);
    await must(options, 'dpkg', ['-x', file, 'tree'], parts, `the package ${name} could not be unpacked`);
    await rename(join(parts, 'tree'), target);
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

async function must(
  { console, interruption }: ToolOptions,
  command: string,
  args: readonly string[],
  cwd: string,
  failure: string,
  hints: readonly string[] = [],
): Promise<void> {
  const code = await follow(command, args, {
    cwd,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    interruption,
    onLine: (line, stream) => {
      // apt prints warnings that need no action; its errors are shown.
      if (stream === 'stderr' && /^(E|W):/.test(line) && !line.includes('unsandboxed')) console.line(line);
    },
  });
  if (interruption.requested) throw new Interrupted();
  if (code !== 0) {
    throw new Failure(failure, [`tried: ${[command, ...args].join(' ')} (exit code ${code})`, ...hints]);
  }
}
