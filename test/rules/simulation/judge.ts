import { day, grid, hour } from './accounts.ts';

/** How well alarms agree with the truth. All series have one entry for each grid step. */

export interface Verdict {
  /** Times in which the account really had less than the limit left, from their begin to a top-up or the end. */
  readonly due: number;
  /** True days left when the alarm began, for each time in which it came with a day or more to go. */
  readonly daysLeft: readonly number[];
  /** Times in which no alarm came, or came with less than a day to go. */
  readonly missed: number;
  /** Alarms during all of which there was half as much again as the limit left. */
  readonly falseAlarms: number;
  /** Hours in which an alarm fired although there was half as much again as the limit left. */
  readonly wrongHours: number;
}

export interface JudgeOptions {
  /** In seconds: what the alarm promises to tell. */
  readonly limit: number;
  /** Seconds at the beginning that are not judged: no rule knows anything yet. */
  readonly from: number;
}

/**
 * @param firing whether the alarm fires at each step
 * @param trueRunway seconds until the balance is really used up
 */
export function judge(
  firing: readonly boolean[],
  trueRunway: readonly number[],
  { limit, from }: JudgeOptions,
): Verdict {
  const first = from / grid;
  const left = (index: number): number => trueRunway[index] ?? Number.POSITIVE_INFINITY;
  const due = runs(trueRunway.map((runway, index) => index >= first && runway < limit)).filter(
    // What begins in the last day could not be detected in time.
    ({ begin }) => begin < trueRunway.length - day / grid,
  );
  const alarms = runs(firing.map((fires, index) => index >= first && fires));
  const daysLeft: number[] = [];
  let missed = 0;
  for (const { begin, end } of due) {
    const alarm = alarms.find((run) => run.end > begin && run.begin < end);
    const days = alarm === undefined ? 0 : left(alarm.begin) / day;
    if (days < 1) {
      missed += 1;
    } else {
      daysLeft.push(days);
    }
  }
  const plenty = (index: number): boolean => left(index) > 1.5 * limit;
  let wrongSteps = 0;
  let falseAlarms = 0;
  for (const { begin, end } of alarms) {
    const wrong = Array.from({ length: end - begin }, (_, offset) => begin + offset).filter(plenty).length;
    wrongSteps += wrong;
    falseAlarms += wrong === end - begin ? 1 : 0;
  }
  return { due: due.length, daysLeft, missed, falseAlarms, wrongHours: (wrongSteps * grid) / hour };
}

export interface Run {
  readonly begin: number;
  /** The first index that is no longer in it. */
  readonly end: number;
}

/** The stretches in which it is true. */
export function runs(values: readonly boolean[]): readonly Run[] {
  const found: Run[] = [];
  let begin: number | undefined;
  for (const [index, value] of [...values, false].entries()) {
    if (value && begin === undefined) {
      begin = index;
    } else if (!value && begin !== undefined) {
      found.push({ begin, end: index });
      begin = undefined;
    }
  }
  return found;
}

/** Fires at once and for some seconds longer than the expression holds, as `keep_firing_for` does. */
export function kept(holds: readonly boolean[], seconds: number): boolean[] {
  let last = Number.NEGATIVE_INFINITY;
  return holds.map((value, index) => {
    last = value ? index : last;
    return (index - last) * grid <= seconds;
  });
}

/** Fires once the expression has held for some seconds, as `for` does. */
export function delayed(holds: readonly boolean[], seconds: number): boolean[] {
  let since: number | undefined;
  return holds.map((value, index) => {
    since = value ? (since ?? index) : undefined;
    return since !== undefined && (index - since) * grid >= seconds;
  });
}
