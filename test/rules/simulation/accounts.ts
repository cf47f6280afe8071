/**
 * Invented accounts over 60 days, with everything that makes a runway hard to tell: weekends, nights, bursts,
 * growth, lumps, top-ups, slow polls, outages of the vendor and of the exporter. The same every time.
 */

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The simulated time, in seconds from its start, a Monday at 00:00. */
export const duration = 60 * day;

/** Use and top-ups are laid on a grid of ten minutes. */
export const grid = 10 * minute;

export interface Shape {
  readonly name: string;
  /** Use per day on a plain day, in the account's unit. */
  readonly perDay: number;
  /** What the account holds at first, in days of plain use. */
  readonly startDays: number;
  /** Use in the grid step that starts at `time`, as a multiple of plain use. */
  readonly load: (time: number, random: () => number) => number;
  /** What is paid in, in days of plain use, when less than `below` days of plain use are left; never without. */
  readonly topUp?: { readonly below: number; readonly days: number; readonly delay: number };
  /** Seconds between two polls. */
  readonly poll: number;
  /** Spans in which polls fail, in seconds. */
  readonly vendorOutages?: readonly (readonly [from: number, to: number])[];
  readonly threshold?: number;
}

export interface SimulatedAccount {
  readonly name: string;
  readonly threshold: number;
  readonly perDay: number;
  /** True balance at each grid point; at most one step below 0, then it stays. */
  readonly balances: readonly number[];
  /** Seconds until the balance of a grid point is used up if nobody pays in; infinite where it outlasts the simulation. */
  readonly trueRunway: readonly number[];
  /** What the exporter serves at each grid point; undefined where it serves nothing. */
  readonly served: readonly (number | undefined)[];
  /** Whether the last poll before each grid point failed. */
  readonly failing: readonly boolean[];
}

const weekday = (time: number): number => Math.floor(time / day) % 7;
const hourOfDay = (time: number): number => (time % day) / hour;

const flat = (): number => 1;
const noisy = (_time: number, random: () => number): number => 0.5 + random();
/** Office hours: most use from 8 to 20, next to none at weekends; 1 on average over a week. */
const office = (time: number, random: () => number): number =>
  (weekday(time) >= 5 ? 0.12 : 1.35) *
  (hourOfDay(time) >= 8 && hourOfDay(time) < 20 ? 1.8 : 0.2) *
  (0.6 + 0.8 * random());
const nightly = (time: number): number => (hourOfDay(time) >= 1 && hourOfDay(time) < 3 ? 12 : 0);
/** A bill once a day, as cloud vendors book it. */
const daily = (time: number): number => (time % day === 6 * hour ? day / grid : 0);
/** One deduction a week. */
const weekly = (time: number): number => (time % (7 * day) === 2 * day + 9 * hour ? (7 * day) / grid : 0);
const growing = (time: number): number => 0.5 * 1.025 ** (time / day);
const shrinking = (time: number): number => 2 * 0.97 ** (time / day);
/** A job gone wild: eight times the use for a time. */
const burst =
  (from: number, to: number, factor: number) =>
  (time: number, random: () => number): number =>
    office(time, random) * (time >= from && time < to ? factor : 1);
/** Campaigns: some days a month with five times the use. */
const campaigns = (time: number, random: () => number): number =>
  (Math.floor(time / day) % 15 < 2 ? 5 : 0.7) * (0.5 + random());
const switchedOn =
  (at: number) =>
  (time: number): number =>
    time >= at ? 1 : 0;

const fast = 10 * minute;
const generous = { below: 2, days: 25, delay: 4 * hour };
const late = { below: 0.5, days: 20, delay: 10 * hour };

