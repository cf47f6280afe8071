import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { run } from '../../../scripts/lib/terminal/process.ts';
import { exporterLines, soundWorld, targetIs } from './world.ts';

/** `scripts/doctor` as people run it. */

const script = join(resolve(import.meta.dirname, '../../..'), 'scripts/doctor');
const doctor = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  run(script, args, { cwd: tmpdir(), environment });

test('the report for people has a line for each link, what to do, and the first broken one last', async (t) => {
  const world = await soundWorld(t);
  const sound = await doctor([
    '--exporter',
    `${world.exporter.url}/metrics`,
    '--prometheus',
    world.prometheus.url,
  ]);
  t.is(sound.code, 0, sound.stderr);
  t.regex(sound.stdout, /^ {2}ok {7}exporter: version 1\.0\.0 \(abc1234\) at http/m);
  t.regex(
    sound.stdout,
    /^Nothing is broken \(\d+ links ok, \d+ not checked; \d+\.\d s\)$|^Nothing is broken \(\d+ links ok; \d+\.\d s\)$/m,
  );

  world.exporter.pages.set(
    '/metrics',
    exporterLines().join('\n').replace('write_failures_total 0', 'write_failures_total 1'),
  );
  const { code, stdout } = await doctor(['--exporter', world.exporter.url]);
  t.is(code, 1);
  t.regex(stdout, /^ {2}BROKEN {3}storage: 1 write to --storage\.path failed/m);
  t.regex(
    stdout,
    /\nFirst broken link: storage \(.*1 broken.*\)\n {2}1 write .*\n {2}-> the log of the exporter has the reason/,
  );
});

test('other broken links are named after the first', async (t) => {
  const world = await soundWorld(t);
  const page = exporterLines().join('\n').replace('write_failures_total 0', 'write_failures_total 1');
  world.exporter.pages.set(
    '/metrics',
    page.replace('mailbox_up{mailbox="billing"} 1', 'mailbox_up{mailbox="billing"} 0'),
  );
  const { stdout } = await doctor(['--exporter', world.exporter.url]);
  t.regex(stdout, /\nFirst broken link: storage [\s\S]*\n {2}also broken: mailboxes\n$/);
});

test('what a server says moves no cursor', async (t) => {
  const world = await soundWorld(t);
  targetIs(world, 'server returned \u001b[2J\u001b[1mHTTP');
  const { code, stdout } = await doctor([
    '--exporter',
    world.exporter.url,
    '--prometheus',
    world.prometheus.url,
  ]);
  t.is(code, 1);
  t.regex(stdout, /server returned /);
  t.false(stdout.includes('\u001b'), stdout);
});

test('wrong usage has the exit code 2, and credentials belong into the environment', async (t) => {
  for (const [args, message] of [
    [['--prometheus', 'http://127.0.0.1:1'], /--exporter is missing/],
    [['--exporter', 'localhost:9100'], /--exporter: expected a URL such as/],
    [['--exporter', 'http://u:secret-word@127.0.0.1:1'], /without credentials[\s\S]*EXPORTER_AUTH/],
    [['--exporter', 'http://127.0.0.1:1', '--probe'], /--stack and --probe are for a stack/],
    [['--what'], /--what/],
  ] as const) {
    const { code, stderr, stdout } = await doctor(args);
    t.is(code, 2, args.join(' '));
    t.regex(stderr, message);
    t.false(`${stdout}${stderr}`.includes('secret-word'));
  }
});

test('--help names every flag, the variables and the exit codes', async (t) => {
  const { code, stdout } = await doctor(['--help']);
  t.is(code, 0);
  for (const word of [
    '--json',
    '--exporter URL',
    '--probe',
    'GRAFANA_AUTH',
    'Exit codes: 0 nothing is broken, 1 a link is broken, 2',
  ])
    t.true(stdout.includes(word), word);
});
