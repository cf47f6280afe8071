import test from 'ava';
import fc from 'fast-check';
import {
  add,
  createTapReader,
  formatSkips,
  formatTable,
  formatTotal,
  noTests,
  strictly,
} from '../../../scripts/lib/testing/results.ts';

function read(tap: string) {
  const said: string[] = [];
  const reader = createTapReader((line) => said.push(line));
  for (const line of tap.split('\n')) reader.line(line);
  return { counts: reader.counts(), skipped: reader.skipped(), planned: reader.planned(), said };
}

/** As ava 8 prints it. */
const stream = `TAP version 13
ok 1 - a › skipped one [needs x] # SKIP
not ok 2 - a › planned one # TODO
ok 3 - a › passes
not ok 4 - a › fails # 1 of them
  ---
    name: AssertionError
    message: ''
  ...
ok 5 - a › passes after that
  a line that explains nothing
not ok 6 - a › logs
#   what it logged
  ---
    message: a message
  ...

1..6
# tests 5
# pass 2
# skip 1
# fail 2
`;

test('results are counted, a planned test as one that was skipped', (t) => {
  const { counts, skipped } = read(stream);
  t.deepEqual(counts, { passed: 2, failed: 2, skipped: 2 });
  t.deepEqual(skipped, ['a › skipped one [needs x]', 'a › planned one']);
});

test('a stream says at its end how many results it has, and one that broke off does not', (t) => {
  t.is(read(stream).planned, 6);
  t.is(read(stream.slice(0, stream.indexOf('1..6'))).planned, undefined);
  t.is(read('  1..6\n# 1..6').planned, undefined);
});

test('each failure is told with its title and what explains it, and nothing else is', (t) => {
  t.deepEqual(read(stream).said, [
    'FAILED a › fails # 1 of them',
    '  ---',
    '    name: AssertionError',
    "    message: ''",
    '  ...',
    'FAILED a › logs',
    '#   what it logged',
    '  ---',
    '    message: a message',
    '  ...',
  ]);
});

test('tests that never ran, since a hook failed, are told', (t) => {
  const { said } = read('# 3 tests remaining in test/stack/stack.test.ts');
  t.deepEqual(said, ['3 tests remaining in test/stack/stack.test.ts']);
});

test('a result without a title counts, and what only looks like one does not', (t) => {
  t.deepEqual(read('ok 1\nnot ok 2').counts, { passed: 1, failed: 1, skipped: 0 });
  t.deepEqual(read('okay 1 - no\n  ok 1 - indented\n# ok 1 - remark\nok - no number').counts, noTests);
});

test('any order of results gives the same counts, and every result is in exactly one of them', (t) => {
  const result = fc.record({
    failed: fc.boolean(),
    title: fc.string().filter((title) => !/[\r\n]| # (?:SKIP|TODO)/.test(title) && title.trim() !== ''),
    directive: fc.constantFrom('', ' # SKIP', ' # TODO'),
  });
  fc.assert(
    fc.property(fc.array(result), (results) => {
      const lines = results.map(
        ({ failed, title, directive }, index) =>
          `${failed ? 'not ' : ''}ok ${index + 1} - ${title}${directive}`,
      );
      const { counts } = read(lines.join('\n'));
      const backwards = read(lines.toReversed().join('\n')).counts;
      t.deepEqual(counts, backwards);
      t.is(counts.passed + counts.failed + counts.skipped, results.length);
      t.is(counts.failed, results.filter(({ failed, directive }) => failed && directive === '').length);
    }),
  );
});

test('counts add up', (t) => {
  const a = { passed: 1, failed: 2, skipped: 3 };
  t.deepEqual(add(a, { passed: 10, failed: 20, skipped: 30 }), { passed: 11, failed: 22, skipped: 33 });
  t.deepEqual(add(a, noTests), a);
});

const results = [
  { layer: 'unit', counts: { passed: 1234, failed: 0, skipped: 0 }, skipped: [], duration: 31.26 },
  {
    layer: 'stack',
    counts: { passed: 7, failed: 1, skipped: 2 },
    skipped: ['Grafana [needs its image]', 'an engine [needs docker]'],
    duration: 4,
  },
];

test('in a strict run a skip is a failure unless it is accepted', (t) => {
  const accepted = (layer: string, title: string) =>
    layer === 'stack' && title.startsWith('Grafana') ? 'no package' : undefined;
  const [unit, stack] = results.map((result) => strictly(result, accepted));
  t.deepEqual(unit?.counts, { passed: 1234, failed: 0, skipped: 0 });
  t.deepEqual(stack?.counts, { passed: 7, failed: 2, skipped: 1 });
});

test('the table has its columns one below the other', (t) => {
  t.is(
    formatTable(results),
    [
      'layer  passed  failed  skipped  seconds',
      'unit     1234       0        0     31.3',
      'stack       7       1        2      4.0',
      '',
    ].join('\n'),
  );
});

test('every skipped test is named, with what is said of it', (t) => {
  t.is(
    formatSkips(results, (layer, title) => ` (${layer}: ${title.length})`),
    [
      'skipped in stack: Grafana [needs its image] (stack: 25)',
      'skipped in stack: an engine [needs docker] (stack: 24)',
      '',
    ].join('\n'),
  );
  t.is(
    formatSkips([], () => ''),
    '',
  );
});

test('the last line counts', (t) => {
  t.is(formatTotal({ passed: 1241, failed: 1, skipped: 2 }), '1241 passed, 1 failed, 2 skipped');
});
