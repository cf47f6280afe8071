import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { isNotFound, messageOf } from '../errors.ts';
import { lockFile } from '../storage/lock-file.ts';
import { answersFor } from '../subscriptions/answers.ts';
import { todayIn } from '../subscriptions/dates.ts';
import type { MarkResult } from '../subscriptions/mark.ts';
import { markPaid } from '../subscriptions/mark.ts';

export interface RenewedOptions {
  /** Path of the account file. */
  readonly file: string;
  readonly name: string;
  /** The renewal that was paid, `YYYY-MM-DD`; without it, the earliest that is not paid yet. */
  readonly date?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly write: (text: string) => void;
  /** Takes what went wrong. */
  readonly warn: (text: string) => void;
}

/** `balance-alert renewed NAME [DATE]`: marks a renewal as paid in the account file. Returns the exit code. */
export async function runRenewed(options: RenewedOptions): Promise<number> {
  const { file, warn } = options;
  let unlock: () => Promise<void>;
  try {
    // Who reads while another one writes would put back what that one changed.
    unlock = await lockFile(await realpath(file));
  } catch (error) {
    warn(`cannot ${isNotFound(error) ? 'read' : 'lock'} ${file}: ${messageOf(error)}\n`);
    return isNotFound(error) ? 2 : 1;
  }
  try {
    return await mark(options);
  } finally {
    await unlock();
  }
}

async function mark({ file, name, date, now, write, warn }: RenewedOptions): Promise<number> {
  let text: string;
  try {
    // What is not UTF-8 would be lost on the way back; a byte order mark stays where it is.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    warn(`cannot read ${file}: ${messageOf(error)}\n`);
    return 2;
  }
  const result = markPaid({ text, file: basename(file), name, date, now });
  if (result.outcome === 'wrong' || result.outcome === 'refused') {
    warn(`${result.message}\n`);
    return result.outcome === 'wrong' ? 2 : 1;
  }
  if (result.outcome === 'unchanged') {
    write(`${result.message}; nothing to change.\n`);
    return 0;
  }
  try {
    // Follows a symbolic link to the file behind it, and keeps that file's mode and owner.
    await writeFileAtomic(file, result.text);
  } catch (error) {
    warn(`cannot write ${file}: ${messageOf(error)}\n`);
    return 1;
  }
  write(report(result, basename(file), now));
  return 0;
}

function report(
  { subscription, paid, skipped }: Extract<MarkResult, { outcome: 'marked' }>,
  file: string,
  now: number,
): string {
  const lines = [`${subscription.name}: the renewal of ${paid} is paid (paid_through in ${file}).`];
  if (skipped.length > 0) lines.push(`Counted as paid with it: ${skipped.join(', ')}.`);
  const answers = answersFor(subscription, todayIn(subscription.timezone, now));
  if (answers?.overdueSince !== undefined) lines.push(`Still unpaid: ${answers.overdueSince}.`);
  if (answers?.next !== undefined) lines.push(`Next: ${answers.next}, in ${days(answers.days ?? 0)}.`);
  if (!subscription.enabled) lines.push('The subscription is disabled, so there are no reminders for it.');
  lines.push(
    'An exporter that watches this file takes it up by itself; in the stack the next ./scripts/up carries it.',
  );
  return `${lines.join('\n')}\n`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
