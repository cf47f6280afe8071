import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Console } from './console.ts';
import { Failure } from './failure.ts';
import type { Interruption } from './process.ts';
import { follow } from './process.ts';

/** Programs that the tests run against, and how they come from Debian's packages. */

/** Single programs: unpacked into the checkout's cache, so that nothing of them is started or stays on the machine. */
const unpacked: readonly { readonly package: string; readonly programs: readonly string[] }[] = [
  { package: 'prometheus', programs: ['prometheus', 'promtool'] },
  { package: 'prometheus-alertmanager', programs: ['amtool', 'alertmanager'] },
];

/** Programs of many parts: installed, but not started. */
const installed: readonly { readonly packages: readonly string[]; readonly program: string }[] = [
  { packages: ['openssl'], program: 'openssl' },
  { packages: ['dovecot-imapd'], program: 'dovecot' },
  { packages: ['chromium'], program: 'chromium' },
  { packages: ['docker.io', 'iptables'], program: 'dockerd' },
];

export interface ToolOptions {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
}

/** Where single programs are unpacked; git ignores it. */
function cacheOf(root: string): string {
  return join(root, '.cache', 'tools');
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** Installs what the tests miss. @throws Failure that says what could not be had */
export async function installTools(options: ToolOptions): Promise<void> {
  const { root, console } = options;
  const toUnpack = unpacked.filter(
    ({ package: name, programs }) => !programs.every(isOnPath) && !existsSync(join(cacheOf(root), name)),
  );
  const toInstall = installed.filter(({ program }) => !isOnPath(program));
  if (toUnpack.length + toInstall.length === 0) return;
  const names = [...toUnpack.map((entry) => entry.package), ...toInstall.flatMap(({ packages }) => packages)];
  if (!isOnPath('apt-get')) {
    throw new Failure(`these are missing, and there is no apt-get to get them: ${names.join(', ')}`, [
      'without --install the tests that need them are skipped by name',
    ]);
  }
  console.step(`Getting ${names.join(', ')} from the distribution`);
  await asRoot(
    options,
    'apt-get',
    ['update', '-qq'],
    "the distribution's lists of packages are not within reach",
  );
  for (const entry of toUnpack) await unpack(entry.package, options);
  if (toInstall.length > 0) {
    await withoutServices(options, () =>
      asRoot(
        options,
        'apt-get',
        ['install', '-y', '-qq', '--no-install-recommends', ...toInstall.flatMap(({ packages }) => packages)],
        'the packages could not be installed',
      ),
    );
  }
}

/** Takes a package apart without installing it. */
async function unpack(name: string, options: ToolOptions): Promise<void> {
  const target = join(cacheOf(options.root), name);
  const parts = `${target}.part`;
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  await must(
    options,
    'apt-get',
    ['download', '-qq', name],
    parts,
    `the package ${name} could not be fetched`,
  );
  const [file] = (await readdir(parts)).filter((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new Failure(`apt-get download ${name} brought no package`);
  await must(
    options,
    'dpkg',
    ['-x', join(parts, file), target],
    parts,
    `the package ${name} could not be unpacked`,
  );
  await rm(parts, { recursive: true, force: true });
}

const policy = '/usr/sbin/policy-rc.d';

/** Debian asks this file before it starts a service; for the time of the installation it says no. */
async function withoutServices(options: ToolOptions, install: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      'packages with services are installed by root only, so that they can be kept from starting',
      ['sudo scripts/test --install'],
    );
  }
  const before = existsSync(policy) ? await readFile(policy) : undefined;
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (before === undefined) await rm(policy, { force: true });
    else await writeFile(policy, before, { mode: 0o755 });
  }
  options.console.line('no service was started');
}

async function asRoot(
  options: ToolOptions,
  command: string,
  args: readonly string[],
  failure: string,
): Promise<void> {
  const [program, all] = process.getuid?.() === 0 ? [command, args] : ['sudo', [command, ...args]];
  await must(options, program, all, options.root, failure);
}

async function must(
  { console, interruption }: ToolOptions,
  command: string,
  args: readonly string[],
  cwd: string,
  failure: string,
): Promise<void> {
  const code = await follow(command, args, {
    cwd,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    interruption,
    onLine: (line, stream) => {
      // apt says much that nobody can do anything about; its errors are for people.
      if (stream === 'stderr' && /^(E|W):/.test(line)) console.line(line);
    },
  });
  if (code !== 0) throw new Failure(failure, [`tried: ${[command, ...args].join(' ')} (exit code ${code})`]);
}
