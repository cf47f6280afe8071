import { readFile } from 'node:fs/promises';
import ava from 'ava';
import { worldOf } from './simulation/accounts.ts';
import { fires, predictLinear, secondsOf } from './simulation/evaluate.ts';
import { day, grid, hour, kinds, minute, type Shape } from './simulation/kinds.ts';
import { randomFrom } from './simulation/random.ts';
import { fingerprint, marks, page, tables } from './simulation/run.ts';
import { depletionsOf, falseAlarms, isInTime, runs, toldAt } from './simulation/score.ts';
import { simulated, stepsPerDay, worldFor } from './simulation/steady.ts';

ava(
  'the balance of a steady account lasts as long as it is divided by its use, at every step until it is dry',
  (t) => {
    const { balances, stepsLeft } = simulated({}, worldFor(12));
    t.is(balances[0], 1440);
    t.is(stepsLeft[0], 10 * stepsPerDay);
    t.is(stepsLeft[3 * stepsPerDay], 7 * stepsPerDay);
    t.is(stepsLeft[11 * stepsPerDay], 0);
  },
);

ava('nothing is served while the exporter is down, nor six intervals after the vendor began to fail', (t) => {
  const world = worldFor(6, [[stepsPerDay, stepsPerDay + 3]]);
  const { served, up } = simulated({ interval: hour, startDays: 90 }, world);
  t.is(served[stepsPerDay + 1], undefined);
  t.is(up[stepsPerDay + 1], undefined);
  t.not(served[stepsPerDay + 3], undefined);
  const failing = simulated({ startDays: 90, outages: { share: 1, hours: 24 } }, worldFor(6));
  t.true(failing.up.includes(0));
  t.is(
    failing.served.find(
      (_, index) => index > 6 && failing.up.slice(index - 7, index + 1).every((up) => up === 0),
    ),
    undefined,
  );
});

ava('an account is served only as long as it is in the file', (t) => {
  const { served } = simulated({ life: [2 * day, 4 * day] }, worldFor(6));
  t.is(served[2 * stepsPerDay - 1], undefined);
  t.not(served[2 * stepsPerDay], undefined);
  t.is(served[4 * stepsPerDay], undefined);
});

ava('a simulation is the same every time, and another one with another seed', (t) => {
  const small = { accounts: kinds.length, days: 40, seed: 3 };
  t.is(tables(small), tables(small));
  t.not(tables(small), tables({ ...small, seed: 4 }));
});

ava(
  'an alarm is in time where it began 72 hours before a depletion, not where it only went on from before a payment',
  (t) => {
    const depletion = { at: 10 * stepsPerDay, paidAt: 2 * stepsPerDay, foreseeable: true };
    const firing = (from: number, to: number): boolean[] =>
      Array.from(
        { length: 10 * stepsPerDay },
        (_, index) => index >= from * stepsPerDay && index < to * stepsPerDay,
      );
    t.true(isInTime(toldAt(firing(7, 10), depletion), depletion));
    t.false(isInTime(toldAt(firing(7.1, 10), depletion), depletion));
    t.true(isInTime(toldAt(firing(3, 4), depletion), depletion));
    t.false(isInTime(toldAt(firing(0, 2.2), depletion), depletion));
    t.true(isInTime(toldAt(firing(0, 10), depletion), depletion));
  },
);

ava(
  'a depletion after ten days of plain use could be foreseen; one by a burst of the last days, and one of a new account, not',
  (t) => {
    const foreseeable = (shape: Partial<Shape>): readonly boolean[] =>
      depletionsOf(simulated(shape, worldFor(40))).map((depletion) => depletion.foreseeable);
    t.deepEqual(foreseeable({ startDays: 30 }), [true]);
    t.deepEqual(foreseeable({ startDays: 30, load: (time) => (time > 20 * day ? 8 : 1) }), [false]);
    t.deepEqual(foreseeable({ startDays: 5 }), [false]);
  },
);

ava('an alarm is false where its claim is wrong during all of it', (t) => {
  const account = simulated({ startDays: 30 }, worldFor(31));
  const firing = (from: number, to: number): boolean[] =>
    Array.from(
      { length: 31 * stepsPerDay },
      (_, index) => index >= from * stepsPerDay && index < to * stepsPerDay,
    );
  t.is(falseAlarms('RunwayShort warning', firing(2, 3), account).length, 1);
  // 10.5 days are left after 19.5 days.
  t.is(falseAlarms('RunwayShort warning', firing(19, 20), account).length, 0);
  t.is(falseAlarms('BalanceEmpty critical', firing(2, 3), account).length, 1);
  t.is(falseAlarms('AccountCheckFailing warning', firing(2, 3), account).length, 1);
});

ava('for and keep_firing_for are as Prometheus has them', (t) => {
  const holding = [true, true, true, false, false, false, true];
  t.deepEqual(fires(holding, { forSeconds: 2 * grid, keepSeconds: 0 }), [
    false,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
  t.deepEqual(fires(holding, { forSeconds: 0, keepSeconds: 15 * minute }), [
    true,
    true,
    true,
    true,
    true,
    false,
    true,
  ]);
  t.deepEqual(runs(holding), [
    { begin: 0, end: 3 },
    { begin: 6, end: 7 },
  ]);
  t.is(secondsOf('4h'), 14_400);
});

ava('predict_linear sees a straight line to its end', (t) => {
  const { served } = simulated({ startDays: 20 }, worldFor(21));
  t.is(predictLinear(served, day, 7 * day).indexOf(true), 13 * stepsPerDay + 1);
});

ava('the page on the simulation has the tables that its command writes', async (t) => {
  const text = await readFile(page, 'utf8');
  const between = text.split(marks[0])[1]?.split(marks[1])[0] ?? '';
  t.regex(between, /^1,000 accounts over 365 days \(seed 1\)\.$/m);
  t.true(between.includes(fingerprint()), 'out of date: npm run simulate -- --write');
});

ava('a world has restarts of the exporter, and outages of hours and days', (t) => {
  const { down } = worldOf(365, randomFrom(1));
  const lengths = runs(down).map(({ begin, end }) => end - begin);
  t.true(lengths.filter((length) => length === 1).length > 10);
  t.true(lengths.some((length) => length > 12));
});
