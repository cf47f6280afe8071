import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const day = 86_400;

const spendLabels =
  'project="aws",provider="aws-cost",unit="USD",period="month",instance="a:9100",job="balance-alert"';
const up =
  'balance_alert_account_up{project="aws",provider="aws-cost",instance="a:9100",job="balance-alert"}';

/** A month of 30 days that began when the test does. */
const spend = (values: string, budget?: string): Record<string, string> => ({
  [exporterUp]: '1x5000',
  [up]: '1x5000',
  [`balance_alert_spend{${spendLabels}}`]: values,
  ...(budget === undefined ? {} : { [`balance_alert_spend_budget{${spendLabels}}`]: budget }),
  [`balance_alert_spend_period_start_timestamp_seconds{${spendLabels}}`]: '0x5000',
  [`balance_alert_spend_period_end_timestamp_seconds{${spendLabels}}`]: `${30 * day}x5000`,
});

const pace = (share: string): ExpectedAlert => ({
  labels: { project: 'aws', provider: 'aws-cost', unit: 'USD', period: 'month', severity: 'warning' },
  annotations: {
    summary: 'Spend is on pace to exceed its budget.',
    description: `aws (aws-cost) ends its month at ${share} of its budget at the current pace.`,
    runbook_url: 'http://127.0.0.1:8080/runbooks/BudgetPace',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=aws',
  },
});

test('BudgetPace fires after six hours at a pace above the budget', async (t) => {
  await holds(t, {
    interval: '10m',
    // 50 a day on a budget of 1200 is 125 % after 30 days. Known from a tenth of the month on: after 3 days.
    series: spend('0+0.3472222x1000', '1200x5000'),
    alerts: [
      { at: '78h', alert: 'BudgetPace', firing: [] },
      { at: '78h10m', alert: 'BudgetPace', firing: [pace('125%')] },
    ],
  });
});

test('BudgetPace is silent just below the budget, without a budget, and with a budget of 0', async (t) => {
  const steady = '0+0.3472222x1000';
  for (const budget of ['1501x5000', undefined, '0x5000']) {
    await holds(t, {
      interval: '10m',
      series: spend(steady, budget),
      alerts: [{ at: '120h', alert: 'BudgetPace', firing: [] }],
    });
  }
});

test('BudgetPace outlasts the hours in which a vendor books nothing, and a restart', async (t) => {
  // Booked once a day: 50 at a time. Between two bookings the pace falls back below the budget.
  const daily = Array.from({ length: 12 }, (_, index) => `${50 * (index + 1)}x143`).join(' ');
  await holds(t, {
    interval: '10m',
    series: { ...spend(daily, '1510x5000'), [exporterUp]: '1x800 0x6 1x3000' },
    // 300 booked until hour 144: the pace falls below the budget after 143 hours.
    alerts: [{ at: '143h40m', alert: 'BudgetPace', firing: [pace('100%')] }],
  });
});

test('BudgetPace is held while no exporter answers', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      ...spend('0+0.3472222x600 stale', '1200x600 stale'),
      [exporterUp]: '1x600 0x300',
      [up]: '1x600 stale',
    },
    alerts: [{ at: '130h', alert: 'BudgetPace', firing: [pace('125%')] }],
  });
});

test('two exporters give one BudgetPace', async (t) => {
  const other = Object.fromEntries(
    Object.entries(spend('0+0.3472222x1000', '1200x5000')).map(([series, values]) => [
      series.replace('a:9100', 'b:9100'),
      values,
    ]),
  );
  await holds(t, {
    interval: '10m',
    series: { ...spend('0+0.3472222x1000', '1200x5000'), ...other },
    alerts: [{ at: '100h', alert: 'BudgetPace', firing: [pace('125%')] }],
  });
});

test('spend projected to the end of the period is absent in its first tenth and is the spend itself after its end', async (t) => {
  const labels = '{project="aws", provider="aws-cost", unit="USD", period="month"}';
  const expr = 'round(account:balance_alert_spend_projected:ratio, 0.001)';
  await holds(t, {
    interval: '1h',
    series: spend('600x1000', '1200x1000'),
    values: [
      { at: '72h', expr, is: {} },
      { at: '73h', expr, is: { [labels]: 4.932 } },
      { at: '30d', expr, is: { [labels]: 0.5 } },
      { at: '31d', expr, is: { [labels]: 0.5 } },
    ],
  });
});

