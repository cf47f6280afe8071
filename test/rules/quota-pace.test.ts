import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const labels = (instance = 'a') =>
  `project="kimi",provider="kimi",type="quota",unit="requests",window="5h",instance="${instance}:9100",job="balance-alert"`;

const windowLength = 5 * 3600;

/** A window of five hours that begins with the test, and a quota of 100. */
const quota = (
  left: string,
  { length = `${windowLength}x500`, reset = windowLength, instance = 'a' } = {},
): Record<string, string> => ({
  [exporterUp]: '1x500',
  [`balance_alert_balance{${labels(instance)}}`]: left,
  [`balance_alert_quota_limit{${labels(instance)}}`]: '100x500',
  [`balance_alert_quota_reset_timestamp_seconds{${labels(instance)}}`]: `${reset}x500`,
  ...(length === '' ? {} : { [`balance_alert_quota_window_seconds{${labels(instance)}}`]: length }),
});

const identity = { project: 'kimi', provider: 'kimi', type: 'quota', unit: 'requests', window: '5h' };
const series = '{project="kimi", provider="kimi", type="quota", unit="requests", window="5h"}';
const pace = 'round(account:balance_alert_quota_pace, 0.001)';

const runsOut = (early: string): ExpectedAlert => ({
  labels: { ...identity, severity: 'warning' },
  annotations: {
    summary: 'A quota is on pace to run out before it resets.',
    description: `kimi (kimi, 5h) runs out of quota ${early} before the reset at the current pace.`,
    runbook_url: 'http://127.0.0.1:8080/runbooks/QuotaPace',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=kimi',
  },
});

test('QuotaPace says how long before its reset a quota runs out, half an hour after it is ten points ahead', async (t) => {
  await holds(t, {
    interval: '6m',
    // 5 in each six minutes: gone after two of the five hours. Ten points ahead from minute 24 on.
    series: quota('100-5x500'),
    alerts: [
      { at: '48m', alert: 'QuotaPace', firing: [] },
      { at: '54m', alert: 'QuotaPace', firing: [runsOut('3h 0m 0s')] },
      { at: '108m', alert: 'QuotaPace', firing: [runsOut('3h 0m 0s')] },
    ],
    values: [{ at: '54m', expr: pace, is: { [series]: 2.5 } }],
  });
});

test('QuotaPace leaves the last tenth of a quota to QuotaLowBeforeReset', async (t) => {
  await holds(t, {
    interval: '6m',
    series: quota('100-5x18 6x500'),
    alerts: [
      { at: '108m', alert: 'QuotaPace', firing: [runsOut('3h 0m 0s')] },
      { at: '132m', alert: 'QuotaPace', firing: [] },
    ],
  });
});

test('there is no pace before 3 % of a window, and none after its reset until the next reading', async (t) => {
  await holds(t, {
    interval: '3m',
    series: quota('60x500'),
    values: [
      { at: '6m', expr: pace, is: {} },
      { at: '9m', expr: pace, is: { [series]: 13.333 } },
      { at: '297m', expr: pace, is: { [series]: 0.404 } },
      { at: '300m', expr: pace, is: {} },
      { at: '330m', expr: pace, is: {} },
    ],
  });
});

test('QuotaPace is silent for a quota that lasts, and for one that is a little ahead only', async (t) => {
  for (const left of ['100-1.9x500', '100-2.3x20 54-2x500', '140-0.1x500']) {
    await holds(t, {
      interval: '6m',
      series: quota(left),
      alerts: [
        { at: '60m', alert: 'QuotaPace', firing: [] },
        { at: '180m', alert: 'QuotaPace', firing: [] },
      ],
    });
  }
});

test('QuotaPace resolves as the window passes, once a burst is over', async (t) => {
  await holds(t, {
    interval: '6m',
    // 40 within half an hour and nothing since: ten points ahead until minute 90.
    series: quota('100-8x5 60x500'),
    alerts: [
      { at: '54m', alert: 'QuotaPace', firing: [runsOut('2h 45m 0s')] },
      { at: '114m', alert: 'QuotaPace', firing: [] },
    ],
  });
});

test('QuotaPace needs the length of the window', async (t) => {
  await holds(t, {
    interval: '6m',
    series: quota('100-5x500', { length: '' }),
    alerts: [{ at: '60m', alert: 'QuotaPace', firing: [] }],
    values: [{ at: '60m', expr: pace, is: {} }],
  });
});

test('two exporters give one QuotaPace', async (t) => {
  await holds(t, {
    interval: '6m',
    series: { ...quota('100-5x500'), ...quota('100-5x500', { instance: 'b' }) },
    alerts: [{ at: '60m', alert: 'QuotaPace', firing: [runsOut('3h 0m 0s')] }],
  });
});

test('a quota that was used up at once runs out early by the rest of the window, and more than the quota counts as none used', async (t) => {
  await holds(t, {
    interval: '6m',
    series: quota('150x5 12x500'),
    values: [
      {
        at: '30m',
        expr: 'account:balance_alert_quota_used:ratio',
        is: { [`account:balance_alert_quota_used:ratio${series}`]: 0 },
      },
      { at: '60m', expr: pace, is: { [series]: 4.4 } },
    ],
  });
});
