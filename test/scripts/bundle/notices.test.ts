import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { thirdPartyNotices } from '../../../scripts/lib/bundle/notices.ts';

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function checkout(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'balance-alert-notices-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('each bundled package is listed once, with version, license and texts, nested and scoped ones too', (t) => {
  const root = checkout({
    'node_modules/a/package.json': '{"name":"a","version":"1.0.0","license":"MIT"}',
    'node_modules/a/LICENSE.md': 'MIT of a\n',
    'node_modules/a/node_modules/@b/c/package.json':
      '{"name":"@b/c","version":"2.0.0","license":"Apache-2.0"}',
    'node_modules/a/node_modules/@b/c/LICENSE': 'Apache of c',
    'node_modules/a/node_modules/@b/c/NOTICE': 'Copyright c',
    'node_modules/d/package.json': '{"name":"d","version":"3.0.0","license":"ISC"}',
  });
  const line = '-'.repeat(72);
  t.is(
    thirdPartyNotices(root, [
      'exporter/main.ts',
      'node_modules/a/lib/one.js',
      'node_modules/a/lib/two.js',
      'node_modules/a/node_modules/@b/c/index.js',
      'node_modules/d/index.js',
    ]),
    `balance-alert contains code of the following packages.\n\n${line}\na 1.0.0 (MIT)\n\nMIT of a\n\n${line}\n@b/c 2.0.0 (Apache-2.0)\n\nApache of c\n\nCopyright c\n\n${line}\nd 3.0.0 (ISC)\n\nThe package contains no license text.\n`,
  );
});

test('a package without a license stops the build', (t) => {
  const root = checkout({ 'node_modules/a/package.json': '{"name":"a","version":"1.0.0"}' });
  t.throws(() => thirdPartyNotices(root, ['node_modules/a/index.js']), {
    message: 'packages without a license: a',
  });
});

test('the image contains the license and the notices that the build makes', (t) => {
  const root = resolve(import.meta.dirname, '../../..');
  const copied = /^COPY (.+) \/app\/$/m.exec(readFileSync(join(root, 'exporter/Dockerfile'), 'utf8'))?.[1];
  t.deepEqual(copied?.split(' '), [
    'balance-alert.mjs',
    'bcrypt-worker.mjs',
    'warm-up.mjs',
    'alerts.md',
    'LICENSE',
    'THIRD-PARTY-NOTICES.txt',
  ]);
});
