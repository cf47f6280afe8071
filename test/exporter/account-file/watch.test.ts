import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createFileWatch } from '../../../exporter/account-file/watch.ts';

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with a file, and a watch that looks when the test says so. */
function watched(content = 'one') {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-watch-'));
  folders.push(folder);
  const file = join(folder, 'file');
  writeFileSync(file, content);
  const files = [file];
  let changes = 0;
  const look = createFileWatch({
    files: () => files,
    onChange: () => {
      changes += 1;
    },
  });
  return { folder, file, files, look, changes: () => changes };
}

test('an unchanged file is not a change', (t) => {
  const { look, changes } = watched();
  for (let turn = 0; turn < 5; turn += 1) look();
  t.is(changes(), 0);
});

test('a change is reported once, when the file was the same at two checks in a row', (t) => {
  const { file, look, changes } = watched();
  look();
  writeFileSync(file, 'another');
  look();
  t.is(changes(), 0);
  look();
  t.is(changes(), 1);
  look();
  look();
  t.is(changes(), 1);
});

test('a change before the first look is not missed', (t) => {
  const { file, look, changes } = watched();
  writeFileSync(file, 'another');
  look();
  look();
  t.is(changes(), 1);
});

test('a file that is still being written is not loaded', (t) => {
  const { file, look, changes } = watched();
  for (const text of ['', 'a', 'ab', 'abc']) {
    writeFileSync(file, text);
    look();
  }
  t.is(changes(), 0);
  look();
  t.is(changes(), 1);
});

test('a file that is replaced by another of the same length is a change', (t) => {
  const { folder, file, look, changes } = watched();
  writeFileSync(join(folder, 'new'), 'two');
  renameSync(join(folder, 'new'), file);
  look();
  look();
  t.is(changes(), 1);
});

test('a mounted folder whose link is swapped is a change', (t) => {
  const { folder, files, look, changes } = watched();
  for (const version of ['1', '2']) {
    mkdirSync(join(folder, `..${version}`));
    writeFileSync(join(folder, `..${version}`, 'config.yaml'), 'same');
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync(join('..data', 'config.yaml'), join(folder, 'config.yaml'));
  files[0] = join(folder, 'config.yaml');
  look();
  symlinkSync('..2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  look();
  look();
  t.is(changes(), 1);
});

test('removing and restoring a file is two changes', (t) => {
  const { file, look, changes } = watched();
  unlinkSync(file);
  look();
  look();
  t.is(changes(), 1);
  writeFileSync(file, 'one');
  look();
  look();
  t.is(changes(), 2);
});

test('a newly listed file is not a change, but its next modification is', (t) => {
  const { folder, files, look, changes } = watched();
  const secret = join(folder, 'SECRET');
  writeFileSync(secret, 'value');
  files.push(secret);
  look();
  look();
  t.is(changes(), 0);
  writeFileSync(secret, 'rotated');
  look();
  look();
  t.is(changes(), 1);
});
