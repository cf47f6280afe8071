import { parseDuration } from '../config/duration.ts';
import type { BalanceReading } from '../readings/reading.ts';

const seconds: Readonly<Record<string, number>> = { hour: 3600, day: 86_400, week: 604_800 };

/**
 * Length of a quota's window in seconds: by its name (`5h`, `day`, `week`), or the calendar month in UTC that ends with its reset.
 * Undefined where the name says no length (`key`, `budget`): nothing is guessed.
 */
export function windowSeconds({ window, resetAt }: BalanceReading): number | undefined {
  if (window === undefined) return undefined;
  if (window === 'month') return resetAt === undefined ? undefined : monthUntil(resetAt);
  return seconds[window] ?? parseDuration(window);
}

/** From the same time of day a month earlier, which is the last day of a month that is shorter. */
function monthUntil(endSeconds: number): number {
  const end = new Date(endSeconds * 1000);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth(), 0)).getUTCDate();
  const start = new Date(end);
  start.setUTCDate(1);
  start.setUTCMonth(end.getUTCMonth() - 1);
  start.setUTCDate(Math.min(end.getUTCDate(), lastDay));
  return (end.getTime() - start.getTime()) / 1000;
}
