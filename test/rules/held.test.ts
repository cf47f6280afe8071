import ava from 'ava';
import { isAlert, ruleGroups } from '../../rules/index.ts';
import { analyse } from '../support/promql.ts';
import { needing } from '../support/promtool.ts';
import { account, emptyAlert, exporterUp, holds } from './case.ts';

/**
 * Alerts that outlast their cause: held while no exporter answers or an account's check fails, and only for what was
 * there at the last good scrape.
 */

const test = needing(ava, 'promtool');

const rules = ruleGroups().flatMap((group) => group.rules);

/** Series that outlast the exporter: they carry themselves from one evaluation to the next. */
const carried = new Set(
  rules.flatMap((rule) =>
    !isAlert(rule) &&
    analyse(rule.expr).selectors.some(
      // What silences an alert is looked for somewhat further back than what fires it.
      ({ metric, range }) => metric === rule.record && (range === '1h' || range === '70m'),
    )
      ? [rule.record as string]
      : [],
  ),
);

ava(
  'an alert that reads a carried series reads no other, so that what silences it is held as long as what fires it',
  (t) => {
    const held = rules
      .filter(isAlert)
      .filter(({ expr }) => analyse(expr).selectors.some(({ metric }) => carried.has(metric)));
    t.deepEqual(
      [...new Set(held.map(({ alert }) => alert))],
      [
        'BalanceEmpty',
        'BalanceLow',
        'RunwayShort',
        'BudgetPace',
        'SubscriptionExpiring',
        'SubscriptionOverdue',
      ],
    );
    t.deepEqual(
      held.flatMap(({ alert, expr }) =>
        analyse(expr)
          .selectors.filter(({ metric }) => !carried.has(metric))
          .map(({ metric }) => `${alert}: ${metric}`),
      ),
      [],
    );
  },
);

test('a post-paid account alerts neither while its exporter is down nor while its checks fail', async (t) => {
  const series = { balance: '-20x60 stale', threshold: '-500x60 stale', status: '1x60 stale' };
  for (const [exporter, up] of [
    ['1x60 0x300', '1x60 stale'],
    ['1x400', '1x30 0x400'],
    // Failing first, then down.
    ['1x120 0x300', '1x30 0x90 stale'],
  ] as const) {
    await holds(t, {
      interval: '1m',
      series: { [exporterUp]: exporter, ...account({ ...series, up }) },
      alerts: [
        { at: '50m', alert: 'BalanceEmpty', firing: [] },
        { at: '80m', alert: 'BalanceEmpty', firing: [] },
        { at: '5h', alert: 'BalanceEmpty', firing: [] },
        { at: '5h', alert: 'BalanceLow', firing: [] },
      ],
    });
  }
});

test('an account that is in debt without being post-paid is held through checks that fail and an exporter that goes down after them', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x120 0x300',
      ...account({ balance: '-20x60 stale', up: '1x30 0x90 stale' }),
    },
    alerts: [
      { at: '50m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '110m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '5h', alert: 'BalanceEmpty', firing: [emptyAlert] },
    ],
  });
});

test('an account that was removed does not come back with a failed scrape, neither one taken out an hour before nor one taken out by the restart itself', async (t) => {
  const low = { balance: '-20', threshold: '100', status: '0' };
  for (const [exporter, end] of [
    // Removed at 20 m; scrapes fail at 50 m and for a while from 90 m on.
    ['1x49 0 1x39 0x20 1x300', 20],
    // Removed by a restart: down at 21 m and 22 m, back without the account, then a failed scrape.
    ['1x20 0x2 1x2 0x30 1x300', 20],
  ] as const) {
    const until = (value: string): string => `${value}x${end} stale`;
    await holds(t, {
      interval: '1m',
      series: {
        [exporterUp]: exporter,
        ...account({
          balance: until(low.balance),
          threshold: until(low.threshold),
          status: until(low.status),
          up: until('1'),
        }),
      },
      alerts: [
        { at: '45m', alert: 'BalanceEmpty', firing: [] },
        { at: '51m', alert: 'BalanceEmpty', firing: [] },
        { at: '105m', alert: 'BalanceEmpty', firing: [] },
        { at: '105m', alert: 'BalanceLow', firing: [] },
      ],
    });
  }
});

