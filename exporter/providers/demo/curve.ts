/**
 * A made-up but plausible balance as a pure function of time: it falls with the hours of the day and less at
 * weekends, and jumps up at a top-up. The same moment always gives the same value, so that restarts and
 * back-filled history agree.
 */

export interface Curve {
  readonly full: number;
  readonly perDay: number;
  readonly topUpBelow: number;
  readonly seed: number;
  /** Subtracted from what is there, for an account in debt; 0 where left out. */
  readonly debt?: number;
}

const hour = 3600;
const day = 24 * hour;

/** Part of a day's use that each hour takes, before scaling; more in working hours. */
function hourWeight(hourOfDay: number): number {
  return 0.4 + 1.2 * Math.max(0, Math.sin(((hourOfDay - 7) / 14) * Math.PI));
}

const hoursOfDay = Array.from({ length: 24 }, (_, index) => index);
const dayWeight = hoursOfDay.reduce((sum, index) => sum + hourWeight(index), 0);

/** Use of whole days and hours up to a moment, in days' use; the weekend counts half. Grows strictly. */
function usedDays(seconds: number): number {
  const days = Math.floor(seconds / day);
  // Day 0 of the epoch was a Thursday: days 2 and 3 of each seven are the weekend.
  const weekendDays = Math.floor((days + 4) / 7) + Math.floor((days + 3) / 7);
  const rest = seconds - days * day;
  const hours = Math.floor(rest / hour);
  let today = 0;
  for (let index = 0; index < hours; index += 1) today += hourWeight(index);
  today += hourWeight(hours) * ((rest - hours * hour) / hour);
  const weekday = (days + 4) % 7;
  const factor = weekday === 6 || weekday === 0 ? 0.5 : 1;
  return days - weekendDays * 0.5 + factor * (today / dayWeight);
}

/** What is left at a moment (seconds since the epoch), in the curve's unit, rounded to two decimals. */
export function balanceAt(curve: Curve, seconds: number): number {
  const used = usedDays(seconds + curve.seed * 7 * hour) * curve.perDay;
  const swing = curve.full * (1 - curve.topUpBelow);
  return Math.round((curve.full - (used % swing) - (curve.debt ?? 0)) * 100) / 100;
}

/** What was used since a moment, in the curve's unit, rounded to two decimals. Times in seconds since the epoch. */
export function usedBetween(curve: Curve, from: number, to: number): number {
  const shift = curve.seed * 7 * hour;
  return Math.round((usedDays(to + shift) - usedDays(from + shift)) * curve.perDay * 100) / 100;
}
