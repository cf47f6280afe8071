import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { account, balanceLabels, type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const links = (alert: string) => ({
  runbook_url: `http://127.0.0.1:8080/runbooks/${alert}`,
  dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=openrouter-prod',
});

const low = (description: string, labels: Record<string, string> = balanceLabels): ExpectedAlert => ({
  labels: { ...labels, severity: 'warning' },
  annotations: {
    summary: 'A balance is below its threshold.',
    description,
    ...links('BalanceLow'),
  },
});

const empty = (description: string): ExpectedAlert => ({
  labels: { ...balanceLabels, severity: 'critical' },
  annotations: { summary: 'A balance is used up.', description, ...links('BalanceEmpty') },
});

const below = 'openrouter-prod (openrouter) has 42.50 USD left, below its threshold of 100.00.';

test('BalanceLow fires once a balance has been below its threshold for 5 minutes, and says both', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x30',
      ...account({ balance: '120x9 42.5x20', threshold: '100x30', status: '1x9 0x20' }),
    },
    alerts: [
      { at: '14m', alert: 'BalanceLow', firing: [] },
      { at: '15m', alert: 'BalanceLow', firing: [low(below)] },
    ],
  });
});

test('BalanceLow is silent for a balance exactly at its threshold', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x60',
      ...account({ balance: '100x60', threshold: '100x60', status: '1x60' }),
    },
    alerts: [{ at: '1h', alert: 'BalanceLow', firing: [] }],
  });
});

test('BalanceLow is silent for an account without a threshold, however little is left', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x60', ...account({ balance: '0.01x60' }) },
    alerts: [{ at: '1h', alert: 'BalanceLow', firing: [] }],
  });
});

test('BalanceLow survives a missed scrape', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x10 0x1 1x20',
      ...account({
        balance: '42.5x10 stale _ 42.5x20',
        threshold: '100x10 stale _ 100x20',
        status: '0x10 stale _ 0x20',
        up: '1x10 stale _ 1x20',
      }),
    },
    alerts: [
      { at: '10m', alert: 'BalanceLow', firing: [low(below)] },
      { at: '11m', alert: 'BalanceLow', firing: [low('openrouter-prod (openrouter) has 42.50 USD left.')] },
      { at: '14m', alert: 'BalanceLow', firing: [low(below)] },
    ],
  });
});

test('BalanceLow does not resolve because the exporter died, for three days', async (t) => {
  const held = low('openrouter-prod (openrouter) has 42.50 USD left.');
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 0x600',
      ...account({ balance: '42.5x6 stale', threshold: '100x6 stale', status: '0x6 stale', up: '1x6 stale' }),
    },
    alerts: [
      { at: '1h', alert: 'BalanceLow', firing: [low(below)] },
      { at: '2h', alert: 'BalanceLow', firing: [held] },
      { at: '72h', alert: 'BalanceLow', firing: [held] },
      { at: '74h', alert: 'BalanceLow', firing: [] },
    ],
  });
});

test('BalanceLow does not resolve because the target vanished', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 stale',
      ...account({ balance: '42.5x6 stale', threshold: '100x6 stale', status: '0x6 stale', up: '1x6 stale' }),
    },
    alerts: [
      { at: '5h', alert: 'BalanceLow', firing: [low('openrouter-prod (openrouter) has 42.50 USD left.')] },
    ],
  });
});

test('BalanceLow does not resolve because the vendor fails and the value grew too old to be served', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x100',
      ...account({ balance: '42.5x6 stale', threshold: '100x6 stale', status: '0x6 stale', up: '1x3 0x100' }),
    },
    alerts: [
      { at: '5h', alert: 'BalanceLow', firing: [low('openrouter-prod (openrouter) has 42.50 USD left.')] },
    ],
  });
});

test('a balance that was fine before the exporter died does not begin to fire then', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 0x100',
      ...account({
        balance: '142.5x6 stale',
        threshold: '100x6 stale',
        status: '1x6 stale',
        up: '1x6 stale',
      }),
    },
    alerts: [
      { at: '5h', alert: 'BalanceLow', firing: [] },
      { at: '5h', alert: 'BalanceEmpty', firing: [] },
    ],
  });
});

