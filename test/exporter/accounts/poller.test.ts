import { mock } from 'node:test';
import test from 'ava';
import type { CheckOutcome } from '../../../exporter/accounts/check.ts';
import { Poller } from '../../../exporter/accounts/poller.ts';
import type { AccountConfig } from '../../../exporter/accounts/schema.ts';
import { accountConfig } from '../../support/snapshots.ts';

const good: CheckOutcome = { ok: true, readings: [] };

interface Call {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly finish: (outcome?: CheckOutcome) => void;
  readonly fail: (error: Error) => void;
}

/** A poller whose checks end when the test says so. Each call is told in the order of its start. */
function harness(
  options: {
    readonly concurrency?: number;
    readonly random?: () => number;
    readonly monotonicMs?: () => number;
    readonly now?: () => number;
    readonly onOutcome?: (account: AccountConfig, endedAtMs: number) => Promise<void>;
  } = {},
) {
  const faults: string[] = [];
  const calls: Call[] = [];
  const outcomes: string[] = [];
  const poller = new Poller({
    concurrency: options.concurrency ?? 4,
    now: options.now ?? Date.now,
    random: options.random ?? (() => 0),
    ...(options.monotonicMs === undefined ? {} : { monotonicMs: options.monotonicMs }),
    vendorOf: (account) => account.provider,
    check: (account, signal) =>
      new Promise((resolve, reject) => {
        calls.push({
          name: account.name,
          signal,
          finish: (outcome = good) => resolve(outcome),
          fail: reject,
        });
      }),
    onOutcome: async (account, _outcome, _durationSeconds, endedAtMs) => {
      outcomes.push(account.name);
      await options.onOutcome?.(account, endedAtMs);
    },
    onFault: (account, error) => void faults.push(`${account.name}: ${String(error)}`),
  });
  const call = (index: number): Call => {
    const found = calls[index];
    if (found === undefined)
      throw new Error(`no call ${index}, only ${calls.map(({ name }) => name).join(', ')}`);
    return found;
  };
  return { poller, calls, outcomes, faults, call, names: () => calls.map(({ name }) => name) };
}

