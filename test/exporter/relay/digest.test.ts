import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import type { Outcome } from '../../../exporter/metrics/relay-outcome.ts';
import { delivered, failed } from '../../../exporter/metrics/relay-outcome.ts';
import type { Figures } from '../../../exporter/relay/digest/figures.ts';
import { readFigures } from '../../../exporter/relay/digest/figures.ts';
import { digestMessage, digestText } from '../../../exporter/relay/digest/message.ts';
import { Digest, lastDue } from '../../../exporter/relay/digest/schedule.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { silentLogger } from '../../support/logger.ts';

const monday = { day: 'monday', hour: 9, timezone: 'Asia/Shanghai', channels: ['ops'] } as const;
const at = (text: string): number => Date.parse(text);

for (const [now, due] of [
  ['2026-11-30T01:00:00Z', '2026-11-30T01:00:00Z'],
  ['2026-11-30T00:59:59Z', '2026-11-23T01:00:00Z'],
  ['2026-12-06T23:00:00Z', '2026-11-30T01:00:00Z'],
] as const) {
  ava(`at ${now} the last digest of Monday 09:00 in Shanghai was due at ${due}`, (t) => {
    t.is(lastDue(monday, at(now)), at(due));
  });
}

ava('an hour that a change of the clocks skips or repeats is due once', (t) => {
  const sunday = { day: 'sunday', hour: 2, timezone: 'Europe/Berlin' } as const;
  t.is(lastDue(sunday, at('2026-03-29T12:00:00Z')), at('2026-03-29T01:00:00Z'));
  t.is(lastDue(sunday, at('2026-10-25T12:00:00Z')), at('2026-10-25T00:00:00Z'));
});

/** A digest whose clock the test moves. */
async function running(
  t: ExecutionContext,
  folder: string,
  start: string,
  answer: () => Outcome = () => delivered,
) {
  const records = new RecordStore({ path: folder, now: Date.now, onSetAside: t.fail });
  const sent: string[] = [];
  let nowMs = at(start);
  let isMade = true;
  const counted: string[] = [];
  const digest = new Digest({
    config: monday,
    records,
    now: () => nowMs,
    logger: silentLogger,
    metrics: {
      count: (_channel, outcome) => void counted.push(outcome.result === 'delivered' ? '' : outcome.reason),
      digestSent: () => undefined,
    },
    make: async () => {
      if (!isMade) throw new Error('Prometheus is away');
      return digestMessage(nothing, 'en', nowMs, 'UTC');
    },
    send: async (channel) => {
      const outcome = answer();
      sent.push(`${channel} ${outcome.result} ${new Date(nowMs).toISOString().slice(0, 16)}`);
      return outcome;
    },
  });
  return {
    sent,
    counted,
    at: async (time: string) => {
      nowMs = Date.parse(time);
      await digest.tick();
    },
    break: (broken: boolean) => {
      isMade = !broken;
    },
    close: () => records.close(),
  };
}

const nothing: Figures = {
  runsDry: [],
  spend: [],
  renewals: [],
  renewalSums: new Map(),
  failed: [],
  mail: [],
};

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-digest-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

ava(
  'a digest is sent once a week, also over restarts, and a new relay begins with the next one',
  async (t) => {
    const folder = await folderOf(t);
    const first = await running(t, folder, '2026-11-25T00:00:00Z');
    await first.at('2026-11-25T00:00:00Z');
    t.deepEqual(first.sent, []);
    await first.at('2026-11-30T01:00:10Z');
    await first.at('2026-11-30T01:00:40Z');
    t.deepEqual(first.sent, ['ops delivered 2026-11-30T01:00']);
    await first.close();
    const second = await running(t, folder, '2026-11-30T01:01:00Z');
    await second.at('2026-11-30T01:01:00Z');
    t.deepEqual(second.sent, []);
    await second.close();
    const late = await running(t, folder, '2026-12-07T09:00:00Z');
    await late.at('2026-12-07T09:00:00Z');
    t.deepEqual(late.sent, ['ops delivered 2026-12-07T09:00'], 'what was due while it was down follows');
    await late.close();
  },
);

ava('what cannot be sent or made is tried again every five minutes for a day, then left out', async (t) => {
  let outcome = failed('network', 'away');
  const digest = await running(t, await folderOf(t), '2026-11-25T00:00:00Z', () => outcome);
  t.teardown(digest.close);
  await digest.at('2026-11-25T00:00:00Z');
  for (const time of ['01:00:10', '01:00:40', '01:05:20']) await digest.at(`2026-11-30T${time}Z`);
  t.deepEqual(digest.sent, ['ops retry 2026-11-30T01:00', 'ops retry 2026-11-30T01:05']);
  digest.break(true);
  await digest.at('2026-11-30T02:00:00Z');
  t.deepEqual(digest.counted, ['prometheus']);
  digest.break(false);
  outcome = delivered;
  await digest.at('2026-12-01T02:00:00Z');
  t.is(digest.sent.length, 2, 'a day late is too late');
  await digest.at('2026-12-07T01:00:30Z');
  t.is(digest.sent.at(-1), 'ops delivered 2026-12-07T01:00');
});