test('BalanceLow resolves when the account is removed from the file', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x100',
      ...account({
        balance: '42.5x20 stale',
        threshold: '100x20 stale',
        status: '0x20 stale',
        up: '1x20 stale',
      }),
    },
    alerts: [
      { at: '20m', alert: 'BalanceLow', firing: [low(below)] },
      { at: '40m', alert: 'BalanceLow', firing: [] },
    ],
  });
});

test('BalanceLow resolves when the threshold is taken away', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x100',
      ...account({ balance: '42.5x100', threshold: '100x20 stale', status: '0x20 stale' }),
    },
    alerts: [{ at: '40m', alert: 'BalanceLow', firing: [] }],
  });
});

test('BalanceLow resolves a quarter of an hour after a top-up, and not at the first hop over the threshold', async (t) => {
  const dancing = low('openrouter-prod (openrouter) has 42.50 USD left, below its threshold of 100.00.');
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x100',
      ...account({
        balance: '42.5x20 101x4 42.5x10 500x60',
        threshold: '100x100',
        status: '0x20 1x4 0x10 1x60',
      }),
    },
    alerts: [
      { at: '20m', alert: 'BalanceLow', firing: [dancing] },
      { at: '23m', alert: 'BalanceLow', firing: [dancing] },
      { at: '30m', alert: 'BalanceLow', firing: [dancing] },
      { at: '60m', alert: 'BalanceLow', firing: [] },
    ],
  });
});

test('two exporters at once give one BalanceLow, and the new one goes on where the old one ends', async (t) => {
  const labels =
    'project="openrouter-prod",provider="openrouter",type="balance",unit="USD",job="balance-alert"';
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x20 stale',
      'up{instance="b:9100",job="balance-alert"}': '_x10 1x50',
      ...account({
        balance: '42.5x20 stale',
        threshold: '100x20 stale',
        status: '0x20 stale',
        up: '1x20 stale',
      }),
      [`balance_alert_balance{${labels},instance="b:9100"}`]: '_x10 42.5x50',
      [`balance_alert_threshold{${labels},instance="b:9100"}`]: '_x10 100x50',
      [`balance_alert_status{${labels},instance="b:9100"}`]: '_x10 0x50',
    },
    alerts: [
      { at: '15m', alert: 'BalanceLow', firing: [low(below)] },
      { at: '40m', alert: 'BalanceLow', firing: [low(below)] },
    ],
  });
});

test('a balance that an exporter replaced two days ago saw below its threshold is forgotten once the new one saw it topped up', async (t) => {
  const labels =
    'project="openrouter-prod",provider="openrouter",type="balance",unit="USD",job="balance-alert"';
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x20 stale',
      'up{instance="b:9100",job="balance-alert"}': '_x20 1x100 0x50',
      ...account({
        balance: '42.5x20 stale',
        threshold: '100x20 stale',
        status: '0x20 stale',
        up: '1x20 stale',
      }),
      [`balance_alert_balance{${labels},instance="b:9100"}`]: '_x20 500x100 stale',
      [`balance_alert_threshold{${labels},instance="b:9100"}`]: '_x20 100x100 stale',
      [`balance_alert_status{${labels},instance="b:9100"}`]: '_x20 1x100 stale',
    },
    alerts: [{ at: '25h', alert: 'BalanceLow', firing: [] }],
  });
});

test('quota windows of one account fire each for itself and are told apart', async (t) => {
  const quota = (window: string) =>
    `project="kimi",provider="kimi",type="quota",unit="percent",window="${window}",instance="a:9100",job="balance-alert"`;
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x30',
      [`balance_alert_balance{${quota('5h')}}`]: '5x30',
      [`balance_alert_threshold{${quota('5h')}}`]: '10x30',
      [`balance_alert_status{${quota('5h')}}`]: '0x30',
      [`balance_alert_balance{${quota('week')}}`]: '50x30',
      [`balance_alert_threshold{${quota('week')}}`]: '10x30',
      [`balance_alert_status{${quota('week')}}`]: '1x30',
    },
    alerts: [
      {
        at: '10m',
        alert: 'BalanceLow',
        firing: [
          {
            labels: {
              project: 'kimi',
              provider: 'kimi',
              type: 'quota',
              unit: 'percent',
              window: '5h',
              severity: 'warning',
            },
            annotations: {
              summary: 'A balance is below its threshold.',
              description: 'kimi (kimi, 5h) has 5.00 percent left, below its threshold of 10.00.',
              runbook_url: 'http://127.0.0.1:8080/runbooks/BalanceLow',
              dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=kimi',
            },
          },
        ],
      },
    ],
  });
});

