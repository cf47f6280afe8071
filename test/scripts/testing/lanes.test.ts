import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { runInLanes } from '../../../scripts/lib/testing/lanes.ts';

/** Tasks that end when they are told to, and what has begun and ended. */
function scripted(names: readonly string[], alone: readonly string[] = [], waiting: readonly string[] = []) {
  const events: string[] = [];
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  const tasks = names.map((name) => ({
    name,
    isAlone: alone.includes(name),
    isWaiting: waiting.includes(name),
    run: async () => {
      events.push(`${name} begins`);
      await ends.get(name)?.promise;
      events.push(`${name} ends`);
      return name;
    },
  }));
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.resolve();
    await setImmediate();
  };
  return { tasks, events, ends, end };
}

test('each lane takes the next task once it has ended one, and results have the order of the tasks', async (t) => {
  const { tasks, events, end } = scripted(['a', 'b', 'c', 'd']);
  const results = runInLanes(tasks, 2, () => true);
  await end('b');
  await end('c');
  await end('d');
  await end('a');
  t.deepEqual(await results, ['a', 'b', 'c', 'd']);
  t.deepEqual(events, [
    ...['a begins', 'b begins', 'b ends', 'c begins'],
    ...['c ends', 'd begins', 'd ends', 'a ends'],
  ]);
});

test('what has to run by itself does so, after the others', async (t) => {
  const { tasks, events, end } = scripted(
    ['a', 'engine', 'b', 'another engine'],
    ['engine', 'another engine'],
  );
  const results = runInLanes(tasks, 2, () => true);
  for (const name of ['engine', 'another engine', 'b', 'a']) await end(name);
  t.deepEqual(await results, ['a', 'engine', 'b', 'another engine']);
  t.deepEqual(events, [
    ...['a begins', 'b begins', 'b ends', 'a ends'],
    ...['engine begins', 'engine ends', 'another engine begins', 'another engine ends'],
  ]);
});

test('what mostly waits begins at once beside all lanes, and what has to run by itself waits for it', async (t) => {
  const { tasks, events, end } = scripted(['a', 'b', 'c', 'waits', 'alone'], ['alone'], ['waits']);
  const results = runInLanes(tasks, 2, () => true);
  for (const name of ['a', 'b', 'c', 'waits', 'alone']) await end(name);
  t.deepEqual(await results, ['a', 'b', 'c', 'waits', 'alone']);
  t.deepEqual(events, [
    ...['a begins', 'b begins', 'waits begins', 'a ends', 'c begins'],
    ...['b ends', 'c ends', 'waits ends', 'alone begins', 'alone ends'],
  ]);
});

test('nothing more begins once it shall not go on', async (t) => {
  const { tasks, events, end } = scripted(['a', 'b', 'c', 'd'], ['d']);
  let goesOn = true;
  const results = runInLanes(tasks, 2, () => goesOn);
  goesOn = false;
  await end('a');
  await end('b');
  t.deepEqual(await results, ['a', 'b']);
  t.deepEqual(events, ['a begins', 'b begins', 'a ends', 'b ends']);
});

test('an error is thrown once what runs beside it has ended', async (t) => {
  const { tasks, events, ends, end } = scripted(['a', 'b', 'c']);
  const results = runInLanes(tasks, 2, () => true);
  ends.get('a')?.reject(new Error('no such program'));
  await setImmediate();
  await end('b');
  await t.throwsAsync(results, { message: 'no such program' });
  t.deepEqual(events, ['a begins', 'b begins', 'b ends']);
});
