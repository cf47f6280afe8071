import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { withoutServices } from '../../../scripts/lib/install/policy-rc-d.ts';
import { run } from '../../../scripts/lib/terminal/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-hold-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A place for the policy, in a folder of its own. */
function place(): string {
  return join(mkdtempSync(join(folder, 'place-')), 'policy-rc.d');
}

test('while packages are installed, the policy denies every service start; afterwards it is removed', async (t) => {
  const file = place();
  await withoutServices(async () => {
    t.is(statSync(file).mode & 0o777, 0o755);
    t.is((await run(file, ['docker', 'start'], { cwd: folder })).code, 101);
  }, file);
  t.deepEqual(readdirSync(join(file, '..')), []);
});

test('a policy that was there is there again, with its own contents and mode', async (t) => {
  const file = place();
  writeFileSync(file, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
  await withoutServices(async () => {
    t.is((await run(file, [], { cwd: folder })).code, 101);
  }, file);
  t.is(readFileSync(file, 'utf8'), '#!/bin/sh\nexit 0\n');
  t.is(statSync(file).mode & 0o777, 0o700);
  t.deepEqual(readdirSync(join(file, '..')), ['policy-rc.d']);
});

test('a policy that is a link stays a link, and what it leads to is not written', async (t) => {
  const file = place();
  const target = join(file, '../local-policy');
  writeFileSync(target, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  symlinkSync(target, file);
  await withoutServices(async () => {
    t.false(lstatSync(file).isSymbolicLink());
  }, file);
  t.is(readlinkSync(file), target);
  t.is(readFileSync(target, 'utf8'), '#!/bin/sh\nexit 0\n');
});

test('an installation that fails leaves the policy as it was', async (t) => {
  const file = place();
  writeFileSync(file, 'theirs');
  await t.throwsAsync(
    withoutServices(() => Promise.reject(new Error('no space left')), file),
    { message: 'no space left' },
  );
  t.is(readFileSync(file, 'utf8'), 'theirs');
});

test('what a killed run left is put right by the next one', async (t) => {
  const file = place();
  writeFileSync(file, '#!/bin/sh\nexit 101\n');
  writeFileSync(`${file}.before-balance-alert`, 'theirs');
  await withoutServices(async () => undefined, file);
  t.is(readFileSync(file, 'utf8'), 'theirs');
  t.false(existsSync(`${file}.before-balance-alert`));
});
