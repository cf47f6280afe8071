import test from 'ava';
import { HistoryCache } from '../../../../exporter/web/history/cache.ts';

const minute = 60_000;

/** A cache whose reads end when the test says so. */
function cached(patienceMs: number) {
  const reads: PromiseWithResolvers<string>[] = [];
  const failures: unknown[] = [];
  let nowMs = 0;
  const cache = new HistoryCache<string>({
    read: () => {
      const one = Promise.withResolvers<string>();
      reads.push(one);
      return one.promise;
    },
    onFailure: (error) => void failures.push(error),
    monotonicMs: () => nowMs,
    patienceMs,
  });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { cache, reads, failures, advance };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('pages at the same time ask once, and later ones take the answer as it is for five minutes', async (t) => {
  const { cache, reads, advance } = cached(60_000);
  const both = Promise.all([cache.get(), cache.get()]);
  reads[0]?.resolve('first');
  t.deepEqual(await both, ['first', 'first']);
  advance(5 * minute - 1);
  t.is(await cache.get(), 'first');
  t.is(reads.length, 1);
  advance(1);
  t.is(await cache.get(), 'first');
  t.is(reads.length, 2);
  reads[1]?.resolve('second');
  await settled();
  t.is(await cache.get(), 'second');
});

test('a page waits no longer than its patience, and the answer is there for the next one', async (t) => {
  const { cache, reads } = cached(1);
  t.is(await cache.get(), undefined);
  reads[0]?.resolve('late');
  await settled();
  t.is(await cache.get(), 'late');
  t.is(reads.length, 1);
});

test('after a failure nobody asks for a minute, and an answer is shown for an hour at most', async (t) => {
  const { cache, reads, failures, advance } = cached(60_000);
  const first = cache.get();
  reads[0]?.resolve('known');
  t.is(await first, 'known');
  advance(6 * minute);
  t.is(await cache.get(), 'known');
  reads[1]?.reject(new Error('refused'));
  await settled();
  t.is(failures.length, 1);
  advance(minute - 1);
  t.is(await cache.get(), 'known');
  t.is(reads.length, 2);
  advance(1);
  t.is(await cache.get(), 'known');
  t.is(reads.length, 3);
  reads[2]?.reject(new Error('refused'));
  await settled();
  advance(53 * minute);
  const over = cache.get();
  reads[3]?.reject(new Error('refused'));
  t.is(await over, undefined);
});
