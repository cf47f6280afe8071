import test from 'ava';
import { answersFor } from '../../../exporter/subscriptions/answers.ts';
import type { SubscriptionConfig } from '../../../exporter/subscriptions/schema.ts';
import { day, subscription } from './support.ts';

/** Answers as plain data; undefined once the subscription ended. */
function answersOn(config: SubscriptionConfig, today: string) {
  const answers = answersFor(config, day(today));
  if (answers === undefined) return undefined;
  const { next, days, status, overdueSince, paid } = answers;
  return {
    next: next?.toString(),
    days,
    status,
    overdueSince: overdueSince?.toString(),
    paid: paid?.toString(),
  };
}

const monthly = { cycle: 'monthly', day: 17 };

const table: readonly (readonly [
  lastRenewed: string | undefined,
  today: string,
  next: string,
  days: number,
  status: number,
  overdue: 0 | 1,
  more?: object,
])[] = [
  [undefined, '2026-01-13', '2026-01-17', 4, 1, 0],
  [undefined, '2026-01-14', '2026-01-17', 3, 0, 0],
  [undefined, '2026-01-17', '2026-01-17', 0, 0, 0],
  [undefined, '2026-01-18', '2026-02-17', 30, 1, 0],
  ['2026-01-15', '2026-01-16', '2026-02-17', 32, -1, 0],
  ['2026-01-17', '2026-01-17', '2026-02-17', 31, -1, 0],
  ['2026-01-17', '2026-02-14', '2026-02-17', 3, 0, 0],
  ['2026-01-19', '2026-01-20', '2026-02-17', 28, -1, 0],
  ['2025-12-17', '2026-01-18', '2026-02-17', 30, 0, 1],
  ['2025-12-17', '2026-01-18', '2026-02-17', 30, 1, 0, { auto_renew: true }],
];

for (const [lastRenewed, today, next, days, status, overdue, more] of table) {
  const paid = lastRenewed === undefined ? 'never paid' : `paid on ${lastRenewed}`;
  test(`monthly on the 17th, ${paid}${more === undefined ? '' : ', renewing by itself'}: on ${today}`, (t) => {
    const entry = {
      ...monthly,
      ...more,
      ...(lastRenewed === undefined ? {} : { last_renewed: lastRenewed }),
    };
    const answers = answersOn(subscription(entry), today);
    t.like(answers, { next, days, status });
    t.is(answers?.overdueSince === undefined ? 0 : 1, overdue);
  });
}

const cycles: readonly (readonly [title: string, entry: object, today: string, dates: readonly string[]])[] =
  [
    [
      'weekly on Monday',
      { cycle: 'weekly', day: 1 },
      '2026-11-22',
      ['2026-11-23', '2026-11-30', '2026-12-07'],
    ],
    [
      'weekly on Sunday',
      { cycle: 'weekly', day: 7 },
      '2026-11-22',
      ['2026-11-22', '2026-11-29', '2026-12-06'],
    ],
    [
      'monthly on the 31st',
      { cycle: 'monthly', day: 31 },
      '2026-01-31',
      ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
    ],
    [
      'monthly on the 30th over a leap February',
      { cycle: 'monthly', day: 30 },
      '2028-01-30',
      ['2028-01-30', '2028-02-29', '2028-03-30'],
    ],
    [
      'quarterly from 30 November',
      { cycle: 'quarterly', anchor: '2025-11-30' },
      '2026-01-01',
      ['2026-02-28', '2026-05-30', '2026-08-30', '2026-11-30'],
    ],
    [
      'quarterly before its anchor',
      { cycle: 'quarterly', anchor: '2027-01-31' },
      '2026-06-01',
      ['2026-07-31', '2026-10-31', '2027-01-31', '2027-04-30'],
    ],
    [
      'yearly on 15 March',
      { cycle: 'yearly', day: '03-15' },
      '2026-03-16',
      ['2027-03-15', '2028-03-15', '2029-03-15'],
    ],
    [
      'yearly on 29 February',
      { cycle: 'yearly', day: '02-29' },
      '2026-02-28',
      ['2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28'],
    ],
    [
      'every 10 weeks',
      { cycle: { every: 10, unit: 'weeks' }, anchor: '2026-01-05' },
      '2026-01-05',
      ['2026-01-05', '2026-03-16', '2026-05-25'],
    ],
    [
      'every 10 weeks before its anchor',
      { cycle: { every: 10, unit: 'weeks' }, anchor: '2026-01-05' },
      '2025-10-01',
      ['2025-10-27', '2026-01-05'],
    ],
    [
      'every 90 days',
      { cycle: { every: 90, unit: 'days' }, anchor: '2024-02-29' },
      '2024-02-29',
      ['2024-02-29', '2024-05-29', '2024-08-27'],
    ],
    [
      'every 5 months from 31 August',
      { cycle: { every: 5, unit: 'months' }, anchor: '2025-08-31' },
      '2025-08-31',
      ['2025-08-31', '2026-01-31', '2026-06-30', '2026-11-30', '2027-04-30', '2027-09-30', '2028-02-29'],
    ],
  ];
for (const [title, entry, first, dates] of cycles) {
  test(`falls due ${title}`, (t) => {
    const config = subscription(entry);
    let today = day(first);
    const found = dates.map(() => {
      const next = answersFor(config, today)?.next;
      if (next !== undefined) today = next.add({ days: 1 });
      return next?.toString();
    });
    t.deepEqual(found, dates);
  });
}

