import type { Verdict } from './classify/classifier.ts';
import { createClassifier } from './classify/classifier.ts';
import { textOf } from './imap/bodies.ts';
import { longestSource, parseMessage } from './imap/message.ts';
import { parseHeaders } from './imap/mime.ts';
import type { MailboxConfig } from './schema.ts';
import { isAcceptedSender, nameOfSender } from './senders.ts';

/** What a mailbox says about which mails count. */
export type MailRules = Pick<MailboxConfig, 'senders' | 'terms'>;

/** The rules of a mailbox that sets none of its own. */
export const defaultMailRules: MailRules = {
  senders: { allow: [], mute: [] },
  terms: { extend: {}, replace: {} },
};

/** Why a mail does not count: before its text was looked at, or after. */
export type NoVerdict = 'sender' | 'subject' | 'no-term';

/** A mail as the exporter reads it. Subject and address are the mail's own: for the terminal only. */
export interface JudgedMail {
  readonly subject: string;
  /** In lower case; empty where the mail names none. */
  readonly address: string;
  /** The sender's name in the account file. */
  readonly sender: string | undefined;
  readonly verdict: Verdict | NoVerdict;
}

/**
 * What a scan would decide about one mail, given as the bytes of a message (RFC 5322). Reads as much of it as a scan
 * does. Undefined where the bytes have none of a mail's header fields.
 */
export function judgeMailFile(bytes: Buffer, { senders, terms }: MailRules): JudgedMail | undefined {
  const { header, parts, bodies } = parseMessage(withoutByteOrderMark(bytes).subarray(0, longestSource));
  const { subject, sender: address, messageId, date } = parseHeaders(header);
  if ([subject, address, messageId, date].every((field) => field === '')) return undefined;
  const classifier = createClassifier(terms);
  const mail = { subject, address, sender: nameOfSender(address, senders.names) };
  if (!isAcceptedSender(address, senders)) return { ...mail, verdict: 'sender' };
  if (!classifier.isOpen(subject)) return { ...mail, verdict: 'subject' };
  return { ...mail, verdict: classifier.judge({ subject, text: textOf(parts, bodies) }) ?? 'no-term' };
}

/** Editors put one in front of a file that they save. */
function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes;
}