test('names with quotes, line breaks and other letters come through in texts and links', async (t) => {
  const labels = String.raw`project="团队 \"A\"\n&b",provider="json",type="balance",unit="CNY",instance="a:9100",job="balance-alert"`;
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x30',
      [`balance_alert_balance{${labels}}`]: '-3x30',
      [`balance_alert_threshold{${labels}}`]: '1x30',
      [`balance_alert_status{${labels}}`]: '0x30',
    },
    alerts: [
      {
        at: '10m',
        alert: 'BalanceLow',
        firing: [
          {
            labels: {
              project: '团队 "A"\n&b',
              provider: 'json',
              type: 'balance',
              unit: 'CNY',
              severity: 'warning',
            },
            annotations: {
              summary: 'A balance is below its threshold.',
              description: '团队 "A"\n&b (json) has -3.00 CNY left, below its threshold of 1.00.',
              runbook_url: 'http://127.0.0.1:8080/runbooks/BalanceLow',
              dashboard_url:
                'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=%E5%9B%A2%E9%98%9F+%22A%22%0A%26b',
            },
          },
        ],
      },
    ],
  });
});

test('BalanceEmpty fires at 0, after 5 minutes, and not at the last cent', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x30', ...account({ balance: '0.01x9 0x20' }) },
    alerts: [
      { at: '9m', alert: 'BalanceEmpty', firing: [] },
      { at: '14m', alert: 'BalanceEmpty', firing: [] },
      {
        at: '15m',
        alert: 'BalanceEmpty',
        firing: [empty('openrouter-prod (openrouter) has 0.00 USD left.')],
      },
    ],
  });
});

test('BalanceEmpty does not fire if a threshold of 0 or below permits debt', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x30',
      ...account({ balance: '-500x30', threshold: '-1000x30', status: '1x30' }),
    },
    alerts: [{ at: '30m', alert: 'BalanceEmpty', firing: [] }],
  });
});

test('BalanceEmpty is silent for a quota and for the money of customers', async (t) => {
  const of = (type: string) =>
    `balance_alert_balance{project="p",provider="v",type="${type}",unit="points",instance="a:9100",job="balance-alert"}`;
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x30', [of('quota')]: '0x30', [of('merchant')]: '0x30' },
    alerts: [{ at: '30m', alert: 'BalanceEmpty', firing: [] }],
  });
});

test('BalanceEmpty fires for cash that is used up, and not for a gift or a voucher beside it', async (t) => {
  const of = (wallet: string) => account({ balance: '0x30' }, `,wallet="${wallet}"`);
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x30', ...of('gift'), ...of('voucher') },
    alerts: [{ at: '30m', alert: 'BalanceEmpty', firing: [] }],
  });
  const words = 'openrouter-prod (openrouter, cash) has 0.00 USD left.';
  const fired = empty(words);
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x30', ...of('gift'), ...of('cash') },
    alerts: [
      {
        at: '30m',
        alert: 'BalanceEmpty',
        firing: [{ ...fired, labels: { ...fired.labels, wallet: 'cash' } }],
      },
    ],
  });
});

test('BalanceEmpty is held while no exporter answers, and resolves on a top-up', async (t) => {
  const held = empty('openrouter-prod (openrouter) has -1.25 USD left.');
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 0x30 1x50',
      ...account({ balance: '-1.25x6 stale _x29 300x50', up: '1x6 stale _x29 1x50' }),
    },
    alerts: [
      { at: '1h', alert: 'BalanceEmpty', firing: [held] },
      { at: '5h', alert: 'BalanceEmpty', firing: [held] },
      { at: '7h', alert: 'BalanceEmpty', firing: [] },
    ],
  });
});
