import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import pLimit from 'p-limit';
import { run } from '../../../scripts/lib/terminal/process.ts';
import { layers } from '../../../scripts/lib/testing/layers.ts';
import { until } from '../../support/until.ts';

/** The runner as a program. It starts no test in here but those of checkouts of its own. */

const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'balance-alert-runner-'));
/** Only Linux tells which processes there are. */
const linux = existsSync('/proc/self/stat') ? test : test.skip;
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const runner = (...args: readonly string[]) => run(join(root, 'scripts/test'), args, { cwd: folder });
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

test('it prints its usage, from any folder', async (t) => {
  const { code, stdout, stderr } = await runner('--help');
  t.is(code, 0, stderr);
  t.is(stderr, '');
  for (const word of [
    '--install',
    '--layer NAME',
    '--strict',
    '--list',
    'check',
    ...layers.map(({ name }) => name),
  ])
    t.true(stdout.includes(word), word);
});

test('wrong use ends with 2 and names what is right', async (t) => {
  const unknown = await runner('--layer', 'unit,uint');
  t.is(unknown.code, 2);
  t.is(unknown.stdout, '');
  t.regex(unknown.stderr, /^scripts\/test: no layer uint\n {2}layers: check, unit, long, mail, /);
  const flag = await runner('--lst');
  t.is(flag.code, 2);
  t.regex(flag.stderr, /--lst/);
  const date = await runner('--date', '2027-02-28T23:50:00Z', '--layer', 'unit,page');
  t.is(date.code, 2);
  t.regex(date.stderr, /--date cannot be used with the layer page\n {2}layers[^\n]*: unit, long, contract\n/);
});

test('the list runs nothing and has every layer with its files', async (t) => {
  const { code, stdout } = await runner('--list');
  t.is(code, 0);
  const lines = stdout.split('\n');
  for (const { name, against } of layers) t.true(lines.includes(`${name}: against ${against}`), name);
  t.true(lines.includes('  test/scripts/testing/run.test.ts'));
  t.regex(stdout, /\nstack: [^\n]*\n {2}test\/stack\//);
});

/** A checkout with the runner, the packages, and tests of our own by their path below test/. */
function checkout(tests: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(folder, 'checkout-'));
  cpSync(join(root, 'scripts'), join(made, 'scripts'), { recursive: true });
  // The table of the layers is aligned by the function that the commands use.
  const columns = 'exporter/commands/columns.ts';
  mkdirSync(dirname(join(made, columns)), { recursive: true });
  copyFileSync(join(root, columns), join(made, columns));
  mkdirSync(join(made, '.ci'));
  copyFileSync(join(root, '.ci/run'), join(made, '.ci/run'));
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(made, file));
  symlinkSync(join(root, 'node_modules'), join(made, 'node_modules'));
  mkdirSync(join(made, '.cache'));
  symlinkSync(join(folder, 'compiled'), join(made, '.cache/compiled'));
  for (const [path, code] of Object.entries(tests)) {
    mkdirSync(join(made, 'test', path, '..'), { recursive: true });
    writeFileSync(join(made, 'test', path), code);
  }
  return made;
}

const passing = `import test from 'ava';\ntest('passes', (t) => t.pass());\n`;
const failing = `import test from 'ava';\ntest('one and one', (t) => t.is(1 + 1, 3));\n`;
const skipping = (title: string) =>
  `import test from 'ava';\ntest('passes', (t) => t.pass());\ntest.skip(${JSON.stringify(title)}, (t) => t.pass());\n`;

/** Each run is three processes and more; with all at once, each of them would wait for all others. */
const inTurn = pLimit(availableParallelism());

function runIn(
  made: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
) {
  return inTurn(() =>
    run(join(made, 'scripts/test'), args, {
      cwd: folder,
      // These tests can themselves be part of a strict run.
      environment: { CI: undefined, ...compiledOnce(made), ...environment },
    }),
  );
}

/** All checkouts have the same runner: what is compiled in one of them, by its path within it, is known in the others. */
const compiledOnce = (made: string) => ({
  NODE_COMPILE_CACHE: join(made, '.cache/compiled'),
  NODE_COMPILE_CACHE_PORTABLE: '1',
});

test.before(async (t) => {
  mkdirSync(join(folder, 'compiled'));
  const { code, stdout, stderr } = await runIn(checkout({ 'page/a.test.ts': passing }), ['--layer', 'page']);
  if (code !== 0) t.log(stderr + stdout);
});