ava('in both languages, with sums by currency and no currencies added up', (t) => {
  const figures: Figures = {
    runsDry: [{ account: 'gateway (openrouter)', unit: 'USD', left: 1234.5, days: 3.25 }],
    spend: [
      { account: 'gateway (openrouter)', unit: 'USD', week: 150, weekBefore: 100 },
      { account: 'sms\n(demo)', unit: 'CNY', week: 7, weekBefore: undefined },
    ],
    renewals: [
      {
        name: 'Domain',
        date: '2026-11-28',
        days: undefined,
        state: 'overdue',
        times: 1,
        amount: 12,
        currency: 'EUR',
      },
      { name: 'Cursor', date: '2026-12-03', days: 3, state: 'due', times: 4, amount: 10, currency: 'USD' },
      {
        name: 'Legacy',
        date: undefined,
        days: 9,
        state: 'later',
        times: 1,
        amount: undefined,
        currency: undefined,
      },
    ],
    renewalSums: new Map([
      ['EUR', 12],
      ['USD', 40],
    ]),
    failed: [{ name: 'billing', isDown: true, failures: 12, reason: 'auth' }],
    mail: [{ topic: 'arrears', count: 2 }],
  };
  const now = at('2026-11-30T01:00:00Z');
  t.is(
    digestText(digestMessage(figures, 'en', now, 'Asia/Shanghai')),
    `📊 Weekly digest · 2026-11-30

Next to run out
gateway (openrouter): 3.3 days · 1,234.50 USD

Spend of the last 7 days (the 7 days before)
gateway (openrouter): 150.00 USD (100.00, +50%)
sms (demo): 7.00 CNY (unknown)

Overdue renewals and those of the next 30 days
2026-11-28 (overdue) Domain · 12.00 EUR
2026-12-03 Cursor · 10.00 USD × 4
2026-12-09 Legacy
Total: 12.00 EUR + 40.00 USD

Failed checks of the last 7 days
billing: failing now · 12 failures · auth

Billing mail of the last 7 days
arrears: 2
`,
  );
  const chinese = digestText(digestMessage(figures, 'zh', now, 'Asia/Shanghai'));
  for (const part of [
    '每周简报',
    '最先用尽',
    '3.3 天',
    '合计：12.00 EUR + 40.00 USD',
    '当前失败 · 失败 12 次',
    '欠费：2',
  ])
    t.true(chinese.includes(part), `${part}\n${chinese}`);
});

ava(
  'a renewal that is overdue is on the list with its date, also where the next one is months away, and counts in the sum',
  async (t) => {
    const labels = (name: string, cycle: string) => ({ name, cycle_type: cycle });
    const seconds = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;
    const series: Readonly<Record<string, readonly (readonly [string, string, number])[]>> = {
      '(balance_alert_subscription_days) <= 30': [
        ['Cursor', 'monthly', 19],
        ['Mail', 'monthly', 2],
        ['Later', 'monthly', 25],
      ],
      'balance_alert_subscription_status) == 0': [
        ['Domain', 'yearly', 0],
        ['Cursor', 'monthly', 0],
        ['Mail', 'monthly', 0],
      ],
      'balance_alert_subscription_overdue) == 1': [
        ['Domain', 'yearly', 1],
        ['Cursor', 'monthly', 1],
      ],
      balance_alert_subscription_due_date_timestamp_seconds: [
        ['Domain', 'yearly', seconds('2026-11-20')],
        ['Cursor', 'monthly', seconds('2026-11-17')],
        ['Mail', 'monthly', seconds('2026-11-30')],
        ['Later', 'monthly', seconds('2026-12-23')],
      ],
    };
    const { renewals, renewalSums } = await readFigures(async (expression) => {
      if (expression.includes('balance_alert_subscription_amount'))
        return [{ labels: { ...labels('Domain', 'yearly'), currency: 'EUR' }, value: 12 }];
      const found = Object.entries(series).find(([piece]) => expression.includes(piece))?.[1] ?? [];
      return found.map(([name, cycle, value]) => ({ labels: labels(name, cycle), value }));
    });
    t.deepEqual(
      renewals.map(({ name, date, days, state }) => [name, date, days, state]),
      [
        ['Cursor', '2026-11-17', undefined, 'overdue'],
        ['Domain', '2026-11-20', undefined, 'overdue'],
        ['Mail', '2026-11-30', 2, 'due'],
        // The renewal after the one that is overdue.
        ['Cursor', undefined, 19, 'later'],
        ['Later', '2026-12-23', 25, 'later'],
      ],
    );
    t.deepEqual([...renewalSums], [['EUR', 12]]);
  },
);

ava('post-paid spend of a week goes over the end of a period, and a credit is no spend', async (t) => {
  const labels = { project: 'cloud', provider: 'p', unit: 'USD', period: 'month' };
  /** By a piece of the query; the first that fits. */
  const world = (values: readonly (readonly [string, number])[]) => async (expression: string) =>
    values.filter(([piece]) => expression.endsWith(piece)).map(([, value]) => ({ labels, value }));
  const by = 'max by (project, provider, unit, period) ';
  const start = 'balance_alert_spend_period_start_timestamp_seconds';
  const spendOf = async (values: readonly (readonly [string, number])[]) =>
    (await readFigures(world(values))).spend;
  t.like(
    (
      await spendOf([
        [`${by}(balance_alert_spend)`, 30],
        [`${by}(balance_alert_spend offset 7d)`, 100],
        [`max_over_time(balance_alert_spend[604799s]))`, 130],
        [`${by}(${start})`, 2],
        [`${by}(${start} offset 7d)`, 1],
      ])
    )[0],
    { account: 'cloud (p)', week: 60, weekBefore: undefined },
  );
  t.like(
    (
      await spendOf([
        [`${by}(balance_alert_spend)`, 95],
        [`${by}(balance_alert_spend offset 7d)`, 100],
        [`${by}(${start})`, 1],
        [`${by}(${start} offset 7d)`, 1],
      ])
    )[0],
    { week: -5 },
  );
});

ava('a digest without data states that', (t) => {
  t.regex(digestText(digestMessage(nothing, 'en', 0, 'UTC')), /No renewals, failed checks or billing mail/);
});
