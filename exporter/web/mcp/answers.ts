import { compareTexts } from '../../config/compare-texts.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Renewal } from '../../subscriptions/renewals.ts';
import { amountsByMonth, renewalsOfNextYear } from '../../subscriptions/renewals.ts';
import { accountBody, mailboxBody } from '../api/body.ts';
import type { OnEntryFault } from '../entries.ts';
import { mapEntries } from '../entries.ts';
import { daysLeft } from '../history/days-left.ts';
import type { Histories } from '../history/histories.ts';
import type { AccountRow } from '../view/accounts.ts';
import type { Row, StatusView } from '../view/status.ts';
import type { FailingAnswer, RenewalsAnswer, RunsDryAnswer } from './schema.ts';

/** Answers to the tools' questions, made from what the page shows. */

/** The smallest of value / threshold; undefined without a threshold above 0. */
function thresholdRatio({ lines }: AccountRow): number | undefined {
  let smallest: number | undefined;
  for (const line of lines) {
    if (line.kind !== 'left' || line.threshold === undefined || line.threshold <= 0) continue;
    const ratio = line.reading.value / line.threshold;
    if (smallest === undefined || ratio < smallest) smallest = ratio;
  }
  return smallest;
}

/** 0 for an empty account, 1 for one below a threshold, 2 for the others. */
function urgencyOf({ lines }: AccountRow): number {
  if (lines.some(({ standing }) => standing === 'empty')) return 0;
  return lines.some(({ standing }) => standing === 'low') ? 1 : 2;
}

const orLast = (value: number | undefined): number => value ?? Number.MAX_VALUE;

/**
 * Empty accounts first, then those below a threshold, then the others; each by the days left where Prometheus knows them, then
 * by what is left of the threshold, then by name.
 */
export function runsDryFirst(
  { accounts }: StatusView,
  limit: number,
  histories: Histories | undefined,
): RunsDryAnswer {
  const hasFigures = ({ current, lines }: AccountRow): boolean => current && lines.length > 0;
  const ranked = accounts
    .filter(hasFigures)
    .map((row) => ({
      row,
      urgency: urgencyOf(row),
      days: daysLeft(row, histories),
      ratio: thresholdRatio(row),
    }))
    .sort(
      (a, b) => a.urgency - b.urgency || orLast(a.days) - orLast(b.days) || orLast(a.ratio) - orLast(b.ratio),
    );
  return {
    accounts: ranked.slice(0, limit).map(({ row, days, ratio }) => ({
      ...accountBody(row),
      threshold_ratio: ratio,
      days_left: days === undefined ? undefined : Number(days.toFixed(1)),
    })),
    unknown: accounts.filter((row) => !hasFigures(row)).map(({ name }) => name),
  };
}

function renewalBody({ subscription, date, days, state }: Renewal): RenewalsAnswer['renewals'][number] {
  const { name, cycleType, autoRenew, price, owner } = subscription;
  return {
    name,
    date: date.toString(),
    days,
    state,
    cycle: cycleType,
    auto_renew: autoRenew,
    amount: price?.amount,
    currency: price?.currency,
    owner,
  };
}

function sumsByCurrency(renewals: readonly Renewal[]): RenewalsAnswer['unpaid'] {
  const sums = new Map<string, number>();
  for (const { currency, amount } of amountsByMonth(renewals)) {
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  // Sums of decimal fractions, without what binary ones add to them.
  return [...sums].map(([currency, amount]) => ({ currency, amount: Number(amount.toFixed(6)) }));
}

/**
 * Renewals from one day to another, both included (`YYYY-MM-DD`): overdue ones and those of the next twelve months. `now` in
 * milliseconds since the epoch. A subscription that cannot be calculated is left out, and `onFault` is called.
 */
export function renewalsBetween(
  { subscriptions }: Snapshot,
  now: number,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  onFault?: OnEntryFault,
): RenewalsAnswer {
  const all = mapEntries(
    subscriptions,
    (subscription) => renewalsOfNextYear([subscription], now),
    ({ name }, error) => onFault?.({ subject: 'renewal', name, error }),
  );
  const within = ({ date, days }: Renewal): boolean =>
    (from === undefined || date.toString() >= from) &&
    (to === undefined ? days <= defaultSpanDays : date.toString() <= to);
  const renewals = all
    .flat()
    .filter(within)
    .sort((a, b) => compareTexts(a.date.toString(), b.date.toString()));
  return { renewals: renewals.map(renewalBody), unpaid: sumsByCurrency(renewals) };
}

const defaultSpanDays = 30;

const isFailing = ({ problems }: Row): boolean =>
  problems.some(({ kind }) => kind === 'failing' || kind === 'stale');

/** What could not be checked: accounts, mailboxes, the account file, and entries that could not be rendered. */
export function failingChecks({ accounts, mailboxes, config, broken }: StatusView): FailingAnswer {
  return {
    accounts: accounts.filter(isFailing).map(accountBody),
    mailboxes: mailboxes.filter(isFailing).map(mailboxBody),
    config_errors: config.lastReloadSuccessful ? [] : [...config.errors],
    broken: broken.map(({ subject, name }) => ({ kind: subject, name })),
  };
}
