import { Temporal } from 'temporal-polyfill';
import { compare, daysBetween } from './dates.ts';

/**
 * How due dates follow each other: date number k, for k of any sign, is made from the same start each time,
 * so a month's end that clamped one date (31 becomes 28 February) does not move the ones after it.
 */
export type Rhythm =
  | {
      readonly kind: 'days';
      /** One of the due dates, `YYYY-MM-DD`. */
      readonly start: string;
      /** Days between two due dates. */
      readonly step: number;
    }
  | {
      readonly kind: 'months';
      /** Month of one of the due dates, counted from January of the year 0 (year x 12 + month - 1). */
      readonly start: number;
      /** Day of the month, 1 to 31; a shorter month's last day stands for it. */
      readonly day: number;
      /** Months between two due dates. */
      readonly step: number;
    };

/** A day that recurs each week; ISO number, Monday 1 to Sunday 7. */
export function everyWeek(day: number): Rhythm {
  return { kind: 'days', start: new Temporal.PlainDate(2024, 1, day).toString(), step: 7 }; // 2024-01-01 was a Monday
}

export function everyDays(anchor: Temporal.PlainDate, step: number): Rhythm {
  return { kind: 'days', start: anchor.toString(), step };
}

export function everyMonths(anchor: Temporal.PlainDate, step: number): Rhythm {
  return { kind: 'months', start: monthNumber(anchor), day: anchor.day, step };
}

/** A day of each month, 1 to 31. */
export function everyMonth(day: number): Rhythm {
  return { kind: 'months', start: 0, day, step: 1 };
}

/** A month (1 to 12) and a day of it, each year. */
export function everyYear(month: number, day: number): Rhythm {
  return { kind: 'months', start: month - 1, day, step: 12 };
}

/** Due date number k of a rhythm. */
export function dueDate(rhythm: Rhythm, k: number): Temporal.PlainDate {
  if (rhythm.kind === 'days') return Temporal.PlainDate.from(rhythm.start).add({ days: k * rhythm.step });
  const month = rhythm.start + k * rhythm.step;
  const year = Math.floor(month / 12);
  return Temporal.PlainDate.from(
    { year, month: month - year * 12 + 1, day: rhythm.day },
    { overflow: 'constrain' },
  );
}

/** Number of the last due date on a day or before it. */
export function lastDueUpTo(rhythm: Rhythm, date: Temporal.PlainDate): number {
  if (rhythm.kind === 'days') {
    return Math.floor(daysBetween(Temporal.PlainDate.from(rhythm.start), date) / rhythm.step);
  }
  const k = Math.floor((monthNumber(date) - rhythm.start) / rhythm.step);
  return compare(dueDate(rhythm, k), date) <= 0 ? k : k - 1;
}

/**
 * Days between the two due dates that are closest to each other.
 * Months repeat their lengths every 48 in the years from 2024 on that this looks at. The missing 29 February of
 * 2100 can shorten only gaps that are four years long, which no reminder window comes near.
 */
export function shortestGap(rhythm: Rhythm): number {
  if (rhythm.kind === 'days') return rhythm.step;
  const first = lastDueUpTo(rhythm, new Temporal.PlainDate(2024, 1, 1));
  let shortest = Number.POSITIVE_INFINITY;
  for (let k = first; k < first + 48; k += 1) {
    shortest = Math.min(shortest, daysBetween(dueDate(rhythm, k), dueDate(rhythm, k + 1)));
  }
  return shortest;
}

function monthNumber(date: Temporal.PlainDate): number {
  return date.year * 12 + date.month - 1;
}
