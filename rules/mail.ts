import type { MailTopic } from '../exporter/mail/topics.ts';
import type { MetricName } from '../exporter/metrics/catalog.ts';
import { collapsed } from './expressions.ts';
import { dashboardPath } from './links.ts';
import { identityOf } from './series.ts';
import type { AlertRule, RuleGroup, Severity } from './types.ts';

const mailbox = identityOf('balance_alert_mailbox_up');
const topic = identityOf('balance_alert_email_alerts_total');
const up = collapsed('max', 'balance_alert_mailbox_up');

const down: AlertRule = {
  alert: 'MailboxDown',
  severity: 'warning',
  expr: `(
  ${up} == 0
)
or
(
  time() - ${collapsed('max', 'balance_alert_mailbox_last_success_timestamp_seconds')}
  > on (${mailbox}) 3 * ${collapsed('max', 'balance_alert_mailbox_scan_interval_seconds')} + 1800
) * 0`,
  for: '1h',
  keepFiringFor: '5m',
  why: 'A warning: mails stay in the mailbox and are read later. An hour tolerates maintenance of the mail server. The second part covers a scan that does not end, which counts no failure. keep_firing_for 5m bridges a failed scrape and a restart of the exporter.',
  summary: 'A mailbox cannot be read.',
  description:
    'Scans of the mailbox {{ $labels.mailbox }} fail or do not end; warnings that vendors send there are missed.',
  dashboard: dashboardPath('subscriptions', 'mailbox'),
};

/** What each topic asks of a person. */
const gradeOf = {
  suspension: 'critical',
  arrears: 'critical',
  low_balance: 'warning',
  expiry: 'warning',
  bill: 'info',
  renewal: 'info',
  top_up: 'warning',
} as const satisfies Record<MailTopic, Severity>;

function billingMail(severity: 'critical' | 'warning' | 'info', why: string): AlertRule {
  const topics = Object.entries(gradeOf).flatMap(([name, grade]) => (grade === severity ? [name] : []));
  const matchers = `topic=~"${topics.join('|')}"`;
  const seen = `max by (${topic})`;
  const recent = (metric: MetricName): string => `${seen} (last_over_time(${metric}{${matchers}}[5m]))`;
  const arrived = recent('balance_alert_email_last_alert_timestamp_seconds');
  const counter = `balance_alert_email_alerts_total{${matchers}}`;
  return {
    alert: 'BillingMail',
    severity,
    expr: `(
  ${arrived} > time() - 86400
)
or
(
  (${arrived} > time() - 7 * 86400)
  and
  (
    ${seen} (increase(${counter}[1d])) > 0
    or
    (${recent('balance_alert_email_alerts_total')} > 0 unless ${seen} (last_over_time(${counter}[7d] offset 1d)))
  )
)`,
    why,
    summary: 'Billing mail received.',
    description:
      'Mail on the topic {{ $labels.topic }} {{ with $labels.sender }}from {{ . }} {{ end }}arrived in the mailbox {{ $labels.mailbox }} at {{ $value | humanizeTimestamp }}.',
    dashboard: dashboardPath('subscriptions', 'mailbox'),
  };
}

const window =
  'Fires for a day after the mail was received (by timestamp, since increase() misses the first increment after a restart), or, if the mailbox was read late, for a day after the mail was seen, if it is no older than a week. A counter that did not exist a day ago and starts above 0 counts as seen now. Values of five minutes ago count as well, so that a failed scrape or a restart of the exporter does not send it again.';

export const mailGroup: RuleGroup = {
  name: 'balance-alert.mail',
  rules: [
    {
      record: 'balance_alert_email_alerts',
      expr: `sum by (${mailbox}) (${collapsed('max', 'balance_alert_email_alerts_total')})`,
      why: 'The name under which the replaced system documented it.',
    },
    down,
    billingMail('critical', `Critical: the vendor stops the service or is about to. ${window}`),
    billingMail('warning', 'A warning: there are days to act. Times as above.'),
    billingMail('info', 'Info: no action needed. Times as above.'),
  ],
};
