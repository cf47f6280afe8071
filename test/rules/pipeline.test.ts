import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, holds } from './case.ts';

const test = needing(ava, 'promtool');

const up = 'up{instance="exporter:9100",job="balance-alert"}';

const alert = (
  name: string,
  severity: string,
  labels: Record<string, string>,
  summary: string,
  description: string,
): ExpectedAlert => ({
  labels: { ...labels, severity },
  annotations: {
    summary,
    description,
    runbook_url: `http://127.0.0.1:8080/runbooks/${name}`,
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-exporter',
  },
});

const down = (instance: string) =>
  alert(
    'BalanceAlertExporterDown',
    'critical',
    { instance, job: 'balance-alert' },
    'The exporter is down.',
    `Prometheus cannot scrape ${instance}. Balance alerts use the last known values.`,
  );

test('BalanceAlertExporterDown fires after five minutes, for each exporter that is down', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x9 0x20', 'up{instance="other:9100",job="balance-alert"}': '1x30' },
    alerts: [
      { at: '14m', alert: 'BalanceAlertExporterDown', firing: [] },
      { at: '15m', alert: 'BalanceAlertExporterDown', firing: [down('exporter:9100')] },
    ],
  });
});

test('BalanceAlertExporterDown is silent over a restart of four minutes, and for other jobs', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x9 0x4 1x20', 'up{instance="n",job="node"}': '0x30' },
    alerts: [{ at: '14m', alert: 'BalanceAlertExporterDown', firing: [] }],
  });
});

const absent = alert(
  'BalanceAlertExporterAbsent',
  'critical',
  { job: 'balance-alert' },
  'Prometheus has no exporter to scrape.',
  'Prometheus has no target of the job balance-alert.',
);

test('BalanceAlertExporterAbsent fires ten minutes after the target vanished, and when there never was one', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '1x9 stale' },
    alerts: [
      { at: '19m', alert: 'BalanceAlertExporterAbsent', firing: [] },
      { at: '20m', alert: 'BalanceAlertExporterAbsent', firing: [absent] },
      { at: '20m', alert: 'BalanceAlertExporterDown', firing: [] },
    ],
  });
  await holds(t, {
    interval: '1m',
    series: { 'up{instance="p",job="prometheus"}': '1x20' },
    alerts: [{ at: '10m', alert: 'BalanceAlertExporterAbsent', firing: [absent] }],
  });
});

test('BalanceAlertExporterAbsent does not fire for an exporter that is down, which BalanceAlertExporterDown covers', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x30' },
    alerts: [{ at: '30m', alert: 'BalanceAlertExporterAbsent', firing: [] }],
  });
});

const reload = 'balance_alert_config_last_reload_successful{instance="exporter:9100",job="balance-alert"}';
const reloadFailed = alert(
  'BalanceAlertConfigReloadFailed',
  'warning',
  { instance: 'exporter:9100', job: 'balance-alert' },
  'Reload of the account file failed.',
  'The exporter exporter:9100 keeps the previous configuration; its log and the status page list the errors.',
);

test('BalanceAlertConfigReloadFailed fires once a bad file stands for a quarter of an hour', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [reload]: '1x9 0x40' },
    // Five minutes until no good value is in sight, and ten of "for".
    alerts: [
      { at: '23m', alert: 'BalanceAlertConfigReloadFailed', firing: [] },
      { at: '25m', alert: 'BalanceAlertConfigReloadFailed', firing: [reloadFailed] },
    ],
  });
});

test('BalanceAlertConfigReloadFailed persists over a missed scrape, and does not fire for a file that is soon corrected', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [reload]: '0x20 stale 0x20' },
    alerts: [{ at: '21m', alert: 'BalanceAlertConfigReloadFailed', firing: [reloadFailed] }],
  });
  await holds(t, {
    interval: '1m',
    series: { [reload]: '1x9 0x12 1x30' },
    alerts: [{ at: '25m', alert: 'BalanceAlertConfigReloadFailed', firing: [] }],
  });
});

const leftOut = (kind: string) =>
  `balance_alert_entry_render_failures_total{kind="${kind}",instance="exporter:9100",job="balance-alert"}`;

