import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { account, balanceLabels, type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const labels = '{project="openrouter-prod", provider="openrouter", type="balance", unit="USD"}';
const day = 86_400;

const links = (alert: string, project: string = balanceLabels.project) => ({
  runbook_url: `http://127.0.0.1:8080/runbooks/${alert}`,
  dashboard_url: `http://127.0.0.1:3000/d/balance-alert-accounts?var-project=${project}`,
});

const short = (severity: string, lasts: string): ExpectedAlert => ({
  labels: { ...balanceLabels, severity },
  annotations: {
    summary: 'A balance runs out within days at its expected usage.',
    description: `openrouter-prod (openrouter) lasts ${lasts} days at its expected usage of USD.`,
    ...links('RunwayShort'),
  },
});

// To the nearest 5: a window of a day holds 145 steps on Prometheus 2 and 144 on 3.
const burn = `round(account:balance_alert_burn_per_second:avg1d * ${day}, 5)`;
const runwayDays = `round(account:balance_alert_runway_seconds / ${day}, 0.001)`;

// 144 steps of ten minutes are a day: a fall of 1 a step is 144 a day.

test('burn is what was used, whatever was topped up meanwhile', async (t) => {
  await holds(t, {
    interval: '10m',
    // 300 less 1 a step; 1000 are paid in after half a day.
    series: { [exporterUp]: '1x200', ...account({ balance: '300-1x71 1228-1x120' }) },
    values: [{ at: '30h', expr: burn, is: { [labels]: 145 } }],
  });
});

test('use during a gap is counted once, when the gap ends', async (t) => {
  await holds(t, {
    interval: '10m',
    // A fall of 1 a step throughout; 8 hours nothing is served.
    series: { [exporterUp]: '1x200', ...account({ balance: '1000-1x60 stale _x46 892-1x92' }) },
    values: [
      { at: '25h', expr: burn, is: { [labels]: 145 } },
      { at: '18h', expr: 'sum_over_time(account:balance_alert_fall:step10m[8h5m])', is: { [labels]: 49 } },
    ],
  });
});

test('hourly polls give the same burn as polls at every step', async (t) => {
  const hourly = Array.from({ length: 40 }, (_, hour) => `${600 - 6 * hour}x5`).join(' ');
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x240', ...account({ balance: hourly }) },
    values: [{ at: '29h50m', expr: burn, is: { [labels]: 145 } }],
  });
});

test('two exporters at once count use once, and a new instance goes on where the old one ends', async (t) => {
  const other =
    'balance_alert_balance{project="openrouter-prod",provider="openrouter",type="balance",unit="USD",instance="b:9100",job="balance-alert"}';
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x200',
      ...account({ balance: '1000-1x80 stale' }),
      [other]: '_x78 922-1x120',
    },
    values: [{ at: '25h', expr: burn, is: { [labels]: 145 } }],
  });
});

test('a quota that resets has a burn and no runway, and the money of customers has neither', async (t) => {
  const of = (type: string) =>
    `balance_alert_balance{project="p",provider="v",type="${type}",unit="points",instance="a:9100",job="balance-alert"}`;
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x300',
      [of('quota')]: '100-1x99 100-1x99 100-1x99',
      [of('merchant')]: '1000-1x300',
    },
    values: [
      {
        at: '40h',
        expr: burn,
        is: { '{project="p", provider="v", type="quota", unit="points"}': 140 },
      },
      { at: '40h', expr: 'account:balance_alert_runway_seconds', is: {} },
    ],
  });
});

test('there is no runway before a day of history', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x300', ...account({ balance: '500-1x300' }) },
    values: [
      { at: '23h50m', expr: 'account:balance_alert_runway_seconds', is: {} },
      // 500 - 144 = 356 at 144 a day.
      { at: '24h', expr: runwayDays, is: { [labels]: 2.472 } },
    ],
  });
});

