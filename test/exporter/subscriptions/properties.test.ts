import test from 'ava';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { answersFor } from '../../../exporter/subscriptions/answers.ts';
import { compare, daysBetween } from '../../../exporter/subscriptions/dates.ts';
import { nextDue } from '../../../exporter/subscriptions/schedule.ts';
import type { SubscriptionConfig } from '../../../exporter/subscriptions/schema.ts';
import { subscription } from './support.ts';

/**
 * The rules once more, told the slow way: whether a date is due is seen from the date itself, and what comes next
 * is found by going from day to day.
 */

interface Case {
  readonly entry: object;
  readonly isDue: (date: Temporal.PlainDate) => boolean;
  /** A window that fits. */
  readonly window: number;
}

const date = fc
  .integer({ min: 0, max: 40 * 365 })
  .map((days) => new Temporal.PlainDate(2000, 1, 1).add({ days }));

function monthsApart(a: Temporal.PlainDate, b: Temporal.PlainDate): number {
  return (b.year - a.year) * 12 + b.month - a.month;
}

function isDayOfMonth(wanted: number, one: Temporal.PlainDate): boolean {
  return one.day === wanted || (one.day === one.daysInMonth && wanted > one.daysInMonth);
}

const weekly = fc.record({ day: fc.integer({ min: 1, max: 7 }), window: fc.integer({ min: 0, max: 6 }) }).map(
  ({ day, window }): Case => ({
    entry: { cycle: 'weekly', day, alert_days_before: window },
    isDue: (one) => one.dayOfWeek === day,
    window,
  }),
);
const monthly = fc
  .record({ day: fc.integer({ min: 1, max: 31 }), window: fc.integer({ min: 0, max: 27 }) })
  .map(
    ({ day, window }): Case => ({
      entry: { cycle: 'monthly', day, alert_days_before: window },
      isDue: (one) => isDayOfMonth(day, one),
      window,
    }),
  );
const quarterly = fc.record({ anchor: date, window: fc.integer({ min: 0, max: 88 }) }).map(
  ({ anchor, window }): Case => ({
    entry: { cycle: 'quarterly', anchor: anchor.toString(), alert_days_before: window },
    isDue: (one) => monthsApart(anchor, one) % 3 === 0 && isDayOfMonth(anchor.day, one),
    window,
  }),
);
const yearly = fc.record({ of: date, window: fc.integer({ min: 0, max: 200 }) }).map(
  ({ of, window }): Case => ({
    entry: { cycle: 'yearly', day: of.toString().slice(5), alert_days_before: window },
    isDue: (one) => one.month === of.month && isDayOfMonth(of.day, one),
    window,
  }),
);
const everyMonths = fc
  .record({ anchor: date, every: fc.integer({ min: 1, max: 30 }), window: fc.integer({ min: 0, max: 27 }) })
  .map(
    ({ anchor, every, window }): Case => ({
      entry: { cycle: { every, unit: 'months' }, anchor: anchor.toString(), alert_days_before: window },
      isDue: (one) => monthsApart(anchor, one) % every === 0 && isDayOfMonth(anchor.day, one),
      window,
    }),
  );
const everyDays = fc
  .record({
    anchor: date,
    every: fc.integer({ min: 1, max: 100 }),
    unit: fc.constantFrom('days' as const, 'weeks' as const),
  })
  .map(({ anchor, every, unit }): Case => {
    const step = unit === 'weeks' ? every * 7 : every;
    const window = Math.min(3, step - 1);
    return {
      entry: { cycle: { every, unit }, anchor: anchor.toString(), alert_days_before: window },
      isDue: (one) => daysBetween(anchor, one) % step === 0,
      window,
    };
  });

const anyCase = fc.oneof(weekly, monthly, quarterly, yearly, everyMonths, everyDays);

function firstFrom(from: Temporal.PlainDate, step: 1 | -1, isDue: Case['isDue']): Temporal.PlainDate {
  let one = from;
  while (!isDue(one)) one = one.add({ days: step });
  return one;
}

function nextOf(config: SubscriptionConfig, today: Temporal.PlainDate): Temporal.PlainDate {
  const next = answersFor(config, today)?.next;
  if (next === undefined) throw new Error('expected a next renewal');
  return next;
}

const limits = { numRuns: 300 };

test('without a mark, the next renewal is the first due date from today on', (t) => {
  fc.assert(
    fc.property(anyCase, date, ({ entry, isDue, window }, today) => {
      const answers = answersFor(subscription(entry), today);
      const expected = firstFrom(today, 1, isDue);
      t.is(answers?.next?.toString(), expected.toString());
      t.is(answers?.days, daysBetween(today, expected));
      t.is(answers?.status, daysBetween(today, expected) <= window ? 0 : 1);
      t.is(answers?.overdueSince, undefined);
    }),
    limits,
  );
});

