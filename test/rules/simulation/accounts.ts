import { day, grid, hour, type Shape } from './kinds.ts';

/** What truly happens to an account, and what its exporter serves of it, at every step of the grid. */
export interface SimulatedAccount {
  readonly shape: Shape;
  /** True balance; at most one step below 0, then it stays. */
  readonly balances: Float64Array;
  /** Amount used in each step. */
  readonly use: Float64Array;
  /** Steps until the balance is used up if nobody pays in; infinite where it outlasts the simulation. */
  readonly stepsLeft: Float64Array;
  /** What the exporter serves; undefined where it serves nothing. */
  readonly served: readonly (number | undefined)[];
  /** `account_up`; undefined where none is served. */
  readonly up: readonly (0 | 1 | undefined)[];
  /** Steps since the last good check; undefined where none is served. */
  readonly successAge: readonly (number | undefined)[];
  /** Whether the exporter answers. */
  readonly exporter: readonly boolean[];
}

export interface World {
  readonly steps: number;
  /** Steps at which no exporter answers. */
  readonly down: readonly boolean[];
}

/** One exporter for all accounts: restarts of ten minutes, some hours away twice a year, a weekend once. */
export function worldOf(days: number, random: () => number): World {
  const steps = (days * day) / grid;
  const down = new Array<boolean>(steps).fill(false);
  const outage = (at: number, length: number): void => {
    down.fill(true, at, Math.min(steps, at + length));
  };
  for (let at = 0; at < days; at += 1) {
    const chance = random();
    const begin = at * 144 + Math.floor(random() * 144);
    if (chance < 1 / 14) outage(begin, 1);
    else if (chance < 1 / 14 + 2 / 365) outage(begin, Math.floor((3 * hour) / grid));
    else if (chance < 1 / 14 + 3 / 365) outage(begin, Math.floor((2 * day) / grid));
  }
  return { steps, down };
}

/** A value is served no longer than this without a good check: six intervals, at least an hour. */
const maxAge = (interval: number): number => Math.max(6 * interval, hour);

export function simulate(shape: Shape, { steps, down }: World, random: () => number): SimulatedAccount {
  const perStep = shape.perDay / (day / grid);
  const [from, to] = lifeOf(shape, steps);
  const balances = new Float64Array(steps);
  const use = new Float64Array(steps);
  let balance = shape.startDays * shape.perDay;
  let paidAt: number | undefined;
  let dryFor = 0;
  for (let index = 0; index < steps; index += 1) {
    const { topUp } = shape;
    if (topUp !== undefined && index >= from) {
      dryFor = balance <= 0 ? dryFor + 1 : 0;
      if (paidAt === undefined && balance < topUp.below * shape.perDay) {
        const delay = random() * topUp.delay;
        paidAt = random() < topUp.forgotten ? Number.POSITIVE_INFINITY : index + delay / grid;
      }
      if (paidAt !== undefined && (index >= paidAt || dryFor > day / grid)) {
        balance += topUp.days * shape.perDay;
        paidAt = undefined;
      }
    }
    if (shape.refunds !== undefined && random() < (shape.refunds * grid) / (365 * day)) {
      balance += random() * 2 * shape.perDay;
    }
    balances[index] = balance;
    const wanted = index < from ? 0 : perStep * shape.load(index * grid, random);
    if (balance > 0) {
      use[index] = wanted;
      balance -= wanted;
    }
  }
  return {
    shape,
    balances,
    use,
    stepsLeft: stepsLeftOf(balances, use),
    ...servedOf(shape, balances, { down, from, to }, random),
  };
}

function lifeOf({ life }: Shape, steps: number): readonly [number, number] {
  return life === undefined
    ? [0, steps]
    : [Math.floor(life[0] / grid), Math.min(steps, Math.floor(life[1] / grid))];
}

/** Until the next moment at which the balance was really used up; a payment before it makes it another question. */
function stepsLeftOf(balances: Float64Array, use: Float64Array): Float64Array {
  // used[i] is what is used before step i: a balance at i lasts until the first j with used[j] - used[i] >= it.
  const used = new Float64Array(use.length + 1);
  for (const [index, amount] of use.entries()) used[index + 1] = (used[index] ?? 0) + amount;
  const left = new Float64Array(balances.length);
  for (const [index, balance] of balances.entries()) {
    const goal = (used[index] ?? 0) + balance - 1e-9;
    let low = index;
    let high = used.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((used[middle] ?? 0) >= goal) high = middle;
      else low = middle + 1;
    }
    left[index] = balance <= 0 ? 0 : low >= used.length ? Number.POSITIVE_INFINITY : low - index;
  }
  return left;
}

/** A check whenever one is due, unless the exporter is down. */
function servedOf(
  shape: Shape,
  balances: Float64Array,
  { down, from, to }: { readonly down: readonly boolean[]; readonly from: number; readonly to: number },
  random: () => number,
): Pick<SimulatedAccount, 'served' | 'up' | 'successAge' | 'exporter'> {
  const served: (number | undefined)[] = [];
  const up: (0 | 1 | undefined)[] = [];
  const successAge: (number | undefined)[] = [];
  let last: { readonly value: number; readonly index: number } | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let failed = false;
  let failsUntil = 0;
  let rate = 1;
  const intervalSteps = shape.interval / grid;
  for (const [index, value] of balances.entries()) {
    if (index % 144 === 0) {
      rate *= 1 + (random() - 0.5) * 2 * (shape.rate ?? 0);
      if (shape.outages !== undefined && random() < shape.outages.share) {
        failsUntil = index + Math.ceil((random() * shape.outages.hours * hour) / grid);
      }
    }
    const inFile = index >= from && index < to;
    if (!inFile) last = undefined;
    if (inFile && down[index] !== true && index - checkedAt >= intervalSteps) {
      checkedAt = index;
      failed = index < failsUntil;
      // Money has two decimals.
      if (!failed) last = { value: Math.round(value * rate * 100) / 100, index };
    }
    const answers = inFile && down[index] !== true;
    const known = answers && last !== undefined && (index - last.index) * grid <= maxAge(shape.interval);
    served.push(known ? last?.value : undefined);
    up.push(answers ? (failed ? 0 : 1) : undefined);
    successAge.push(answers && last !== undefined ? index - last.index : undefined);
  }
  return { served, up, successAge, exporter: down.map((away) => !away) };
}
