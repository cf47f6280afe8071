import { closeSync, openSync, readSync } from 'node:fs';
import { printable } from '../config/printable.ts';
import { messageOf } from '../errors.ts';
import type { Verdict } from '../mail/classify/classifier.ts';
import { longestSource } from '../mail/imap/message.ts';
import type { JudgedMail, MailRules, NoVerdict } from '../mail/mail-file.ts';
import { defaultMailRules, judgeMailFile } from '../mail/mail-file.ts';

export interface CheckMailOptions {
  /** Path to a mail as mail programs save it. */
  readonly file: string;
  /** Terms and senders of a mailbox; the built-in terms where left out. */
  readonly rules?: MailRules;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** `balance-alert check FILE.eml`: prints what one mail would count as, and why. Returns the exit code. */
export function runCheckMail({ file, rules = defaultMailRules, write, warn }: CheckMailOptions): number {
  let bytes: Buffer;
  try {
    bytes = firstBytes(file, longestSource);
  } catch (error) {
    warn(`cannot read ${printable(file)}: ${printable(messageOf(error))}\n`);
    return 1;
  }
  const mail = judgeMailFile(bytes, rules);
  if (mail === undefined) {
    warn(
      `cannot read ${printable(file)}: expected a mail with header fields such as Subject and From, as mail programs save it\n`,
    );
    return 1;
  }
  for (const line of describe(mail)) write(`${line}\n`);
  return 0;
}

function firstBytes(file: string, most: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(most);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, most - length, null);
      length += read;
      if (read === 0 || length === most) return bytes.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

const reasons = {
  sender: 'its sender is muted, or not among those that the mailbox allows',
  subject: 'its subject says that the matter is settled, or that it is advertising or a manual',
  'no-term': 'no term matches, or what matches is denied, settled, conditional or quoted',
} as const satisfies Record<NoVerdict, string>;

function describe({ subject, address, sender, verdict }: JudgedMail): readonly string[] {
  const named = sender === undefined ? '' : `, named ${printable(sender)}`;
  const head = [
    `subject: ${printable(subject) || '(none)'}`,
    `sender:  ${printable(address) || '(none)'}${named}`,
  ];
  if (typeof verdict === 'string') return [...head, `counts:  no; ${reasons[verdict]}`];
  return [...head, `counts:  as ${verdict.topic}`, `because: ${because(verdict)}`];
}

function because({ place, term, words }: Verdict): string {
  const where = place === 'subject' ? 'the subject' : 'the body';
  // Figures decide without words of the mail.
  if (words === '') return `${where} has ${printable(term)}`;
  return `${where} has ${JSON.stringify(printable(words))}, which the term ${JSON.stringify(printable(term))} matches`;
}
