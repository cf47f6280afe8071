import test from 'ava';
import { parse } from 'yaml';
import { subscriptionSchema } from '../../../exporter/subscriptions/schema.ts';
import { noon, problemsOf, subscription } from './support.ts';

const cycles =
  'weekly, monthly, quarterly, yearly, or { every: N, unit: days, weeks or months } with N from 1 to 1000';

const wrong: readonly (readonly [title: string, entry: object, problems: readonly string[]])[] = [
  ['an unknown cycle', { cycle: 'fortnightly', day: 1 }, [`cycle: expected ${cycles}, got "fortnightly"`]],
  ['no cycle', { day: 1 }, [`cycle: expected ${cycles}, got nothing`]],
  [
    'an unknown unit',
    { cycle: { every: 2, unit: 'years' }, anchor: '2026-01-01' },
    [`cycle: expected ${cycles}, got {"every":2,"unit":"years"}`],
  ],
  [
    'every 0 weeks',
    { cycle: { every: 0, unit: 'weeks' }, anchor: '2026-01-01' },
    ['cycle.every: expected a whole number from 1 to 1000, got 0'],
  ],
  [
    'day 31 of a week',
    { cycle: 'weekly', day: 31 },
    ['day: expected a weekday from 1 (Monday) to 7 (Sunday), got 31'],
  ],
  [
    'day 0 of a week',
    { cycle: 'weekly', day: 0 },
    ['day: expected a weekday from 1 (Monday) to 7 (Sunday), got 0'],
  ],
  ['day 32 of a month', { cycle: 'monthly', day: 32 }, ['day: expected a day from 1 to 31, got 32']],
  ['half a day', { cycle: 'monthly', day: 1.5 }, ['day: expected a day from 1 to 31, got 1.5']],
  ['a day as text', { cycle: 'monthly', day: '17' }, ['day: expected a day from 1 to 31, got "17"']],
  ['no day', { cycle: 'monthly' }, ['day: expected a day from 1 to 31, got nothing']],
  [
    '30 February',
    { cycle: 'yearly', day: '02-30' },
    ['day: expected a month and a day that exist, got "02-30"'],
  ],
  [
    'a month-day without leading zero',
    { cycle: 'yearly', day: '3-15' },
    ['day: expected month and day with leading zeros such as 03-15, got "3-15"'],
  ],
  [
    'a month-day as a number',
    { cycle: 'yearly', day: 315 },
    ['day: expected month and day with leading zeros such as 03-15, got 315'],
  ],
  [
    'a quarterly cycle without anchor',
    { cycle: 'quarterly' },
    ['anchor: expected the date of one renewal such as 2026-01-31, got nothing'],
  ],
  [
    'a quarterly cycle with a day instead of an anchor',
    { cycle: 'quarterly', day: 5 },
    [
      'day: expected no day, as the anchor gives it, got 5',
      'anchor: expected the date of one renewal such as 2026-01-31, got nothing',
    ],
  ],
  [
    'an every-N cycle without anchor',
    { cycle: { every: 10, unit: 'weeks' } },
    ['anchor: expected the date of one renewal such as 2026-01-31, got nothing'],
  ],
  [
    'an anchor where the day decides',
    { cycle: 'monthly', day: 1, anchor: '2026-01-31' },
    ['anchor: expected no anchor with a monthly cycle, got 2026-01-31'],
  ],
  [
    'an anchor that does not exist',
    { cycle: 'quarterly', anchor: '2026-02-30' },
    ['anchor: expected a date that exists, got "2026-02-30"'],
  ],
  [
    'an anchor in another order',
    { cycle: 'quarterly', anchor: '31.01.2026' },
    ['anchor: expected a date such as 2026-10-31, got "31.01.2026"'],
  ],
  [
    'a payment in the future',
    { cycle: 'monthly', day: 17, last_renewed: '2026-11-23' },
    ['last_renewed: expected a day up to today (2026-11-22 in UTC), got 2026-11-23'],
  ],
  [
    'both marks',
    { cycle: 'monthly', day: 17, last_renewed: '2026-11-17', paid_through: '2026-11-17' },
    ['last_renewed: expected either paid_through or last_renewed, got both'],
  ],
  [
    'paid through a day that is no renewal',
    { cycle: 'monthly', day: 31, paid_through: '2026-10-30' },
    ['paid_through: expected a renewal date, got 2026-10-30; the nearest are 2026-09-30 and 2026-10-31'],
  ],
  [
    'paid through a renewal after the end',
    { cycle: 'monthly', day: 17, ends: '2026-10-31', paid_through: '2026-11-17' },
    ['paid_through: expected a renewal date, got 2026-11-17; the last one up to 2026-10-31 is 2026-10-17'],
  ],
  [
    'a window as long as a week',
    { cycle: 'weekly', day: 1, alert_days_before: 7 },
    ['alert_days_before: expected less than the 7 days between two renewals, got 7'],
  ],
  [
    'a window as long as February',
    { cycle: 'monthly', day: 31, alert_days_before: 28 },
    ['alert_days_before: expected less than the 28 days between two renewals, got 28'],
  ],
  [
    'a window as long as the shortest quarter',
    { cycle: 'quarterly', anchor: '2026-02-28', alert_days_before: 89 },
    ['alert_days_before: expected less than the 89 days between two renewals, got 89'],
  ],
  [
    'a window as long as a common year',
    { cycle: 'yearly', day: '02-29', alert_days_before: 365 },
    ['alert_days_before: expected less than the 365 days between two renewals, got 365'],
  ],
  [
    'a window longer than any',
    { cycle: 'yearly', day: '02-29', alert_days_before: 367 },
    ['alert_days_before: expected at most 366 days, got 367'],
  ],
  [
    'a window of less than nothing',
    { cycle: 'weekly', day: 1, alert_days_before: -1 },
    ['alert_days_before: expected 0 or more days, got -1'],
  ],
  [
    'a window as text',
    { cycle: 'weekly', day: 1, alert_days_before: '3d' },
    ['alert_days_before: expected a whole number of days, got "3d"'],
  ],
  [
    'an amount without currency',
    { cycle: 'weekly', day: 1, amount: 5 },
    ['currency: expected a currency code such as EUR beside the amount, got nothing'],
  ],
  [
    'a currency without amount',
    { cycle: 'weekly', day: 1, currency: 'EUR' },
    ['amount: expected an amount beside the currency, got nothing'],
  ],
  [
    'a currency sign',
    { cycle: 'weekly', day: 1, amount: 5, currency: '€' },
    ['currency: expected a currency code such as EUR, got "€"'],
  ],
  [
    'an amount as text',
    { cycle: 'weekly', day: 1, amount: '5', currency: 'EUR' },
    ['amount: expected a number, got "5"'],
  ],
  [
    'a negative amount',
    { cycle: 'weekly', day: 1, amount: -5, currency: 'EUR' },
    ['amount: expected an amount of 0 or more, got -5'],
  ],
  [
    'an unknown zone',
    { cycle: 'weekly', day: 1, timezone: 'Mars/Olympus' },
    ['timezone: expected an IANA time zone such as Europe/Berlin, got "Mars/Olympus"'],
  ],
  [
    'auto_renew as text',
    { cycle: 'weekly', day: 1, auto_renew: 'yes' },
    ['auto_renew: expected true or false, got "yes"'],
  ],
  [
    'several mistakes at once',
    { cycle: 'weekly', day: 8, alert_days_before: 9, amount: 5, last_renewed: '2030-01-01' },
    [
      'day: expected a weekday from 1 (Monday) to 7 (Sunday), got 8',
      'currency: expected a currency code such as EUR beside the amount, got nothing',
      'last_renewed: expected a day up to today (2026-11-22 in UTC), got 2030-01-01',
    ],
  ],
];

