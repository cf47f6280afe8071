import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import type { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { Interruption } from '../../../scripts/lib/terminal/process.ts';
import { installTools } from '../../../scripts/lib/testing/tools.ts';

/** With programs of the test's own for apt-get and dpkg, which write down how they were called. */

const shell = realpathSync('/bin/sh');

interface Machine {
  readonly root: string;
  /** What was asked of apt-get and dpkg, in order. */
  readonly calls: () => readonly string[];
  readonly said: readonly string[];
  readonly install: (...layers: readonly string[]) => Promise<void>;
  /** Puts a program on PATH. */
  readonly add: (program: string, code?: string) => void;
  readonly cached: (name: string) => boolean;
}

/** Runs `check` on a machine that has no program but a shell's own, as a user without rights. */
function onMachine(title: string, check: (t: ExecutionContext, machine: Machine) => Promise<void>): void {
  ava.serial(title, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'balance-alert-tools-'));
    const bin = join(folder, 'bin');
    const root = join(folder, 'checkout');
    const calls = join(folder, 'calls');
    for (const path of [bin, root]) mkdirSync(path);
    writeFileSync(calls, '');
    const add = (program: string, code = '') => {
      writeFileSync(join(bin, program), `#!${shell}\nset -eu\n${code}\n`);
      chmodSync(join(bin, program), 0o755);
    };
    add('mkdir', 'PATH=/usr/bin:/bin exec mkdir "$@"');
    const before = { path: process.env['PATH'], host: process.env['DOCKER_HOST'], getuid: process.getuid };
    process.env['PATH'] = bin;
    process.env['DOCKER_HOST'] = `unix://${join(folder, 'no.sock')}`;
    process.getuid = () => 1000;
    const said: string[] = [];
    const keep = (text: string) => said.push(text);
    try {
      await check(t, {
        root,
        said,
        add,
        calls: () => readFileSync(calls, 'utf8').split('\n').slice(0, -1),
        cached: (name) => existsSync(join(root, '.cache/tools', name)),
        install: (...layers) =>
          installTools(
            {
              root,
              console: { step: keep, line: keep, warn: keep },
              interruption: new Interruption(keep),
            },
            layers,
          ),
      });
    } finally {
      process.env['PATH'] = before.path;
      if (before.host === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before.host;
      if (before.getuid !== undefined) process.getuid = before.getuid;
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Adds an apt-get that has every package, and a dpkg that takes it apart. */
function withDebian({ add, root }: Machine): void {
  const calls = join(root, '../calls');
  add('apt-get', `echo "apt-get $*" >>${calls}\nfor name; do :; done\n: >"$name"_1.0_all.deb`);
  add('dpkg', `echo "dpkg $*" >>${calls}\nmkdir -p "$3/usr/bin"\n: >"$3/usr/bin/unpacked"`);
}

onMachine(
  'single programs are taken apart into the checkout, and nothing is installed',
  async (t, machine) => {
    withDebian(machine);
    await machine.install('contract');
    t.deepEqual(machine.calls(), [
      'apt-get download -qq prometheus',
      'dpkg -x prometheus_1.0_all.deb tree',
      'apt-get download -qq prometheus-alertmanager',
      'dpkg -x prometheus-alertmanager_1.0_all.deb tree',
    ]);
    t.true(machine.cached('prometheus/usr/bin/unpacked'));
    t.true(machine.cached('prometheus-alertmanager/usr/bin/unpacked'));
    t.false(machine.cached('prometheus.part'));
    t.deepEqual(machine.said, ['Getting prometheus, prometheus-alertmanager from the distribution']);
  },
);

onMachine('what is in the cache already is not fetched again', async (t, machine) => {
  withDebian(machine);
  await machine.install('contract');
  const { length } = machine.calls();
  await machine.install('contract');
  t.is(machine.calls().length, length);
});

onMachine('what is on PATH is not fetched, unless a part of it is missing', async (t, machine) => {
  withDebian(machine);
  for (const program of ['prometheus', 'promtool', 'amtool']) machine.add(program);
  await machine.install('contract');
  t.deepEqual(machine.calls(), [
    'apt-get download -qq prometheus-alertmanager',
    'dpkg -x prometheus-alertmanager_1.0_all.deb tree',
  ]);
});

onMachine('layers that need no tool get none', async (t, machine) => {
  withDebian(machine);
  await machine.install('check', 'program');
  t.deepEqual(machine.calls(), []);
  t.deepEqual(machine.said, []);
});

onMachine('a browser of another name will do', async (t, machine) => {
  machine.add('google-chrome');
  await machine.install('page');
  t.deepEqual(machine.said, []);
});

onMachine(
  'a package that cannot be had leaves nothing half done, and says what was tried',
  async (t, machine) => {
    machine.add('apt-get', 'echo "E: Unable to locate package prometheus" >&2; echo "noise" >&2; exit 100');
    const failure = await t.throwsAsync<Failure>(machine.install('contract'), {
      message: 'the package prometheus could not be downloaded',
    });
    t.deepEqual(failure?.hints, [
      'tried: apt-get download -qq prometheus (exit code 100)',
      'if the package lists are missing or old:  sudo apt-get update',
    ]);
    t.deepEqual(machine.said.slice(1), ['E: Unable to locate package prometheus']);
    t.false(machine.cached('prometheus'));
    t.false(machine.cached('prometheus.part'));
  },
);

onMachine('a package that cannot be taken apart is not taken for one that is there', async (t, machine) => {
  withDebian(machine);
  machine.add('dpkg', 'mkdir -p "$3/usr"; exit 2');
  await t.throwsAsync(machine.install('contract'), {
    message: 'the package prometheus could not be unpacked',
  });
  t.false(machine.cached('prometheus'));
  t.false(machine.cached('prometheus.part'));
});

onMachine('without apt-get all that is missing is named', async (t, machine) => {
  const failure = await t.throwsAsync<Failure>(machine.install('contract', 'page'));
  t.regex(
    failure?.message ?? '',
    /^missing, and there is no apt-get to install them: prometheus, prometheus-alertmanager/,
  );
});

onMachine('a user without rights gets what needs none, and the command for the rest', async (t, machine) => {
  withDebian(machine);
  const failure = await t.throwsAsync<Failure>(machine.install('page', 'contract'), {
    message: 'only root can install chromium',
  });
  t.deepEqual(failure?.hints, [
    'without starting their services:  sudo scripts/test --install',
    'or run:  sudo apt-get install --no-install-recommends chromium',
  ]);
  t.true(machine.cached('prometheus/usr/bin/unpacked'));
  t.false(machine.calls().some((call) => call.includes(' install ')));
});
