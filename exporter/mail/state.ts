import type { FailureReason } from '../readings/check-error.ts';
import type { MailboxConfig } from './schema.ts';
import type { SenderAlerts } from './sender-alerts.ts';
import type { MailTopic } from './topics.ts';

/** What is known of one mailbox. Replaced whole by each scan; never changed in place. Times are milliseconds since the epoch. */
export interface MailboxState {
  readonly mailbox: MailboxConfig;
  /** Undefined until first tried. */
  readonly lastScanAtMs: number | undefined;
  readonly lastSuccessAtMs: number | undefined;
  /** Seconds that the last scan took. */
  readonly lastDurationSeconds: number | undefined;
  /** Set while the last scan failed; the message is safe to show. */
  readonly failure: { readonly reason: FailureReason; readonly message: string } | undefined;
  readonly failures: Readonly<Record<FailureReason, number>>;
  /** Mails examined so far, each once. */
  readonly examined: number;
  /** Of those, the ones that could not be read completely, or that examining failed for. */
  readonly unreadable: number;
  /** Mails that matched, each once, under one topic; of senders without a name. */
  readonly alerts: Readonly<Record<MailTopic, number>>;
  /** When the last mail of a topic arrived. */
  readonly lastAlertAtMs: Readonly<Partial<Record<MailTopic, number>>>;
  /** The same of each named sender that a mail came from. */
  readonly senders?: readonly SenderAlerts[];
}
