import * as z from 'zod';
import { consoleUrlSchema, nameSchema, ownerSchema, timezoneSchema } from '../config/fields.ts';
import type { Rhythm } from './cycle.ts';
import { everyDays, everyMonth, everyMonths, everyWeek, everyYear, gapUpTo } from './cycle.ts';
import { compare, dateOf, parseDate, todayIn } from './dates.ts';
import { nearestDue, renewalPaidOn } from './schedule.ts';

/** One entry of `subscriptions` in the account file, and what the program makes of it. */

const expected = (what: string) => ({
  error: (issue: { readonly input?: unknown }) => `expected ${what}, got ${describe(issue.input)}`,
});

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
}

/** Before it a date is a slip such as 0206 for 2026, and would list thousands of overdue renewals. */
const earliestDate = '1970-01-01';

/** YAML gives an unquoted date as text. */
const dateSchema = z
  .string(expected('a date such as 2026-10-31'))
  .regex(/^\d{4}-\d{2}-\d{2}$/, { ...expected('a date such as 2026-10-31'), abort: true })
  .refine((text) => parseDate(text) !== undefined, { ...expected('a date that exists'), abort: true })
  .refine((text) => text >= earliestDate, expected(`a date from ${earliestDate} on`));

const stepRange = 'a whole number from 1 to 1000';

const cycleSchema = z.union(
  [
    z.enum(['weekly', 'monthly', 'quarterly', 'yearly']),
    z.strictObject({
      every: z.int(expected(stepRange)).min(1, expected(stepRange)).max(1000, expected(stepRange)),
      unit: z.enum(['days', 'weeks', 'months'], expected('days, weeks or months')),
    }),
  ],
  expected(
    'weekly, monthly, quarterly, yearly, or { every: N, unit: days, weeks or months } with N from 1 to 1000',
  ),
);

export const subscriptionSchema = z.strictObject({
  name: nameSchema,
  cycle: cycleSchema,
  day: z.union([z.number(), z.string()], expected('a day')).optional(),
  anchor: dateSchema.optional(),
  amount: z.number(expected('a number')).nonnegative(expected('an amount of 0 or more')).optional(),
  currency: z
    .string(expected('a currency code such as EUR'))
    .regex(/^[A-Z]{3}$/, expected('a currency code such as EUR'))
    .optional(),
  alert_days_before: z
    .int(expected('a whole number of days'))
    .min(0, expected('0 or more days'))
    .max(366, expected('at most 366 days'))
    .default(3),
  last_renewed: dateSchema.optional(),
  paid_through: dateSchema.optional(),
  auto_renew: z.boolean(expected('true or false')).default(false),
  ends: dateSchema.optional(),
  enabled: z.boolean(expected('true or false')).default(true),
  owner: ownerSchema.optional(),
  console_url: consoleUrlSchema.optional(),
  timezone: timezoneSchema.optional(),
});

export type SubscriptionEntry = z.output<typeof subscriptionSchema>;

/** One subscription, checked, with all defaults filled in. Dates are `YYYY-MM-DD` in its zone. */
export interface SubscriptionConfig {
  readonly name: string;
  /** As a label: `weekly`, `monthly`, `quarterly`, `yearly`, or `every-10-weeks`. */
  readonly cycleType: string;
  readonly rhythm: Rhythm;
  /** The reminder window: from so many days before a due date to the due date. */
  readonly alertDaysBefore: number;
  readonly price: { readonly amount: number; readonly currency: string } | undefined;
  /** The last due date that is known to be paid, by either of the two marks; all before it count as paid. */
  readonly paidThrough: string | undefined;
  readonly autoRenew: boolean;
  /** Due dates after this day do not count, and the series are gone once it is over. */
  readonly ends: string | undefined;
  readonly enabled: boolean;
  readonly owner: string | undefined;
  readonly consoleUrl: string | undefined;
  /** IANA name. */
  readonly timezone: string;
}

interface SubscriptionProblem {
  /** Within the entry. */
  readonly path: readonly (string | number)[];
  /** `expected ..., got ...` */
  readonly message: string;
}

export type SubscriptionResult =
  | { readonly ok: true; readonly subscription: SubscriptionConfig }
  | { readonly ok: false; readonly problems: readonly SubscriptionProblem[] };

export interface ResolveOptions {
  /** IANA name of the zone of entries that name none. */
  readonly defaultTimezone: string;
  /** Milliseconds since the epoch; no day of payment may lie after it. */
  readonly now: number;
}

/**
 * Checks what the fields of an entry mean together, and fills in the defaults.
 * `ends` may lie in the past: a finished subscription is valid and silent, or else a file that was good
 * yesterday would keep the exporter from starting today.
 */