function account(name: string, changes: Partial<AccountConfig> = {}): AccountConfig {
  return accountConfig({ name, provider: name, intervalSeconds: 60, ...changes });
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test.before(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.after.always(() => mock.timers.reset());

test.serial('each account is checked at once, then after its interval', async (t) => {
  const { poller, call, names } = harness();
  poller.replace([account('a'), account('b', { intervalSeconds: 120 })]);
  await settle();
  t.deepEqual(names(), ['a', 'b']);
  call(0).finish();
  call(1).finish();
  await settle();
  mock.timers.tick(59_999);
  await settle();
  t.deepEqual(names(), ['a', 'b']);
  mock.timers.tick(1);
  await settle();
  t.deepEqual(names(), ['a', 'b', 'a']);
  call(2).finish();
  await poller.stop();
});

test.serial('the jitter is at most 5 % of the interval', async (t) => {
  const { poller, call, names } = harness({ random: () => 0.999 });
  poller.replace([account('a')]);
  await settle();
  call(0).finish();
  await settle();
  mock.timers.tick(62_900);
  await settle();
  t.is(names().length, 1);
  mock.timers.tick(100);
  await settle();
  t.is(names().length, 2);
  call(1).finish();
  await poller.stop();
});

/** Two hundred accounts that are checked at once at the start; how many begin in each hundredth of each interval after it. */
async function beginsOfMany(intervals: number): Promise<readonly number[]> {
  const accounts = Array.from({ length: 200 }, (_, index) =>
    account(`account-${index}`, { intervalSeconds: 20 }),
  );
  let drawn = 0;
  // In an order that has nothing to do with that of the accounts.
  let nowMs = 0;
  const { poller, calls } = harness({
    concurrency: 150,
    random: () => ((drawn++ * 77) % 200) / 200,
    monotonicMs: () => nowMs,
  });
  let finished = 0;
  const finishAll = async () => {
    await settle();
    for (; finished < calls.length; finished += 1) {
      calls[finished]?.finish();
      if (finished === calls.length - 1) await settle();
    }
  };
  poller.replace(accounts);
  await finishAll();
  const begins: number[] = [];
  for (let hundredth = 0; hundredth < 100 * intervals; hundredth += 1) {
    const before = calls.length;
    nowMs += 200;
    mock.timers.tick(200);
    await finishAll();
    begins.push(calls.length - before);
  }
  await poller.stop();
  return begins;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

test.serial(
  'more accounts than can be checked at once are spread over the interval after the start',
  async (t) => {
    const begins = await beginsOfMany(3);
    t.is(sum(begins.slice(0, 103)), 200, 'each once within the first interval');
    const later = begins.slice(103);
    const tenths = Array.from({ length: 19 }, (_, index) => sum(later.slice(index * 10, index * 10 + 10)));
    t.true(Math.max(...tenths) <= 40, `checks in each tenth of an interval: ${tenths.join(' ')}`);
    // None comes within a tenth of the interval after the first.
    t.true(
      tenths.filter((count) => count < 10).length <= 2,
      `checks in each tenth of an interval: ${tenths.join(' ')}`,
    );
  },
);

test.serial('of many accounts, several are checked at the same moment', async (t) => {
  const begins = (await beginsOfMany(3)).slice(103);
  const moments = begins.filter((count) => count > 0);
  // One in half a second, where each alone would take almost all of the 197.
  t.true(moments.length <= 82, `${sum(begins)} checks at ${moments.length} moments`);
});

test.serial('many accounts that are all checked again are spread again', async (t) => {
  const { poller, calls, names } = harness({ concurrency: 4, random: () => 0.5 });
  poller.replace(Array.from({ length: 5 }, (_, index) => account(`account-${index}`)));
  await settle();
  for (const one of calls) one.finish();
  await settle();
  calls[4]?.finish();
  await settle();
  t.is(names().length, 5);
  poller.recheckAll();
  await settle();
  for (const one of calls.slice(5)) one.finish();
  await settle();
  calls[9]?.finish();
  await settle();
  t.is(names().length, 10);
  // 1 - 0.9 x 0.5 of a minute, and what is left of a moment of 1 s.
  mock.timers.tick(32_900);
  await settle();
  t.is(names().length, 10);
  mock.timers.tick(1200);
  await settle();
  t.is(names().length, 14);
  for (const one of calls.slice(10)) one.finish();
  await settle();
  t.is(names().length, 15);
  calls[14]?.finish();
  await poller.stop();
});

test.serial('an account is never checked concurrently with itself', async (t) => {
  const { poller, call, names } = harness();
  poller.replace([account('a')]);
  await settle();
  mock.timers.tick(600_000);
  poller.recheckAll();
  await settle();
  t.deepEqual(names(), ['a']);
  call(0).finish();
  await settle();
  await poller.stop();
});

test.serial('a Retry-After longer than the interval delays the next check', async (t) => {
  const { poller, call, names } = harness();
  poller.replace([account('a')]);
  await settle();
  call(0).finish({ ok: false, reason: 'rate_limit', message: '', retryAfterSeconds: 300 });
  await settle();
  mock.timers.tick(299_999);
  await settle();
  t.is(names().length, 1);
  mock.timers.tick(1);
  await settle();
  t.is(names().length, 2);
  call(1).finish();
  await poller.stop();
});

test.serial('a vendor that hangs occupies a quarter of the slots and delays no other', async (t) => {
  const { poller, call, names } = harness({ concurrency: 4 });
  const slow = [1, 2, 3, 4, 5, 6].map((index) => account(`slow-${index}`, { provider: 'slow' }));
  poller.replace([...slow, account('quick-1', { provider: 'one' }), account('quick-2', { provider: 'two' })]);
  await settle();
  t.deepEqual(names(), ['slow-1', 'quick-1', 'quick-2']);
  call(0).finish();
  await settle();
  t.deepEqual(names().slice(3), ['slow-2']);
  const stopped = poller.stop();
  for (let index = 1; index < 4; index += 1) call(index).finish();
  await stopped;
});

test.serial('the number of concurrent checks is limited', async (t) => {
  const { poller, calls, names } = harness({ concurrency: 2 });
  poller.replace(['a', 'b', 'c', 'd'].map((name) => account(name)));
  await settle();
  t.deepEqual(names(), ['a', 'b']);
  calls[0]?.finish();
  await settle();
  t.deepEqual(names(), ['a', 'b', 'c']);
  const stopped = poller.stop();
  calls[1]?.finish();
  calls[2]?.finish();
  await stopped;
  t.deepEqual(names(), ['a', 'b', 'c']);
});

test.serial('unchanged accounts are not checked again, changed ones are, and removed ones end', async (t) => {
  const { poller, call, calls, names, outcomes } = harness();
  const kept = account('kept');
  poller.replace([kept, account('changed'), account('removed')]);
  await settle();
  for (const one of [...calls]) if (one.name !== 'removed') one.finish();
  await settle();
  t.deepEqual(outcomes, ['kept', 'changed']);
  poller.replace([kept, account('changed', { intervalSeconds: 30 })]);
  await settle();
  t.deepEqual(names(), ['kept', 'changed', 'removed', 'changed']);
  t.true(call(2).signal.aborted);
  call(2).finish();
  call(3).finish();
  await settle();
  t.deepEqual(outcomes, ['kept', 'changed', 'changed']);
  await poller.stop();
});

test.serial('an account that is added again while its old check is running gets its own check', async (t) => {
  const { poller, call, names, outcomes } = harness({ concurrency: 8 });
  poller.replace([account('a')]);
  await settle();
  poller.replace([]);
  poller.replace([account('a')]);
  await settle();
  t.deepEqual(names(), ['a', 'a']);
  call(0).finish();
  await settle();
  t.deepEqual(outcomes, []);
  call(1).finish();
  await settle();
  t.deepEqual(outcomes, ['a']);
  await poller.stop();
});

test.serial('stopping aborts running checks, and waits for them', async (t) => {
  const { poller, call } = harness();
  poller.replace([account('a', { timeoutSeconds: 5 })]);
  await settle();
  t.false(call(0).signal.aborted);
  const stopped = poller.stop();
  t.true(call(0).signal.aborted);
  call(0).finish();
  await stopped;
});

test.serial('after a clock jump all waiting accounts are checked at once', async (t) => {
  const { poller, calls, names } = harness();
  poller.replace([account('a'), account('b')]);
  await settle();
  for (const one of [...calls]) one.finish();
  await settle();
  poller.recheckAll();
  await settle();
  t.deepEqual(names(), ['a', 'b', 'a', 'b']);
  for (const one of calls) one.finish();
  await poller.stop();
});

test.serial('a clock jump does not shorten a Retry-After', async (t) => {
  const { poller, call, names } = harness();
  poller.replace([account('told'), account('free')]);
  await settle();
  call(0).finish({ ok: false, reason: 'rate_limit', message: '', retryAfterSeconds: 300 });
  call(1).finish();
  await settle();
  poller.recheckAll();
  await settle();
  t.deepEqual(names(), ['told', 'free', 'free']);
  mock.timers.tick(300_000);
  await settle();
  t.deepEqual(names().slice(3), ['told']);
  call(2).finish();
  call(3).finish();
  await poller.stop();
});

test.serial('a Retry-After of a year is capped at a day', async (t) => {
  const { poller, call, names } = harness();
  poller.replace([account('a')]);
  await settle();
  call(0).finish({ ok: false, reason: 'rate_limit', message: '', retryAfterSeconds: 31_536_000 });
  await settle();
  mock.timers.tick(86_399_999);
  await settle();
  t.is(names().length, 1);
  mock.timers.tick(1);
  await settle();
  t.is(names().length, 2);
  call(1).finish();
  await poller.stop();
});

test.serial('a check is aborted when its time is over, and not before', async (t) => {
  const { poller, call } = harness();
  poller.replace([account('a', { timeoutSeconds: 5 })]);
  await settle();
  mock.timers.tick(4999);
  t.false(call(0).signal.aborted);
  mock.timers.tick(1);
  t.true(call(0).signal.aborted);
  call(0).finish();
  await poller.stop();
});

const timedOut: CheckOutcome = { ok: false, reason: 'timeout', message: '', retryAfterSeconds: undefined };

test.serial(
  'vendors whose checks time out are limited to one slot each, until they respond again',
  async (t) => {
    const { poller, call, names } = harness({ concurrency: 8 });
    const slow = [1, 2, 3, 4, 5, 6, 7].map((index) => account(`slow-${index}`, { provider: 'slow' }));
    poller.replace(slow);
    await settle();
    t.deepEqual(names(), ['slow-1', 'slow-2']);
    call(0).finish(timedOut);
    call(1).finish(timedOut);
    await settle();
    // Both places were free for a moment before the outcome was known; from then on there is one.
    t.deepEqual(names().slice(2), ['slow-3', 'slow-4']);
    call(2).finish(timedOut);
    await settle();
    t.deepEqual(names().slice(4), []);
    call(3).finish();
    await settle();
    t.deepEqual(names().slice(4), ['slow-5', 'slow-6']);
    const stopped = poller.stop();
    call(4).finish();
    call(5).finish();
    await stopped;
  },
);

test.serial('reporting an outcome slowly does not occupy a slot', async (t) => {
  const reported = Promise.withResolvers<void>();
  const { poller, call, names, outcomes } = harness({ concurrency: 1, onOutcome: () => reported.promise });
  poller.replace([account('a'), account('b')]);
  await settle();
  call(0).finish();
  await settle();
  t.deepEqual(names(), ['a', 'b']);
  mock.timers.tick(600_000);
  await settle();
  t.deepEqual(names(), ['a', 'b'], 'the next check of a waits for its outcome');
  const stopped = poller.stop();
  call(1).finish();
  reported.resolve();
  await stopped;
  t.deepEqual(outcomes, ['a']);
});

test.serial('internal errors are reported, and the account is still checked', async (t) => {
  const { poller, call, names, faults } = harness({
    onOutcome: () => Promise.reject(new Error('no outcome')),
  });
  poller.replace([account('a')]);
  await settle();
  call(0).fail(new Error('no check'));
  await settle();
  mock.timers.tick(60_000);
  await settle();
  call(1).finish();
  await settle();
  mock.timers.tick(60_000);
  await settle();
  t.deepEqual(names(), ['a', 'a', 'a']);
  t.deepEqual(faults, ['a: Error: no check', 'a: Error: no outcome']);
  call(2).finish();
  await poller.stop();
});

test.serial('an outcome is told with the moment at which its check ended', async (t) => {
  let now = 1000;
  const told: number[] = [];
  const { poller, call } = harness({
    now: () => now,
    onOutcome: async (_account, endedAtMs) => {
      told.push(endedAtMs);
    },
  });
  poller.replace([account('a')]);
  await settle();
  now = 2000;
  call(0).finish();
  await settle();
  now = 3000;
  await poller.stop();
  t.deepEqual(told, [2000]);
});

test.serial('ten thousand accounts of three vendors all get their turn', async (t) => {
  const seen = new Set<string>();
  const poller = new Poller({
    concurrency: 20,
    now: Date.now,
    random: Math.random,
    vendorOf: ({ provider }) => provider,
    check: async ({ name }) => {
      seen.add(name);
      return good;
    },
    onOutcome: async () => undefined,
    onFault: (_account, error) => t.fail(String(error)),
  });
  poller.replace(
    Array.from({ length: 10_000 }, (_, index) =>
      account(`account-${index}`, { provider: `vendor-${index % 3}` }),
    ),
  );
  while (seen.size < 10_000) await settle();
  t.is(seen.size, 10_000);
  await poller.stop();
});

test('a concurrency below 1 is rejected', (t) => {
  t.throws(() => harness({ concurrency: 0 }), {
    message: 'expected concurrency to be a whole number from 1, got 0',
  });
});