for (const [title, entry, problems] of wrong) {
  test(`refuses ${title}`, (t) => {
    t.deepEqual(problemsOf(entry), problems);
  });
}

test('refuses a field that it does not know', (t) => {
  t.deepEqual(problemsOf({ cycle: 'weekly', day: 1, renewal_day: 1 }), [': Unrecognized key: "renewal_day"']);
});

test('takes the widest window that fits between two renewals', (t) => {
  t.deepEqual(problemsOf({ cycle: 'weekly', day: 1, alert_days_before: 6 }), []);
  t.deepEqual(problemsOf({ cycle: 'monthly', day: 31, alert_days_before: 27 }), []);
  t.deepEqual(problemsOf({ cycle: 'monthly', day: 30, alert_days_before: 28 }), []);
  t.deepEqual(problemsOf({ cycle: 'quarterly', anchor: '2026-01-31', alert_days_before: 88 }), []);
  t.deepEqual(problemsOf({ cycle: 'yearly', day: '02-29', alert_days_before: 364 }), []);
  t.deepEqual(
    problemsOf({ cycle: { every: 2, unit: 'days' }, anchor: '2026-01-01', alert_days_before: 1 }),
    [],
  );
});

test('accepts a subscription that ended: a valid file must not become invalid over time', (t) => {
  const entry = { cycle: 'monthly', day: 17, ends: '2020-01-31', paid_through: '2020-01-17' };
  t.deepEqual(problemsOf(entry), []);
});