test('there is no runway after one or two deductions, nor without usage', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x300',
      ...account({ balance: '500x100 400x100 300x100' }),
      'balance_alert_balance{project="idle",provider="v",type="balance",unit="USD",instance="a:9100",job="balance-alert"}':
        '5x300',
    },
    values: [{ at: '48h', expr: 'account:balance_alert_runway_seconds', is: {} }],
  });
});

test('what a month tells: an account that is billed once a week, a month that repeats itself, and when they are over', async (t) => {
  const of = (project: string) => `project="${project}",provider="v",type="balance",unit="USD"`;
  const balance = (project: string) =>
    `balance_alert_balance{${of(project)},instance="a:9100",job="balance-alert"}`;
  const days = (at: string, project: string, ...is: readonly number[]) => ({
    at,
    expr: `round(account:balance_alert_runway_seconds{project="${project}"} / ${day}, 0.001)`,
    is: Object.fromEntries(is.map((value) => [`{${of(project)}}`, value])),
  });
  // A month of steps takes promtool most of a minute, whatever number of accounts.
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x4900',
      // 70 every seven days (1008 steps): ten a day. At day 25, 3 of 4 deductions lie after the first week.
      [balance('weekly')]: '400x499 330x1007 260x1007 190x1007 120x1300',
      // 1 a step, and 4 on the days 5 to 8.
      [balance('again')]: '8000-1x720 7276-4x431 5551-1x3383',
      // The same, and 5 a step in the last week, unlike a month ago.
      [balance('unlike')]: '12000-1x720 11276-4x431 9551-1x2375 7171-5x1007',
      // 4 a step at the very beginning and on the days 28 to 31, then 1.
      [balance('over')]: '8000-4x216 7135-1x3815 3316-4x431 1591-1x71',
    },
    values: [
      days('330h', 'weekly'),
      // Almost a week after the third: 210 used in 24.17 days and 190 left.
      days('580h', 'weekly', 21.865),
      // After 24.5 days: 280 used in 24.5 days and 120 left; 280 / 24.5 = 11.43 a day.
      days('588h', 'weekly', 10.5),
      // More than eight days after the last one.
      days('780h', 'weekly'),
      // After 30.5 days a month ago is not known yet: 2312 left at 144 a day.
      days('732h', 'again', 16.056),
      // 2168 left at the 2304 of the week that followed a month ago.
      days('756h', 'again', 6.587),
      // 2136 left at the 720 a day of the week.
      days('756h', 'unlike', 2.967),
      // 1520 left at the 187.2 a day of the month.
      days('756h', 'over', 8.12),
    ],
  });
});

test('a debt has a runway of 0', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x300', ...account({ balance: '100-1x300' }) },
    values: [{ at: '40h', expr: runwayDays, is: { [labels]: 0 } }],
  });
});

test('RunwayShort warns below 7 days and is critical below 3, at once', async (t) => {
  await holds(t, {
    interval: '10m',
    // 144 a day: 1152 last 8 days. Seven are left after a day, three after 5.
    series: { [exporterUp]: '1x800', ...account({ balance: '1152-1x800' }) },
    alerts: [
      { at: '24h', alert: 'RunwayShort', firing: [] },
      { at: '24h10m', alert: 'RunwayShort', firing: [short('warning', '7.0')] },
      { at: '119h50m', alert: 'RunwayShort', firing: [short('warning', '3.0')] },
      {
        at: '120h10m',
        alert: 'RunwayShort',
        firing: [short('critical', '3.0'), short('warning', '3.0')],
      },
    ],
  });
});

test('RunwayShort keeps the days that were set', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x500', ...account({ balance: '720-1x500' }) },
    options: { runwayDays: { warning: 4, critical: 1 } },
    alerts: [
      { at: '24h', alert: 'RunwayShort', firing: [] },
      { at: '24h10m', alert: 'RunwayShort', firing: [short('warning', '4.0')] },
      { at: '60h', alert: 'RunwayShort', firing: [short('warning', '2.5')] },
    ],
  });
});

