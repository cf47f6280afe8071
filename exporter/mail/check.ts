import { formatDuration } from '../config/duration.ts';
import { emptyCursor } from './cursor.ts';
import type { Connect } from './imap.ts';
import type { Hit } from './scan.ts';
import { scanMailbox } from './scan.ts';
import type { MailboxConfig } from './schema.ts';
import { mailTopics } from './state.ts';

export interface CheckMailboxOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** IANA zone of the dates that are printed. */
  readonly timezone?: string;
  readonly connect?: Connect;
}

/**
 * Writes what a first scan of a mailbox would count, by date and topic. Nothing is marked, stored or counted, and
 * no subject or text is shown. Rejects with a `CheckError` where the mailbox can't be scanned.
 */
export async function checkMailbox(
  mailbox: MailboxConfig,
  write: (text: string) => void,
  {
    signal = new AbortController().signal,
    now = Date.now(),
    timezone = 'UTC',
    connect,
  }: CheckMailboxOptions = {},
): Promise<void> {
  const result = await scanMailbox({
    mailbox,
    cursor: emptyCursor,
    now,
    signal,
    ...(connect === undefined ? {} : { connect }),
  });
  const folders = mailbox.folders.join(', ');
  write(
    `mailbox ${mailbox.name}: ${result.examined} mails of the last ${formatDuration(mailbox.lookback)} in ${folders}\n`,
  );
  if (result.unreadable > 0) write(`${result.unreadable} of them are too large to be read whole\n`);
  if (result.hits.length === 0) {
    write('none of them would count\n');
    return;
  }
  write(`${result.hits.length} of them would count:\n`);
  for (const [date, hits] of byDate(result.hits, timezone)) {
    for (const topic of mailTopics) {
      const count = hits.filter((hit) => hit.topic === topic).length;
      if (count > 0) write(`${date}  ${topic.padEnd(11)}  ${count}\n`);
    }
  }
}

function byDate(hits: readonly Hit[], timezone: string): ReadonlyMap<string, readonly Hit[]> {
  // The Swedish way to write a date is the ISO one.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  const dates = new Map<string, Hit[]>();
  for (const hit of hits.toSorted((one, other) => one.at - other.at)) {
    const date = format.format(hit.at);
    const some = dates.get(date);
    if (some === undefined) dates.set(date, [hit]);
    else some.push(hit);
  }
  return dates;
}
