import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { components } from '../../infra/render/names.ts';

const root = resolve(import.meta.dirname, '../..');

/** All texts that the scripts and the settings can print, as they stand in the code. */
const code = ['scripts', 'infra/settings']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
  .join('\n')
  .replaceAll('\\u2019', '’');

const document = readFileSync(join(root, 'docs/operations.md'), 'utf8');

const messages = document
  .slice(document.indexOf('## Troubleshooting'))
  .split('\n')
  .flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? []);

test('the document explains messages', (t) => {
  t.true(messages.length >= 20);
});

for (const message of messages) {
  test(`the message that the document explains is in the code: ${message}`, (t) => {
    for (const part of message.split('…').map((piece) => piece.trim())) t.true(code.includes(part), part);
  });
}

test('each check of the doctor has a row in the document, and each row names checks', (t) => {
  const files = [
    'doctor.ts',
    ...readdirSync(join(root, 'scripts/lib/doctor/checks')).map((name) => `checks/${name}`),
  ];
  const ids = new Set(
    files.flatMap((name) =>
      [...readFileSync(join(root, 'scripts/lib/doctor', name), 'utf8').matchAll(/\bid: '([a-z-]+)'/g)].map(
        ([, id = '']) => id,
      ),
    ),
  );
  for (const component of components) ids.add(`container-${component}`);
  const start = document.indexOf('## Troubleshooting');
  const rows = document.slice(start, document.indexOf('###', start)).matchAll(/^\| [^|]+ \| (`[^|]+`) \| /gm);
  const named = [...rows].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z-]+)`/g)].map(([, id = '']) => id),
  );
  t.deepEqual(named.toSorted(), [...ids].toSorted());
});

test('every flag in the document is one of the scripts', (t) => {
  for (const [, script, flag] of document.matchAll(/scripts\/(up|down|doctor) (--[a-z-]+)/g)) {
    const source = readFileSync(join(root, 'scripts', `${script}.ts`), 'utf8');
    t.true(source.includes(`usage: '${flag}`), `scripts/${script} ${flag}`);
  }
});