test('a currency that the vendor no longer gives does not come back when the check fails or the exporter goes down', async (t) => {
  for (const [exporter, up] of [
    ['1x400', '1x50 0x300'],
    ['1x50 0x300', '1x50 stale'],
  ] as const) {
    await holds(t, {
      interval: '1m',
      series: {
        [exporterUp]: exporter,
        ...account({ balance: '-20x20 stale', up }),
        ...Object.fromEntries(
          Object.entries(account({ balance: '100x400' })).map(([name, values]) => [
            name.replace('unit="USD"', 'unit="CNY"'),
            name.includes('account_up') ? up : values,
          ]),
        ),
      },
      alerts: [
        { at: '20m', alert: 'BalanceEmpty', firing: [emptyAlert] },
        { at: '90m', alert: 'BalanceEmpty', firing: [] },
      ],
    });
  }
});

test('a threshold that was taken away while the exporter answered does not come back when it goes down', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x50 0x300',
      ...account({
        balance: '42x50 stale',
        threshold: '100x20 stale',
        status: '0x20 stale',
        up: '1x50 stale',
      }),
    },
    alerts: [{ at: '90m', alert: 'BalanceLow', firing: [] }],
  });
});

test('a threshold that was taken away shortly before the exporter goes down does not come back, though it was scraped minutes ago', async (t) => {
  await holds(t, {
    interval: '30s',
    evaluatedEvery: '2m',
    series: {
      [exporterUp]: '1x24 0x60',
      // Taken away 30 s before an evaluation, which sees the balance without it; down 30 s after.
      ...account({ balance: '-20x24 stale', threshold: '-500x22 stale', status: '1x22 0x2 stale' }),
    },
    alerts: [
      { at: '10m', alert: 'BalanceEmpty', firing: [] },
      { at: '20m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '40m', alert: 'BalanceEmpty', firing: [emptyAlert] },
    ],
  });
});

/** A series of the account as rules record it. */
const recordedOf = (name: string) =>
  `${name}{project="openrouter-prod",provider="openrouter",type="balance",unit="USD"}`;

test('a post-paid account that was scraped only between two evaluations of its threshold does not alert', async (t) => {
  for (const [exporter, up] of [
    // The exporter goes down a minute and a half after its first scrape, or the check fails and max_age is shorter.
    ['1x3 0x80', '_ 1x2 stale'],
    ['1x90', '_ 1x2 0x80'],
  ] as const) {
    const series = { balance: '_ -20x2 stale', status: '_ 1x2 stale', up };
    const others = {
      // Balances are recorded each minute, thresholds only every two.
      [exporterUp]: exporter,
      [recordedOf('account:balance_alert_balance:current')]: '_x2 -20x80',
      [recordedOf('account:balance_alert_balance_known_timestamp_seconds:max')]: '_x2 60x80',
    };
    const asked = ['6m', '10m', '16m', '40m'].map((at) => ({ at, alert: 'BalanceEmpty' }));
    await holds(t, {
      interval: '30s',
      evaluatedEvery: '2m',
      series: { ...account({ ...series, threshold: '_ -500x2 stale' }), ...others },
      alerts: asked.map((one) => ({ ...one, firing: [] })),
    });
    // The same without a threshold, so that nothing else is what keeps the alert away.
    await holds(t, {
      interval: '30s',
      evaluatedEvery: '2m',
      series: { ...account(series), ...others },
      alerts: asked.slice(1).map((one) => ({ ...one, firing: [emptyAlert] })),
    });
  }
});

test('an account that became post-paid between two evaluations of its threshold does not alert when the exporter goes down at once', async (t) => {
  await holds(t, {
    interval: '30s',
    evaluatedEvery: '2m',
    series: {
      [exporterUp]: '1x6 0x80',
      ...account({
        balance: '-20x6 stale',
        threshold: '100x4 -500x1 stale',
        status: '0x4 1x1 stale',
        up: '1x6 stale',
      }),
      [recordedOf('account:balance_alert_balance:current')]: '-20x90',
      [recordedOf('account:balance_alert_balance_known_timestamp_seconds:max')]: '180x90',
    },
    alerts: ['6m', '10m', '40m'].map((at) => ({ at, alert: 'BalanceEmpty', firing: [] })),
  });
});

test('a post-paid account does not alert when Prometheus itself was away for somewhat more than an hour and its threshold is evaluated last', async (t) => {
  const others = {
    [exporterUp]: '1 0x130',
    [recordedOf('account:balance_alert_balance:current')]: '-20x130',
    [recordedOf('account:balance_alert_balance_known_timestamp_seconds:max')]: '0x130',
  };
  const series = { balance: '-20 stale', status: '1 stale', up: '1 stale' };
  const pause = { interval: '1m', evaluatedEvery: '62m' };
  await holds(t, {
    ...pause,
    series: { ...account({ ...series, threshold: '-500 stale' }), ...others },
    alerts: [{ at: '124m', alert: 'BalanceEmpty', firing: [] }],
  });
  // The same without a threshold, so that nothing else is what keeps the alert away.
  await holds(t, {
    ...pause,
    series: { ...account(series), ...others },
    alerts: [{ at: '124m', alert: 'BalanceEmpty', firing: [emptyAlert] }],
  });
});

const runwayNow = 'account:balance_alert_runway_seconds:current';
const runwayIs = (at: string, seconds?: number) => ({
  at,
  expr: `sum(${runwayNow})`,
  is: seconds === undefined ? {} : { '{}': seconds },
});

test('a runway is held over a pause of Prometheus after which it is evaluated before the accounts are', async (t) => {
  await holds(t, {
    interval: '1m',
    evaluatedEvery: '3m',
    series: {
      [exporterUp]: '1 0x60',
      ...account({ balance: '50 stale', up: '1 stale' }),
      [recordedOf('account:balance_alert_runway_seconds')]: '86400 stale',
      // Recorded by the accounts' group: not yet again at 3 m, but at 6 m.
      'account:balance_alert_exporter_up_timestamp_seconds:max': '0 stale _x4 0x45',
      [recordedOf('account:balance_alert_balance_known_timestamp_seconds:max')]: '0 stale _x4 0x45',
    },
    values: [runwayIs('0m', 86_400), runwayIs('3m'), runwayIs('6m', 86_400), runwayIs('42m', 86_400)],
  });
});

test('a runway that ended within an hour before a pause of Prometheus does not come back after it', async (t) => {
  await holds(t, {
    interval: '1m',
    evaluatedEvery: '10m',
    series: {
      // A runway that ended as the account became post-paid; the exporter goes down during the pause.
      [exporterUp]: '1x15 0x60',
      ...account({ balance: '50x15 stale', up: '1x15 stale' }),
      [recordedOf('account:balance_alert_runway_seconds')]: '86400 stale',
      'account:balance_alert_exporter_up_timestamp_seconds:max': '0x9 600x60',
      [recordedOf('account:balance_alert_balance_known_timestamp_seconds:max')]: '0x9 600x60',
    },
    values: [runwayIs('0m', 86_400), runwayIs('10m'), runwayIs('20m'), runwayIs('40m')],
  });
});

test('an alert is held when Prometheus itself was away for half an hour and comes back without an exporter', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 _x2 0x300',
      ...account({ balance: '-20x6 stale', up: '1x6 stale' }),
    },
    alerts: [{ at: '5h', alert: 'BalanceEmpty', firing: [emptyAlert] }],
  });
});