// What the replaced system got wrong, one way or another.

test('paid on the due day, the next month reminds again', (t) => {
  const config = subscription({ ...monthly, last_renewed: '2026-01-17' });
  t.like(answersOn(config, '2026-02-13'), { days: 4, status: -1 });
  t.like(answersOn(config, '2026-02-14'), { days: 3, status: 0, overdueSince: undefined });
  t.like(answersOn(config, '2026-02-17'), { days: 0, status: 0, overdueSince: undefined });
});

test('yearly, paid on 1 January, reminds on 25 December with a window of 7 days', (t) => {
  const entry = { cycle: 'yearly', day: '01-01', alert_days_before: 7, last_renewed: '2026-01-01' };
  const config = subscription(entry);
  t.like(answersOn(config, '2026-12-24'), { next: '2027-01-01', days: 8, status: -1 });
  t.like(answersOn(config, '2026-12-25'), { next: '2027-01-01', days: 7, status: 0 });
});

test('yearly and never marked, it reminds too', (t) => {
  const config = subscription({ cycle: 'yearly', day: '03-15' });
  t.like(answersOn(config, '2026-03-12'), { days: 3, status: 0 });
  t.like(answersOn(config, '2026-03-16'), { next: '2027-03-15', days: 364, status: 1 });
});

test('yearly on 29 February, asked on that day', (t) => {
  const config = subscription({ cycle: 'yearly', day: '02-29', last_renewed: '2028-02-29' });
  t.like(answersOn(config, '2028-02-29'), { next: '2029-02-28', days: 365, status: -1 });
});

test('monthly on the 31st, paid on 31 January, asked on 1 March', (t) => {
  const config = subscription({ cycle: 'monthly', day: 31, last_renewed: '2026-01-31' });
  t.deepEqual(answersOn(config, '2026-03-01'), {
    next: '2026-03-31',
    days: 30,
    status: 0,
    overdueSince: '2026-02-28',
    paid: '2026-01-31',
  });
});

test('weekly on its own day is due today, not in seven days', (t) => {
  const config = subscription({ cycle: 'weekly', day: 7, alert_days_before: 1 });
  t.like(answersOn(config, '2026-11-22'), { next: '2026-11-22', days: 0, status: 0 });
});

test('paid ahead, it is quiet until the window of the renewal after', (t) => {
  const config = subscription({ ...monthly, paid_through: '2026-03-17' });
  t.like(answersOn(config, '2026-01-16'), { next: '2026-04-17', days: 91, status: -1 });
  t.like(answersOn(config, '2026-03-17'), { next: '2026-04-17', days: 31, status: -1 });
  t.like(answersOn(config, '2026-04-14'), { next: '2026-04-17', days: 3, status: 0 });
});

test('overdue from the day after the due date until marked, and names the earliest', (t) => {
  const config = subscription({ ...monthly, paid_through: '2026-01-17' });
  t.like(answersOn(config, '2026-02-17'), { next: '2026-02-17', status: 0, overdueSince: undefined });
  t.like(answersOn(config, '2026-02-18'), { next: '2026-03-17', status: 0, overdueSince: '2026-02-17' });
  t.like(answersOn(config, '2026-05-01'), { next: '2026-05-17', status: 0, overdueSince: '2026-02-17' });
});

test('with auto_renew the reminder in the window stays', (t) => {
  const config = subscription({ ...monthly, auto_renew: true, paid_through: '2025-12-17' });
  t.like(answersOn(config, '2026-01-14'), { days: 3, status: 0, overdueSince: undefined });
  t.like(answersOn(config, '2026-01-18'), { days: 30, status: 1, overdueSince: undefined });
});

test('a window of no days is the due day alone', (t) => {
  const config = subscription({ ...monthly, alert_days_before: 0 });
  t.is(answersOn(config, '2026-01-16')?.status, 1);
  t.is(answersOn(config, '2026-01-17')?.status, 0);
  t.is(answersOn(config, '2026-01-18')?.status, 1);
});

test('before its end it has no next renewal any more, after it no answers', (t) => {
  const config = subscription({ ...monthly, ends: '2026-03-31', paid_through: '2026-03-17' });
  t.like(answersOn(config, '2026-03-17'), { next: undefined, days: undefined, status: -1 });
  t.like(answersOn(config, '2026-03-31'), { next: undefined, days: undefined, status: -1 });
  t.is(answersOn(config, '2026-04-01'), undefined);
});

test('a renewal on the last day counts, one after it does not', (t) => {
  const config = subscription({ ...monthly, ends: '2026-03-17' });
  t.like(answersOn(config, '2026-03-17'), { next: '2026-03-17', days: 0, status: 0 });
  const shorter = subscription({ ...monthly, ends: '2026-03-16' });
  t.like(answersOn(shorter, '2026-03-16'), { next: undefined, days: undefined, status: 1 });
});

test('the last renewal unpaid is overdue until the subscription ended', (t) => {
  const config = subscription({ ...monthly, ends: '2026-03-31', paid_through: '2026-02-17' });
  t.like(answersOn(config, '2026-03-31'), { next: undefined, status: 0, overdueSince: '2026-03-17' });
  t.is(answersOn(config, '2026-04-01'), undefined);
});
