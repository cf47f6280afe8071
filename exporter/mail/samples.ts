import type { Sample } from '../metrics/catalog.ts';
import { sample } from '../metrics/catalog.ts';
import { failureReasons } from '../readings/check-error.ts';
import type { AlertCounts } from './sender-alerts.ts';
import { noAlerts } from './sender-alerts.ts';
import { distinctNames } from './senders.ts';
import type { MailboxState } from './state.ts';
import { mailTopics } from './topics.ts';

/** The series of mailboxes. Counters are there from the start for each topic and reason, so that none begins above 0. */
export function mailboxSamples(states: readonly MailboxState[]): readonly Sample[] {
  return states.flatMap(samplesOf);
}

function alertSamples(
  labels: { readonly mailbox: string; readonly sender?: string },
  { alerts, lastAlertAt }: AlertCounts,
): readonly Sample[] {
  return mailTopics.flatMap((topic) => {
    const counted = sample('balance_alert_email_alerts_total', { ...labels, topic }, alerts[topic]);
    const last = lastAlertAt[topic];
    if (last === undefined) return [counted];
    const arrived = { ...labels, topic };
    return [counted, sample('balance_alert_email_last_alert_timestamp_seconds', arrived, last / 1000)];
  });
}

function samplesOf(state: MailboxState): Sample[] {
  const mailbox = state.mailbox.name;
  const samples = [
    sample('balance_alert_mailbox_scan_interval_seconds', { mailbox }, state.mailbox.intervalSeconds),
    sample('balance_alert_email_scan_total', { mailbox }, state.examined),
    sample('balance_alert_email_unreadable_total', { mailbox }, state.unreadable),
  ];
  samples.push(...alertSamples({ mailbox }, { alerts: state.alerts, lastAlertAt: state.lastAlertAtMs }));
  for (const sender of distinctNames(state.mailbox.senders.names)) {
    const counts = state.senders?.find(({ name }) => name === sender) ?? noAlerts;
    samples.push(...alertSamples({ mailbox, sender }, counts));
  }
  for (const reason of failureReasons) {
    samples.push(
      sample('balance_alert_mailbox_scan_failures_total', { mailbox, reason }, state.failures[reason]),
    );
  }
  if (state.lastScanAtMs !== undefined) {
    samples.push(sample('balance_alert_mailbox_up', { mailbox }, state.failure === undefined ? 1 : 0));
  }
  if (state.lastSuccessAtMs !== undefined) {
    samples.push(
      sample(
        'balance_alert_mailbox_last_success_timestamp_seconds',
        { mailbox },
        state.lastSuccessAtMs / 1000,
      ),
    );
  }
  if (state.lastDurationSeconds !== undefined) {
    samples.push(
      sample('balance_alert_mailbox_scan_duration_seconds', { mailbox }, state.lastDurationSeconds),
    );
  }
  return samples;
}