test('a post-paid account does not alert when Prometheus itself was away for half an hour and comes back without an exporter', async (t) => {
  const away = (value: string): string => `${value}x6 stale`;
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x6 _x2 0x300',
      ...account({ balance: away('-20'), threshold: away('-500'), status: away('1'), up: away('1') }),
    },
    alerts: ['90m', '100m', '5h'].map((at) => ({ at, alert: 'BalanceEmpty', firing: [] })),
  });
});

test('a threshold is held for longer than the balance that it silences, so that a post-paid account does not alert as the three days end', async (t) => {
  const away = (value: string): string => `${value}x15 stale`;
  await holds(t, {
    interval: '4m',
    series: {
      [exporterUp]: '1x15 0x1300',
      ...account({ balance: away('-20'), threshold: away('-500'), status: away('1'), up: away('1') }),
    },
    values: [
      { at: '4376m', expr: 'count(account:balance_alert_balance:current)', is: { '{}': 1 } },
      { at: '4384m', expr: 'count(account:balance_alert_balance:current)', is: {} },
      { at: '4384m', expr: 'count(account:balance_alert_threshold:current)', is: { '{}': 1 } },
      { at: '4392m', expr: 'count(account:balance_alert_threshold:current)', is: {} },
    ],
    alerts: [{ at: '4388m', alert: 'BalanceEmpty', firing: [] }],
  });
});

