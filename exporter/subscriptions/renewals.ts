import type { Temporal } from 'temporal-polyfill';
import { compareTexts } from '../config/compare-texts.ts';
import type { SubscriptionAnswers } from './answers.ts';
import { answersFor } from './answers.ts';
import { dueDate, lastDueUpTo } from './cycle.ts';
import { compare, dateOf, daysBetween, todayIn } from './dates.ts';
import type { SubscriptionConfig } from './schema.ts';

/** `due`: its reminder window is open. `overdue`: it passed without the mark that the subscription keeps. */
type RenewalState = 'overdue' | 'due' | 'paid' | 'coming';

/** One due date of one subscription. */
export interface Renewal {
  readonly subscription: SubscriptionConfig;
  readonly date: Temporal.PlainDate;
  /** Calendar days from today, in the subscription's zone; negative for one that passed. */
  readonly days: number;
  readonly state: RenewalState;
}

/**
 * The renewals of the twelve months from today on (today in each subscription's zone), and before them those that
 * are overdue, by date and name. `now` in milliseconds since the epoch.
 */
export function renewalsOfNextYear(
  subscriptions: readonly SubscriptionConfig[],
  now: number,
): readonly Renewal[] {
  return subscriptions
    .flatMap((subscription) => renewalsOf(subscription, todayIn(subscription.timezone, now)))
    .sort((a, b) => compare(a.date, b.date) || a.subscription.name.localeCompare(b.subscription.name, 'en'));
}

function renewalsOf(subscription: SubscriptionConfig, today: Temporal.PlainDate): readonly Renewal[] {
  const answers = answersFor(subscription, today);
  if (answers === undefined) return [];
  const { rhythm } = subscription;
  const ends = dateOf(subscription.ends);
  const until = today.add({ years: 1 });
  const renewals: Renewal[] = [];
  let k = lastDueUpTo(rhythm, (answers.overdueSince ?? today).subtract({ days: 1 })) + 1;
  for (let date = dueDate(rhythm, k); compare(date, until) < 0; date = dueDate(rhythm, k)) {
    if (ends !== undefined && compare(date, ends) > 0) break;
    const days = daysBetween(today, date);
    renewals.push({ subscription, date, days, state: stateOf(date, days, subscription, answers) });
    k += 1;
  }
  return renewals;
}

function stateOf(
  date: Temporal.PlainDate,
  days: number,
  { alertDaysBefore }: SubscriptionConfig,
  { paid }: SubscriptionAnswers,
): RenewalState {
  if (paid !== undefined && compare(date, paid) <= 0) return 'paid';
  if (days < 0) return 'overdue';
  return days <= alertDaysBefore ? 'due' : 'coming';
}

/** What is to be paid in a month, in one currency. Amounts of different currencies are never added. */
export interface MonthlyAmount {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly currency: string;
  readonly amount: number;
}

/** Sums the renewals that are not paid, by month and currency, in that order. */
export function amountsByMonth(renewals: readonly Renewal[]): readonly MonthlyAmount[] {
  const sums = new Map<string, MonthlyAmount>();
  for (const { subscription, date, state } of renewals) {
    if (subscription.price === undefined || state === 'paid') continue;
    const month = date.toString().slice(0, 7);
    const { currency, amount } = subscription.price;
    const before = sums.get(`${month} ${currency}`)?.amount ?? 0;
    sums.set(`${month} ${currency}`, { month, currency, amount: before + amount });
  }
  return [...sums.entries()].sort(([a], [b]) => compareTexts(a, b)).map(([, sum]) => sum);
}
