import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, holds } from './case.ts';

const test = needing(ava, 'promtool');

const identity = 'project="aws",provider="aws-cost"';
const of = (instance: string) => `{${identity},instance="${instance}",job="balance-alert"}`;
const up = `balance_alert_account_up${of('a:9100')}`;
const lastSuccess = `balance_alert_account_last_success_timestamp_seconds${of('a:9100')}`;
const interval = `balance_alert_account_check_interval_seconds${of('a:9100')}`;
const info = `balance_alert_account_info{${identity},account_owner="platform",console_url="",instance="a:9100",job="balance-alert"}`;

const links = (alert: string) => ({
  runbook_url: `http://127.0.0.1:8080/runbooks/${alert}`,
  dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-exporter?var-project=aws',
});

const failing: ExpectedAlert = {
  labels: { project: 'aws', provider: 'aws-cost', severity: 'warning' },
  annotations: {
    summary: 'Checks of an account fail.',
    description:
      'The last checks of aws (aws-cost) returned no usable reading. Its balance alerts use the last known value.',
    ...links('AccountCheckFailing'),
  },
};

const stuck = (age: string): ExpectedAlert => ({
  labels: { project: 'aws', provider: 'aws-cost', severity: 'warning' },
  annotations: {
    summary: 'An account has not been checked for too long.',
    description: `The last usable reading of aws (aws-cost) is ${age} old, and no check has failed since.`,
    ...links('AccountStale'),
  },
});

const blind: ExpectedAlert = {
  labels: { project: 'aws', provider: 'aws-cost', severity: 'critical' },
  annotations: {
    summary: 'An account has had no usable reading for a day, or never had one.',
    description:
      'No usable reading of aws (aws-cost) for a day or more: its balance alerts cannot be trusted.',
    ...links('AccountStale'),
  },
};

test('AccountCheckFailing fires after half an hour of failures, not a minute before', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x9 0x60' },
    alerts: [
      { at: '39m', alert: 'AccountCheckFailing', firing: [] },
      { at: '40m', alert: 'AccountCheckFailing', firing: [failing] },
    ],
  });
});

test('one good check starts the half hour of AccountCheckFailing anew', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x25 1 0x60' },
    alerts: [
      { at: '55m', alert: 'AccountCheckFailing', firing: [] },
      { at: '57m', alert: 'AccountCheckFailing', firing: [failing] },
    ],
  });
});

test('neither a missed nor a failed scrape nor a restart of the exporter stops AccountCheckFailing, and a good check does', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x20 _ 0x39 stale _ 0x20 stale 0x14 1x60' },
    alerts: ['30m', '61m', '62m', '63m', '64m', '80m', '85m', '86m', '100m'].map((at) => ({
      at,
      alert: 'AccountCheckFailing',
      firing: [failing],
    })),
  });
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x60 1x60' },
    alerts: [
      { at: '60m', alert: 'AccountCheckFailing', firing: [failing] },
      { at: '66m', alert: 'AccountCheckFailing', firing: [] },
    ],
  });
});

test('a restart of the exporter before the half hour is over starts it anew', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x20 stale _ 0x60' },
    alerts: [
      { at: '40m', alert: 'AccountCheckFailing', firing: [] },
      { at: '53m', alert: 'AccountCheckFailing', firing: [failing] },
    ],
  });
});

test('a failed scrape does not stop AccountStale, of either severity', async (t) => {
  const failing = (value: number, samples: number) => `${value}x${samples - 1} stale ${value}x20`;
  const series = (samples: number) => ({
    [up]: failing(1, samples),
    [lastSuccess]: failing(0, samples),
    [interval]: failing(600, samples),
    [info]: failing(1, samples),
  });
  await holds(t, {
    interval: '1m',
    series: series(80),
    alerts: [
      { at: '79m', alert: 'AccountStale', firing: [stuck('1h 19m 0s')] },
      { at: '80m', alert: 'AccountStale', firing: [stuck('1h 19m 0s')] },
      { at: '81m', alert: 'AccountStale', firing: [stuck('1h 21m 0s')] },
    ],
  });
  await holds(t, {
    interval: '10m',
    series: series(160),
    alerts: [
      { at: '1590m', alert: 'AccountStale', firing: [stuck('1d 2h 30m 0s'), blind] },
      { at: '1600m', alert: 'AccountStale', firing: [stuck('1d 2h 30m 0s'), blind] },
      { at: '1610m', alert: 'AccountStale', firing: [stuck('1d 2h 50m 0s'), blind] },
    ],
  });
});

