import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { findTool } from './promtool.ts';
import { tarFolder } from './tar.ts';

/**
 * Images for tests where no registry can be reached: the pinned names, made in seconds from Debian's packages. The
 * program inside is a real one of another version.
 */

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Limit of a pull from a registry, in milliseconds. */
const pullTimeoutMs = 60_000;

export type Origin = 'present' | 'pulled' | 'made';

/** Provides an image on the engine; undefined where it can be neither pulled nor built. */
export async function provideImage(engine: Engine, reference: string): Promise<Origin | undefined> {
  if (await isPresent(engine, reference)) return 'present';
  const [name = '', tag = ''] = reference.split(':');
  const pull = engine.call('POST', `/images/create?fromImage=${encodeURIComponent(name)}&tag=${tag}`);
  await Promise.race([
    pull.catch(() => undefined),
    new Promise((done) => {
      setTimeout(done, pullTimeoutMs).unref();
    }),
  ]);
  if (await isPresent(engine, reference)) return 'pulled';
  const make = makers[name];
  if (make === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-image-'));
  try {
    const changes = await make(folder);
    const query = new URLSearchParams({ fromSrc: '-', repo: name, tag });
    for (const change of changes) query.append('changes', change);
    const { status, body } = await engine.call('POST', `/images/create?${query}`, {
      type: 'application/x-tar',
      content: tarFolder(folder, { keepOwners: true }),
    });
    if (status !== 200 || !(await isPresent(engine, reference))) {
      throw new Error(`${reference} could not be made: ${body.toString('utf8')}`);
    }
    return 'made';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isPresent(engine: Engine, reference: string): Promise<boolean> {
  return (await engine.call('GET', `/images/${encodeURIComponent(reference)}/json`)).status === 200;
}

/** A root file system of Debian's packages, taken apart without their scripts, and BusyBox for a shell. */
async function makeBase(folder: string, packages: readonly string[]): Promise<void> {
  const debs = mkdtempSync(join(tmpdir(), 'balance-alert-debs-'));
  try {
    await run('apt-get', ['download', '-qq', ...packages, 'busybox-static'], { cwd: debs });
    for (const file of readdirSync(debs)) await run('dpkg', ['-x', join(debs, file), folder]);
  } finally {
    rmSync(debs, { recursive: true, force: true });
  }
  for (const path of ['bin', 'usr/bin', 'usr/local/bin', 'etc', 'tmp', 'run'])
    mkdirSync(join(folder, path), { recursive: true });
  chmodSync(join(folder, 'tmp'), 0o1777);
  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  );
  for (const name of ['sh', 'wget', 'cat', 'ls', 'sed']) {
    const path = join(folder, 'bin', name);
    if (!existsSync(path)) symlinkSync('busybox', path);
  }
}

async function makeNode(folder: string): Promise<readonly string[]> {
  await makeBase(folder, ['libc6', 'libgcc-s1', 'libstdc++6']);
  copyFileSync(realpathSync(join(root, 'node_modules/.bin/node')), join(folder, 'usr/local/bin/node'));
  chmodSync(join(folder, 'usr/local/bin/node'), 0o755);
  return ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'CMD ["node"]'];
}

async function makePrometheus(folder: string): Promise<readonly string[]> {
  await makeBase(folder, ['libc6']);
  for (const tool of ['prometheus', 'promtool'] as const) {
    const found = findTool(tool);
    if (found === undefined) throw new Error(`${tool} is missing: scripts/test --install gets it`);
    copyFileSync(found, join(folder, 'bin', tool));
    chmodSync(join(folder, 'bin', tool), 0o755);
  }
  // The release that the tag promises takes the retention from its configuration, which Debian's refuses.
  renameSync(join(folder, 'bin/prometheus'), join(folder, 'bin/prometheus-program'));
  writeFileSync(
    join(folder, 'bin/prometheus'),
    `#!/bin/sh
config=/etc/prometheus/prometheus.yml
if ! promtool check config --syntax-only "$config" >/dev/null 2>&1; then
  sed '/^storage:$/,/^[^ ]/{/^storage:$/d;/^ /d}' "$config" >/prometheus/without-retention.yml
  for argument do
    shift
    case "$argument" in --config.file=*) argument=--config.file=/prometheus/without-retention.yml ;; esac
    set -- "$@" "$argument"
  done
fi
exec /bin/prometheus-program "$@"
`,
    { mode: 0o755 },
  );
  mkdirSync(join(folder, 'etc/prometheus'), { recursive: true });
  mkdirSync(join(folder, 'prometheus'));
  chownSync(join(folder, 'prometheus'), 65534, 65534);
  return [
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'USER nobody',
    'WORKDIR /prometheus',
    'VOLUME /prometheus',
    'ENTRYPOINT ["/bin/prometheus"]',
  ];
}

/** Debian's build reads its default templates from its package's folder, so the whole package is in the image. */
async function makeAlertmanager(folder: string): Promise<readonly string[]> {
  await makeBase(folder, ['libc6', 'tzdata', 'prometheus-alertmanager']);
  renameSync(join(folder, 'usr/bin/amtool'), join(folder, 'bin/amtool'));
  // The release that the tag promises has features, which are flags that Debian's does not know.
  writeFileSync(
    join(folder, 'bin/alertmanager'),
    `#!/bin/sh
for argument do
  shift
  case "$argument" in --enable-feature=*) ;; *) set -- "$@" "$argument" ;; esac
done
exec /usr/bin/prometheus-alertmanager "$@"
`,
    { mode: 0o755 },
  );
  mkdirSync(join(folder, 'etc/alertmanager'), { recursive: true });
  mkdirSync(join(folder, 'alertmanager'));
  chownSync(join(folder, 'alertmanager'), 65534, 65534);
  return [
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'USER nobody',
    'WORKDIR /alertmanager',
    'VOLUME /alertmanager',
    'ENTRYPOINT ["/bin/alertmanager"]',
  ];
}

/** By the name of the image, how its content is put into a folder; each gives the changes of the image's settings. */
const makers: Readonly<Record<string, (folder: string) => Promise<readonly string[]>>> = {
  node: makeNode,
  'prom/prometheus': makePrometheus,
  'prom/alertmanager': makeAlertmanager,
};

/** What is missing for making an image, or undefined where nothing is. */
export function standInsMissing(): string | undefined {
  if (!existsSync('/usr/bin/dpkg') || !existsSync('/usr/bin/apt-get')) return "Debian's packages";
  return undefined;
}
