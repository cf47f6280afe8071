import type { Standing } from './standing.ts';
import type { Row } from './status.ts';

/** The alert, and so the runbook, that belongs to a thing that stands badly. */
const alerts: Readonly<Record<Row['subject'], Readonly<Partial<Record<Standing, string>>>>> = {
  account: {
    empty: 'BalanceEmpty',
    low: 'BalanceLow',
    over_budget: 'BudgetPace',
    stale: 'AccountStale',
    failing: 'AccountCheckFailing',
  },
  renewal: { overdue: 'SubscriptionOverdue', due: 'SubscriptionExpiring' },
  mailbox: { stale: 'MailboxDown', failing: 'MailboxDown', mail: 'BillingMail' },
};

/** A quota comes back by itself, so that there is something else to do about it. */
const emptyQuota = 'QuotaLowBeforeReset';

/** For an account file that has errors. */
export const configAlert = 'BalanceAlertConfigReloadFailed';

export function alertOf(row: Row): string | undefined {
  if (row.subject === 'account') {
    const worst = row.problems.find(({ kind }) => kind === row.standing);
    if (worst?.kind === 'empty' && worst.line.reading.type === 'quota') return emptyQuota;
  }
  return alerts[row.subject][row.standing];
}

/** Every alert whose runbook the page may point to. */
export const alertsPointedTo: readonly string[] = [
  ...Object.values(alerts).flatMap((byStanding) => Object.values(byStanding)),
  emptyQuota,
  configAlert,
];