test('RunwayShort resolves four hours after a top-up within the window, which does not raise the burn', async (t) => {
  await holds(t, {
    interval: '10m',
    // After 2 days 864 are left, 6 days; then 2879 are paid in, 20 days. At 49h: 3737, and 293 were used in 294 steps.
    series: { [exporterUp]: '1x900', ...account({ balance: '1152-1x288 3742-1x300' }) },
    values: [{ at: '49h', expr: runwayDays, is: { [labels]: 26.04 } }],
    alerts: [
      { at: '48h', alert: 'RunwayShort', firing: [short('warning', '6.0')] },
      { at: '51h50m', alert: 'RunwayShort', firing: [short('warning', '6.0')] },
      { at: '53h', alert: 'RunwayShort', firing: [] },
    ],
  });
});

test('RunwayShort is held on its last value while no exporter answers and while the vendor fails', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x300 0x60 1x300',
      ...account({
        balance: '1140-1x300 stale _x59 779-1x20 stale',
        up: '1x300 stale _x59 1x20 0x300',
      }),
    },
    alerts: [
      { at: '50h', alert: 'RunwayShort', firing: [short('warning', '5.8')] },
      { at: '59h', alert: 'RunwayShort', firing: [short('warning', '5.8')] },
      { at: '90h', alert: 'RunwayShort', firing: [short('warning', '5.3')] },
    ],
  });
});

test('an account that is not used is never short, and an account without a threshold is', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x300',
      ...account({ balance: '288-1x300' }),
      'balance_alert_balance{project="idle",provider="v",type="balance",unit="USD",instance="a:9100",job="balance-alert"}':
        '5x300',
    },
    alerts: [
      {
        at: '24h',
        alert: 'RunwayShort',
        firing: [short('critical', '1.0'), short('warning', '1.0')],
      },
    ],
  });
});

const unusual = (times: string, project: string): ExpectedAlert => ({
  labels: { ...balanceLabels, project, severity: 'info' },
  annotations: {
    summary: 'An account is used much faster than in the week before.',
    description: `${project} (openrouter) used USD ${times} times as fast over the past day as in the week before.`,
    ...links('BurnUnusual', project),
  },
});

test('BurnUnusual fires when a day takes more than three times the week before, also with a gap of an hour; not at just below, not before four days of history, and not where little of the balance is used', async (t) => {
  const of = (project: string) =>
    `balance_alert_balance{project="${project}",provider="openrouter",type="balance",unit="USD",instance="a:9100",job="balance-alert"}`;
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x1300',
      // Five days at 1 a step, then 3 a step for a day (exactly three times), then 4.
      [of('just-below')]: '4000-1x720 3277-3x143 2844-4x200',
      [of('above')]: '4000-1x720 3276-4x143 stale',
      [of('gap')]: '4000-1x720 3276-4x30 stale _x4 3132-4x107 stale',
      // The same after two days.
      [of('young')]: '4000-1x288 3708-4x700',
      [of('rich')]: '400000-1x720 399276-4x200',
    },
    alerts: [
      { at: '72h', alert: 'BurnUnusual', firing: [] },
      { at: '144h', alert: 'BurnUnusual', firing: [unusual('4.0', 'above'), unusual('4.0', 'gap')] },
      { at: '160h', alert: 'BurnUnusual', firing: [] },
    ],
  });
});

test('BurnUnusual does not take what an outage of a day used for a busy day', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x720 0x118 1x400',
      // At 1 a step for five days, then at 2, of which the first 20 hours are counted at once.
      ...account({ balance: '4000-1x720 stale _x118 3040-2x400', up: '1x720 stale _x118 1x400' }),
    },
    values: [
      {
        at: '163h',
        expr: 'account:balance_alert_burn_per_second:avg1d / account:balance_alert_burn_per_second:avg7d offset 1d > bool 3',
        is: { [labels]: 1 },
      },
    ],
    alerts: ['140h10m', '150h', '163h', '170h'].map((at) => ({ at, alert: 'BurnUnusual', firing: [] })),
  });
});