test('what passes ends with 0, and the last line counts', async (t) => {
  const made = checkout({ 'infra/a.test.ts': passing, 'page/b.test.ts': passing });
  const { code, stdout, stderr } = await runIn(made, ['--layer', 'unit', '--layer', 'page']);
  t.is(code, 0, stderr + stdout);
  t.is(lastLine(stdout), '2 passed, 0 failed, 0 skipped');
  t.regex(stdout, /\nunit +1 +0 +0 +[\d.]+\npage +1 +0 +0 +[\d.]+\n/);
  // Where layers run side by side, each line says whose it is.
  for (const layer of ['unit', 'page'])
    t.regex(stdout, new RegExp(`\\n {2}(${layer}: )?1 passed, 0 failed, 0 skipped\\n`));
});

test('a failure ends with 1, and is shown with its values', async (t) => {
  const made = checkout({ 'infra/a.test.ts': failing, 'infra/b.test.ts': passing });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.is(lastLine(stdout), '1 passed, 1 failed, 0 skipped');
  t.regex(stdout, /FAILED a › one and one\n/);
  t.regex(stdout, /- 2\n.*\+ 3\n/);
});

test('a file that cannot be loaded is a failure, with its output', async (t) => {
  const made = checkout({ 'infra/a.test.ts': passing, 'infra/b.test.ts': "import './nowhere.ts';\n" });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.regex(lastLine(stdout) ?? '', /^1 passed, [1-9]\d* failed, 0 skipped$/);
  t.regex(stdout, /nowhere\.ts/);
});

test('a file that ends before its tests do is a failure', async (t) => {
  const made = checkout({ 'infra/a.test.ts': `${passing}process.exit(0);\n` });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.regex(lastLine(stdout) ?? '', /^0 passed, [1-9]\d* failed, 0 skipped$/);
});

test('results that break off are a failure, whatever the exit code, and the other files still run', async (t) => {
  const made = checkout({ 'infra/a.test.ts': passing, 'infra/b.test.ts': passing });
  rmSync(join(made, 'node_modules'), { recursive: true });
  mkdirSync(join(made, 'node_modules/ava/entrypoints'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => name !== 'ava')) {
    symlinkSync(join(root, 'node_modules', name), join(made, 'node_modules', name));
  }
  const print = (events: readonly object[]) =>
    writeFileSync(
      join(made, 'node_modules/ava/entrypoints/cli.js'),
      `require('node:fs').appendFileSync('runs', process.argv.slice(2).filter((a) => a.endsWith('.test.ts')).join(' ') + '\\n');
require('node:fs').writeSync(3, ${JSON.stringify(events.map((event) => `${JSON.stringify(event)}\n`).join(''))});\n`,
    );
  const file = 'test/infra/a.test.ts';
  const title = 'passes';
  print([
    { type: 'selected', file, title },
    { type: 'passed', file, title },
    { type: 'selected', file, title: 'another' },
  ]);
  const broken = await runIn(made, ['--layer', 'unit']);
  t.is(broken.code, 1);
  t.is(readFileSync(join(made, 'runs'), 'utf8'), `${file} test/infra/b.test.ts\ntest/infra/b.test.ts\n`);
  // The other test, b, and either end of the runner.
  t.is(lastLine(broken.stdout), '2 passed, 4 failed, 0 skipped');
  t.regex(broken.stdout, /FAILED ava ended with exit code 0 before its tests did\n/);
  t.regex(broken.stdout, /FAILED test\/infra\/b\.test\.ts did not run\n/);
});

/** So many files that they share processes on this machine. */
const manyFiles = Array.from(
  { length: 6 * Math.max(2, availableParallelism()) },
  (_, index) => `infra/f${100 + index}`,
);

