import type { Temporal } from 'temporal-polyfill';
import { dueDate, lastDueUpTo } from './cycle.ts';
import { compare, dateOf, daysBetween } from './dates.ts';
import type { SubscriptionConfig } from './schema.ts';

/** 1 = fine, 0 = due or overdue, -1 = already paid. */
type SubscriptionStatus = 1 | 0 | -1;

/** What is true of a subscription on a day. */
export interface SubscriptionAnswers {
  /** The first due date from today on that is not known to be paid; undefined where none is left. */
  readonly next: Temporal.PlainDate | undefined;
  /** Calendar days from today to `next`: 0 on the day itself, the whole day. */
  readonly days: number | undefined;
  readonly status: SubscriptionStatus;
  /** The earliest due date that passed without a mark; undefined where none did, and always with `autoRenew`. */
  readonly overdueSince: Temporal.PlainDate | undefined;
  /** The last due date that is known to be paid. */
  readonly paid: Temporal.PlainDate | undefined;
}

/**
 * Answers for a day in the subscription's zone; undefined once `ends` is over.
 * A subscription that was never marked as paid is never overdue: it is unknown whether payments are marked.
 */
export function answersFor(
  subscription: SubscriptionConfig,
  today: Temporal.PlainDate,
): SubscriptionAnswers | undefined {
  const { rhythm, alertDaysBefore, autoRenew } = subscription;
  const ends = dateOf(subscription.ends);
  if (ends !== undefined && compare(ends, today) < 0) return undefined;
  const paid = dateOf(subscription.paidThrough);

  // Numbers of due dates in the rhythm. What is paid is known to be one of them.
  const final = ends === undefined ? Number.POSITIVE_INFINITY : lastDueUpTo(rhythm, ends);
  const reached = lastDueUpTo(rhythm, today);
  const passed = compare(dueDate(rhythm, reached), today) === 0 ? reached - 1 : reached;
  const settled = paid === undefined ? undefined : lastDueUpTo(rhythm, paid);

  const upcoming = Math.max(passed, settled ?? passed) + 1;
  const next = upcoming > final ? undefined : dueDate(rhythm, upcoming);
  const days = next === undefined ? undefined : daysBetween(today, next);
  const overdueSince =
    settled !== undefined && settled < passed && !autoRenew ? dueDate(rhythm, settled + 1) : undefined;

  let status: SubscriptionStatus = 1;
  if (overdueSince !== undefined || (days !== undefined && days <= alertDaysBefore)) status = 0;
  else if (settled !== undefined && settled >= reached) status = -1;
  return { next, days, status, overdueSince, paid };
}
