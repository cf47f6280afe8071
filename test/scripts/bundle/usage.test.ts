import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';

const root = resolve(import.meta.dirname, '../../..');

function build(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/build.ts'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('--help of a build prints the help, and makes no folder of that name', (t) => {
  const { status, stdout } = build('--help');
  t.is(status, 0);
  t.regex(stdout, /^Usage: npm run build \[-- FOLDER\]\n/);
  t.false(existsSync(join(root, '--help')));
});

for (const args of [['--nope'], ['dist', 'more']]) {
  test(`a build with ${args.join(' ')} is wrong use`, (t) => {
    const { status, stderr } = build(...args);
    t.is(status, 2);
    t.true(stderr.startsWith(`npm run build: expected one folder at most, got ${args.join(' ')}\n`));
  });
}

test('a build does not empty a folder with files that no build made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-build-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'mine.txt'), 'kept');
  const { status, stderr } = build(folder);
  t.is(status, 1);
  t.regex(stderr, /has files that no build made/);
  t.deepEqual(readdirSync(folder), ['mine.txt']);
});