test('with a mark, every answer is as the rules say', (t) => {
  fc.assert(
    fc.property(anyCase, date, date, fc.boolean(), ({ entry, isDue, window }, around, today, autoRenew) => {
      const paid = firstFrom(around, -1, isDue);
      const config = subscription({ ...entry, auto_renew: autoRenew, paid_through: paid.toString() });
      const answers = answersFor(config, today);

      const afterPaid = paid.add({ days: 1 });
      const next = firstFrom(compare(afterPaid, today) > 0 ? afterPaid : today, 1, isDue);
      const unpaid = firstFrom(afterPaid, 1, isDue);
      const overdue = !autoRenew && compare(unpaid, today) < 0;
      const isDueNow = overdue || daysBetween(today, next) <= window;
      const isPaid = compare(paid, firstFrom(today, -1, isDue)) >= 0;
      t.is(answers?.next?.toString(), next.toString());
      t.is(answers?.days, daysBetween(today, next));
      t.is(answers?.overdueSince?.toString(), overdue ? unpaid.toString() : undefined);
      t.is(answers?.status, isDueNow ? 0 : isPaid ? -1 : 1);
    }),
    limits,
  );
});

test('a payment pays the renewal in whose window it falls, else the nearer, the earlier on a tie', (t) => {
  fc.assert(
    fc.property(anyCase, date, ({ entry, isDue, window }, paidOn) => {
      const next = firstFrom(paidOn, 1, isDue);
      const previous = firstFrom(paidOn, -1, isDue);
      const ahead = daysBetween(paidOn, next);
      const expected = ahead <= window || ahead < daysBetween(previous, paidOn) ? next : previous;
      const config = subscription({ ...entry, last_renewed: paidOn.toString() });
      t.is(config.paidThrough, expected.toString());
    }),
    limits,
  );
});

test('the next renewal is never before today', (t) => {
  fc.assert(
    fc.property(anyCase, date, date, ({ entry }, paidOn, today) => {
      const config = subscription({ ...entry, last_renewed: paidOn.toString() });
      t.true(compare(nextOf(config, today), today) >= 0);
    }),
    limits,
  );
});

test('a mark moves the next renewal by exactly one', (t) => {
  fc.assert(
    fc.property(anyCase, date, ({ entry, isDue }, today) => {
      const before = nextOf(subscription(entry), today);
      const after = nextOf(subscription({ ...entry, paid_through: before.toString() }), today);
      t.is(after.toString(), firstFrom(before.add({ days: 1 }), 1, isDue).toString());
    }),
    limits,
  );
});

test('a day passes, and a day less is left, until the renewal has passed', (t) => {
  fc.assert(
    fc.property(anyCase, date, ({ entry }, today) => {
      const config = subscription(entry);
      const days = answersFor(config, today)?.days ?? Number.NaN;
      const tomorrow = answersFor(config, today.add({ days: 1 }))?.days ?? Number.NaN;
      if (days > 0) t.is(tomorrow, days - 1);
      else t.true(tomorrow >= 0);
    }),
    limits,
  );
});

test('every month is visited once, on the day wanted or the last there is', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 31 }), date, (wanted, from) => {
      const { rhythm } = subscription({ cycle: 'monthly', day: wanted });
      const schedule = { rhythm, ends: undefined };
      let one = nextDue(schedule, from) ?? from;
      for (let count = 0; count < 60; count += 1) {
        t.is(one.day, Math.min(wanted, one.daysInMonth));
        const next: Temporal.PlainDate = nextDue(schedule, one) ?? one;
        t.is(monthsApart(one, next), 1);
        one = next;
      }
    }),
    { numRuns: 60 },
  );
});

test('the clamp never drifts: after four centuries the day is the same', (t) => {
  for (const wanted of [28, 29, 30, 31]) {
    const anchor = new Temporal.PlainDate(2024, 1, wanted);
    const config = subscription({ cycle: 'quarterly', anchor: anchor.toString() });
    t.is(nextOf(config, anchor.add({ years: 400 })).toString(), `2424-01-${wanted}`);
    t.is(nextOf(config, anchor.subtract({ years: 400 })).toString(), `1624-01-${wanted}`);
  }
});

test('nothing after the end, and the same as without an end before it', (t) => {
  fc.assert(
    fc.property(anyCase, date, date, ({ entry }, ends, today) => {
      const answers = answersFor(subscription({ ...entry, ends: ends.toString() }), today);
      if (compare(ends, today) < 0) {
        t.is(answers, undefined);
        return;
      }
      const endless = nextOf(subscription(entry), today);
      t.is(answers?.next?.toString(), compare(endless, ends) > 0 ? undefined : endless.toString());
    }),
    limits,
  );
});
