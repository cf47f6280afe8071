import test from 'ava';
import ICAL from 'ical.js';
import { runRenewals } from '../../../exporter/commands/renewals.ts';
import type { SubscriptionConfig } from '../../../exporter/subscriptions/schema.ts';
import { noon, subscription } from '../subscriptions/support.ts';

const now = noon('2026-11-22');

function run(
  subscriptions: readonly SubscriptionConfig[],
  format: 'table' | 'ics' | 'json',
  at = now,
): string {
  let text = '';
  const code = runRenewals({ subscriptions, now: at, format, write: (part) => (text += part) });
  if (code !== 0) throw new Error(`expected exit code 0, got ${code}`);
  return text;
}

const few = [
  subscription({
    name: '备份',
    cycle: 'quarterly',
    anchor: '2026-01-31',
    amount: 90,
    currency: 'CNY',
    paid_through: '2026-07-31',
    owner: '平台',
  }),
  subscription({ name: 'Domain', cycle: 'yearly', day: '01-31', amount: 1200, currency: 'JPY' }),
  subscription({
    name: 'Cursor',
    cycle: { every: 6, unit: 'months' },
    anchor: '2026-11-25',
    amount: 200.5,
    currency: 'USD',
    paid_through: '2026-05-25',
  }),
  subscription({
    name: 'Paid ahead',
    cycle: 'yearly',
    day: '12-01',
    paid_through: '2026-12-01',
    auto_renew: true,
  }),
  subscription({ name: 'Free', cycle: 'yearly', day: '06-01' }),
  subscription({ name: 'Over', cycle: 'weekly', day: 1, ends: '2026-11-21' }),
  subscription({
    name: 'Over soon',
    cycle: 'weekly',
    day: 1,
    ends: '2026-12-01',
    amount: 0.1,
    currency: 'USD',
  }),
];

test('shows the next twelve months, and what is to be paid in each by currency', (t) => {
  t.is(
    run(few, 'table'),
    [
      'Date        Days  State        Amount  Cycle           Name',
      '2026-10-31   -22  overdue   90.00 CNY  quarterly       备份 (平台)',
      '2026-11-23     1  due        0.10 USD  weekly          Over soon',
      '2026-11-25     3  due      200.50 USD  every-6-months  Cursor',
      '2026-11-30     8  coming     0.10 USD  weekly          Over soon',
      '2026-12-01     9  paid              -  yearly          Paid ahead',
      '2027-01-31    70  coming    1,200 JPY  yearly          Domain',
      '2027-01-31    70  coming    90.00 CNY  quarterly       备份 (平台)',
      '2027-04-30   159  coming    90.00 CNY  quarterly       备份 (平台)',
      '2027-05-25   184  coming   200.50 USD  every-6-months  Cursor',
      '2027-06-01   191  coming            -  yearly          Free',
      '2027-07-31   251  coming    90.00 CNY  quarterly       备份 (平台)',
      '2027-10-31   343  coming    90.00 CNY  quarterly       备份 (平台)',
      '',
      'To pay, by month',
      '',
      'Month       CNY    JPY     USD',
      '2026-10   90.00      -       -',
      '2026-11       -      -  200.70',
      '2027-01   90.00  1,200       -',
      '2027-04   90.00      -       -',
      '2027-05       -      -  200.50',
      '2027-07   90.00      -       -',
      '2027-10   90.00      -       -',
      'Total    450.00  1,200  401.20',
      '',
      'Not counted, as no amount is given: Free',
      '',
    ].join('\n'),
  );
});

test('reports when nothing renews', (t) => {
  t.is(run([], 'table'), 'No renewals in the next twelve months.\n');
});

test('uses the date in the time zone of each subscription', (t) => {
  const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
  const both = zones.map((timezone) =>
    subscription({ name: timezone, cycle: 'yearly', day: '11-22', timezone }),
  );
  const rows = run(both, 'table', noon('2026-11-22')).split('\n').slice(1, 3);
  t.deepEqual(rows, [
    '2026-11-22     0  due          -  yearly  Pacific/Pago_Pago',
    '2027-11-22   364  coming       -  yearly  Pacific/Kiritimati',
  ]);
});

