import type { Temporal } from 'temporal-polyfill';
import type { Rhythm } from './cycle.ts';
import { dueDate, lastDueUpTo } from './cycle.ts';
import { compare, daysBetween } from './dates.ts';

/** The due dates of a subscription: those of its rhythm, up to and with `ends` where it ends. */
export interface Schedule {
  readonly rhythm: Rhythm;
  readonly ends: Temporal.PlainDate | undefined;
}

/** The last due date on a day or before it. There always is one, as a rhythm has no beginning. */
function previousDue({ rhythm, ends }: Schedule, date: Temporal.PlainDate): Temporal.PlainDate {
  const last = ends !== undefined && compare(ends, date) < 0 ? ends : date;
  return dueDate(rhythm, lastDueUpTo(rhythm, last));
}

/** The first due date after a day; undefined where the subscription ends before it. */
export function nextDue(
  { rhythm, ends }: Schedule,
  date: Temporal.PlainDate,
): Temporal.PlainDate | undefined {
  const next = dueDate(rhythm, lastDueUpTo(rhythm, date) + 1);
  return ends !== undefined && compare(next, ends) > 0 ? undefined : next;
}

/**
 * Which renewal was meant by somebody who paid on a day: the one whose reminder window (of `window` days, and
 * the due day) holds that day, else the nearer of the one before and the one after, the one before on a tie.
 */
export function renewalPaidOn(
  schedule: Schedule,
  window: number,
  day: Temporal.PlainDate,
): Temporal.PlainDate {
  const previous = previousDue(schedule, day);
  const next = nextDue(schedule, day);
  if (next === undefined || compare(previous, day) === 0) return previous;
  const ahead = daysBetween(day, next);
  return ahead <= window || ahead < daysBetween(previous, day) ? next : previous;
}

/** What to say of a day that is no due date: the ones beside it. Undefined where it is one. */
export function nearestDue(schedule: Schedule, day: Temporal.PlainDate): string | undefined {
  const previous = previousDue(schedule, day);
  if (compare(previous, day) === 0) return undefined;
  const next = nextDue(schedule, day);
  return next === undefined
    ? `the last one up to ${schedule.ends ?? day} is ${previous}`
    : `the nearest are ${previous} and ${next}`;
}
