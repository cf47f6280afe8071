import type { MailTopic } from '../../../../../exporter/mail/topics.ts';

/** One made-up mail of the corpus, and the topic it must count under. */
export interface CorpusMail {
  readonly expected: MailTopic | 'none';
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly from?: string;
  /** How the bytes are written; UTF-8 and base64 where nothing is said. */
  readonly charset?: string;
  readonly encoding?: 'base64' | 'quoted-printable' | '8bit';
}

/** A mail in plain text. */
export function mail(
  expected: CorpusMail['expected'],
  subject: string,
  text: string,
  more: Omit<CorpusMail, 'expected' | 'subject' | 'text'> = {},
): CorpusMail {
  return { expected, subject, text, ...more };
}

/** A mail in HTML only. */
export function page(
  expected: CorpusMail['expected'],
  subject: string,
  html: string,
  more: Omit<CorpusMail, 'expected' | 'subject' | 'html'> = {},
): CorpusMail {
  return { expected, subject, html, ...more };
}
