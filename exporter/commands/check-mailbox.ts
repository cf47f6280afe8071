import type { Config } from '../account-file/schema.ts';
import { formatDuration } from '../config/duration.ts';
import { printable } from '../config/printable.ts';
import { createRedactor } from '../config/redact.ts';
import { emptyCursor } from '../mail/cursor.ts';
import type { Connect } from '../mail/imap/session.ts';
import type { Hit } from '../mail/scan.ts';
import { scanMailbox } from '../mail/scan.ts';
import type { MailboxConfig } from '../mail/schema.ts';
import { mailTopics } from '../mail/topics.ts';
import { CheckError } from '../readings/check-error.ts';
import { alignColumns } from './columns.ts';

export interface CheckMailboxCommandOptions {
  readonly config: Config;
  readonly mailbox: MailboxConfig;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly write: (text: string) => void;
  /** Also print sender and subject of each mail that would count. */
  readonly show: boolean;
}

/** `balance-alert check MAILBOX`: shows what a first scan would count, and marks nothing. Returns the exit code. */
export async function runCheckMailbox({
  config,
  mailbox,
  now,
  write,
  show,
}: CheckMailboxCommandOptions): Promise<number> {
  const redact = createRedactor(config.secrets);
  try {
    await checkMailbox(mailbox, (text) => write(redact(text)), {
      signal: AbortSignal.timeout(mailbox.timeoutSeconds * 1000),
      now,
      timezone: config.timezone,
      show,
    });
    return 0;
  } catch (error) {
    const failure =
      error instanceof CheckError ? `${error.reason}: ${error.message}` : `internal: ${String(error)}`;
    write(redact(`failed: ${failure}\n`));
    return 1;
  }
}

export interface CheckMailboxOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** IANA zone of the dates that are printed. */
  readonly timezone?: string;
  /** Also write sender and subject of each mail that would count. */
  readonly show?: boolean;
  readonly connect?: Connect;
}

/**
 * Writes what a first scan of a mailbox would count, by date and topic. Nothing is marked, stored or counted; sender
 * and subject are written with `show` only, a text never. Rejects with a `CheckError` where the mailbox can't be scanned.
 */
export async function checkMailbox(
  mailbox: MailboxConfig,
  write: (text: string) => void,
  {
    signal = new AbortController().signal,
    now = Date.now(),
    timezone = 'UTC',
    show = false,
    connect,
  }: CheckMailboxOptions = {},
): Promise<void> {
  const result = await scanMailbox({
    mailbox,
    cursor: emptyCursor,
    now,
    signal,
    showsMails: show,
    ...(connect === undefined ? {} : { connect }),
  });
  const folders = mailbox.folders.join(', ');
  write(
    `mailbox ${mailbox.name}: ${result.examined} mails of the last ${formatDuration(mailbox.lookbackSeconds)} in ${folders}\n`,
  );
  if (result.unreadable > 0) write(`${result.unreadable} of them could not be read completely\n`);
  if (result.hits.length === 0) {
    write('none of them would count\n');
    return;
  }
  write(`${result.hits.length} of them would count:\n`);
  const dates = byDate(result.hits, timezone);
  if (show) {
    write(alignColumns([...dates].flatMap(([date, hits]) => hits.map((hit) => mailRow(date, hit)))));
    return;
  }
  for (const [date, hits] of dates) {
    for (const topic of mailTopics) {
      const count = hits.filter((hit) => hit.topic === topic).length;
      if (count > 0) write(`${date}  ${topic.padEnd(11)}  ${count}\n`);
    }
  }
}

/** What strangers wrote, without what would move a terminal's cursor or take more than one line. */
function mailRow(date: string, { topic, mail }: Hit): readonly string[] {
  const address = printable(mail?.address ?? '');
  const subject = printable(mail?.subject ?? '');
  return [date, topic, address === '' ? '(no sender)' : address, subject === '' ? '(no subject)' : subject];
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
