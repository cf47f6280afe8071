import { answersFor } from '../../subscriptions/answers.ts';
import { todayIn } from '../../subscriptions/dates.ts';
import type { SubscriptionConfig } from '../../subscriptions/schema.ts';
import type { Standing } from './standing.ts';
import { worst } from './standing.ts';

export interface Price {
  readonly amount: number;
  readonly currency: string;
}

type RenewalProblem =
  | { readonly kind: 'overdue'; readonly since: string }
  | { readonly kind: 'due'; readonly next: string; readonly days: number };

/** One subscription as the page shows it. Dates are `YYYY-MM-DD` in the subscription's zone. */
export interface RenewalRow {
  readonly subject: 'renewal';
  readonly name: string;
  /** `weekly`, ..., or `every-10-weeks`. */
  readonly cycleType: string;
  readonly autoRenew: boolean;
  readonly price: Price | undefined;
  readonly owner: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly standing: Standing;
  readonly problems: readonly RenewalProblem[];
  /** The next renewal that is not paid; undefined where none is left before the subscription ends. */
  readonly next: string | undefined;
  /** Calendar days to it. */
  readonly days: number | undefined;
}

/** One subscription at a moment in milliseconds since the epoch; undefined once it has ended. */
export function renewalRow(subscription: SubscriptionConfig, now: number): RenewalRow | undefined {
  const answers = answersFor(subscription, todayIn(subscription.timezone, now));
  if (answers === undefined) return undefined;
  const next = answers.next?.toString();
  const { days, overdueSince } = answers;
  const problems: RenewalProblem[] = [];
  if (overdueSince !== undefined) problems.push({ kind: 'overdue', since: overdueSince.toString() });
  if (next !== undefined && days !== undefined && days <= subscription.alertDaysBefore) {
    problems.push({ kind: 'due', next, days });
  }
  return {
    subject: 'renewal',
    name: subscription.name,
    cycleType: subscription.cycleType,
    autoRenew: subscription.autoRenew,
    price: subscription.price,
    owner: subscription.owner,
    consoleUrl: subscription.consoleUrl,
    standing: worst(problems, answers.status === -1 ? 'paid' : 'fine'),
    problems,
    next,
    days,
  };
}