export function resolveSubscription(entry: SubscriptionEntry, options: ResolveOptions): SubscriptionResult {
  const problems: SubscriptionProblem[] = [];
  const problem = (field: string, message: string) => problems.push({ path: [field], message });
  const timezone = entry.timezone ?? options.defaultTimezone;

  const rhythm = rhythmOf(entry, problem);
  if (entry.amount !== undefined && entry.currency === undefined) {
    problem('currency', 'expected a currency code such as EUR beside the amount, got nothing');
  }
  if (entry.currency !== undefined && entry.amount === undefined) {
    problem('amount', 'expected an amount beside the currency, got nothing');
  }
  if (entry.paid_through !== undefined && entry.last_renewed !== undefined) {
    problem('last_renewed', 'expected either paid_through or last_renewed, got both');
  }
  const lastRenewed = dateOf(entry.last_renewed);
  if (lastRenewed !== undefined) {
    const today = todayIn(timezone, options.now);
    if (compare(lastRenewed, today) > 0) {
      problem('last_renewed', `expected a day up to today (${today} in ${timezone}), got ${lastRenewed}`);
    }
  }
  if (rhythm === undefined) return { ok: false, problems };

  const gap = gapUpTo(rhythm, entry.alert_days_before);
  if (gap !== undefined) {
    problem(
      'alert_days_before',
      `expected less than the ${gap} days between two renewals, got ${entry.alert_days_before}`,
    );
  }
  const schedule = { rhythm, ends: dateOf(entry.ends) };
  let paid = dateOf(entry.paid_through);
  if (paid !== undefined) {
    const nearest = nearestDue(schedule, paid);
    if (nearest !== undefined) problem('paid_through', `expected a renewal date, got ${paid}; ${nearest}`);
  } else if (lastRenewed !== undefined) {
    paid = renewalPaidOn(schedule, entry.alert_days_before, lastRenewed);
  }
  if (problems.length > 0) return { ok: false, problems };

  return {
    ok: true,
    subscription: {
      name: entry.name,
      cycleType:
        typeof entry.cycle === 'string' ? entry.cycle : `every-${entry.cycle.every}-${entry.cycle.unit}`,
      rhythm,
      alertDaysBefore: entry.alert_days_before,
      price:
        entry.amount === undefined || entry.currency === undefined
          ? undefined
          : { amount: entry.amount, currency: entry.currency },
      paidThrough: paid?.toString(),
      autoRenew: entry.auto_renew,
      ends: entry.ends,
      enabled: entry.enabled,
      owner: entry.owner,
      consoleUrl: entry.console_url,
      timezone,
    },
  };
}

/** The schedule that cycle, day and anchor describe; undefined, with the problems reported, where they do not. */
function rhythmOf(
  { cycle, day, anchor }: SubscriptionEntry,
  problem: (field: string, message: string) => void,
): Rhythm | undefined {
  if (cycle === 'quarterly' || typeof cycle === 'object') {
    if (day !== undefined) problem('day', `expected no day, as the anchor gives it, got ${describe(day)}`);
    const date = dateOf(anchor);
    if (date === undefined) {
      problem('anchor', 'expected the date of one renewal such as 2026-01-31, got nothing');
      return undefined;
    }
    if (cycle === 'quarterly') return everyMonths(date, 3);
    if (cycle.unit === 'months') return everyMonths(date, cycle.every);
    return everyDays(date, cycle.unit === 'weeks' ? cycle.every * 7 : cycle.every);
  }
  if (anchor !== undefined) problem('anchor', `expected no anchor with a ${cycle} cycle, got ${anchor}`);
  if (cycle === 'yearly') return yearlyRhythm(day, problem);
  const [last, what] =
    cycle === 'weekly' ? [7, 'a weekday from 1 (Monday) to 7 (Sunday)'] : [31, 'a day from 1 to 31'];
  if (typeof day !== 'number' || !Number.isInteger(day) || day < 1 || day > last) {
    problem('day', `expected ${what}, got ${describe(day)}`);
    return undefined;
  }
  return cycle === 'weekly' ? everyWeek(day) : everyMonth(day);
}

function yearlyRhythm(
  day: number | string | undefined,
  problem: (field: string, message: string) => void,
): Rhythm | undefined {
  if (typeof day !== 'string' || !/^\d{2}-\d{2}$/.test(day)) {
    problem('day', `expected month and day with leading zeros such as 03-15, got ${describe(day)}`);
    return undefined;
  }
  const date = parseDate(`2024-${day}`); // a leap year, so that 29 February is a day
  if (date === undefined) {
    problem('day', `expected a month and a day that exist, got ${describe(day)}`);
    return undefined;
  }
  return everyYear(date.month, date.day);
}
