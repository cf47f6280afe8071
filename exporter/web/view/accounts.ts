import type { Amount } from '../../accounts/schema.ts';
import type { AccountState } from '../../accounts/state.ts';
import { isServed } from '../../accounts/state.ts';
import { amountFor, thresholdFor } from '../../accounts/threshold.ts';
import type { FailureReason } from '../../readings/check-error.ts';
import type { BalanceReading, Reading, SpendReading, UnlimitedReading } from '../../readings/reading.ts';
import { isCash } from '../../readings/reading.ts';
import type { Standing } from './standing.ts';
import { worst } from './standing.ts';

/** What is left in one unit (and window), with what it is held against. */
export interface LeftLine {
  readonly kind: 'left';
  readonly reading: BalanceReading;
  readonly threshold: number | undefined;
  readonly standing: 'empty' | 'low' | 'fine';
}

/** What was spent in one period, with its budget. */
export interface SpendLine {
  readonly kind: 'spend';
  readonly reading: SpendReading;
  readonly budget: number | undefined;
  readonly standing: 'over_budget' | 'fine';
}

/** Where the vendor sets no limit: nothing to hold against anything. */
export interface UnlimitedLine {
  readonly kind: 'unlimited';
  readonly reading: UnlimitedReading;
  readonly standing: 'fine';
}

export type Line = LeftLine | SpendLine | UnlimitedLine;

export type AccountProblem =
  | { readonly kind: 'empty' | 'low'; readonly line: LeftLine }
  | { readonly kind: 'over_budget'; readonly line: SpendLine }
  | { readonly kind: 'stale'; readonly maxAge: number }
  | { readonly kind: 'failing'; readonly reason: FailureReason; readonly message: string };

/** One account as the page shows it. Times are milliseconds since the epoch. */
export interface AccountRow {
  readonly subject: 'account';
  readonly name: string;
  readonly provider: string;
  readonly owner: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly standing: Standing;
  readonly problems: readonly AccountProblem[];
  /** Whether `lines` may be shown as what is so now; if not, they are what was last known. */
  readonly current: boolean;
  readonly lines: readonly Line[];
  readonly lastCheckAt: number | undefined;
  readonly lastSuccessAt: number | undefined;
}

/**
 * Below the threshold is low. Nothing left, or less, is worse, unless the threshold itself is 0 or below, which says
 * that nothing left is fine (post-paid accounts), or the money is a merchant's own, which is paid out as a matter of
 * course, or a gift or voucher, after which the cash beside it pays.
 */
function leftStanding(reading: BalanceReading, threshold: number | undefined): LeftLine['standing'] {
  const { type, value } = reading;
  const mustHaveSome = type !== 'merchant' && isCash(reading) && (threshold === undefined || threshold > 0);
  if (mustHaveSome && value <= 0) return 'empty';
  return threshold !== undefined && value < threshold ? 'low' : 'fine';
}

function lineOf(reading: Reading, threshold: Amount | undefined, budget: Amount | undefined): Line {
  if (reading.kind === 'balance') {
    const limit = thresholdFor(threshold, reading);
    return { kind: 'left', reading, threshold: limit, standing: leftStanding(reading, limit) };
  }
  if (reading.kind === 'unlimited') return { kind: 'unlimited', reading, standing: 'fine' };
  const limit = amountFor(budget, reading.unit);
  const over = limit !== undefined && reading.value > limit;
  return { kind: 'spend', reading, budget: limit, standing: over ? 'over_budget' : 'fine' };
}

function problemOf(line: Line): AccountProblem | undefined {
  if (line.kind === 'left') {
    return line.standing === 'fine' ? undefined : { kind: line.standing, line };
  }
  if (line.kind === 'unlimited') return undefined;
  return line.standing === 'fine' ? undefined : { kind: line.standing, line };
}

/** One account at a moment in milliseconds since the epoch. A reading older than `maxAge` makes no account low. */
export function accountRow(state: AccountState, now: number): AccountRow {
  const { account, readings, failure, lastCheckAtMs: lastCheckAt, lastSuccessAtMs: lastSuccessAt } = state;
  const current = isServed(state, now);
  const lines = readings.map((reading) => lineOf(reading, account.threshold, account.budget));
  const problems: AccountProblem[] = [];
  if (current) {
    for (const line of lines) {
      const problem = problemOf(line);
      if (problem !== undefined) problems.push(problem);
    }
  } else if (lastSuccessAt !== undefined) {
    problems.push({ kind: 'stale', maxAge: account.maxAgeSeconds });
  }
  if (failure !== undefined) problems.push({ kind: 'failing', ...failure });
  const untouched = lastCheckAt === undefined && lastSuccessAt === undefined;
  return {
    subject: 'account',
    name: account.name,
    provider: account.provider,
    owner: account.owner,
    consoleUrl: account.consoleUrl,
    standing: worst(problems, untouched ? 'unchecked' : 'fine'),
    problems,
    current,
    lines,
    lastCheckAt,
    lastSuccessAt,
  };
}
