import { basename } from 'node:path';
import { answersFor } from '../subscriptions/answers.ts';
import { todayIn } from '../subscriptions/dates.ts';
import type { MarkResult } from '../subscriptions/mark.ts';
import { markInFile } from '../subscriptions/mark-file.ts';

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
export async function runRenewed({ write, warn, ...options }: RenewedOptions): Promise<number> {
  const result = await markInFile({ ...options, date: options.date });
  switch (result.outcome) {
    case 'marked':
      write(report(result, basename(options.file), options.now));
      return 0;
    case 'unchanged':
      write(`${result.message}; nothing to change.\n`);
      return 0;
    default:
      warn(`${result.message}\n`);
      return result.outcome === 'wrong' || result.outcome === 'unreadable' ? 2 : 1;
  }
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
