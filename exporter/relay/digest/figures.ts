import { compareTexts } from '../../config/compare-texts.ts';
import type { Query, Series } from './prometheus.ts';

/** The figures of the digest, queried from Prometheus. Amounts of different units are never added up. */

export interface Figures {
  /** Shortest first. */
  readonly runsDry: readonly {
    readonly account: string;
    readonly unit: string;
    readonly left: number | undefined;
    readonly days: number;
  }[];
  /** By account and unit, the largest of a unit first. */
  readonly spend: readonly {
    readonly account: string;
    readonly unit: string;
    readonly week: number;
    /** Undefined where less than the whole week before is known. */
    readonly weekBefore: number | undefined;
  }[];
  /** Overdue ones, then those of the next 30 days, soonest first; one that recurs within them is there once, with its number. */
  readonly renewals: readonly {
    readonly name: string;
    /** The due date, `YYYY-MM-DD`, in the calendar of the subscription; undefined where Prometheus has no series of it. */
    readonly date: string | undefined;
    /** Until the due date; undefined for one that is overdue. */
    readonly days: number | undefined;
    /** `due` within its reminder window. */
    readonly state: 'overdue' | 'due' | 'later';
    readonly times: number;
    readonly amount: number | undefined;
    readonly currency: string | undefined;
  }[];
  /** Of these renewals, by currency. */
  readonly renewalSums: ReadonlyMap<string, number>;
  /** Accounts and mailboxes, those that fail now first. */
  readonly failed: readonly {
    readonly name: string;
    readonly isDown: boolean;
    readonly failures: number;
    /** The most frequent one. */
    readonly reason: string | undefined;
  }[];
  /** Mails of the week, most first. */
  readonly mail: readonly { readonly topic: string; readonly count: number }[];
}

/** A second less than a week, so that a step on the boundary is in one week only on every release of Prometheus. */
const week = '604799s';

/** Six and a quarter days of steps of ten minutes: a week with short gaps. */
const stepsOfAWeek = 900;

const renewalDays = 30;

const fall = 'account:balance_alert_fall:step10m{type=~"balance|credits"}';
const spendBy = (offset: string, inner = 'balance_alert_spend') =>
  `max by (project, provider, unit, period) (${inner}${offset})`;

const queries = {
  runway: 'account:balance_alert_runway_seconds',
  balance: 'max by (project, provider, type, unit, window) (balance_alert_balance)',
  used: `sum_over_time(${fall}[${week}])`,
  usedBefore: `sum_over_time(${fall}[${week}] offset 7d) and count_over_time(${fall}[${week}] offset 7d) >= ${stepsOfAWeek}`,
  spendNow: spendBy(''),
  spendWeekAgo: spendBy(' offset 7d'),
  spendTwoWeeksAgo: spendBy(' offset 14d'),
  spendPeak: `max by (project, provider, unit, period) (max_over_time(balance_alert_spend[${week}]))`,
  spendPeakBefore: `max by (project, provider, unit, period) (max_over_time(balance_alert_spend[${week}] offset 7d))`,
  periodNow: spendBy('', 'balance_alert_spend_period_start_timestamp_seconds'),
  periodWeekAgo: spendBy(' offset 7d', 'balance_alert_spend_period_start_timestamp_seconds'),
  periodTwoWeeksAgo: spendBy(' offset 14d', 'balance_alert_spend_period_start_timestamp_seconds'),
  days: `min by (name, cycle_type) (balance_alert_subscription_days) <= ${renewalDays}`,
  due: 'min by (name, cycle_type) (balance_alert_subscription_status) == 0',
  overdue: 'max by (name, cycle_type) (balance_alert_subscription_overdue) == 1',
  dueDate: 'min by (name, cycle_type) (balance_alert_subscription_due_date_timestamp_seconds)',
  amount: 'max by (name, cycle_type, currency) (balance_alert_subscription_amount)',
  accountsDown: 'max by (project, provider) (balance_alert_account_up) == 0',
  accountFailures:
    'round(sum by (project, provider, reason) (increase(balance_alert_account_check_failures_total[7d]))) >= 1',
  mailboxesDown: 'max by (mailbox) (balance_alert_mailbox_up) == 0',
  mailboxFailures:
    'round(sum by (mailbox, reason) (increase(balance_alert_mailbox_scan_failures_total[7d]))) >= 1',
  mail: 'round(sum by (topic) (increase(balance_alert_email_alerts_total[7d]))) >= 1',
} as const;

