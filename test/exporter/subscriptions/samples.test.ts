import test from 'ava';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Sample } from '../../../exporter/metrics/catalog.ts';
import { todayIn } from '../../../exporter/subscriptions/dates.ts';
import { nextLocalMidnight, subscriptionSamples } from '../../../exporter/subscriptions/samples.ts';
import type { SubscriptionConfig } from '../../../exporter/subscriptions/schema.ts';
import { cpuMs } from '../../support/growth.ts';
import { subscription } from './support.ts';

const hour = 3_600_000;

/** Milliseconds since the epoch of a time with its offset. */
function at(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function lines(samples: readonly Sample[]): readonly string[] {
  return samples.map(({ metric, labels, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${metric.replace('balance_alert_subscription_', '')}{${pairs.join(',')}} ${value}`;
  });
}

function seriesValue(samples: readonly Sample[], metric: string): number | undefined {
  return samples.find((one) => one.metric === `balance_alert_subscription_${metric}`)?.value;
}

test('a subscription has each of its series, in seconds of its own zone', (t) => {
  const config = subscription({
    name: 'Cursor "Team"',
    cycle: 'monthly',
    day: 31,
    amount: 200,
    currency: 'USD',
    alert_days_before: 5,
    last_renewed: '2026-10-30',
    owner: 'platform',
    console_url: 'https://vendor.example/billing',
    timezone: 'Asia/Shanghai',
  });
  const base = 'name="Cursor \\"Team\\"",cycle_type="monthly"';
  t.deepEqual(lines(subscriptionSamples([config], at('2026-11-22T12:00:00+08:00'))), [
    `status{${base}} -1`,
    `overdue{${base}} 0`,
    `alert_window_seconds{${base}} 432000`,
    `info{${base},account_owner="platform",console_url="https://vendor.example/billing",auto_renew="false"} 1`,
    `days{${base}} 8`,
    `next_renewal_timestamp_seconds{${base}} ${at('2026-11-30T00:00:00+08:00') / 1000}`,
    `due_date_timestamp_seconds{${base}} ${at('2026-11-30T00:00:00Z') / 1000}`,
    `last_renewed_timestamp_seconds{${base}} ${at('2026-10-31T00:00:00+08:00') / 1000}`,
    `amount{${base},currency="USD"} 200`,
  ]);
});

test('what is not known has no series', (t) => {
  const config = subscription({
    cycle: { every: 10, unit: 'weeks' },
    anchor: '2026-01-05',
    auto_renew: true,
  });
  const base = 'name="Cursor",cycle_type="every-10-weeks"';
  t.deepEqual(lines(subscriptionSamples([config], at('2026-11-22T12:00:00Z'))), [
    `status{${base}} 1`,
    `overdue{${base}} 0`,
    `alert_window_seconds{${base}} 259200`,
    `info{${base},account_owner="",console_url="",auto_renew="true"} 1`,
    `days{${base}} 29`,
    `next_renewal_timestamp_seconds{${base}} ${at('2026-12-21T00:00:00Z') / 1000}`,
    `due_date_timestamp_seconds{${base}} ${at('2026-12-21T00:00:00Z') / 1000}`,
  ]);
});

test('the series of a subscription that ended are gone from the next midnight on', (t) => {
  const config = subscription({ cycle: 'weekly', day: 1, ends: '2026-11-22', timezone: 'America/New_York' });
  t.is(subscriptionSamples([config], at('2026-11-22T23:59:59-05:00')).length, 4);
  t.deepEqual(subscriptionSamples([config], at('2026-11-23T00:00:00-05:00')), []);
});

test('days are right at any hour of the day, and change at local midnight', (t) => {
  const config = subscription({ cycle: 'monthly', day: 17, timezone: 'Asia/Shanghai' });
  const midnight = at('2026-01-17T00:00:00+08:00');
  for (let hours = 0; hours < 24; hours += 1) {
    t.is(seriesValue(subscriptionSamples([config], midnight + hours * hour), 'days'), 0);
  }
  t.is(seriesValue(subscriptionSamples([config], midnight - 1), 'days'), 1);
  t.is(seriesValue(subscriptionSamples([config], midnight + 24 * hour), 'days'), 30);
});

test('a clock that goes back gets the answers of the day it shows', (t) => {
  const config = subscription({ cycle: 'monthly', day: 17 });
  t.is(seriesValue(subscriptionSamples([config], at('2026-01-18T00:00:00Z')), 'days'), 30);
  t.is(seriesValue(subscriptionSamples([config], at('2026-01-16T00:00:00Z')), 'days'), 1);
});

const changes: readonly (readonly [title: string, timezone: string, from: string, due: string])[] = [
  ['spring, New York', 'America/New_York', '2026-03-05', '2026-03-12'],
  ['autumn, New York', 'America/New_York', '2026-10-29', '2026-11-05'],
  ['spring, Berlin', 'Europe/Berlin', '2026-03-26', '2026-04-02'],
  ['autumn, Lord Howe (half an hour)', 'Australia/Lord_Howe', '2026-04-02', '2026-04-09'],
  ['spring at midnight, Cairo', 'Africa/Cairo', '2026-04-22', '2026-04-29'],
];
for (const [title, timezone, from, due] of changes) {
  test(`days count down by one at each midnight over a change of clocks: ${title}`, (t) => {
    const first = Temporal.PlainDate.from(from);
    const config = subscription({ cycle: { every: 100, unit: 'weeks' }, anchor: due, timezone });
    const end = Temporal.PlainDate.from(due).toZonedDateTime(timezone).epochMilliseconds;
    for (let now = first.toZonedDateTime(timezone).epochMilliseconds; now <= end; now += hour / 2) {
      const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone);
      const expected = local.toPlainDate().until(Temporal.PlainDate.from(due), { largestUnit: 'day' }).days;
      const samples = subscriptionSamples([config], now);
      t.is(seriesValue(samples, 'days'), expected, local.toString());
      t.is(seriesValue(samples, 'next_renewal_timestamp_seconds'), end / 1000);
    }
  });
}

test('a day whose midnight clocks skip starts at one', (t) => {
  const config = subscription({
    cycle: { every: 1, unit: 'months' },
    anchor: '2026-04-24',
    timezone: 'Africa/Cairo',
  });
  const samples = subscriptionSamples([config], at('2026-04-20T12:00:00Z'));
  t.is(seriesValue(samples, 'next_renewal_timestamp_seconds'), at('2026-04-24T01:00:00+03:00') / 1000);
});

test('zones far apart disagree on the date, each rightly', (t) => {
  const zones = ['Pacific/Kiritimati', 'Asia/Shanghai', 'UTC', 'Pacific/Pago_Pago'];
  const configs = zones.map((timezone) =>
    subscription({ name: timezone, cycle: 'monthly', day: 17, timezone }),
  );
  const days = (now: number) =>
    subscriptionSamples(configs, now)
      .filter(({ metric }) => metric === 'balance_alert_subscription_days')
      .map(({ value }) => value);
  t.deepEqual(days(at('2026-01-16T10:30:00Z')), [0, 1, 1, 2]);
  t.deepEqual(days(at('2026-01-17T10:30:00Z')), [30, 0, 0, 1]);
});

test('the due date is the same number in every zone, and that of the earliest renewal that is overdue', (t) => {
  for (const timezone of ['Pacific/Kiritimati', 'Asia/Shanghai', 'UTC', 'Pacific/Pago_Pago']) {
    const dueOf = (marks: { readonly paid_through?: string; readonly auto_renew?: boolean }) =>
      seriesValue(
        subscriptionSamples(
          [subscription({ cycle: 'monthly', day: 17, timezone, ...marks })],
          at('2026-11-22T12:00:00Z'),
        ),
        'due_date_timestamp_seconds',
      );
    t.is(dueOf({ paid_through: '2026-08-17' }), at('2026-09-17T00:00:00Z') / 1000);
    t.is(dueOf({ paid_through: '2026-11-17' }), at('2026-12-17T00:00:00Z') / 1000);
    t.is(dueOf({ paid_through: '2026-12-17' }), at('2027-01-17T00:00:00Z') / 1000);
    t.is(dueOf({}), at('2026-12-17T00:00:00Z') / 1000);
    t.is(dueOf({ paid_through: '2026-08-17', auto_renew: true }), at('2026-12-17T00:00:00Z') / 1000);
  }
});

test('the next local midnight is the first of all zones', (t) => {
  const now = at('2026-11-22T05:00:00Z');
  const inZones = (...zones: readonly string[]) =>
    zones.map((timezone) => subscription({ name: timezone, cycle: 'weekly', day: 1, timezone }));
  t.is(nextLocalMidnight([], now), Number.POSITIVE_INFINITY);
  t.is(nextLocalMidnight(inZones('UTC'), now), at('2026-11-23T00:00:00Z'));
  t.is(nextLocalMidnight(inZones('UTC', 'Asia/Shanghai'), now), at('2026-11-22T16:00:00Z'));
  t.is(nextLocalMidnight(inZones('Asia/Shanghai', 'America/Denver'), now), at('2026-11-22T07:00:00Z'));
});

test('at midnight the next one is a day away, however long that day is', (t) => {
  const newYork = [subscription({ cycle: 'weekly', day: 1, timezone: 'America/New_York' })];
  const length = (date: string) => {
    const start = Temporal.PlainDate.from(date).toZonedDateTime('America/New_York').epochMilliseconds;
    return (nextLocalMidnight(newYork, start) - start) / hour;
  };
  t.is(length('2026-11-22'), 24);
  t.is(length('2026-03-08'), 23);
  t.is(length('2026-11-01'), 25);
});

test('where clocks go back over midnight, the second one is a midnight too', (t) => {
  // At 00:01 on 7 November 2010 the clocks of Newfoundland showed 23:01 of the 6th again.
  const config = [subscription({ cycle: 'weekly', day: 1, timezone: 'America/St_Johns' })];
  const first = at('2010-11-07T00:00:00-02:30');
  const second = at('2010-11-07T00:00:00-03:30');
  t.is(nextLocalMidnight(config, first - 1), first);
  t.is(nextLocalMidnight(config, first + 30 * 60_000), second);
});

test('in any zone and at any time, the date changes at the next local midnight and not before', (t) => {
  const zones = Intl.supportedValuesOf('timeZone');
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: at('2000-01-01T00:00:00Z') / 1000, max: at('2040-01-01T00:00:00Z') / 1000 }),
      (timezone, second) => {
        const now = second * 1000;
        const next = nextLocalMidnight([subscription({ cycle: 'weekly', day: 1, timezone })], now);
        const today = todayIn(timezone, now).toString();
        t.true(next > now && next <= now + 26 * hour);
        t.is(todayIn(timezone, next - 1).toString(), today);
        t.not(todayIn(timezone, next).toString(), today);
      },
    ),
    { numRuns: 1000 },
  );
});

/** Runs a year as the exporter does: what is served is made anew at each local midnight, and read each hour. */
function simulate(config: SubscriptionConfig, from: number, until: number) {
  const runs: { readonly from: number; until: number }[] = [];
  let samples = subscriptionSamples([config], from);
  let expires = nextLocalMidnight([config], from);
  let isDue = false;
  for (let now = from; now < until; now += hour) {
    if (now >= expires) {
      samples = subscriptionSamples([config], now);
      expires = nextLocalMidnight([config], now);
    }
    const wasDue = isDue;
    isDue = seriesValue(samples, 'status') === 0;
    const last = runs.at(-1);
    if (isDue && !wasDue) runs.push({ from: now, until: now + hour });
    else if (isDue && last !== undefined) last.until = now + hour;
  }
  return runs;
}

const years: readonly (readonly [title: string, entry: object, window: number, renewals: number])[] = [
  ['monthly on the 31st', { cycle: 'monthly', day: 31, alert_days_before: 5 }, 5, 12],
  [
    'monthly, renewing by itself',
    { cycle: 'monthly', day: 1, auto_renew: true, paid_through: '2025-12-01' },
    3,
    12,
  ],
  ['weekly on Sunday', { cycle: 'weekly', day: 7, alert_days_before: 2 }, 2, 52],
  ['quarterly', { cycle: 'quarterly', anchor: '2025-11-30' }, 3, 4],
  ['yearly on 29 February', { cycle: 'yearly', day: '02-29', alert_days_before: 30 }, 30, 1],
  ['every 45 days', { cycle: { every: 45, unit: 'days' }, anchor: '2026-01-10', alert_days_before: 0 }, 0, 8],
];
for (const [title, entry, window, renewals] of years) {
  for (const timezone of ['Asia/Shanghai', 'America/New_York']) {
    test(`in a year, each renewal enters its window once and leaves it once: ${title}, ${timezone}`, (t) => {
      const config = subscription({ ...entry, timezone });
      const start = Temporal.PlainDate.from('2026-01-05').toZonedDateTime(timezone);
      const runs = simulate(config, start.epochMilliseconds, start.add({ years: 1 }).epochMilliseconds);
      t.is(runs.length, renewals);
      for (const run of runs) {
        const opens = Temporal.Instant.fromEpochMilliseconds(run.from).toZonedDateTimeISO(timezone);
        const closes = Temporal.Instant.fromEpochMilliseconds(run.until).toZonedDateTimeISO(timezone);
        t.is(opens.toPlainTime().toString(), '00:00:00');
        t.is(closes.toPlainTime().toString(), '00:00:00');
        t.is(opens.toPlainDate().until(closes.toPlainDate(), { largestUnit: 'day' }).days, window + 1);
      }
    });
  }
}

test('in a year of marks, each set the day after its window opened, nothing is ever due a second time', (t) => {
  const entry = { cycle: 'monthly', day: 31, timezone: 'Asia/Shanghai' };
  let config = subscription({ ...entry, paid_through: '2025-12-31' });
  let date = Temporal.PlainDate.from('2026-01-01');
  const dueDays: string[] = [];
  for (let count = 0; count < 365; count += 1) {
    const now = date.toZonedDateTime('Asia/Shanghai').epochMilliseconds;
    const samples = subscriptionSamples([config], now);
    t.is(seriesValue(samples, 'overdue'), 0);
    if (seriesValue(samples, 'status') === 0) {
      dueDays.push(date.toString());
      const yesterday = date.subtract({ days: 1 }).toString();
      if (dueDays.includes(yesterday)) {
        config = subscription({ ...entry, last_renewed: date.toString() });
        t.is(seriesValue(subscriptionSamples([config], now), 'status'), -1);
      }
    }
    date = date.add({ days: 1 });
  }
  t.is(dueDays.length, 24);
  t.deepEqual(dueDays.slice(0, 4), ['2026-01-28', '2026-01-29', '2026-02-25', '2026-02-26']);
});

test('a thousand subscriptions take milliseconds', (t) => {
  const zones = ['Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'UTC', 'Pacific/Auckland'];
  const configs = Array.from({ length: 1000 }, (_, index) =>
    subscription({
      name: `subscription ${index}`,
      ...(index % 2 === 0
        ? { cycle: 'monthly', day: (index % 31) + 1 }
        : { cycle: 'quarterly', anchor: '2026-01-31', last_renewed: '2026-10-15' }),
      amount: index,
      currency: 'EUR',
      timezone: zones[index % zones.length],
    }),
  );
  const spent = (now: number) => cpuMs(() => void subscriptionSamples(configs, now));
  const start = at('2026-11-22T05:00:00Z');
  const eachDay = Array.from({ length: 9 }, (_, days) => spent(start + days * 24 * hour)).sort(
    (a, b) => a - b,
  );
  const sameDay = Array.from({ length: 9 }, () => spent(start + 8 * 24 * hour + 60_000)).sort(
    (a, b) => a - b,
  );
  // The least of them: what else a machine does can only add, up to twice as much on cores that share their parts.
  t.log(`a new day ${eachDay[0]?.toFixed(1)} ms, the same day ${sameDay[0]?.toFixed(2)} ms`);
  t.true((eachDay[0] ?? Number.NaN) < 50);
  t.true((sameDay[0] ?? Number.NaN) < 5);
});
