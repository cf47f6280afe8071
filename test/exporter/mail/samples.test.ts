import test from 'ava';
import { mailboxSamples } from '../../../exporter/mail/samples.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import { mailTopics } from '../../../exporter/mail/topics.ts';
import { failureReasons } from '../../../exporter/readings/check-error.ts';
import { mailboxConfig, unscanned } from '../../support/mailbox.ts';

const mailbox = mailboxConfig();
const untried = unscanned(mailbox);
const { failures, alerts } = untried;

function series(state: MailboxState): ReadonlyMap<string, number> {
  return new Map(
    mailboxSamples([state]).map(({ metric, labels, value }) => [
      [metric.replace('balance_alert_', ''), labels['topic'] ?? labels['reason']].filter(Boolean).join(' '),
      value,
    ]),
  );
}

test('before the first scan all counters are 0, and the state of the mailbox is absent', (t) => {
  const samples = series(untried);
  for (const topic of mailTopics) t.is(samples.get(`email_alerts_total ${topic}`), 0);
  for (const reason of failureReasons) t.is(samples.get(`mailbox_scan_failures_total ${reason}`), 0);
  t.is(samples.get('email_scan_total'), 0);
  t.is(samples.get('mailbox_scan_interval_seconds'), 900);
  t.is(samples.size, mailTopics.length + failureReasons.length + 3);
  t.is(samples.get('email_unreadable_total'), 0);
});

test('a failed scan shows as 0, with what is known from before', (t) => {
  const samples = series({
    ...untried,
    lastScanAtMs: 2_000_000,
    lastSuccessAtMs: 1_000_000,
    lastDurationSeconds: 1.5,
    failure: { reason: 'auth', message: 'refused' },
    failures: { ...failures, auth: 3 },
    examined: 12,
    alerts: { ...alerts, bill: 2 },
    lastAlertAtMs: { bill: 500_000 },
  });
  t.is(samples.get('mailbox_up'), 0);
  t.is(samples.get('mailbox_last_success_timestamp_seconds'), 1000);
  t.is(samples.get('mailbox_scan_duration_seconds'), 1.5);
  t.is(samples.get('mailbox_scan_failures_total auth'), 3);
  t.is(samples.get('email_scan_total'), 12);
  t.is(samples.get('email_alerts_total bill'), 2);
  t.is(samples.get('email_last_alert_timestamp_seconds bill'), 500);
  t.is(samples.get('email_last_alert_timestamp_seconds arrears'), undefined);
});

test('a good scan shows as 1', (t) => {
  t.is(series({ ...untried, lastScanAtMs: 1 }).get('mailbox_up'), 1);
});
