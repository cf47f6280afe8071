import { renewalCalendar } from '../subscriptions/ics.ts';
import type { MonthlyAmount, Renewal } from '../subscriptions/renewals.ts';
import { amountsByMonth, renewalsOfNextYear } from '../subscriptions/renewals.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';
import { formatAmount, printable } from '../subscriptions/text.ts';
import { alignColumns } from './columns.ts';

export interface RenewalsOptions {
  readonly subscriptions: readonly SubscriptionConfig[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly write: (text: string) => void;
  readonly format: 'table' | 'ics' | 'json';
}

/** `balance-alert renewals`: what renews in the next twelve months, and what it costs. Returns the exit code. */
export function runRenewals({ subscriptions, now, write, format }: RenewalsOptions): number {
  const renewals = renewalsOfNextYear(subscriptions, now);
  if (format === 'ics') write(renewalCalendar(renewals, now));
  else if (format === 'json') write(`${JSON.stringify(asJson(renewals), undefined, 2)}\n`);
  else write(asText(renewals));
  return 0;
}

function asText(renewals: readonly Renewal[]): string {
  if (renewals.length === 0) return 'No renewals in the next twelve months.\n';
  // The name comes last: it is the one column whose width on a screen is unknown.
  const rows = renewals.map(({ subscription: { name, owner, price, cycleType }, date, days, state }) => [
    date.toString(),
    String(days),
    state,
    price === undefined ? '-' : `${formatAmount(price.amount, price.currency)} ${price.currency}`,
    cycleType,
    printable(owner === undefined ? name : `${name} (${owner})`),
  ]);
  const parts = [alignColumns([['Date', 'Days', 'State', 'Amount', 'Cycle', 'Name'], ...rows], [1, 3])];

  const amounts = amountsByMonth(renewals);
  if (amounts.length > 0) parts.push(`To pay, by month\n\n${amountTable(amounts)}`);
  const free = new Set(
    renewals.flatMap(({ subscription: { name, price }, state }) =>
      price === undefined && state !== 'paid' ? [printable(name)] : [],
    ),
  );
  if (free.size > 0) parts.push(`Not counted, as no amount is given: ${[...free].join(', ')}\n`);
  return parts.join('\n');
}

/** A line for each month, a column for each currency, and their sums, each within its own currency. */
function amountTable(amounts: readonly MonthlyAmount[]): string {
  const currencies = [...new Set(amounts.map(({ currency }) => currency))].sort();
  const months = [...new Set(amounts.map(({ month }) => month))];
  const line = (title: string, some: readonly MonthlyAmount[]) => [
    title,
    ...currencies.map((currency) => {
      const own = some.filter((one) => one.currency === currency);
      return own.length === 0 ? '-' : formatAmount(sum(own), currency);
    }),
  ];
  const rows = [
    ['Month', ...currencies],
    ...months.map((month) =>
      line(
        month,
        amounts.filter((one) => one.month === month),
      ),
    ),
    line('Total', amounts),
  ];
  return alignColumns(
    rows,
    currencies.map((_, index) => index + 1),
  );
}

function sum(amounts: readonly MonthlyAmount[]): number {
  return amounts.reduce((total, { amount }) => total + amount, 0);
}

function asJson(renewals: readonly Renewal[]): object {
  return {
    renewals: renewals.map(({ subscription, date, days, state }) => ({
      name: subscription.name,
      date: date.toString(),
      days,
      state,
      cycle_type: subscription.cycleType,
      amount: subscription.price?.amount,
      currency: subscription.price?.currency,
      owner: subscription.owner,
      console_url: subscription.consoleUrl,
      auto_renew: subscription.autoRenew,
      timezone: subscription.timezone,
    })),
    to_pay: amountsByMonth(renewals),
  };
}