test('BalanceAlertEntriesLeftOut fires at the first entry that could not be rendered, by kind, until none has been for half an hour', async (t) => {
  const fired = alert(
    'BalanceAlertEntriesLeftOut',
    'critical',
    { instance: 'exporter:9100', job: 'balance-alert', kind: 'subscription' },
    'Entries of the account file are not exported.',
    'The exporter exporter:9100 left out one or more entries of the kind subscription because it could not render them. Its log and the status page name them.',
  );
  await holds(t, {
    interval: '1m',
    series: { [leftOut('subscription')]: '0x9 1x2 2x60', [leftOut('account')]: '0x70' },
    alerts: [
      { at: '9m', alert: 'BalanceAlertEntriesLeftOut', firing: [] },
      { at: '10m', alert: 'BalanceAlertEntriesLeftOut', firing: [fired] },
      { at: '41m', alert: 'BalanceAlertEntriesLeftOut', firing: [fired] },
      { at: '50m', alert: 'BalanceAlertEntriesLeftOut', firing: [] },
    ],
  });
});

test('BalanceAlertEntriesLeftOut is silent over a restart, which sets the counter back', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [leftOut('account')]: '5x30 _x3 0x30' },
    alerts: [{ at: '40m', alert: 'BalanceAlertEntriesLeftOut', firing: [] }],
  });
});

const expiring = (severity: string, days: number, left: string) =>
  alert(
    'BalanceAlertCertificateExpiring',
    severity,
    { instance: 'exporter:9100', job: 'balance-alert' },
    `The certificate expires within ${days} days.`,
    `The certificate of exporter:9100 expires in ${left}. In the stack, scripts/up renews all certificates.`,
  );

test('BalanceAlertCertificateExpiring warns a month before the end and is critical in the last week, until there is a new one', async (t) => {
  const certificate =
    'balance_alert_web_certificate_expiry_timestamp_seconds{instance="exporter:9100",job="balance-alert"}';
  const day = 86_400;
  // 0 is when the test begins. The scrape at 12h is missed.
  await holds(t, {
    interval: '1h',
    series: {
      [certificate]: `${30.5 * day}x23 ${7.5 * day + day}x23 ${365 * day}x10`,
    },
    alerts: [
      { at: '11h', alert: 'BalanceAlertCertificateExpiring', firing: [] },
      {
        at: '13h',
        alert: 'BalanceAlertCertificateExpiring',
        firing: [expiring('warning', 30, '29d 23h 0m 0s')],
      },
      {
        at: '40h',
        alert: 'BalanceAlertCertificateExpiring',
        firing: [expiring('warning', 30, '6d 20h 0m 0s'), expiring('critical', 7, '6d 20h 0m 0s')],
      },
      { at: '49h', alert: 'BalanceAlertCertificateExpiring', firing: [] },
    ],
  });
});

const ours = 'rule_group="/etc/prometheus/rules/balance-alert.accounts.yaml;balance-alert.accounts"';
const ruleLabels = {
  instance: 'p:9090',
  job: 'prometheus',
  rule_group: '/etc/prometheus/rules/balance-alert.accounts.yaml;balance-alert.accounts',
};
const ruleFailures = alert(
  'BalanceAlertRuleFailures',
  'warning',
  ruleLabels,
  'Rules of balance-alert fail or are late.',
  'Prometheus p:9090 failed to evaluate /etc/prometheus/rules/balance-alert.accounts.yaml;balance-alert.accounts in time.',
);

test('BalanceAlertRuleFailures fires at the first failed or missed evaluation of our groups, and only of ours', async (t) => {
  for (const metric of [
    'prometheus_rule_evaluation_failures_total',
    'prometheus_rule_group_iterations_missed_total',
  ]) {
    await holds(t, {
      interval: '1m',
      series: {
        [`${metric}{${ours},instance="p:9090",job="prometheus"}`]: '0x9 1x60',
        [`${metric}{rule_group="/etc/prometheus/other.yaml;other",instance="p:9090",job="prometheus"}`]:
          '0+1x60',
      },
      alerts: [
        { at: '9m', alert: 'BalanceAlertRuleFailures', firing: [] },
        { at: '10m', alert: 'BalanceAlertRuleFailures', firing: [ruleFailures] },
        { at: '45m', alert: 'BalanceAlertRuleFailures', firing: [] },
      ],
    });
  }
});