test('takes a payment from before the anchor, as a cycle runs both ways from it', (t) => {
  const entry = { cycle: 'quarterly', anchor: '2026-10-31' };
  t.deepEqual(problemsOf({ ...entry, last_renewed: '2025-02-01' }), []);
  t.is(subscription({ ...entry, last_renewed: '2025-02-01' }).paidThrough, '2025-01-31');
  t.is(subscription({ ...entry, paid_through: '2025-01-31' }).paidThrough, '2025-01-31');
});

test('judges a payment by the date in the zone of the subscription', (t) => {
  const entry = { cycle: 'monthly', day: 17, last_renewed: '2026-11-23' };
  const now = noon('2026-11-22');
  t.deepEqual(problemsOf({ ...entry, timezone: 'Pacific/Kiritimati' }, now), []);
  t.deepEqual(problemsOf({ ...entry, timezone: 'America/New_York' }, now), [
    'last_renewed: expected a day up to today (2026-11-22 in America/New_York), got 2026-11-23',
  ]);
});

test('reads dates and month-days as YAML gives them', (t) => {
  const entry: unknown = parse(
    '{ name: Domain, cycle: yearly, day: 03-15, amount: 12, currency: EUR, ends: 2027-12-31, last_renewed: 2026-03-14 }',
  );
  t.like(subscriptionSchema.parse(entry), { day: '03-15', ends: '2027-12-31', last_renewed: '2026-03-14' });
});

test('fills in what is not set', (t) => {
  t.deepEqual(subscription({ cycle: 'monthly', day: 31 }), {
    name: 'Cursor',
    cycleType: 'monthly',
    rhythm: { kind: 'months', start: 0, day: 31, step: 1 },
    alertDaysBefore: 3,
    price: undefined,
    paidThrough: undefined,
    autoRenew: false,
    ends: undefined,
    enabled: true,
    owner: undefined,
    consoleUrl: undefined,
    timezone: 'UTC',
  });
});

test('keeps what is set', (t) => {
  const full = {
    cycle: { every: 10, unit: 'weeks' },
    anchor: '1970-01-05',
    amount: 9,
    currency: 'CNY',
    alert_days_before: 0,
    paid_through: '1970-03-16',
    auto_renew: true,
    ends: '2030-01-01',
    enabled: false,
    owner: 'platform',
    console_url: 'https://vendor.example/',
    timezone: 'Asia/Shanghai',
  };
  t.deepEqual(subscription(full), {
    name: 'Cursor',
    cycleType: 'every-10-weeks',
    rhythm: { kind: 'days', start: 4, step: 70 },
    alertDaysBefore: 0,
    price: { amount: 9, currency: 'CNY' },
    paidThrough: '1970-03-16',
    autoRenew: true,
    ends: '2030-01-01',
    enabled: false,
    owner: 'platform',
    consoleUrl: 'https://vendor.example/',
    timezone: 'Asia/Shanghai',
  });
});

const payments: readonly (readonly [title: string, paidOn: string, renewal: string])[] = [
  ['in the window', '2026-01-14', '2026-01-17'],
  ['on the due day', '2026-01-17', '2026-01-17'],
  ['just before the window, and nearer to it', '2026-01-13', '2026-01-17'],
  ['a day late', '2026-01-18', '2026-01-17'],
  ['as near to the one before as to the next', '2026-03-03', '2026-02-17'],
  ['nearer to the next', '2026-03-04', '2026-03-17'],
  ['nearer to the one before', '2026-03-02', '2026-02-17'],
];
for (const [title, paidOn, renewal] of payments) {
  test(`one payment pays one renewal: ${title}`, (t) => {
    t.is(subscription({ cycle: 'monthly', day: 17, last_renewed: paidOn }).paidThrough, renewal);
  });
}

test('a payment within a long window is for the renewal ahead, even where the one before is nearer', (t) => {
  const entry = { cycle: 'monthly', day: 17, alert_days_before: 25, last_renewed: '2026-01-24' };
  t.is(subscription(entry).paidThrough, '2026-02-17');
});

test('a payment after the end is for the last renewal', (t) => {
  const entry = { cycle: 'monthly', day: 17, ends: '2026-02-28', last_renewed: '2026-03-16' };
  t.is(subscription(entry).paidThrough, '2026-02-17');
});
