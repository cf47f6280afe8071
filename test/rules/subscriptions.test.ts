import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const identity = 'name="Cursor Team",cycle_type="monthly"';

interface Renewal {
  readonly days: string;
  readonly status: string;
  readonly overdue?: string;
  readonly autoRenew?: 'true' | 'false';
  readonly instance?: string;
}

function subscription({
  days,
  status,
  overdue = '0x1000',
  autoRenew = 'false',
  instance = 'a:9100',
}: Renewal) {
  const labels = `${identity},instance="${instance}",job="balance-alert"`;
  return {
    [`balance_alert_subscription_days{${labels}}`]: days,
    [`balance_alert_subscription_status{${labels}}`]: status,
    [`balance_alert_subscription_overdue{${labels}}`]: overdue,
    [`balance_alert_subscription_info{${labels},account_owner="platform",console_url="",auto_renew="${autoRenew}"}`]:
      status.replaceAll(/-?\b[01](?=x)/g, '1'),
  };
}

const links = (alert: string) => ({
  runbook_url: `http://127.0.0.1:8080/runbooks/${alert}`,
  dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-subscriptions?var-subscription=Cursor+Team',
  status_url: 'http://127.0.0.1:8080/#renewals',
});

const expiring = (severity: 'warning' | 'info', description: string): ExpectedAlert => ({
  labels: { name: 'Cursor Team', cycle_type: 'monthly', severity },
  annotations: {
    summary: 'A subscription is due and not marked as paid.',
    description,
    ...links('SubscriptionExpiring'),
  },
});

const overdue: ExpectedAlert = {
  labels: { name: 'Cursor Team', cycle_type: 'monthly', severity: 'critical' },
  annotations: {
    summary: 'A subscription is past its renewal and not marked as paid.',
    description: 'The renewal of Cursor Team (monthly) has passed and it was not marked as paid.',
    ...links('SubscriptionOverdue'),
  },
};

test('SubscriptionExpiring fires ten minutes into the window that the subscription itself has', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x60', ...subscription({ days: '6x9 5x60', status: '1x9 0x60' }) },
    alerts: [
      { at: '19m', alert: 'SubscriptionExpiring', firing: [] },
      {
        at: '20m',
        alert: 'SubscriptionExpiring',
        firing: [expiring('warning', 'Cursor Team (monthly) renews in 5 days.')],
      },
    ],
  });
});

test('SubscriptionExpiring counts days in words near the end', async (t) => {
  for (const [days, when] of [
    ['1', 'tomorrow'],
    ['0', 'today'],
  ] as const) {
    await holds(t, {
      interval: '1m',
      series: { [exporterUp]: '1x60', ...subscription({ days: `${days}x60`, status: '0x60' }) },
      alerts: [
        {
          at: '20m',
          alert: 'SubscriptionExpiring',
          firing: [expiring('warning', `Cursor Team (monthly) renews ${when}.`)],
        },
      ],
    });
  }
});

test('SubscriptionExpiring is silent when nothing is due and when the renewal is paid', async (t) => {
  for (const status of ['1x60', '-1x60']) {
    await holds(t, {
      interval: '1m',
      series: { [exporterUp]: '1x60', ...subscription({ days: '3x60', status }) },
      alerts: [
        { at: '1h', alert: 'SubscriptionExpiring', firing: [] },
        { at: '1h', alert: 'SubscriptionOverdue', firing: [] },
      ],
    });
  }
});

test('SubscriptionExpiring resolves a quarter of an hour after the renewal is marked as paid', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x90', ...subscription({ days: '3x29 33x60', status: '0x29 -1x60' }) },
    alerts: [
      {
        at: '29m',
        alert: 'SubscriptionExpiring',
        firing: [expiring('warning', 'Cursor Team (monthly) renews in 3 days.')],
      },
      { at: '46m', alert: 'SubscriptionExpiring', firing: [] },
    ],
  });
});

test('a subscription that renews automatically raises an info, not a warning', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x60', ...subscription({ days: '3x60', status: '0x60', autoRenew: 'true' }) },
    alerts: [
      {
        at: '20m',
        alert: 'SubscriptionExpiring',
        firing: [expiring('info', 'Cursor Team (monthly) renews automatically in 3 days.')],
      },
    ],
  });
});

test('SubscriptionOverdue takes over from SubscriptionExpiring, after ten minutes', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x90',
      ...subscription({ days: '0x29 30x60', status: '0x90', overdue: '0x29 1x60' }),
    },
    alerts: [
      {
        at: '29m',
        alert: 'SubscriptionExpiring',
        firing: [expiring('warning', 'Cursor Team (monthly) renews today.')],
      },
      { at: '39m', alert: 'SubscriptionOverdue', firing: [] },
      { at: '40m', alert: 'SubscriptionOverdue', firing: [overdue] },
      { at: '46m', alert: 'SubscriptionExpiring', firing: [] },
    ],
  });
});

test('renewals are held while no exporter answers, for three days, and end when the subscription is removed', async (t) => {
  const gone = { days: '3x12 stale', status: '0x12 stale', overdue: '0x12 stale' };
  const warning = expiring('warning', 'Cursor Team (monthly) renews in 3 days.');
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x12 0x600', ...subscription(gone) },
    alerts: [
      { at: '2h', alert: 'SubscriptionExpiring', firing: [warning] },
      { at: '70h', alert: 'SubscriptionExpiring', firing: [warning] },
      { at: '75h', alert: 'SubscriptionExpiring', firing: [] },
    ],
  });
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x600', ...subscription(gone) },
    alerts: [{ at: '3h', alert: 'SubscriptionExpiring', firing: [] }],
  });
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x12 0x600', ...subscription({ ...gone, overdue: '1x12 stale' }) },
    alerts: [{ at: '70h', alert: 'SubscriptionOverdue', firing: [overdue] }],
  });
});

test('a missed scrape neither stops nor repeats a reminder, and two exporters give one', async (t) => {
  const warning = expiring('warning', 'Cursor Team (monthly) renews in 3 days.');
  await holds(t, {
    interval: '1m',
    series: {
      [exporterUp]: '1x20 0 1x60',
      ...subscription({ days: '3x20 stale 3x60', status: '0x20 stale 0x60' }),
      ...subscription({ days: '_x30 3x60', status: '_x30 0x60', overdue: '_x30 0x60', instance: 'b:9100' }),
    },
    alerts: [
      { at: '21m', alert: 'SubscriptionExpiring', firing: [warning] },
      { at: '60m', alert: 'SubscriptionExpiring', firing: [warning] },
    ],
  });
});

test('no subscriptions, no alert', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [exporterUp]: '1x60' },
    alerts: [
      { at: '1h', alert: 'SubscriptionExpiring', firing: [] },
      { at: '1h', alert: 'SubscriptionOverdue', firing: [] },
    ],
  });
});
