import { type burnWindows, step } from '../../rules/recording.ts';

/**
 * What the recording rules would have recorded, for generated history: Prometheus evaluates rules from now
 * on only. Held against the rules themselves by a test.
 */

const day = 86_400;
const stepsPerDay = day / step.seconds;

/** How far back the last known balance is taken from, in steps. */
const bridge = stepsPerDay;

/** How long the totals outlast a time without a balance, in steps, from the last one that is counted. */
const outlast = 2 * stepsPerDay;

/** How far before a moment its week is looked for, in steps. */
const lookBehind = stepsPerDay / 2;

export interface RecordedPoint {
  /** The last known balance of the past day. */
  readonly carried: number | undefined;
  /** What was used since the step before; undefined where nothing is known. */
  readonly fall: number | undefined;
  /** Sums of falls, of steps whose fall is known and of changes, since `start`; undefined where nothing is known. */
  readonly totals: { readonly used: number; readonly steps: number; readonly changes: number } | undefined;
  /** Index of the step with which the totals began. */
  readonly start: number | undefined;
  /** Changes within a week. */
  readonly changes7d: number;
  /** Average use per second, by window; undefined where there are no falls. */
  readonly burn: Readonly<Record<(typeof burnWindows)[number], number | undefined>>;
  /** The average that the runway is reckoned with; undefined where none would mean anything. */
  readonly expected: number | undefined;
  /** In seconds; undefined where the average would mean nothing. */
  readonly runway: number | undefined;
}

/** @param balances one for each step of ten minutes; undefined where nothing was served */
export function recordedPoints(balances: readonly (number | undefined)[], prepaid: boolean): RecordedPoint[] {
  const known = lastKnown(balances);
  const falls = known.map((value, index) => {
    const before = known[index - 1];
    return value === undefined || before === undefined ? undefined : Math.max(before - value, 0);
  });
  const changed = balances.map((value, index) => {
    const before = known[index - 1];
    return value !== undefined && before !== undefined && value !== before ? 1 : 0;
  });
  const fallSums = runningSums(falls.map((fall) => fall ?? 0));
  const fallCounts = runningSums(falls.map((fall) => (fall === undefined ? 0 : 1)));
  const changeCounts = runningSums(changed);
  const totals = totalsOf(known, falls, changed);
  const average = (index: number, days: number): number | undefined => {
    const count = sumWithin(fallCounts, index, days);
    return count === 0 ? undefined : sumWithin(fallSums, index, days) / count / step.seconds;
  };
  /** The week that ended so many days before a step, as the rules look it up. */
  const weekEnded = (index: number, daysAgo: number): number | undefined => {
    const end = index - daysAgo * stepsPerDay;
    for (let at = end; at >= 0 && at > end - lookBehind; at -= 1) {
      const value = totals[at]?.totals === undefined ? undefined : average(at, 7);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  /** What followed a month ago on a week like the past one, and at least the average of the month. */
  const repeated = (index: number, week: number, month: number): number | undefined => {
    const start = totals[index]?.start;
    if (start === undefined || start > index - 31 * stepsPerDay) return undefined;
    const before = weekEnded(index, 30);
    const followed = weekEnded(index, 23);
    if (before === undefined || followed === undefined) return undefined;
    return week >= 0.5 * before && week <= 2 * before && before > 0 ? Math.max(followed, month) : undefined;
  };
  return balances.map((balance, index) => {
    const within = (sums: readonly number[], days: number): number => sumWithin(sums, index, days);
    const burn = { '1d': average(index, 1), '7d': average(index, 7), '30d': average(index, 30) };
    const steps = totals[index]?.totals?.steps ?? 0;
    const changes7d = within(changeCounts, 7);
    const byWeek = steps >= 144 && changes7d >= 3;
    const byMonth = steps >= 1008 && within(changeCounts, 30) >= 3 && within(changeCounts, 8) >= 1;
    const weekly = byWeek && (burn['7d'] ?? 0) > 0 ? burn['7d'] : undefined;
    const monthly = byMonth && (burn['30d'] ?? 0) > 0 ? burn['30d'] : undefined;
    const again = weekly === undefined ? undefined : repeated(index, weekly, burn['30d'] ?? 0);
    const expected = prepaid ? (again ?? weekly ?? monthly) : undefined;
    return {
      carried: known[index],
      fall: falls[index],
      ...(totals[index] ?? { totals: undefined, start: undefined }),
      changes7d,
      burn,
      expected,
      runway: lasts(balance, expected),
    };
  });
}

type Totals = Pick<RecordedPoint, 'totals' | 'start'>;

function totalsOf(
  known: readonly (number | undefined)[],
  falls: readonly (number | undefined)[],
  changed: readonly number[],
): readonly (Totals | undefined)[] {
  let last: { readonly index: number; readonly point: Totals } | undefined;
  return known.map((value, index) => {
    if (value === undefined) return undefined;
    const before = last !== undefined && index - last.index <= outlast ? last.point : undefined;
    const fall = falls[index];
    const point = {
      totals: {
        used: (before?.totals?.used ?? 0) + (fall ?? 0),
        steps: (before?.totals?.steps ?? 0) + (fall === undefined ? 0 : 1),
        changes: (before?.totals?.changes ?? 0) + (changed[index] ?? 0),
      },
      start: before?.start ?? index,
    };
    last = { index, point };
    return point;
  });
}

function lasts(balance: number | undefined, burn: number | undefined): number | undefined {
  return balance === undefined || burn === undefined ? undefined : Math.max(balance, 0) / burn;
}

function lastKnown(balances: readonly (number | undefined)[]): (number | undefined)[] {
  let last: { readonly value: number; readonly index: number } | undefined;
  return balances.map((value, index) => {
    if (value !== undefined) {
      last = { value, index };
    }
    return last !== undefined && index - last.index < bridge ? last.value : undefined;
  });
}

/** What was added to sums of all before each index in the days up to and with an index. */
function sumWithin(sums: readonly number[], index: number, days: number): number {
  return (sums[index + 1] ?? 0) - (sums[Math.max(0, index + 1 - days * stepsPerDay)] ?? 0);
}

/** Sums of all before each index, with the sum of all at the end. */
function runningSums(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) {
    sums.push((sums.at(-1) ?? 0) + value);
  }
  return sums;
}
