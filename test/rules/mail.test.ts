import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, holds } from './case.ts';

const test = needing(ava, 'promtool');

const target = 'instance="a:9100",job="balance-alert"';
const up = `balance_alert_mailbox_up{mailbox="billing",${target}}`;
const lastSuccess = `balance_alert_mailbox_last_success_timestamp_seconds{mailbox="billing",${target}}`;
const interval = `balance_alert_mailbox_scan_interval_seconds{mailbox="billing",${target}}`;
const arrived = (topic: string) =>
  `balance_alert_email_last_alert_timestamp_seconds{mailbox="billing",topic="${topic}",${target}}`;
const counted = (topic: string) =>
  `balance_alert_email_alerts_total{mailbox="billing",topic="${topic}",${target}}`;

const links = (alert: string) => ({
  runbook_url: `http://127.0.0.1:8080/runbooks/${alert}`,
  dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-subscriptions?var-mailbox=billing',
});

const down: ExpectedAlert = {
  labels: { mailbox: 'billing', severity: 'warning' },
  annotations: {
    summary: 'A mailbox cannot be read.',
    description:
      'Scans of the mailbox billing fail or do not end; warnings that vendors send there are missed.',
    ...links('MailboxDown'),
  },
};

const mail = (topic: string, severity: string, at: string): ExpectedAlert => ({
  labels: { mailbox: 'billing', topic, severity },
  annotations: {
    summary: 'Billing mail received.',
    description: `Mail on the topic ${topic} arrived in the mailbox billing at ${at}.`,
    ...links('BillingMail'),
  },
});

const epoch = '1970-01-01 00:00:00 +0000 UTC';

test('MailboxDown fires after an hour of failing scans', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x9 0x100', [lastSuccess]: '0x109', [interval]: '900x109' },
    alerts: [
      { at: '69m', alert: 'MailboxDown', firing: [] },
      { at: '70m', alert: 'MailboxDown', firing: [down] },
    ],
  });
});

test('MailboxDown fires an hour after a scan has not ended for three intervals and half an hour', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x200', [lastSuccess]: '0x200', [interval]: '900x200' },
    // 3 * 15 m + 30 m = 75 m, and an hour.
    alerts: [
      { at: '135m', alert: 'MailboxDown', firing: [] },
      { at: '136m', alert: 'MailboxDown', firing: [down] },
    ],
  });
});

test('MailboxDown is silent while scans succeed, over a missed scrape, and without mailboxes', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x50 _ 1x100', [lastSuccess]: '0+60x150', [interval]: '900x150' },
    alerts: [{ at: '150m', alert: 'MailboxDown', firing: [] }],
  });
  await holds(t, {
    interval: '1m',
    series: { [`up{${target}}`]: '1x150' },
    alerts: [
      { at: '150m', alert: 'MailboxDown', firing: [] },
      { at: '150m', alert: 'BillingMail', firing: [] },
    ],
  });
});

test('a failed scrape and a restart of the exporter do not send MailboxDown or BillingMail again', async (t) => {
  // Away at 100 m, and from 105 m to 107 m.
  const away = (value: string): string => `${value}x99 stale ${value}x3 stale _x2 ${value}x20`;
  const at = ['99m', '100m', '101m', '105m', '106m', '107m', '108m', '120m'];
  await holds(t, {
    interval: '1m',
    series: {
      [up]: away('0'),
      [lastSuccess]: away('0'),
      [interval]: away('900'),
      [arrived('suspension')]: away('0'),
      [counted('suspension')]: away('1'),
    },
    alerts: at.flatMap((moment) => [
      { at: moment, alert: 'MailboxDown', firing: [down] },
      { at: moment, alert: 'BillingMail', firing: [mail('suspension', 'critical', epoch)] },
    ]),
  });
});

test('two exporters of which one reads the mailbox give no MailboxDown', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [up]: '0x150',
      [up.replace('a:9100', 'b:9100')]: '1x150',
      [lastSuccess]: '0+60x150',
      [interval]: '900x150',
    },
    alerts: [{ at: '150m', alert: 'MailboxDown', firing: [] }],
  });
});

test('BillingMail fires at once and for a day, by topic', async (t) => {
  for (const [topic, severity] of [
    ['suspension', 'critical'],
    ['arrears', 'critical'],
    ['low_balance', 'warning'],
    ['expiry', 'warning'],
    ['bill', 'info'],
    ['renewal', 'info'],
    ['top_up', 'warning'],
  ] as const) {
    await holds(t, {
      interval: '10m',
      series: { [arrived(topic)]: '0x200', [counted(topic)]: '1x200' },
      alerts: [
        { at: '0m', alert: 'BillingMail', firing: [mail(topic, severity, epoch)] },
        { at: '23h50m', alert: 'BillingMail', firing: [mail(topic, severity, epoch)] },
        { at: '24h', alert: 'BillingMail', firing: [] },
      ],
    });
  }
});