test('many files share processes, and each has its own tests, hooks and results', async (t) => {
  const code = `import { appendFileSync } from 'node:fs';
import test from 'ava';
let prepared = 0;
test.before(() => { prepared += 1; });
test.after.always(() => appendFileSync('pids', process.pid + '\\n'));
test('it is prepared once', (t) => t.is(prepared, 1));
test(import.meta.filename, (t) => t.pass());
`;
  const [first = '', second = ''] = manyFiles;
  const made = checkout({
    ...Object.fromEntries(manyFiles.map((name) => [`${name}.test.ts`, code])),
    [`${first}.test.ts`]: `${code}test('wrong', (t) => t.is(import.meta.filename, ''));\n`,
    [`${second}.test.ts`]: `${code}test.skip('later', (t) => t.pass());\n`,
  });
  const { code: ended, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(ended, 1);
  t.is(lastLine(stdout), `${2 * manyFiles.length} passed, 1 failed, 1 skipped`);
  t.regex(stdout, /FAILED f100 › wrong\n/);
  t.regex(stdout, /skipped in unit: f101 › later\n/);
  const pids = readFileSync(join(made, 'pids'), 'utf8').trimEnd().split('\n');
  t.is(pids.length, manyFiles.length);
  t.true(new Set(pids).size <= manyFiles.length / 2);
});

test('what is wrong with one file of a process is said of that file, and the others run', async (t) => {
  const wrong: readonly (readonly [code: string, said: RegExp])[] = [
    ["import './nowhere.ts';\n", /FAILED f100 › uncaught exception\n[\s\S]*nowhere\.ts/],
    ['export {};\n', /FAILED f102 › the file imports no ava, so it has no tests\n/],
    ["import 'ava';\n", /FAILED f104 › the file has no tests\n/],
    ["import 'ava';\nprocess.exit(0);\n", /FAILED f106 › process\.exit\(\) was called\n/],
    [
      `import test from 'ava';\ntest('x', (t) => { Promise.reject(new Error('let go')); t.pass(); });\n`,
      /FAILED f108 › uncaught exception\n *Error: let go\n/,
    ],
    [
      `import test from 'ava';\ntest('x', () => new Promise(() => undefined));\n`,
      /FAILED f110 › x\n *Error: Promise returned by test never resolved\n/,
    ],
  ];
  const made = checkout({
    ...Object.fromEntries(manyFiles.map((name) => [`${name}.test.ts`, passing])),
    // The first of each pair that shares a process.
    ...Object.fromEntries(wrong.map(([code], index) => [`infra/f${100 + 2 * index}.test.ts`, code])),
  });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  for (const [, said] of wrong) t.regex(stdout, said);
  // The test that lets a promise go has passed by itself.
  t.is(lastLine(stdout), `${manyFiles.length - wrong.length + 1} passed, ${wrong.length} failed, 0 skipped`);
});

/** Tests around a bad one, which have to be counted whatever it does. */
const around = (bad: string) =>
  `import test from 'ava';\ntest.serial('before', (t) => t.pass());\n${bad}\ntest.serial('after', (t) => t.pass());\n`;

/** What a test can do to the one who counts, with what is said of it. */
const hostile: Readonly<Record<string, { readonly code: string; readonly said: RegExp }>> = {
  'an error that holds undefined': {
    code: `test.serial('x', () => { throw Object.assign(new Error('odd'), { value: undefined, list: [undefined] }); });`,
    said: /FAILED case\d+ › x\n[\s\S]*value: undefined/,
  },
  'an error that holds itself': {
    code: `test.serial('x', () => { const e = new Error('odd'); e.self = e; e.cause = e; throw e; });`,
    said: /self: \[Circular\]/,
  },
  'an error that holds a symbol': {
    code: `test.serial('x', () => { throw Object.assign(new Error('odd'), { value: Symbol('held') }); });`,
    said: /Symbol\(held\)/,
  },
  'an error without its parts': {
    code: `test.serial('x', () => { throw Object.assign(new Error('odd'), { name: undefined, message: undefined, stack: undefined }); });`,
    said: /FAILED case\d+ › x\n/,
  },
  'what is no error': {
    code: `test.serial('x', () => { throw undefined; });`,
    said: /FAILED case\d+ › x\n[\s\S]*undefined/,
  },
  'what cannot be sent to another process': {
    code: `test.serial('x', () => { throw { act() {} }; });`,
    said: /act\(\) \{\} could not be cloned/,
  },
  'a huge value': {
    code: `test.serial('x', (t) => { t.deepEqual(Array.from({ length: 20000 }, (_, index) => ({ index })), []); });`,
    said: /… and \d+ more lines\n/,
  },
  'the end of its process': {
    code: `test.serial('x', () => { process.exit(0); });`,
    said: /FAILED case\d+ › process\.exit\(\) was called\n/,
  },
  'a signal to its process': {
    code: `test.serial('x', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });`,
    said: /the file was ended by SIGKILL\n/,
  },
  'an uncaught exception': {
    code: `test.serial('x', async () => { setTimeout(() => { throw new TypeError('later'); }, 1); await new Promise((done) => setTimeout(done, 1e5)); });`,
    said: /FAILED case\d+ › uncaught exception\n +TypeError: later\n/,
  },
  'a hook that fails': {
    code: `test.before(() => { throw new Error('hook'); });`,
    said: /FAILED case\d+ › before hook[\s\S]*FAILED case\d+ › 2 tests did not run to the end\n/,
  },
};

const endless = `test.serial('x', async () => { await new Promise((done) => setTimeout(done, 1e6)); });`;

test('whatever a test does, all others are counted', async (t) => {
  const cases = Object.values(hostile);
  const made = checkout({
    ...Object.fromEntries(cases.map(({ code }, index) => [`infra/case${index}.test.ts`, around(code)])),
    'infra/good.test.ts': passing,
  });
  // In a run of its own: the time limit ends all that run at the same time.
  const hanging = checkout({ 'infra/endless.test.ts': around(endless) });
  const manifest = JSON.parse(readFileSync(join(hanging, 'package.json'), 'utf8'));
  manifest.ava.timeout = '6s';
  writeFileSync(join(hanging, 'package.json'), JSON.stringify(manifest));
  const [{ code, stdout }, stopped] = await Promise.all([
    runIn(made, ['--layer', 'unit']),
    runIn(hanging, ['--layer', 'unit']),
  ]);
  t.is(code, 1);
  for (const [what, { said }] of Object.entries(hostile)) t.regex(stdout, said, what);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, 0 skipped$/.exec(lastLine(stdout) ?? '') ?? [];
  // Of 11 cases two leave their last test without a run, one with a hook has neither, and what ends a process can
  // swallow the results that it had not handed over.
  t.true(Number(passed) >= 1 + 8 * 2, stdout);
  t.true(Number(failed) >= cases.length, stdout);

  t.is(stopped.code, 1);
  t.regex(stopped.stdout, /the file was stopped, because no test ended within the time limit\n/);
  t.is(lastLine(stopped.stdout), '1 passed, 2 failed, 0 skipped');
});

test('a test that kills the runner is a failure, and the other files run', async (t) => {
  const made = checkout({
    'infra/a.test.ts': `import test from 'ava';\ntest('x', () => { process.kill(process.ppid, 'SIGKILL'); return new Promise(() => {}); });\n`,
    'infra/b.test.ts': `process.kill(process.ppid, 'SIGKILL');\n`,
    'infra/c.test.ts': passing,
    'infra/d.test.ts': passing,
  });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.regex(lastLine(stdout) ?? '', /^2 passed, [1-9]\d* failed, 0 skipped$/);
  t.regex(stdout, /continuing with the other files/);
  t.regex(stdout, /FAILED test\/infra\/b\.test\.ts did not run\n/);
});

test('a run without a passed test is not a success', async (t) => {
  const made = checkout({});
  const { code, stdout } = await runIn(made, ['--layer', 'page']);
  t.is(code, 1);
  t.is(lastLine(stdout), '0 passed, 0 failed, 0 skipped');
});

test('a skip is named, and in a strict run it is a failure', async (t) => {
  const made = checkout({ 'page/a.test.ts': skipping('it shows [needs a browser]') });
  const usual = await runIn(made, ['--layer', 'page']);
  t.is(usual.code, 0);
  t.is(lastLine(usual.stdout), '1 passed, 0 failed, 1 skipped');
  t.regex(usual.stdout, /\nskipped in page: it shows \[needs a browser\]\n/);
  for (const strict of [
    await runIn(made, ['--layer', 'page', '--strict']),
    await runIn(made, ['--layer', 'page'], { CI: 'true' }),
  ]) {
    t.is(strict.code, 1);
    t.is(lastLine(strict.stdout), '1 passed, 1 failed, 0 skipped');
    t.regex(strict.stdout, /it shows \[needs a browser\] \(counted as failed: /);
  }
});

test('a strict run accepts skips that no machine can avoid, and gives the reason', async (t) => {
  const made = checkout({ 'stack/a.test.ts': skipping('it answers [needs the image of Grafana]') });
  const { code, stdout } = await runIn(made, ['--layer', 'stack', '--strict']);
  t.is(code, 0, stdout);
  t.is(lastLine(stdout), '1 passed, 0 failed, 1 skipped');
  t.regex(stdout, /it answers \[needs the image of Grafana\] \(accepted: Grafana is in no distribution/);
});

linux('a test that leaves a program running fails the run, and the program is ended', async (t) => {
  const mark = 'balance-alert-left-behind';
  const leaving = `import { spawn } from 'node:child_process';
import test from 'ava';
test('leaves', (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', '${mark}'], { stdio: 'ignore' });
  child.unref();
  t.log('pid ' + child.pid);
  t.fail();
});
`;
  const made = checkout({ 'infra/a.test.ts': leaving });
  const { code, stdout } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.regex(stdout, new RegExp(`FAILED a test left this running: .* ${mark}\\n`));
  const [, pid] = /pid (\d+)/.exec(stdout) ?? [];
  t.is(commandOf(Number(pid)), '');
});

/** Empty for one that ended, also where nobody has asked yet how. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

linux('Ctrl-C ends the tests that run, and nothing of them is left', async (t) => {
  const endless = `import test from 'ava';
import { writeFileSync } from 'node:fs';
test('goes on', async () => {
  writeFileSync('begun', String(process.pid));
  await new Promise((done) => setTimeout(done, 1e6));
});
`;
  const made = checkout({ 'infra/a.test.ts': endless });
  const child = spawn(join(made, 'scripts/test'), ['--layer', 'unit'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...compiledOnce(made) },
  });
  const [said, [code], pid] = await Promise.all([
    text(child.stdout),
    once(child, 'exit'),
    until(() => readFileSync(join(made, 'begun'), 'utf8') || undefined).then((begun) => {
      child.kill('SIGINT');
      return Number(begun);
    }),
  ]);
  t.is(code, 130, said);
  t.regex(said, /Stopping after the running operation/);
  t.is(commandOf(pid), '');
});

/** A checkout with an exporter, and a build of it that does what is given with its folder. */
function checkoutWithBuild(does: string): string {
  const made = checkout({
    'infra/a.test.ts': `import { readFileSync } from 'node:fs';
import test from 'ava';
test('starts it', (t) => t.is(readFileSync(process.env['BALANCE_ALERT_TESTED_PROGRAM'], 'utf8'), 'built'));
`,
  });
  writeFileSync(join(made, 'exporter/start.ts'), '');
  writeFileSync(
    join(made, 'scripts/build.ts'),
    `import { mkdirSync, writeFileSync } from 'node:fs';\nconst [, , folder] = process.argv;\n${does}\n`,
  );
  return made;
}

test('the exporter is built before the tests, which are told where it is, and keeps its compiled code', async (t) => {
  const warmUp = `import { appendFileSync } from 'node:fs'; appendFileSync(new URL('balance-alert.mjs', import.meta.url), 'lt');`;
  const made = checkoutWithBuild(
    `mkdirSync(folder, { recursive: true });
writeFileSync(folder + '/balance-alert.mjs', 'bui');
writeFileSync(folder + '/warm-up.mjs', ${JSON.stringify(warmUp)});`,
  );
  const { code, stdout, stderr } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 0, stderr + stdout);
  t.is(lastLine(stdout), '1 passed, 0 failed, 0 skipped');
});

test('an exporter that cannot be built ends the run with what the build said', async (t) => {
  const made = checkoutWithBuild("process.stderr.write('no such module\\n');\nprocess.exitCode = 1;");
  const { code, stderr } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.regex(stderr, /npm run build failed\n {2}no such module\n/);
});

test('a test file of no layer stops the run before it begins', async (t) => {
  const made = checkout({ 'infra/a.test.ts': passing, 'astray/b.test.ts': passing });
  const { code, stdout, stderr } = await runIn(made, ['--layer', 'unit']);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /test\/astray\/b\.test\.ts/);
});

test('without its packages it names the command that brings them', async (t) => {
  const made = checkout({ 'infra/a.test.ts': passing });
  rmSync(join(made, 'node_modules'));
  const { code, stderr } = await runIn(made, ['--layer', 'unit'], {
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
  });
  t.is(code, 1);
  t.regex(stderr, /npm packages are missing[^\n]*\n {2}to install them: {2}npm ci\n/);
});

test('the continuous integration installs what is missing, and hands on how it ended', async (t) => {
  const made = checkout({});
  writeFileSync(join(made, 'scripts/test'), '#!/bin/sh\necho "called with: $*"\nexit 3\n');
  chmodSync(join(made, 'scripts/test'), 0o755);
  const { code, stdout } = await run(join(made, '.ci/run'), [], { cwd: folder });
  t.deepEqual({ code, stdout }, { code: 3, stdout: 'called with: --install\n' });
});
