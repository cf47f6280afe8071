import type { SimulatedAccount } from './accounts.ts';
import { day, grid, hour } from './kinds.ts';

/** How early depletions are told, and which alarms were false. */

const noticeSteps = (72 * hour) / grid;
const daySteps = day / grid;

export interface Run {
  readonly begin: number;
  /** The first index that is no longer in it. */
  readonly end: number;
}

/** The stretches in which it is true. */
export function runs(values: readonly boolean[]): readonly Run[] {
  const found: Run[] = [];
  let begin: number | undefined;
  for (let index = 0; index <= values.length; index += 1) {
    const value = values[index] ?? false;
    if (value && begin === undefined) begin = index;
    else if (!value && begin !== undefined) {
      found.push({ begin, end: index });
      begin = undefined;
    }
  }
  return found;
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = Math.max(0, from); index < to; index += 1) sum += values[index] ?? 0;
  return sum;
}

export interface Depletion {
  readonly at: number;
  /** Step after which nothing was paid in before it. */
  readonly paidAt: number;
  readonly foreseeable: boolean;
}

/** When the exporter first had the account, and for how long it has. */
function lifeOf({ up }: SimulatedAccount): readonly [number, number] {
  return [up.findIndex((value) => value !== undefined), up.findLastIndex((value) => value !== undefined) + 1];
}

/**
 * Every time the balance is used up. It could be foreseen where someone who had looked at the past four weeks could have told
 * 72 hours before: known for ten days by then, no three days of these weeks had much less use than the last three before the
 * end, and nothing was paid in on these last three days.
 */
export function depletionsOf(account: SimulatedAccount): readonly Depletion[] {
  const { balances, use } = account;
  const [from, to] = lifeOf(account);
  const found: Depletion[] = [];
  let paidAt = from;
  for (let at = Math.max(1, from); at < to; at += 1) {
    const now = balances[at] ?? 0;
    const before = balances[at - 1] ?? 0;
    if (now > before) paidAt = at;
    if (!(now <= 0 && before > 0)) continue;
    const told = at - noticeSteps;
    const last = sumOf(use, told, at);
    let most = 0;
    for (let end = told; end > told - 25 * daySteps && end - noticeSteps >= from; end -= daySteps / 2) {
      most = Math.max(most, sumOf(use, end - noticeSteps, end));
    }
    const seen = account.served.slice(told - daySteps, told).some((value) => value !== undefined);
    found.push({
      at,
      paidAt,
      foreseeable: told - 10 * daySteps >= from && last <= 1.1 * most && paidAt <= told && seen,
    });
  }
  return found;
}

/**
 * The step at which an alarm told of the depletion, undefined where none did: the first that began after the last payment, or
 * one that went on from before it until 72 hours ahead. What still fires for some hours after a payment tells nothing.
 */
export function toldAt(firing: readonly boolean[], { at, paidAt }: Depletion): number | undefined {
  const notice = Math.max(paidAt, at - noticeSteps);
  for (let index = paidAt + 1; index < at; index += 1) {
    if (firing[index] === true && firing[index - 1] !== true) return index;
    if (index === notice && firing[index] === true && firing.slice(paidAt, index).every(Boolean))
      return index;
  }
  return undefined;
}

export const isInTime = (told: number | undefined, { at }: Depletion): boolean =>
  told !== undefined && told <= at - noticeSteps;

/** What each alert claims, and in which steps that is far from true. */
export function claimIsWrong(name: string, account: SimulatedAccount): (index: number) => boolean {
  const left = (index: number): number => (account.stepsLeft[index] ?? Number.POSITIVE_INFINITY) / daySteps;
  const troubled = (index: number): boolean => account.up[index] !== 1 || account.exporter[index] === false;
  switch (name.split(' ')[0]) {
    case 'BalanceEmpty':
      return (index) => (account.balances[index] ?? 0) > 0;
    case 'BurnUnusual':
      return (index) =>
        sumOf(account.use, index - daySteps, index) <
        (2 * sumOf(account.use, index - 8 * daySteps, index - daySteps)) / 7;
    case 'AccountCheckFailing':
    case 'AccountStale':
      return (index) => !troubled(index) && !troubled(index - 1);
    case 'RunwayShort':
      // Half as much again as the limit.
      return (index) => left(index) > (name.endsWith('critical') ? 4.5 : 10.5);
    default:
      // A threshold, and a prediction of seven days.
      return (index) => left(index) > 10.5;
  }
}

/** Alarms whose claim was wrong during all of it. */
export function falseAlarms(
  name: string,
  firing: readonly boolean[],
  account: SimulatedAccount,
): readonly Run[] {
  const wrong = claimIsWrong(name, account);
  return runs(firing).filter(({ begin, end }) => {
    for (let index = begin; index < end; index += 1) if (!wrong(index)) return false;
    return true;
  });
}
