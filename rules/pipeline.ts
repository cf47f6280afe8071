import { exporterSelector, relaySelector } from './expressions.ts';
import { dashboardPath } from './links.ts';
import type { AlertRule, RuleGroup } from './types.ts';

const dashboard = dashboardPath('exporter');

const exporterDown: AlertRule = {
  alert: 'BalanceAlertExporterDown',
  severity: 'critical',
  expr: `${exporterSelector} == 0`,
  for: '5m',
  why: 'Critical: no balance is monitored. 5m is longer than a restart or an update takes.',
  summary: 'The exporter is down.',
  description: 'Prometheus cannot scrape {{ $labels.instance }}. Balance alerts use the last known values.',
  dashboard,
};

const exporterAbsent: AlertRule = {
  alert: 'BalanceAlertExporterAbsent',
  severity: 'critical',
  expr: `absent(${exporterSelector})`,
  for: '10m',
  why: 'Critical: without a target there is no up metric that could be 0. 10m, because Prometheus itself starts without one.',
  summary: 'Prometheus has no exporter to scrape.',
  description: 'Prometheus has no target of the job balance-alert.',
  dashboard,
};

const reloadFailed: AlertRule = {
  alert: 'BalanceAlertConfigReloadFailed',
  severity: 'warning',
  expr: `max_over_time(balance_alert_config_last_reload_successful[5m]) == 0`,
  for: '10m',
  why: 'A warning: the previous configuration is kept. Reads five minutes, so that one missed scrape does not resolve it; 10m leaves time to correct a mistake.',
  summary: 'Reload of the account file failed.',
  description:
    'The exporter {{ $labels.instance }} keeps the previous configuration; its log and the status page list the errors.',
  dashboard,
};

const entriesLeftOut: AlertRule = {
  alert: 'BalanceAlertEntriesLeftOut',
  severity: 'critical',
  expr: `increase(balance_alert_entry_render_failures_total[15m]) > 0`,
  keepFiringFor: '15m',
  why: 'Critical: entries of the account file have no series, so no alert covers them. The counter increases with each rendering, so there is no "for".',
  summary: 'Entries of the account file are not exported.',
  description:
    'The exporter {{ $labels.instance }} left out one or more entries of the kind {{ $labels.kind }} because it could not render them. Its log and the status page name them.',
  dashboard,
};

/** In days: what is left of a certificate, by severity. The stack renews its own in the last 60. */
const certificateDays = { warning: 30, critical: 7 } as const;

const certificateExpiring = (severity: keyof typeof certificateDays): AlertRule => ({
  alert: 'BalanceAlertCertificateExpiring',
  severity,
  expr: `max_over_time(balance_alert_web_certificate_expiry_timestamp_seconds[5m]) - time() < ${certificateDays[severity]} * 86400`,
  why:
    severity === 'warning'
      ? 'A warning: nothing fails yet. Once it has expired, scrapes fail, and in the stack no alert reaches Alertmanager any more. Reads five minutes, so that one missed scrape does not resolve it.'
      : 'Critical: after the last week nothing of the stack can be asked over TLS, and no alert is delivered.',
  summary: `The certificate expires within ${certificateDays[severity]} days.`,
  description:
    'The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}. In the stack, scripts/up renews all certificates.',
  dashboard,
});

const ruleFailures: AlertRule = {
  alert: 'BalanceAlertRuleFailures',
  severity: 'warning',
  expr: `increase(prometheus_rule_evaluation_failures_total{rule_group=~".*;balance-alert[.].*"}[15m]) > 0
or
increase(prometheus_rule_group_iterations_missed_total{rule_group=~".*;balance-alert[.].*"}[15m]) > 0`,
  keepFiringFor: '15m',
  why: 'A warning: an alert may be missing. Any failure counts, so no "for". Needs a Prometheus that scrapes itself.',
  summary: 'Rules of balance-alert fail or are late.',
  description: 'Prometheus {{ $labels.instance }} failed to evaluate {{ $labels.rule_group }} in time.',
  dashboard,
};

const notificationsFailing: AlertRule = {
  alert: 'BalanceAlertNotificationsFailing',
  severity: 'critical',
  expr: `(
  rate(prometheus_notifications_errors_total[15m])
  / (rate(prometheus_notifications_sent_total[15m]) > 0)
  > 0.01
)
or
(
  rate(prometheus_notifications_dropped_total[15m]) > 0
  and on (job, instance) prometheus_notifications_alertmanagers_discovered > 0
)
or
rate(alertmanager_notifications_failed_total[15m]) > 0`,
  for: '5m',
  keepFiringFor: '15m',
  why: 'Critical: alerts fire but are not delivered. Prometheus and Alertmanager retry, so a single failure within 5m is left to them. A Prometheus without an Alertmanager drops all alerts by design. Visible on the dashboard, and through an external check of the Watchdog.',
  summary: 'Notifications are not delivered.',
  description:
    '{{ with $labels.integration }}Alertmanager cannot deliver by {{ . }}{{ with $labels.receiver_name }} to {{ . }}{{ end }}{{ else }}Prometheus cannot send alerts to Alertmanager{{ with $labels.alertmanager }} at {{ . }}{{ end }}{{ end }}.',
  dashboard,
};

const relayDown: AlertRule = {
  alert: 'BalanceAlertRelayDown',
  severity: 'critical',
  expr: `${relaySelector} == 0`,
  for: '5m',
  why: 'Critical: alerts do not reach the chat. 5m is longer than a restart or an update takes. Without a relay there is no such series, and it never fires. Route it also to a receiver that does not depend on the relay.',
  summary: 'The chat relay is down.',
  description: 'Prometheus cannot scrape {{ $labels.instance }}. Alerts do not reach the chat.',
  dashboard,
};

const relayFailing: AlertRule = {
  alert: 'BalanceAlertRelayFailing',
  severity: 'critical',
  expr: `sum by (channel, reason) (
  increase(balance_alert_relay_notifications_total{result!="delivered"}[10m])
) > 0`,
  for: '15m',
  keepFiringFor: '15m',
  why: 'Critical: alerts do not reach the chat. Alertmanager retries within seconds to minutes, and after a refusal with the next interval of the group (5m), so persistent failures are always within 10m; one that is resolved within five minutes never fires.',
  summary: 'The chat relay cannot deliver.',
  description:
    'The relay cannot deliver to the channel {{ $labels.channel }}: {{ $labels.reason }}. Its log has the error message of the bot.',
  dashboard,
};

const watchdog: AlertRule = {
  alert: 'BalanceAlertWatchdog',
  severity: 'none',
  expr: 'vector(1)',
  why: 'Always firing. Route it to an external heartbeat service: when it stops arriving, the alerting pipeline is broken.',
  summary: 'The alerting pipeline works.',
  description: 'This alert always fires. If it stops arriving, the alerting pipeline is broken.',
  dashboard,
};

/** Whether the rest of the rules can be believed. */
export const pipelineGroup: RuleGroup = {
  name: 'balance-alert.pipeline',
  rules: [
    exporterDown,
    exporterAbsent,
    reloadFailed,
    entriesLeftOut,
    certificateExpiring('warning'),
    certificateExpiring('critical'),
    ruleFailures,
    notificationsFailing,
    relayDown,
    relayFailing,
    watchdog,
  ],
};
