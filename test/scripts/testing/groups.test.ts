import test from 'ava';
import fc from 'fast-check';
import { createAttribution, groupFiles } from '../../../scripts/lib/testing/groups.ts';

const filesOf = (groups: ReadonlyMap<string, readonly string[]>) =>
  [...groups].flatMap(([last, before]) => [...before, last]);

test('every file is in one group, among its neighbours, whatever the order in which they are given', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 200 }),
      fc.integer({ min: 1, max: 16 }),
      (files, processes) => {
        const groups = groupFiles(files, processes);
        t.deepEqual(filesOf(groups), files.toSorted());
        t.deepEqual(groupFiles(files.toReversed(), processes), groups);
      },
    ),
  );
});

test('few files have a process each, and of many there are at most twenty-four in one', (t) => {
  const files = (number: number) => Array.from({ length: number }, (_, index) => `${1000 + index}`);
  t.deepEqual(groupFiles(files(2), 2), new Map(files(2).map((file) => [file, []])));
  t.is(groupFiles(files(12), 2).size, 6);
  const sizes = [...groupFiles(files(180), 2).values()].map((before) => before.length + 1);
  t.is(Math.max(...sizes), 23);
  t.is(Math.min(...sizes), 22);
});

test('an event of a process that many files share is that of the file whose turn it is', (t) => {
  const attributed = createAttribution(new Map([['c', ['a', 'b']]]));
  const fileOf = (event: object) => Reflect.get(Object(attributed(event)), 'testFile');
  const finished = (inFile: string) => ({ type: 'file-finished', testFile: 'c', inFile });
  t.is(fileOf({ type: 'worker-stderr', testFile: 'c' }), 'a');
  t.is(fileOf({ type: 'test-passed', testFile: 'c', inFile: 'a' }), 'a');
  t.is(fileOf(finished('a')), 'a');
  t.is(fileOf({ type: 'uncaught-exception', testFile: 'c' }), 'b');
  t.is(fileOf(finished('b')), 'b');
  t.is(fileOf({ type: 'test-passed', testFile: 'c' }), 'c');
  t.is(fileOf({ type: 'worker-failed', testFile: 'c' }), 'c');
  t.is(fileOf({ type: 'test-passed', testFile: 'alone' }), 'alone');
  t.deepEqual(attributed({ type: 'end' }), { type: 'end' });
});