test('a restart of Prometheus, which sets its counters back, is no rule failure', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [`prometheus_rule_evaluation_failures_total{${ours},instance="p:9090",job="prometheus"}`]:
        '5x30 _x3 0x30',
    },
    alerts: [{ at: '40m', alert: 'BalanceAlertRuleFailures', firing: [] }],
  });
});

const notifications = (labels: Record<string, string>, description: string) =>
  alert(
    'BalanceAlertNotificationsFailing',
    'critical',
    labels,
    'Notifications are not delivered.',
    description,
  );

test('BalanceAlertNotificationsFailing fires when Prometheus can not hand over more than one in a hundred', async (t) => {
  const labels = 'alertmanager="http://alertmanager:9093/api/v2/alerts",instance="p:9090",job="prometheus"';
  const series = (errors: string) => ({
    [`prometheus_notifications_sent_total{${labels}}`]: '0+100x60',
    [`prometheus_notifications_errors_total{${labels}}`]: errors,
  });
  const { alertmanager, ...rest } = {
    alertmanager: 'http://alertmanager:9093/api/v2/alerts',
    instance: 'p:9090',
    job: 'prometheus',
  };
  await holds(t, {
    interval: '1m',
    series: series('0+2x60'),
    alerts: [
      { at: '5m', alert: 'BalanceAlertNotificationsFailing', firing: [] },
      {
        at: '6m',
        alert: 'BalanceAlertNotificationsFailing',
        firing: [
          notifications(
            { ...rest, alertmanager },
            `Prometheus cannot send alerts to Alertmanager at ${alertmanager}.`,
          ),
        ],
      },
    ],
  });
  await holds(t, {
    interval: '1m',
    series: series('0+1x60'),
    alerts: [{ at: '30m', alert: 'BalanceAlertNotificationsFailing', firing: [] }],
  });
});

test('BalanceAlertNotificationsFailing fires when Prometheus drops alerts, and when a receiver refuses them', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      'prometheus_notifications_dropped_total{instance="p:9090",job="prometheus"}': '0+1x60',
      'prometheus_notifications_alertmanagers_discovered{instance="p:9090",job="prometheus"}': '1x60',
    },
    alerts: [
      {
        at: '30m',
        alert: 'BalanceAlertNotificationsFailing',
        firing: [
          notifications(
            { instance: 'p:9090', job: 'prometheus' },
            'Prometheus cannot send alerts to Alertmanager.',
          ),
        ],
      },
    ],
  });
  await holds(t, {
    interval: '1m',
    series: {
      'alertmanager_notifications_failed_total{instance="am:9093",job="alertmanager",integration="webhook"}':
        '0x5 1x60',
      'alertmanager_notifications_failed_total{instance="am:9093",job="alertmanager",integration="email"}':
        '0x60',
      'alertmanager_notifications_failed_total{instance="am:9093",job="alertmanager",integration="slack",receiver_name="ops"}':
        '0x5 1x60',
    },
    alerts: [
      {
        at: '15m',
        alert: 'BalanceAlertNotificationsFailing',
        firing: [
          notifications(
            { instance: 'am:9093', job: 'alertmanager', integration: 'webhook' },
            'Alertmanager cannot deliver by webhook.',
          ),
          notifications(
            { instance: 'am:9093', job: 'alertmanager', integration: 'slack', receiver_name: 'ops' },
            'Alertmanager cannot deliver by slack to ops.',
          ),
        ],
      },
      { at: '50m', alert: 'BalanceAlertNotificationsFailing', firing: [] },
    ],
  });
});

test('a Prometheus without an Alertmanager, which drops all alerts, has no failing notifications', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      'prometheus_notifications_dropped_total{instance="p:9090",job="prometheus"}': '0+1x60',
      'prometheus_notifications_alertmanagers_discovered{instance="p:9090",job="prometheus"}': '0x60',
    },
    alerts: [{ at: '1h', alert: 'BalanceAlertNotificationsFailing', firing: [] }],
  });
});

test('an idle Prometheus, which sent nothing, has no failing notifications', async (t) => {
  const labels = 'alertmanager="a",instance="p:9090",job="prometheus"';
  await holds(t, {
    interval: '1m',
    series: {
      [`prometheus_notifications_sent_total{${labels}}`]: '0x60',
      [`prometheus_notifications_errors_total{${labels}}`]: '0x60',
    },
    alerts: [{ at: '1h', alert: 'BalanceAlertNotificationsFailing', firing: [] }],
  });
});

