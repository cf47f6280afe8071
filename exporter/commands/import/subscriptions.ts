import { timezoneSchema } from '../../config/fields.ts';
import { parseWith } from '../../config/parse.ts';
import { everyMonth } from '../../subscriptions/cycle.ts';
import { compare, parseDate, todayIn } from '../../subscriptions/dates.ts';
import { renewalPaidOn } from '../../subscriptions/schedule.ts';
import { resolveSubscription, subscriptionSchema } from '../../subscriptions/schema.ts';
import type { ImportedEntry, Names } from './entry.ts';
import type { Item } from './source.ts';
import { numberOf, otherKeys, textOf } from './source.ts';

const known = [
  'name',
  'cycle_type',
  'renewal_day',
  'alert_days_before',
  'amount',
  'currency',
  'last_renewed_date',
  'enabled',
  'owner_project',
  'timezone',
];

/** The longest reminder windows that fit between two renewals. */
const longestWindow: Readonly<Record<string, number>> = { weekly: 6, monthly: 27 };

/** One of `subscriptions`. `now` in milliseconds since the epoch. */
export function importSubscription(item: Item, now: number, names: Names): ImportedEntry {
  const notes: string[] = [];
  const title = textOf(item, 'name') ?? '';
  const name = names.take(title, (count) => `${title} (${count})`);
  if (name !== title) notes.push(`renamed to ${JSON.stringify(name)}, as names are unique here`);

  const cycle = textOf(item, 'cycle_type')?.toLowerCase() ?? 'monthly';
  const paid = importMark(item, now, notes);
  const fields = {
    name,
    cycle,
    day:
      cycle === 'yearly'
        ? yearlyDay(item, paid, notes)
        : (numberOf(item, 'renewal_day') ?? item['renewal_day']),
    ...importPrice(item, notes),
    alert_days_before: importWindow(item, cycle, notes),
    last_renewed: paid,
    enabled: item['enabled'] === false ? false : undefined,
    owner: textOf(item, 'owner_project'),
    timezone: importZone(item, notes),
  };
  const ignored = otherKeys(item, known);
  if (ignored.length > 0) notes.push(`not carried: ${ignored.join(', ')}`);
  return { fields, obstacles: obstaclesTo(fields, cycle, now), notes, secrets: [] };
}

function obstaclesTo(fields: object, cycle: string, now: number): readonly string[] {
  if (!['weekly', 'monthly', 'yearly'].includes(cycle)) {
    return [
      `cycle_type ${JSON.stringify(cycle)} ran as monthly in the replaced system: set the cycle that it has`,
    ];
  }
  const parsed = parseWith(subscriptionSchema, fields);
  const result = parsed.ok
    ? resolveSubscription(parsed.data, { defaultTimezone: 'UTC', now })
    : { ok: false as const, problems: parsed.faults };
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** The day of payment. One in the future paid nothing yet, and one that is no date says nothing. */
function importMark(item: Item, now: number, notes: string[]): string | undefined {
  const text = textOf(item, 'last_renewed_date');
  if (text === undefined) return undefined;
  const date = parseDate(text);
  if (date === undefined)
    notes.push(`last_renewed_date ${JSON.stringify(text)} is no date such as 2026-10-31`);
  else if (compare(date, todayIn('UTC', now)) > 0) notes.push(`last_renewed_date ${text} lies in the future`);
  else return text;
  return undefined;
}

/**
 * Month and day. The replaced system wrote them as a number (315), as text (03-15), or as a day alone, which it
 * did not use; the month is then that of the renewal which the last payment was for.
 */
function yearlyDay(item: Item, paid: string | undefined, notes: string[]): unknown {
  const given = item['renewal_day'];
  const [, month, day] = /^0*(\d{1,2})-?(\d{2})$/.exec(String(given)) ?? [];
  if (month !== undefined && day !== undefined && String(given).length >= 3) {
    return `${month.padStart(2, '0')}-${day}`;
  }
  const dayOfMonth = numberOf(item, 'renewal_day');
  const date = paid === undefined ? undefined : parseDate(paid);
  if (date === undefined || dayOfMonth === undefined || !(dayOfMonth >= 1 && dayOfMonth <= 31)) return given;
  const renewal = renewalPaidOn({ rhythm: everyMonth(dayOfMonth), ends: undefined }, 3, date)
    .toString()
    .slice(5);
  notes.push(
    `renewal_day ${dayOfMonth} has no month: taken as ${renewal}, which was paid on ${paid}; check it`,
  );
  return renewal;
}

/** Amount and currency go together: a bare number cannot be added to anything. */
function importPrice(item: Item, notes: string[]): { readonly amount?: number; readonly currency?: string } {
  const amount = numberOf(item, 'amount');
  const currency = textOf(item, 'currency')?.toUpperCase();
  if (amount === undefined) return {};
  if (currency !== undefined && /^[A-Z]{3}$/.test(currency)) return { amount, currency };
  if (amount !== 0) notes.push(`the amount ${amount} has no currency code: set amount and currency`);
  return {};
}

function importWindow(item: Item, cycle: string, notes: string[]): number | undefined {
  const days = numberOf(item, 'alert_days_before');
  const longest = longestWindow[cycle];
  if (days === undefined || longest === undefined || days <= longest) return days;
  notes.push(`alert_days_before ${days} reaches back to the renewal before: ${longest} now`);
  return longest;
}

function importZone(item: Item, notes: string[]): string | undefined {
  const zone = textOf(item, 'timezone');
  if (zone === undefined || timezoneSchema.safeParse(zone).success) return zone;
  notes.push(`timezone ${JSON.stringify(zone)} is unknown: the zone of the file holds`);
  return undefined;
}
