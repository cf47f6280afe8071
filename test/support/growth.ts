/** How the cost of some work grows with the length of its input. */
export interface Growth {
  /** Of the inputs, ascending. */
  readonly lengths: readonly number[];
  /** Milliseconds of processor time for one run with each. */
  readonly milliseconds: readonly number[];
  /** The slope of the line through all of them, both axes logarithmic. */
  readonly fitted: number;
  /** 1 is in proportion to the length, 2 is its square: `fitted`, or that of the last step where it is a step up. */
  readonly exponent: number;
}

/** What is to be measured: gives the work on an input of so many characters. */
export type Work = (length: number) => () => void;

/** None may be above it. */
export const mostExponent = 1.2;

/**
 * What grows with the square only from some length on shows in the last step. Two lengths alone vary by some tenths from run
 * to run, so that less than this says nothing.
 */
const steepStep = 1.6;

/** A measurement repeats its work until it has taken that long, so that one collection of garbage does not decide it. */
const enoughMs = 16;

/** Work that takes less at the greatest length of 64 Ki is of no square: that would be four thousand million steps. */
export const harmlessMs = 16;

/**
 * Milliseconds of processor time that this thread has used: wall time would mostly be that of others on a busy machine.
 * Linux keeps it in ticks of up to 4 ms and brings it up to date when the whole process is asked about, as
 * `thread_group_cputime` in kernel/sched/cputime.c does: hence the first call, which makes the second exact to a microsecond.
 */
function threadMs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of this thread that one run takes, as the mean of some. */
export function cpuMs(run: () => void, times = 1): number {
  const started = threadMs();
  for (let time = 0; time < times; time += 1) run();
  return (threadMs() - started) / times;
}

function cost(run: () => void): number {
  let times = 1;
  for (;;) {
    const each = cpuMs(run, times);
    if (each * times >= enoughMs) return each;
    times = Math.ceil(Math.max(times * 2, Math.min(times * 32, (1.1 * enoughMs) / Math.max(each, 0.0001))));
  }
}

/** The slope of the line through the points, both axes logarithmic, by least squares. */
function slope(lengths: readonly number[], costs: readonly number[]): number {
  const points = lengths.map((length, index) => [Math.log(length), Math.log(costs[index] ?? 0)] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/**
 * Measures some work over four lengths up to the one given. What else the machine does takes caches away and so adds to
 * the cost: where the exponent is above what is allowed it is measured again, up to some times, and each length counts with
 * its least cost.
 * @param longestMs what a run with the longest takes, where that has been measured
 */
export function growthOf(work: Work, longest: number, longestMs?: number): Growth {
  const lengths = [64, 16, 4, 1].map((part) => Math.ceil(longest / part));
  const runs = lengths.map(work);
  let milliseconds = runs.map((run, index) =>
    longestMs !== undefined && index === runs.length - 1 ? longestMs : cost(run),
  );
  const exponentOf = () => {
    const lastStep = slope(lengths.slice(-2), milliseconds.slice(-2));
    return Math.max(slope(lengths, milliseconds), lastStep > steepStep ? lastStep : 0);
  };
  for (let again = 0; again < 4 && exponentOf() > mostExponent; again += 1) {
    milliseconds = runs.map((run, index) => Math.min(cost(run), milliseconds[index] ?? 0));
  }
  return { lengths, milliseconds, fitted: slope(lengths, milliseconds), exponent: exponentOf() };
}

/** A text of so many characters, at least, that repeats another. */
export function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length));
}