const relayDown = (instance: string) =>
  alert(
    'BalanceAlertRelayDown',
    'critical',
    { instance, job: 'balance-alert-relay' },
    'The chat relay is down.',
    `Prometheus cannot scrape ${instance}. Alerts do not reach the chat.`,
  );

test('BalanceAlertRelayDown fires after five minutes, for each relay that is down, and through a gap in its scrapes', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      'up{instance="relay:9200",job="balance-alert-relay"}': '1x9 0x10 _x3 0x20',
      'up{instance="other:9200",job="balance-alert-relay"}': '1x40',
    },
    alerts: [
      { at: '14m', alert: 'BalanceAlertRelayDown', firing: [] },
      { at: '15m', alert: 'BalanceAlertRelayDown', firing: [relayDown('relay:9200')] },
      { at: '22m', alert: 'BalanceAlertRelayDown', firing: [relayDown('relay:9200')] },
    ],
  });
  await holds(t, {
    interval: '1m',
    series: {
      'up{instance="relay:9200",job="balance-alert-relay"}': '0x20',
      'up{instance="other:9200",job="balance-alert-relay"}': '0x20',
    },
    alerts: [
      {
        at: '5m',
        alert: 'BalanceAlertRelayDown',
        firing: [relayDown('other:9200'), relayDown('relay:9200')],
      },
    ],
  });
});

test('BalanceAlertRelayDown is silent over a restart of four minutes, and where no relay is scraped', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { 'up{instance="relay:9200",job="balance-alert-relay"}': '1x9 0x4 1x20' },
    alerts: [{ at: '14m', alert: 'BalanceAlertRelayDown', firing: [] }],
  });
  await holds(t, {
    interval: '1m',
    series: { [up]: '0x30' },
    alerts: [{ at: '30m', alert: 'BalanceAlertRelayDown', firing: [] }],
  });
});

const counted = (labels: string) =>
  `balance_alert_relay_notifications_total{${labels},instance="relay:9110",job="balance-alert-relay"}`;

test('BalanceAlertRelayFailing fires when a bot keeps refusing every five minutes, names channel and reason, and persists until it is resolved', async (t) => {
  const failing = alert(
    'BalanceAlertRelayFailing',
    'critical',
    { channel: 'ops', reason: 'keyword' },
    'The chat relay cannot deliver.',
    'The relay cannot deliver to the channel ops: keyword. Its log has the error message of the bot.',
  );
  await holds(t, {
    interval: '1m',
    series: {
      [counted('channel="ops",result="rejected",reason="keyword"')]: '0x10 1x4 2x4 3x4 4x4 5x4 5x30',
      [counted('channel="ops",result="retry",reason="timeout"')]: '0x60',
      [counted('channel="ops",result="delivered",reason="none"')]: '0+1x60',
    },
    alerts: [
      { at: '25m', alert: 'BalanceAlertRelayFailing', firing: [] },
      { at: '27m', alert: 'BalanceAlertRelayFailing', firing: [failing] },
      { at: '36m', alert: 'BalanceAlertRelayFailing', firing: [failing] },
      { at: '64m', alert: 'BalanceAlertRelayFailing', firing: [] },
    ],
  });
});

test('BalanceAlertRelayFailing does not fire for failures that are resolved within five minutes, nor for deliveries', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [counted('channel="ops",result="retry",reason="network"')]: '0x10 1 2 3 4x60',
      [counted('channel="ops",result="delivered",reason="none"')]: '0+3x70',
    },
    alerts: ['15m', '25m', '26m', '27m', '40m'].map((at) => ({
      at,
      alert: 'BalanceAlertRelayFailing',
      firing: [],
    })),
  });
});

test('BalanceAlertWatchdog always fires, with nothing else there', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { 'up{instance="p",job="prometheus"}': '1' },
    alerts: [
      {
        at: '0m',
        alert: 'BalanceAlertWatchdog',
        firing: [
          alert(
            'BalanceAlertWatchdog',
            'none',
            {},
            'The alerting pipeline works.',
            'This alert always fires. If it stops arriving, the alerting pipeline is broken.',
          ),
        ],
      },
    ],
  });
});
