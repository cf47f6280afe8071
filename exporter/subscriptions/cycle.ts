import { Temporal } from 'temporal-polyfill';
import { daysBetween } from './dates.ts';

const epoch = new Temporal.PlainDate(1970, 1, 1);

/**
 * How due dates follow each other: date number k, for k of any sign, is made from the same start each time,
 * so a month's end that clamped one date (31 becomes 28 February) does not move the ones after it.
 */
export type Rhythm =
  | {
      readonly kind: 'days';
      /** One of the due dates, in days since 1970-01-01. */
      readonly start: number;
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
  return everyDays(new Temporal.PlainDate(2024, 1, day), 7); // 2024-01-01 was a Monday
}

export function everyDays(anchor: Temporal.PlainDate, step: number): Rhythm {
  return { kind: 'days', start: daysBetween(epoch, anchor), step };
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
  if (rhythm.kind === 'days') return epoch.add({ days: rhythm.start + k * rhythm.step });
  const months = rhythm.start + k * rhythm.step;
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  const { daysInMonth } = new Temporal.PlainDate(year, month, 1);
  return new Temporal.PlainDate(year, month, Math.min(rhythm.day, daysInMonth));
}

/** Number of the last due date on a day or before it. */
export function lastDueUpTo(rhythm: Rhythm, date: Temporal.PlainDate): number {
  if (rhythm.kind === 'days') {
    return Math.floor((daysBetween(epoch, date) - rhythm.start) / rhythm.step);
  }
  const months = monthNumber(date) - rhythm.start;
  const k = Math.floor(months / rhythm.step);
  const laterInMonth = months % rhythm.step === 0 && date.day < Math.min(rhythm.day, date.daysInMonth);
  return laterInMonth ? k - 1 : k;
}

/** How close two due dates can come, where that is `days` or fewer; undefined where they never do. */
export function gapUpTo(rhythm: Rhythm, days: number): number | undefined {
  if (rhythm.kind === 'months' && days < 28 * rhythm.step) return undefined; // no month is shorter
  const gap = shortestGap(rhythm);
  return gap <= days ? gap : undefined;
}

/**
 * Days between the two due dates that are closest to each other. Months repeat their lengths every four years,
 * which 48 gaps cover at any step. That 2100 lacks its 29 February can shorten only gaps of four years or more,
 * which no reminder window comes near.
 */
function shortestGap(rhythm: Rhythm): number {
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
