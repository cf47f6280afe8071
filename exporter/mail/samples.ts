import type { Sample } from '../metrics/catalog.ts';
import { sample } from '../metrics/catalog.ts';
import { failureReasons } from '../readings/check-error.ts';
import type { MailboxState } from './state.ts';
import { mailTopics } from './topics.ts';

/** The series of mailboxes. Counters are there from the start for each topic and reason, so that none begins above 0. */
export function mailboxSamples(states: readonly MailboxState[]): readonly Sample[] {
  return states.flatMap(samplesOf);
}

function samplesOf(state: MailboxState): Sample[] {
  const mailbox = state.mailbox.name;
  const samples = [
    sample('balance_alert_mailbox_scan_interval_seconds', { mailbox }, state.mailbox.intervalSeconds),
    sample('balance_alert_email_scan_total', { mailbox }, state.examined),
  ];
  for (const topic of mailTopics) {
    samples.push(sample('balance_alert_email_alerts_total', { mailbox, topic }, state.alerts[topic]));
    const last = state.lastAlertAtMs[topic];
    if (last !== undefined) {
      samples.push(
        sample('balance_alert_email_last_alert_timestamp_seconds', { mailbox, topic }, last / 1000),
      );
    }
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