type Name = keyof typeof queries;

function isName(name: string): name is Name {
  return Object.hasOwn(queries, name);
}

/** @throws CheckError where Prometheus does not answer */
export async function readFigures(query: Query): Promise<Figures> {
  const found = new Map<Name, readonly Series[]>();
  // Sequentially: there is no hurry, and Prometheus has other clients.
  for (const [name, expression] of Object.entries(queries)) {
    if (isName(name)) found.set(name, await query(expression));
  }
  const of = (name: Name): readonly Series[] => found.get(name) ?? [];
  const renewals = renewalsOf(of);
  return {
    runsDry: runsDryOf(of('runway'), of('balance')),
    spend: [...usedOf(of('used'), of('usedBefore')), ...postPaidOf(of)].toSorted(
      (a, b) => compareTexts(a.unit, b.unit) || b.week - a.week,
    ),
    renewals,
    renewalSums: sumsOf(renewals),
    failed: [
      ...failedOf(of('accountsDown'), of('accountFailures'), accountOf),
      ...failedOf(of('mailboxesDown'), of('mailboxFailures'), ({ mailbox = '' }) => mailbox),
    ].toSorted((a, b) => Number(b.isDown) - Number(a.isDown) || b.failures - a.failures),
    mail: of('mail')
      .map(({ labels, value }) => ({ topic: labels['topic'] ?? '', count: value }))
      .toSorted((a, b) => b.count - a.count),
  };
}

type Labels = Series['labels'];

function accountOf({ project = '', provider = '' }: Labels): string {
  return `${project} (${provider})`;
}

/** The same for series of the same identity; names of recorded series and targets are no part of it. */
function keyOf({ __name__: _name, instance: _instance, job: _job, ...labels }: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => compareTexts(a, b)));
}

function valuesOf(series: readonly Series[]): ReadonlyMap<string, number> {
  return new Map(series.map(({ labels, value }) => [keyOf(labels), value]));
}

function runsDryOf(runway: readonly Series[], balance: readonly Series[]): Figures['runsDry'] {
  const left = valuesOf(balance);
  return runway
    .map(({ labels, value }) => ({
      account: accountOf(labels),
      unit: labels['unit'] ?? '',
      left: left.get(keyOf(labels)),
      days: value / 86_400,
    }))
    .toSorted((a, b) => a.days - b.days);
}

function usedOf(used: readonly Series[], before: readonly Series[]): Figures['spend'] {
  const weekBefore = valuesOf(before);
  return used
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => ({
      account: accountOf(labels),
      unit: labels['unit'] ?? '',
      week: value,
      weekBefore: weekBefore.get(keyOf(labels)),
    }));
}

/** Post-paid spend of a week is what the total of the period grew by; a new period begins at 0 within it. */
function postPaidOf(of: (name: Name) => readonly Series[]): Figures['spend'] {
  const [weekAgo, twoWeeksAgo] = [valuesOf(of('spendWeekAgo')), valuesOf(of('spendTwoWeeksAgo'))];
  const [peak, peakBefore] = [valuesOf(of('spendPeak')), valuesOf(of('spendPeakBefore'))];
  const [start, startWeekAgo, startTwoWeeksAgo] = [
    valuesOf(of('periodNow')),
    valuesOf(of('periodWeekAgo')),
    valuesOf(of('periodTwoWeeksAgo')),
  ];
  return of('spendNow').flatMap(({ labels, value }) => {
    const key = keyOf(labels);
    const from = weekAgo.get(key);
    if (from === undefined) return [];
    const week = growth(from, value, peak.get(key), start.get(key) === startWeekAgo.get(key));
    const before = twoWeeksAgo.get(key);
    const isSame = startWeekAgo.get(key) === startTwoWeeksAgo.get(key);
    const weekBefore = before === undefined ? undefined : growth(before, from, peakBefore.get(key), isSame);
    return [{ account: accountOf(labels), unit: labels['unit'] ?? '', week, weekBefore }];
  });
}

