import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { cruise } from 'dependency-cruiser';
import { doors, objection, roomOf } from './rooms.ts';

/** Dependencies point one way: this reads every import of the sources, those of types as well. */

const root = resolve(import.meta.dirname, '../..');
const parts = Object.keys(doors);

async function readImports() {
  const { output } = await cruise(parts, {
    baseDir: root,
    tsPreCompilationDeps: true,
    exclude: { path: 'node_modules' },
    validate: true,
    ruleSet: { forbidden: [{ name: 'circle', severity: 'error', from: {}, to: { circular: true } }] },
  });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser gave a text instead of its result');
  return output;
}

const imports = await readImports();
const sources = imports.modules
  .map(({ source }) => source)
  .filter((file) => parts.some((part) => file.startsWith(`${part}/`)));

test('every source file is read, and has a room', (t) => {
  t.true(sources.length > 200);
  for (const file of [
    'exporter/main.ts',
    'infra/index.ts',
    'scripts/up.ts',
    'rules/index.ts',
    'dashboards/index.ts',
  ])
    t.true(sources.includes(file), file);
  t.deepEqual(
    sources.filter((file) => roomOf(file) === undefined),
    [],
    'files without a room: give them a place in test/house/rooms.ts',
  );
});

test('imports between parts use the entry points, and within a part go to lower layers only', (t) => {
  const wrong = imports.modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ coreModule, resolved }) => !coreModule && /^[a-z]+\/.*\.ts$/.test(resolved))
      .flatMap(({ resolved }) => {
        const why = objection(source, resolved);
        return why === undefined ? [] : [`${source} -> ${resolved}: ${why}`];
      }),
  );
  t.deepEqual(wrong, []);
});

test('there are no circular imports', (t) => {
  t.deepEqual(
    imports.summary.violations.map(({ cycle = [] }) => cycle.map(({ name }) => name).join(' -> ')),
    [],
  );
});

test('an import that goes up, across or past a part’s entry points is reported', (t) => {
  for (const [from, to, why] of [
    ['exporter/config/duration.ts', 'exporter/errors.ts', undefined],
    ['exporter/mail/scan.ts', 'exporter/mail/imap/session.ts', undefined],
    [
      'exporter/mail/imap/session.ts',
      'exporter/mail/scan.ts',
      'exporter/mail/ stands above exporter/mail/imap/',
    ],
    [
      'exporter/accounts/check.ts',
      'exporter/mail/scan.ts',
      'exporter/accounts/ and exporter/mail/ stand on one floor',
    ],
    ['exporter/errors.ts', 'rules/links.ts', 'exporter may import of the other parts only: nothing'],
    ['infra/index.ts', 'exporter/account-file/load.ts', undefined],
    [
      'dashboards/index.ts',
      'exporter/config/duration.ts',
      'dashboards may import of the other parts only: exporter/metrics/, rules/',
    ],
    ['exporter/new/file.ts', 'exporter/errors.ts', 'it has no place in test/house/rooms.ts'],
    [
      'scripts/up.ts',
      'test/support/ports.ts',
      'scripts may import of the other parts only: dashboards/, exporter/, infra/, rules/',
    ],
  ] as const)
    t.is(objection(from, to), why, `${from} -> ${to}`);
});

test('the table in CONTRIBUTING.md agrees', (t) => {
  const rows = readFileSync(resolve(root, 'CONTRIBUTING.md'), 'utf8').matchAll(
    /^\| `([a-z]+)\/` \| [^|]+ \| ([^|]+) \|$/gm,
  );
  const reported = Object.fromEntries(
    [...rows]
      .filter(([, part = '']) => part in doors)
      .map(([, part = '', cell = '']) => [
        part,
        [...cell.matchAll(/`([^`]+)`/g)].map(([, door = '']) => door).toSorted(),
      ]),
  );
  t.deepEqual(reported, doors);
});
