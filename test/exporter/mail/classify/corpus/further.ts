import { readFileSync } from 'node:fs';
import { mailTopics } from '../../../../../exporter/mail/topics.ts';
import type { CorpusMail } from './mail.ts';
import { mail } from './mail.ts';

/** Short mails in plain text, one a line: topic, subject and text, with `\n` for the ends of lines. */
function readMails(file: string): readonly CorpusMail[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [label = '', subject = '', text = ''] = line.split('\t');
      const expected = [...mailTopics, 'none' as const].find((topic) => topic === label);
      if (expected === undefined) throw new Error(`expected a topic or none, got ${JSON.stringify(label)}`);
      return mail(expected, subject, text.replaceAll('\\n', '\n'));
    });
}

export const further = readMails('further.tsv');

/** Kinds that the terms once missed, written before the terms for them were; a few in German, French, Spanish and Japanese. */
export const unseen = readMails('unseen.tsv');