export const shapes: readonly Shape[] = [
  { name: 'steady', perDay: 40, startDays: 30, load: flat, poll: fast, topUp: generous },
  { name: 'steady-never-paid', perDay: 12, startDays: 41, load: noisy, poll: fast },
  { name: 'steady-hourly-poll', perDay: 144, startDays: 22, load: noisy, poll: hour, topUp: generous },
  { name: 'office', perDay: 60, startDays: 24, load: office, poll: fast, topUp: generous },
  { name: 'office-late-top-up', perDay: 60, startDays: 17, load: office, poll: hour, topUp: late },
  { name: 'office-never-paid', perDay: 25, startDays: 33.5, load: office, poll: fast },
  { name: 'nightly-batch', perDay: 90, startDays: 26, load: nightly, poll: fast, topUp: generous },
  { name: 'daily-bill', perDay: 35, startDays: 28, load: daily, poll: hour, topUp: generous },
  {
    name: 'weekly-bill',
    perDay: 20,
    startDays: 45,
    load: weekly,
    poll: hour,
    topUp: { below: 8, days: 60, delay: 4 * hour },
  },
  { name: 'growing', perDay: 50, startDays: 34, load: growing, poll: fast, topUp: generous },
  { name: 'growing-never-paid', perDay: 50, startDays: 62, load: growing, poll: fast },
  { name: 'shrinking', perDay: 50, startDays: 60, load: shrinking, poll: fast },
  {
    name: 'burst-short',
    perDay: 30,
    startDays: 80,
    load: burst(24 * day + 9 * hour, 24 * day + 15 * hour, 8),
    poll: fast,
  },
  { name: 'burst-day', perDay: 30, startDays: 75, load: burst(29 * day, 30 * day, 8), poll: fast },
  {
    name: 'burst-until-dry',
    perDay: 30,
    startDays: 62,
    load: burst(30 * day + 10 * hour, 60 * day, 8),
    poll: fast,
  },
  { name: 'campaigns', perDay: 45, startDays: 40, load: campaigns, poll: fast, topUp: generous },
  { name: 'switched-on', perDay: 70, startDays: 14, load: switchedOn(20 * day), poll: fast, topUp: generous },
  {
    name: 'small-top-ups',
    perDay: 30,
    startDays: 5,
    load: office,
    poll: fast,
    topUp: { below: 3, days: 6, delay: hour },
  },
  {
    name: 'auto-recharge',
    perDay: 80,
    startDays: 2,
    load: noisy,
    poll: fast,
    topUp: { below: 0.4, days: 1, delay: 0 },
  },
  {
    name: 'vendor-outage-night',
    perDay: 40,
    startDays: 25,
    load: noisy,
    poll: fast,
    topUp: generous,
    vendorOutages: [
      [10 * day + 22 * hour, 11 * day + 8 * hour],
      [40 * day + 1 * hour, 40 * day + 4 * hour],
    ],
  },
  {
    name: 'vendor-outage-before-dry',
    perDay: 40,
    startDays: 36,
    load: office,
    poll: fast,
    vendorOutages: [[27 * day, 29 * day]],
  },
  {
    name: 'flapping-vendor',
    perDay: 40,
    startDays: 44,
    load: office,
    poll: fast,
    vendorOutages: Array.from(
      { length: 59 },
      (_, index) => [index * day + 13 * hour, index * day + 16 * hour] as const,
    ),
  },
  { name: 'plenty', perDay: 5, startDays: 400, load: office, poll: hour },
  { name: 'idle', perDay: 10, startDays: 8, load: () => 0, poll: hour },
];

/** When no exporter answered at all: an evening, and a weekend day. */
export const exporterOutages: readonly (readonly [from: number, to: number])[] = [
  [16 * day + 18 * hour, 16 * day + 23 * hour],
  [47 * day + 2 * hour, 48 * day + 1 * hour],
];

/** A value is served no longer than this without a good check: six intervals, at least an hour. */
const maxAge = (poll: number): number => Math.max(6 * poll, hour);

export function simulate(shape: Shape, seed: number): SimulatedAccount {
  const random = randomFrom(seed);
  const steps = duration / grid;
  const perStep = shape.perDay / (day / grid);
  // Use goes on for as long again, so that a runway at the end of the simulation is known too.
  const use = Array.from({ length: 2 * steps }, (_, index) => perStep * shape.load(index * grid, random));
  const balances: number[] = [];
  let balance = shape.startDays * shape.perDay;
  let paidAt: number | undefined;
  for (let index = 0; index < steps; index += 1) {
    const time = index * grid;
    if (shape.topUp !== undefined) {
      if (paidAt === undefined && balance < shape.topUp.below * shape.perDay) {
        paidAt = time + shape.topUp.delay;
      }
      if (paidAt !== undefined && time >= paidAt) {
        balance += shape.topUp.days * shape.perDay;
        paidAt = undefined;
      }
    }
    balances.push(Math.round(balance * 100) / 100);
    if (balance > 0) {
      balance -= use[index] ?? 0;
    }
  }
  return {
    name: shape.name,
    threshold: shape.threshold ?? 5 * shape.perDay,
    perDay: shape.perDay,
    balances,
    trueRunway: trueRunways(balances, use),
    ...pollsOf(shape, balances),
  };
}

function trueRunways(balances: readonly number[], use: readonly number[]): number[] {
  // used[i] is what is used before step i, so a balance at i lasts until the first j with used[j] - used[i] >= it.
  const used = [0];
  for (const amount of use) {
    used.push((used.at(-1) ?? 0) + amount);
  }
  return balances.map((balance, index) => {
    if (balance <= 0) {
      return 0;
    }
    const goal = (used[index] ?? 0) + balance;
    let low = index;
    let high = used.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((used[middle] ?? Number.POSITIVE_INFINITY) >= goal - 1e-9) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low >= used.length ? Number.POSITIVE_INFINITY : (low - index) * grid;
  });
}

/** What the exporter knows and serves: a poll at each multiple of the shape's pace, unless something is down. */
function pollsOf(
  shape: Shape,
  balances: readonly number[],
): { readonly served: (number | undefined)[]; readonly failing: boolean[] } {
  const within = (spans: readonly (readonly [number, number])[], time: number): boolean =>
    spans.some(([from, to]) => time >= from && time < to);
  const served: (number | undefined)[] = [];
  const failing: boolean[] = [];
  let last: { readonly value: number; readonly time: number } | undefined;
  let failed = false;
  for (const [index, value] of balances.entries()) {
    const time = index * grid;
    const down = within(exporterOutages, time);
    if (!down && time % shape.poll === 0) {
      failed = within(shape.vendorOutages ?? [], time);
      last = failed ? last : { value, time };
    }
    const known = !down && last !== undefined && time - last.time <= maxAge(shape.poll);
    served.push(known ? last?.value : undefined);
    failing.push(failed);
  }
  return { served, failing };
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