test('as JSON it has the same content', (t) => {
  const parsed: unknown = JSON.parse(run(few.slice(1, 3), 'json'));
  t.deepEqual(parsed, {
    renewals: [
      {
        name: 'Cursor',
        date: '2026-11-25',
        days: 3,
        state: 'due',
        cycle_type: 'every-6-months',
        amount: 200.5,
        currency: 'USD',
        auto_renew: false,
        timezone: 'UTC',
      },
      {
        name: 'Domain',
        date: '2027-01-31',
        days: 70,
        state: 'coming',
        cycle_type: 'yearly',
        amount: 1200,
        currency: 'JPY',
        auto_renew: false,
        timezone: 'UTC',
      },
      {
        name: 'Cursor',
        date: '2027-05-25',
        days: 184,
        state: 'coming',
        cycle_type: 'every-6-months',
        amount: 200.5,
        currency: 'USD',
        auto_renew: false,
        timezone: 'UTC',
      },
    ],
    to_pay: [
      { month: '2026-11', currency: 'USD', amount: 200.5 },
      { month: '2027-01', currency: 'JPY', amount: 1200 },
      { month: '2027-05', currency: 'USD', amount: 200.5 },
    ],
  });
});

/** Events as a calendar program reads them. */
function eventsIn(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    const alarms = component.getAllSubcomponents('valarm');
    return {
      uid: event.uid,
      summary: event.summary,
      description: event.description,
      start: event.startDate.toString(),
      allDay: event.startDate.isDate,
      days: event.duration.toSeconds() / 86_400,
      url: component.getFirstPropertyValue('url'),
      alarms: alarms.map((alarm) => String(alarm.getFirstPropertyValue('trigger'))),
    };
  });
}

test('as iCalendar, each renewal is an event of one day with an alarm when its window opens', (t) => {
  const events = eventsIn(
    run(
      [few[2], few[3]].flatMap((one) => (one === undefined ? [] : [one])),
      'ics',
    ),
  );
  t.like(events, [
    {
      summary: 'Renewal: Cursor (200.50 USD)',
      description: 'Cycle: every-6-months\nTime zone: UTC',
      start: '2026-11-25',
      allDay: true,
      days: 1,
      url: null,
      alarms: ['-P3D'],
    },
    {
      summary: 'Paid: Paid ahead',
      description: 'Cycle: yearly\nTime zone: UTC\nRenews by itself.',
      start: '2026-12-01',
      alarms: [],
    },
    { summary: 'Renewal: Cursor (200.50 USD)', start: '2027-05-25', alarms: ['-P3D'] },
  ]);
  t.is(events.length, 3);
});

test('any text survives the calendar format, and cannot inject a line', (t) => {
  const odd = subscription({
    name: 'A, B; "C" \\n: 融云 🐟 \nEND:VEVENT\r\nBEGIN:VALARM',
    cycle: 'yearly',
    day: '03-15',
    alert_days_before: 0,
    owner: 'team;\nEND:VCALENDAR',
    console_url: 'https://vendor.example/a,b;c?d=e,f',
  });
  t.like(eventsIn(run([odd], 'ics')), [
    {
      summary: 'Renewal: A, B; "C" \\n: 融云 🐟  END:VEVENT BEGIN:VALARM',
      description: 'Cycle: yearly\nTime zone: UTC\nOwner: team; END:VCALENDAR',
      url: 'https://vendor.example/a%2Cb%3Bc?d=e%2Cf',
      alarms: ['PT0S'],
    },
  ]);
});

test('lines of the calendar are folded to what the format allows', (t) => {
  const long = subscription({ name: '续费'.repeat(100), cycle: 'yearly', day: '03-15' });
  const text = run([long], 'ics');
  t.true(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
  t.is(eventsIn(text)[0]?.summary, `Renewal: ${'续费'.repeat(100)}`);
});

test('an event keeps its UID from one file to the next, and no two have the same', (t) => {
  const weekly = [
    subscription({ name: 'One', cycle: 'weekly', day: 1 }),
    subscription({ name: 'Two', cycle: 'weekly', day: 1 }),
  ];
  const early = eventsIn(run(weekly, 'ics')).map(({ uid, start }) => `${uid} ${start}`);
  const late = eventsIn(run(weekly, 'ics', noon('2026-12-22'))).map(({ uid, start }) => `${uid} ${start}`);
  t.is(new Set(early).size, 104);
  t.deepEqual(
    late.filter((one) => early.includes(one)),
    early.slice(10),
  );
});

test('all renewals of a year are in the calendar, whatever the local clock', (t) => {
  const monthly = subscription({ name: 'One', cycle: 'monthly', day: 31, timezone: 'Pacific/Kiritimati' });
  const text = run([monthly], 'ics');
  t.is(run([monthly], 'ics'), text);
  t.deepEqual(
    eventsIn(text).map(({ start }) => start),
    [
      '2026-11-30',
      '2026-12-31',
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
      '2027-08-31',
      '2027-09-30',
      '2027-10-31',
    ],
  );
  t.regex(text, /DTSTAMP:20261122T120000Z/);
});