test('AccountCheckFailing is silent while one of two exporters reads the account', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x60', [`balance_alert_account_up${of('b:9100')}`]: '1x60' },
    alerts: [{ at: '1h', alert: 'AccountCheckFailing', firing: [] }],
  });
});

test('two exporters that both fail give one AccountCheckFailing', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x60', [`balance_alert_account_up${of('b:9100')}`]: '0x60' },
    alerts: [{ at: '1h', alert: 'AccountCheckFailing', firing: [failing] }],
  });
});

test('AccountCheckFailing is silent for an account that was not tried yet', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [info]: '1x60' },
    alerts: [{ at: '1h', alert: 'AccountCheckFailing', firing: [] }],
  });
});

test('AccountStale warns after three intervals and half an hour without a check, and 5 minutes more', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x90', [lastSuccess]: '0x90', [interval]: '600x90', [info]: '1x90' },
    alerts: [
      { at: '65m', alert: 'AccountStale', firing: [] },
      { at: '66m', alert: 'AccountStale', firing: [stuck('1h 6m 0s')] },
    ],
  });
});

test('AccountStale leaves an hourly account its three hours and a half', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x300', [lastSuccess]: '0x300', [interval]: '3600x300', [info]: '1x300' },
    alerts: [
      { at: '215m', alert: 'AccountStale', firing: [] },
      { at: '216m', alert: 'AccountStale', firing: [stuck('3h 36m 0s')] },
    ],
  });
});

test('AccountStale is silent while readings come, also over a restart that misses one', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [up]: '1x10 stale 1x20',
      [lastSuccess]: '0+600x10 stale 6600 7800+600x20',
      [interval]: '600x10 stale 600x21',
      [info]: '1x10 stale 1x20',
    },
    alerts: [
      { at: '100m', alert: 'AccountStale', firing: [] },
      { at: '150m', alert: 'AccountStale', firing: [] },
      { at: '300m', alert: 'AccountStale', firing: [] },
    ],
  });
});

test('while checks fail AccountCheckFailing fires, and AccountStale joins after a day, as critical', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [up]: '0x200', [lastSuccess]: '0x200', [interval]: '600x200', [info]: '1x200' },
    alerts: [
      { at: '2h', alert: 'AccountCheckFailing', firing: [failing] },
      { at: '2h', alert: 'AccountStale', firing: [] },
      { at: '24h40m', alert: 'AccountStale', firing: [] },
      { at: '24h50m', alert: 'AccountStale', firing: [blind] },
    ],
  });
});

test('an account that nothing was ever known of is critical after a day, not when it is added', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [up]: '0x200', [interval]: '600x200', [info]: '1x200' },
    alerts: [
      { at: '23h50m', alert: 'AccountStale', firing: [] },
      { at: '24h10m', alert: 'AccountStale', firing: [blind] },
    ],
  });
});

test('an account whose exporter lost its readings is critical a day later, not at once', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [up]: '1x119 0x200',
      // A new storage or another question at 20 h, and checks that fail from then on.
      [lastSuccess]: '0+600x119 stale',
      [interval]: '600x320',
      [info]: '1x320',
    },
    alerts: [
      { at: '24h30m', alert: 'AccountStale', firing: [] },
      { at: '40h', alert: 'AccountStale', firing: [] },
      { at: '46h30m', alert: 'AccountStale', firing: [blind] },
    ],
  });
});

test('an account that was never even tried is critical after a day', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [interval]: '600x200', [info]: '1x200' },
    alerts: [{ at: '24h10m', alert: 'AccountStale', firing: [blind] }],
  });
});

test('AccountStale takes the newer reading of two exporters', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [up]: '1x200',
      [lastSuccess]: '0x200',
      [`balance_alert_account_last_success_timestamp_seconds${of('b:9100')}`]: '0+600x200',
      [interval]: '600x200',
      [info]: '1x200',
    },
    alerts: [{ at: '30h', alert: 'AccountStale', firing: [] }],
  });
});

test('no alert of an account outlives its removal from the file', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [up]: '0x10 stale',
      [lastSuccess]: '0x10 stale',
      [interval]: '600x10 stale',
      [info]: '1x10 stale',
    },
    alerts: [
      { at: '100m', alert: 'AccountCheckFailing', firing: [failing] },
      { at: '120m', alert: 'AccountCheckFailing', firing: [] },
      { at: '30h', alert: 'AccountStale', firing: [] },
    ],
  });
});