test('the three days begin again once a balance was served, though not for long', async (t) => {
  // Away from the first hour on for two days and a half, back for twenty minutes, and away again.
  const away = (value: string): string => `${value}x15 stale _x898 ${value}x5 stale`;
  await holds(t, {
    interval: '4m',
    series: {
      [exporterUp]: '1x15 0x898 1x5 0x1500',
      ...account({ balance: away('-20'), up: away('1') }),
    },
    alerts: [
      { at: '84h', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '5d12h', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '5d20h', alert: 'BalanceEmpty', firing: [] },
    ],
  });
});

test('BudgetPace does not begin its six hours again when the exporter is away for a quarter of an hour', async (t) => {
  const labels =
    'project="aws",provider="aws-cost",unit="USD",period="month",instance="a:9100",job="balance-alert"';
  // 50 a day on a budget of 1200, in a month of 30 days that began four days ago; away from minute 120 to 135.
  const away = (value: string): string => `${value}x120 stale _x13 ${value}x600`;
  const month = 30 * 86_400;
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x120 0x14 1x600',
      'balance_alert_account_up{project="aws",provider="aws-cost",instance="a:9100",job="balance-alert"}':
        away('1'),
      [`balance_alert_spend{${labels}}`]: away('200'),
      [`balance_alert_spend_budget{${labels}}`]: away('1200'),
      [`balance_alert_spend_period_start_timestamp_seconds{${labels}}`]: away(String(-4 * 86_400)),
      [`balance_alert_spend_period_end_timestamp_seconds{${labels}}`]: away(String(month - 4 * 86_400)),
    },
    alerts: [
      { at: '359m', alert: 'BudgetPace', firing: [] },
      {
        at: '360m',
        alert: 'BudgetPace',
        firing: [
          {
            labels: {
              project: 'aws',
              provider: 'aws-cost',
              unit: 'USD',
              period: 'month',
              severity: 'warning',
            },
            annotations: {
              summary: 'Spend is on pace to exceed its budget.',
              description: 'aws (aws-cost) ends its month at 117.6% of its budget at the current pace.',
              runbook_url: 'http://127.0.0.1:8080/runbooks/BudgetPace',
              dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=aws',
            },
          },
        ],
      },
    ],
  });
});

test('a subscription that was removed does not come back with a failed scrape', async (t) => {
  const labels = 'name="CDN",cycle_type="quarterly",instance="a:9100",job="balance-alert"';
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x50 0x300',
      [`balance_alert_subscription_status{${labels}}`]: '0x20 stale',
      [`balance_alert_subscription_overdue{${labels}}`]: '1x20 stale',
      [`balance_alert_subscription_days{${labels}}`]: '40x20 stale',
    },
    alerts: [{ at: '90m', alert: 'SubscriptionOverdue', firing: [] }],
  });
});

test('a post-paid account has no runway, so it never runs short', async (t) => {
  await holds(t, {
    interval: '10m',
    series: {
      [exporterUp]: '1x300',
      ...account({ balance: '-20-1x300', threshold: '-500x300', status: '1x300' }),
    },
    values: [{ at: '40h', expr: 'account:balance_alert_runway_seconds', is: {} }],
    alerts: [{ at: '40h', alert: 'RunwayShort', firing: [] }],
  });
});