function growth(from: number, to: number, peak: number | undefined, isSamePeriod: boolean): number {
  return isSamePeriod ? to - from : to + Math.max(0, (peak ?? from) - from);
}

/** Days of a cycle that can recur within the renewals' days; undefined for longer ones. */
function cycleDays(cycle: string): number | undefined {
  if (cycle === 'weekly') return 7;
  const [, every, unit] = /^every-(\d+)-(days|weeks)$/.exec(cycle) ?? [];
  return every === undefined ? undefined : Number(every) * (unit === 'weeks' ? 7 : 1);
}

function renewalsOf(of: (name: Name) => readonly Series[]): Figures['renewals'] {
  const [dates, due, overdue] = [valuesOf(of('dueDate')), valuesOf(of('due')), valuesOf(of('overdue'))];
  const priceOf = ({ name, cycle_type: cycle }: Labels) => {
    const price = of('amount').find(
      ({ labels }) => labels['name'] === name && labels['cycle_type'] === cycle,
    );
    return { amount: price?.value, currency: price?.labels['currency'] };
  };
  const dateOf = (labels: Labels): string | undefined => {
    const seconds = dates.get(keyOf(labels));
    return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().slice(0, 10);
  };
  const nameOf = ({ name = '' }: Labels): string => name;
  const passed = of('overdue').map(({ labels }) => ({
    name: nameOf(labels),
    date: dateOf(labels),
    days: undefined,
    state: 'overdue' as const,
    times: 1,
    ...priceOf(labels),
  }));
  const coming = of('days').map(({ labels, value }) => {
    const key = keyOf(labels);
    const length = cycleDays(labels['cycle_type'] ?? '');
    // The date and the status of one that is overdue are those of the renewal that was not paid.
    const isFirst = !overdue.has(key);
    return {
      name: nameOf(labels),
      date: isFirst ? dateOf(labels) : undefined,
      days: value,
      state: isFirst && due.has(key) ? ('due' as const) : ('later' as const),
      times: length === undefined ? 1 : 1 + Math.floor((renewalDays - value) / length),
      ...priceOf(labels),
    };
  });
  return [
    ...passed.toSorted((a, b) => compareTexts(a.date ?? '', b.date ?? '') || compareTexts(a.name, b.name)),
    ...coming.toSorted((a, b) => a.days - b.days || compareTexts(a.name, b.name)),
  ];
}

function sumsOf(renewals: Figures['renewals']): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { amount, currency, times } of renewals) {
    if (amount !== undefined && currency !== undefined) {
      sums.set(currency, (sums.get(currency) ?? 0) + amount * times);
    }
  }
  return new Map([...sums].toSorted(([a], [b]) => compareTexts(a, b)));
}

function failedOf(
  down: readonly Series[],
  failures: readonly Series[],
  nameOf: (labels: Labels) => string,
): Figures['failed'] {
  const names = new Set([...down, ...failures].map(({ labels }) => nameOf(labels)));
  return [...names].map((name) => {
    const own = failures
      .filter(({ labels }) => nameOf(labels) === name)
      .toSorted((a, b) => b.value - a.value);
    return {
      name,
      isDown: down.some(({ labels }) => nameOf(labels) === name),
      failures: own.reduce((sum, { value }) => sum + value, 0),
      reason: own[0]?.labels['reason'],
    };
  });
}