const quotaLabels =
  'project="kimi",provider="kimi",type="quota",unit="points",window="week",instance="a:9100",job="balance-alert"';

const quota = (
  balance: string,
  reset: number,
  more: Record<string, string> = {},
): Record<string, string> => ({
  [exporterUp]: '1x5000',
  [`balance_alert_balance{${quotaLabels}}`]: balance,
  [`balance_alert_quota_limit{${quotaLabels}}`]: '1000x5000',
  [`balance_alert_quota_reset_timestamp_seconds{${quotaLabels}}`]: `${reset}x5000`,
  ...more,
});

const quotaLow = (share: string): ExpectedAlert => ({
  labels: {
    project: 'kimi',
    provider: 'kimi',
    type: 'quota',
    unit: 'points',
    window: 'week',
    severity: 'warning',
  },
  annotations: {
    summary: 'A quota runs out before it resets.',
    description: `kimi (kimi, week) has ${share} of its quota left, too little until the reset.`,
    runbook_url: 'http://127.0.0.1:8080/runbooks/QuotaLowBeforeReset',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=kimi',
  },
});

test('QuotaLowBeforeReset fires ten minutes after less than a tenth is left, days before the reset', async (t) => {
  await holds(t, {
    interval: '1m',
    series: quota('100x9 99x30', 3 * day),
    alerts: [
      { at: '9m', alert: 'QuotaLowBeforeReset', firing: [] },
      { at: '19m', alert: 'QuotaLowBeforeReset', firing: [] },
      { at: '20m', alert: 'QuotaLowBeforeReset', firing: [quotaLow('9.9%')] },
    ],
  });
});

test('QuotaLowBeforeReset is silent in the last hour before the reset', async (t) => {
  await holds(t, {
    interval: '1m',
    series: quota('50x60', 3600),
    alerts: [{ at: '30m', alert: 'QuotaLowBeforeReset', firing: [] }],
  });
});

test('QuotaLowBeforeReset is silent where the use of the past day fits into what is left', async (t) => {
  // 0.1 a step is 14.4 a day; 99 to 85 are left for two days, which need 29.
  await holds(t, {
    interval: '10m',
    series: quota('110-0.1x300', 4 * day),
    alerts: [{ at: '40h', alert: 'QuotaLowBeforeReset', firing: [] }],
  });
  // 1 a step is 144 a day: 60 do not last for two days.
  await holds(t, {
    interval: '10m',
    series: quota('300-1x300', 4 * day),
    alerts: [{ at: '40h', alert: 'QuotaLowBeforeReset', firing: [quotaLow('6%')] }],
  });
});

test('QuotaLowBeforeReset resolves a quarter of an hour after the reset', async (t) => {
  await holds(t, {
    interval: '1m',
    series: quota('50x30 1000x60', 3 * day),
    alerts: [
      { at: '30m', alert: 'QuotaLowBeforeReset', firing: [quotaLow('5%')] },
      { at: '50m', alert: 'QuotaLowBeforeReset', firing: [] },
    ],
  });
});

test('QuotaLowBeforeReset needs the size of the quota and the time of its reset', async (t) => {
  const { [`balance_alert_quota_limit{${quotaLabels}}`]: _limit, ...noLimit } = quota('5x60', 3 * day);
  const { [`balance_alert_quota_reset_timestamp_seconds{${quotaLabels}}`]: _reset, ...noReset } = quota(
    '5x60',
    3 * day,
  );
  for (const series of [noLimit, noReset]) {
    await holds(t, {
      interval: '1m',
      series,
      alerts: [{ at: '1h', alert: 'QuotaLowBeforeReset', firing: [] }],
    });
  }
});

test('two exporters give one QuotaLowBeforeReset, and a missed scrape does not stop it', async (t) => {
  const one = quota('50x20 _ 50x60', 3 * day);
  const other = Object.fromEntries(
    Object.entries(quota('50x60', 3 * day)).map(([series, values]) => [
      series.replace('a:9100', 'b:9100'),
      values,
    ]),
  );
  await holds(t, {
    interval: '1m',
    series: { ...one, ...other },
    alerts: [{ at: '40m', alert: 'QuotaLowBeforeReset', firing: [quotaLow('5%')] }],
  });
});
