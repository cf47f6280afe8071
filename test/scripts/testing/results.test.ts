import test from 'ava';
import fc from 'fast-check';
import {
  add,
  createTally,
  formatSkips,
  formatTable,
  formatTotal,
  noTests,
  strictly,
} from '../../../scripts/lib/testing/results.ts';

type Event = Parameters<ReturnType<typeof createTally>['take']>[0];

function read(events: readonly Event[], nameOf: (file: string) => string = (file) => file) {
  const said: string[] = [];
  const tally = createTally(nameOf, (line) => said.push(line));
  for (const event of events) tally.take(event);
  return { tally, counts: tally.counts(), skipped: tally.skipped(), said };
}

const selected = (title: string, file = 'a'): Event => ({ type: 'selected', file, title });
const passed = (title: string, file = 'a'): Event => ({ type: 'passed', file, title });
const failed = (title: string, ...explanation: string[]): Event => ({
  type: 'failed',
  file: 'a',
  title,
  explanation,
});
const ended = (file = 'a', how?: string): Event => ({
  type: 'file-ended',
  file,
  ...(how === undefined ? {} : { how }),
});

test('results are counted, each failure with what explains it', (t) => {
  const { counts, skipped, said } = read([
    { type: 'skipped', file: 'a', title: 'left out [needs x]' },
    selected('passes'),
    selected('fails'),
    passed('passes'),
    failed('fails', '- 1', '+ 2'),
    ended(),
  ]);
  t.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 });
  t.deepEqual(skipped, ['a › left out [needs x]']);
  t.deepEqual(said, ['FAILED a › fails', '  - 1', '  + 2']);
});

test('the only file has no name in front of its titles', (t) => {
  t.deepEqual(read([failed('fails')], () => '').said, ['FAILED fails']);
});

test('tests that were selected and have no result when their file ends have failed', (t) => {
  const { counts, said } = read([
    selected('passes'),
    selected('hangs'),
    selected('waits'),
    passed('passes'),
    ended('a', 'ended by SIGKILL'),
  ]);
  t.deepEqual(counts, { passed: 1, failed: 2, skipped: 0 });
  t.deepEqual(said, [
    'FAILED a › 2 tests did not run to the end',
    '  the file was ended by SIGKILL',
    '  hangs',
    '  waits',
  ]);
});

test('a file that exits with an error after its last test is one failure', (t) => {
  const explained: Event = {
    type: 'fault',
    file: 'a',
    title: 'uncaught exception',
    explanation: ['Error: x'],
  };
  const bad = [selected('passes'), passed('passes')];
  t.deepEqual(read([...bad, ended('a', 'ended with exit code 1')]).said, [
    'FAILED a › the file was ended with exit code 1',
  ]);
  const { counts, said } = read([...bad, explained, ended('a', 'ended with exit code 1')]);
  t.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
  t.deepEqual(said, ['FAILED a › uncaught exception', '  Error: x']);
});

test('a file without tests is a failure, one whose tests are all left out is none', (t) => {
  t.deepEqual(read([{ type: 'output', file: 'a', text: 'hello' }, ended()]).counts, {
    ...noTests,
    failed: 1,
  });
  t.deepEqual(read([{ type: 'skipped', file: 'a', title: 'x' }, ended()]).counts, { ...noTests, skipped: 1 });
});

test('where the run breaks off, what was running has failed and the rest has not been seen', (t) => {
  const { tally, said } = read([selected('passes'), passed('passes'), ended(), selected('hangs', 'b')]);
  tally.breakOff('cut short');
  t.deepEqual(tally.counts(), { passed: 1, failed: 1, skipped: 0 });
  t.deepEqual(said, ['FAILED b › 1 test did not run to the end', '  the file was cut short', '  hangs']);
  t.deepEqual([...tally.seen()], ['a', 'b']);
  t.deepEqual([...tally.failedFiles()], ['b']);
});

test('of what a file prints the end is kept', (t) => {
  const { tally } = read([
    { type: 'output', file: 'a', text: 'x'.repeat(10_000) },
    { type: 'output', file: 'a', text: 'the end' },
  ]);
  const text = tally.output().get('a') ?? '';
  t.is(text.length, 4000);
  t.true(text.endsWith('xthe end'));
});

test('any mixture of results gives one count for each test', (t) => {
  const result = fc.constantFrom('passed', 'failed', 'skipped', 'hangs');
  fc.assert(
    fc.property(fc.array(result, { minLength: 1 }), (results) => {
      const events = results.flatMap((outcome, index): Event[] => {
        const title = `test ${index}`;
        if (outcome === 'skipped') return [{ type: 'skipped', file: 'a', title }];
        if (outcome === 'hangs') return [selected(title)];
        return [selected(title), outcome === 'passed' ? passed(title) : failed(title)];
      });
      const number = (...outcomes: string[]) =>
        results.filter((outcome) => outcomes.includes(outcome)).length;
      t.deepEqual(read([...events, ended()]).counts, {
        passed: number('passed'),
        failed: number('failed', 'hangs'),
        skipped: number('skipped'),
      });
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

test('every skipped test is named, with its remark', (t) => {
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
