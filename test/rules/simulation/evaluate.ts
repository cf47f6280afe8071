import { isAlert, ruleGroups } from '../../../rules/index.ts';
import { recordedPoints } from '../../../scripts/demo-history/recorded.ts';
import type { SimulatedAccount } from './accounts.ts';
import { day, grid } from './kinds.ts';

/**
 * The alerts of the rules as Prometheus would evaluate them at every step of the grid, in TypeScript: a thousand years of
 * accounts take minutes. Held against the rules themselves by a test.
 */

/** Alerts by `name severity`, and for each step whether it fires. */
export type Firing = ReadonlyMap<string, readonly boolean[]>;

/** `for` and `keep_firing_for` in seconds. */
export interface Timing {
  readonly forSeconds: number;
  readonly keepSeconds: number;
}

/** As Prometheus does it: pending, firing, and firing on once the expression no longer holds. */
export function fires(holds: readonly boolean[], { forSeconds, keepSeconds }: Timing): boolean[] {
  let since: number | undefined;
  let firing = false;
  let keptSince: number | undefined;
  return holds.map((value, index) => {
    if (value) {
      since ??= index;
      keptSince = undefined;
      firing ||= (index - since) * grid >= forSeconds;
    } else if (firing && keepSeconds > 0) {
      keptSince ??= index;
      if ((index - keptSince) * grid >= keepSeconds) {
        firing = false;
        since = undefined;
      }
    } else {
      firing = false;
      since = undefined;
    }
    return firing;
  });
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: day };

export function secondsOf(duration: string | undefined): number {
  if (duration === undefined) return 0;
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  return Number(amount) * (units[unit ?? ''] ?? Number.NaN);
}

/** `for` and `keep_firing_for` of an alert as it ships. */
function timingOf(name: string): Timing {
  const rule = ruleGroups()
    .flatMap(({ rules }) => rules.filter(isAlert))
    .find(({ alert, severity }) => `${alert} ${severity}` === name);
  if (rule === undefined) throw new Error(`expected an alert ${name}`);
  return { forSeconds: secondsOf(rule.for), keepSeconds: secondsOf(rule.keepFiringFor) };
}

const names = {
  empty: 'BalanceEmpty critical',
  low: 'BalanceLow warning',
  critical: 'RunwayShort critical',
  warning: 'RunwayShort warning',
  unusual: 'BurnUnusual info',
  failing: 'AccountCheckFailing warning',
  stuck: 'AccountStale warning',
  blind: 'AccountStale critical',
} as const;

const timings = new Map(Object.values(names).map((name) => [name, timingOf(name)]));

const holdSteps = (3 * day) / grid;

/** What is carried while the account is known and not served, for three days. */
function heldOf(account: SimulatedAccount, runways: readonly (number | undefined)[]) {
  let known = false;
  let unservedSince: number | undefined;
  let balance: number | undefined;
  let runway: number | undefined;
  return account.served.map((value, index) => {
    if (value !== undefined) {
      known = true;
      unservedSince = undefined;
      balance = value;
      runway = runways[index];
      return { balance, runway };
    }
    // Gone with the first good scrape that has neither the balance nor a failing check.
    known &&= account.exporter[index] === false || account.up[index] === 0;
    unservedSince = known ? (unservedSince ?? index) : undefined;
    if (!known || index - (unservedSince ?? index) > holdSteps) {
      balance = undefined;
      runway = undefined;
    }
    return { balance, runway };
  });
}

/** @param threshold the account's, where it has one */
export function evaluate(account: SimulatedAccount, threshold: number | undefined): Firing {
  const points = recordedPoints(account.served, true);
  const held = heldOf(
    account,
    points.map(({ runway }) => runway),
  );
  const steps = account.served.length;
  const interval = account.shape.interval;
  const each = (holds: (index: number) => boolean): boolean[] =>
    Array.from({ length: steps }, (_, index) => holds(index));
  const runwayBelow = (days: number) =>
    each((index) => (held[index]?.runway ?? Number.POSITIVE_INFINITY) < days * day);
  const ageAbove = (index: number, seconds: number): boolean =>
    (account.successAge[index] ?? 0) * grid > 3 * interval + seconds;
  const servedSums = [0];
  for (const value of account.served)
    servedSums.push((servedSums.at(-1) ?? 0) + (value === undefined ? 0 : 1));
  const servedOfTwoDays = (index: number): number =>
    (servedSums[index + 1] ?? 0) - (servedSums[Math.max(0, index + 1 - (2 * day) / grid)] ?? 0);
  const holds: Readonly<Record<keyof typeof names, readonly boolean[]>> = {
    empty: each((index) => (held[index]?.balance ?? 1) <= 0),
    low: each((index) => threshold !== undefined && (held[index]?.balance ?? threshold) < threshold),
    critical: runwayBelow(3),
    warning: runwayBelow(7),
    unusual: each((index) => {
      const today = points[index]?.burn['1d'];
      const week = points[index - 144]?.burn['7d'];
      const balance = account.served[index];
      return (
        today !== undefined &&
        week !== undefined &&
        week > 0 &&
        balance !== undefined &&
        today / week > 3 &&
        (points[index]?.totals?.steps ?? 0) >= 576 &&
        servedOfTwoDays(index) >= 274 &&
        (points[index]?.changes7d ?? 0) >= 3 &&
        today * day > 0.02 * balance
      );
    }),
    failing: each((index) => account.up[index] === 0),
    stuck: each((index) => ageAbove(index, 1800) && account.up[index] !== 0),
    blind: each((index) => ageAbove(index, day)),
  };
  return new Map(
    Object.entries(names).map(([key, name]) => {
      const timing = timings.get(name) ?? { forSeconds: 0, keepSeconds: 0 };
      return [name, fires(isKey(key) ? holds[key] : [], timing)];
    }),
  );
}

function isKey(key: string): key is keyof typeof names {
  return Object.hasOwn(names, key);
}

/** `predict_linear(balance[window], ahead) < 0`, as Prometheus computes it from the samples that are served. */
export function predictLinear(
  served: readonly (number | undefined)[],
  windowSeconds: number,
  aheadSeconds: number,
): boolean[] {
  const width = windowSeconds / grid;
  // Sums over the window, of index relative to the newest, kept up by adding and taking away.
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  const add = (index: number, sign: 1 | -1): void => {
    const value = served[index];
    if (value === undefined) return;
    const x = index;
    count += sign;
    sumX += sign * x;
    sumY += sign * value;
    sumXX += sign * x * x;
    sumXY += sign * x * value;
  };
  return served.map((_, index) => {
    add(index, 1);
    // The window leaves out its left end.
    if (index >= width) add(index - width, -1);
    const divisor = count * sumXX - sumX * sumX;
    if (count < 2 || divisor <= 0) return false;
    const slope = (count * sumXY - sumX * sumY) / divisor;
    const intercept = (sumY - slope * sumX) / count;
    return intercept + slope * (index + aheadSeconds / grid) < 0;
  });
}