test('a mail whose counter Prometheus first saw at 1 fires for a day from then on', async (t) => {
  await holds(t, {
    interval: '1h',
    // Arrived at the start; a new exporter read the mailbox two days later, before its first scrape.
    series: { [arrived('arrears')]: '_x48 0x100', [counted('arrears')]: '_x48 1x100' },
    alerts: [
      { at: '47h', alert: 'BillingMail', firing: [] },
      { at: '48h', alert: 'BillingMail', firing: [mail('arrears', 'critical', epoch)] },
      { at: '71h', alert: 'BillingMail', firing: [mail('arrears', 'critical', epoch)] },
      { at: '73h', alert: 'BillingMail', firing: [] },
    ],
  });
});

test('topics without a mail, whose counters stand at 0, alert nobody', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [counted('suspension')]: '0x200' },
    alerts: [{ at: '24h', alert: 'BillingMail', firing: [] }],
  });
});

test('a mail that arrived while the mailbox could not be read fires when it is seen, for a day', async (t) => {
  await holds(t, {
    interval: '1h',
    // Arrived at the start, seen two days later.
    series: { [arrived('arrears')]: '_x48 0x100', [counted('arrears')]: '0x47 1x100' },
    alerts: [
      { at: '47h', alert: 'BillingMail', firing: [] },
      { at: '48h', alert: 'BillingMail', firing: [mail('arrears', 'critical', epoch)] },
      { at: '70h', alert: 'BillingMail', firing: [mail('arrears', 'critical', epoch)] },
      { at: '73h', alert: 'BillingMail', firing: [] },
    ],
  });
});

test('old mail that a new mailbox brings along alerts nobody', async (t) => {
  await holds(t, {
    interval: '1h',
    // Arrived at the start, seen eight days later.
    series: { [arrived('arrears')]: '_x192 0x100', [counted('arrears')]: '0x191 1x100' },
    alerts: [{ at: '200h', alert: 'BillingMail', firing: [] }],
  });
});

test('a restart of the exporter right after the first mail forgets nothing', async (t) => {
  await holds(t, {
    interval: '10m',
    // The counter is made at 0 again by an exporter that lost its storage; the timestamp is in Prometheus.
    series: { [arrived('suspension')]: '0x3 stale 0x20', [counted('suspension')]: '1x3 stale 1x20' },
    alerts: [{ at: '2h', alert: 'BillingMail', firing: [mail('suspension', 'critical', epoch)] }],
  });
});

test('mails of a named sender and of others fire separately, those of the named one with its name', async (t) => {
  const of = (series: string) => series.replace('{mailbox="billing",', '{mailbox="billing",sender="Vendor",');
  const { labels, annotations } = mail('bill', 'info', epoch);
  const vendor: ExpectedAlert = {
    labels: { ...labels, sender: 'Vendor' },
    annotations: {
      ...annotations,
      description: `Mail on the topic bill from Vendor arrived in the mailbox billing at ${epoch}.`,
    },
  };
  await holds(t, {
    interval: '10m',
    series: {
      [of(arrived('bill'))]: '0x200',
      [of(counted('bill'))]: '2x200',
      [counted('bill')]: '0x200',
    },
    alerts: [{ at: '1h', alert: 'BillingMail', firing: [vendor] }],
    values: [
      {
        at: '1h',
        expr: 'balance_alert_email_alerts',
        is: { 'balance_alert_email_alerts{mailbox="billing"}': 2 },
      },
    ],
  });
  await holds(t, {
    interval: '10m',
    series: { [of(arrived('bill'))]: '0x20', [arrived('bill')]: '0x20' },
    alerts: [{ at: '1h', alert: 'BillingMail', firing: [mail('bill', 'info', epoch), vendor] }],
  });
});

test('two exporters that read one mailbox give one BillingMail', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [arrived('bill')]: '0x20', [arrived('bill').replace('a:9100', 'b:9100')]: '0x20' },
    alerts: [{ at: '1h', alert: 'BillingMail', firing: [mail('bill', 'info', epoch)] }],
  });
});

test('the name under which the replaced system documented the counter answers, by mailbox', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [counted('bill')]: '3x10',
      [counted('arrears')]: '1x10',
      [counted('arrears').replace('a:9100', 'b:9100')]: '1x10',
    },
    values: [
      {
        at: '5m',
        expr: 'balance_alert_email_alerts',
        is: { 'balance_alert_email_alerts{mailbox="billing"}': 4 },
      },
    ],
  });
});
