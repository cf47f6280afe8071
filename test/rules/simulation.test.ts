import test from 'ava';
import { day, duration, grid, hour, shapes, simulate } from './simulation/accounts.ts';
import { delayed, judge, kept, runs } from './simulation/judge.ts';

const stepsPerDay = day / grid;

/** `true` from one day up to another, of so many days in all. */
function between(from: number, to: number, days: number): boolean[] {
  return Array.from(
    { length: days * stepsPerDay },
    (_, step) => step >= from * stepsPerDay && step < to * stepsPerDay,
  );
}

/** An account that lasts for `days` days at first and is never topped up. */
function running(days: number, length = days): number[] {
  return Array.from({ length: length * stepsPerDay }, (_, step) => Math.max(days * day - step * grid, 0));
}

test('the true runway of a steady account is its balance divided by its use, at every step until it is dry', (t) => {
  const shape = { name: 'steady', perDay: 144, startDays: 10, load: () => 1, poll: grid };
  const { balances, trueRunway } = simulate(shape, 1);
  t.is(balances[0], 1440);
  t.is(trueRunway[0], 10 * day);
  t.is(trueRunway[3 * stepsPerDay], 7 * day);
  t.is(trueRunway[11 * stepsPerDay], 0);
});

test('the true runway counts on no top-up, though one comes', (t) => {
  const topUp = { below: 2, days: 10, delay: 0 };
  const shape = { name: 'paid', perDay: 144, startDays: 10, load: () => 1, poll: grid, topUp };
  const { trueRunway } = simulate(shape, 1);
  t.is(trueRunway[7 * stepsPerDay], 3 * day);
  t.true((trueRunway[9 * stepsPerDay] ?? 0) > 10 * day);
});

test('nothing is served while the exporter is down, nor six intervals after the vendor began to fail', (t) => {
  const shape = {
    name: 'failing',
    perDay: 144,
    startDays: 90,
    load: () => 1,
    poll: hour,
    vendorOutages: [[2 * day, 3 * day]] as const,
  };
  const { served, failing } = simulate(shape, 1);
  const at = (time: number): number | undefined => served[time / grid];
  t.not(at(2 * day + 4 * hour), undefined);
  t.is(at(2 * day + 6 * hour), undefined);
  t.true(failing[(2 * day + 4 * hour) / grid]);
  t.not(at(3 * day), undefined);
  t.is(at(16 * day + 20 * hour), undefined);
});

test('a simulation is the same every time, and has a name for each account', (t) => {
  const [, shape] = shapes;
  if (shape === undefined) {
    throw new Error('expected shapes');
  }
  t.deepEqual(simulate(shape, 2), simulate(shape, 2));
  t.is(simulate(shape, 2).balances.length, duration / grid);
  t.is(new Set(shapes.map(({ name }) => name)).size, shapes.length);
});

test('an alarm that comes at the limit is in time', (t) => {
  t.deepEqual(judge(between(3, 10, 10), running(10), { limit: 7 * day, from: 0 }), {
    due: 1,
    daysLeft: [7],
    missed: 0,
    falseAlarms: 0,
    wrongHours: 0,
  });
});

test('an alarm that comes in the last day, and one that never comes, is a miss', (t) => {
  for (const firing of [between(9.5, 10, 10), between(0, 0, 10)]) {
    t.is(judge(firing, running(10), { limit: 7 * day, from: 0 }).missed, 1);
  }
});

test('an alarm while half as much again as the limit is left is false, and its hours are wrong', (t) => {
  const verdict = judge(between(1, 2, 30), running(30), { limit: 7 * day, from: 0 });
  t.is(verdict.falseAlarms, 1);
  t.is(verdict.wrongHours, 24);
  t.is(verdict.missed, 1);
});

test('an early alert that persists until it is due is not false, but its early hours count as wrong', (t) => {
  // 10.5 days are left after 19.5 days.
  const verdict = judge(between(18, 30, 30), running(30), { limit: 7 * day, from: 0 });
  t.is(verdict.falseAlarms, 0);
  t.is(verdict.wrongHours, 36);
  t.deepEqual(verdict.daysLeft, [12]);
});

test('what begins before the judged time, and what becomes due in the last day, is left out', (t) => {
  t.is(judge(between(0, 2, 30), running(30), { limit: 7 * day, from: 2 * day }).falseAlarms, 0);
  t.is(
    judge(between(0, 0, 24), running(30, 24).slice(0, 24 * stepsPerDay - 10), { limit: 7 * day, from: 0 })
      .due,
    0,
  );
});

test('for and keep_firing_for are as Prometheus has them', (t) => {
  const holds = [true, true, true, false, false, false, true];
  t.deepEqual(delayed(holds, 2 * grid), [false, false, true, false, false, false, false]);
  t.deepEqual(kept(holds, 2 * grid), [true, true, true, true, true, false, true]);
  t.deepEqual(runs(holds), [
    { begin: 0, end: 3 },
    { begin: 6, end: 7 },
  ]);
});
