import { Secret } from '../../exporter/config/secret.ts';
import type { MailboxConfig } from '../../exporter/mail/schema.ts';
import type { MailboxState } from '../../exporter/mail/state.ts';
import { newRecord } from '../../exporter/mail/store.ts';

/** A mailbox as the account file would give it, on loopback. */
export function mailboxConfig({
  password = 'planted-password',
  ...rest
}: Partial<Omit<MailboxConfig, 'password'>> & { readonly password?: string } = {}): MailboxConfig {
  return {
    name: 'billing',
    host: 'localhost',
    port: 993,
    starttls: false,
    user: 'billing',
    password: new Secret('BILLING_IMAP', password),
    oauth2: undefined,
    folders: ['INBOX'],
    intervalSeconds: 900,
    lookbackSeconds: 7 * 86_400,
    timeoutSeconds: 20,
    caFile: undefined,
    senders: { allow: [], mute: [] },
    terms: { extend: {}, replace: {} },
    owner: undefined,
    ...rest,
  };
}

/** Before its first scan. */
export function unscanned(mailbox: MailboxConfig): MailboxState {
  const { failures, alerts } = newRecord(mailbox);
  return {
    ...{ mailbox, failures, alerts },
    lastScanAtMs: undefined,
    lastSuccessAtMs: undefined,
    lastDurationSeconds: undefined,
    failure: undefined,
    examined: 0,
    unreadable: 0,
    lastAlertAtMs: {},
  };
}
