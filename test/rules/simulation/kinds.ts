/** Kinds of accounts, with everything that makes a runway hard to tell. Numbers are drawn anew for each account. */

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Use, payments and evaluations are laid on a grid of ten minutes. */
export const grid = 10 * minute;

export interface Shape {
  readonly kind: string;
  /** Use per day on a plain day, in the account's unit. */
  readonly perDay: number;
  /** What the account holds at first, in days of plain use. */
  readonly startDays: number;
  /** Use in the grid step that starts at `time`, as a multiple of plain use. */
  readonly load: (time: number, random: () => number) => number;
  /** What is paid in, in days of plain use, once less than `below` days of it are left. A delay is drawn up to `delay`. */
  readonly topUp?: {
    readonly below: number;
    readonly days: number;
    readonly delay: number;
    /** Share of top-ups that nobody makes until the account has been dry for a day. */
    readonly forgotten: number;
  };
  /** Seconds between two checks. */
  readonly interval: number;
  /** Share of days on which the vendor fails, for up to so many hours. */
  readonly outages?: { readonly share: number; readonly hours: number };
  /** How often in a year a part of what was used comes back. */
  readonly refunds?: number;
  /** By what share the rate of the vendor's currency moves in a day. */
  readonly rate?: number;
  /** Seconds of the year in which the account is in the file. */
  readonly life?: readonly [from: number, to: number];
}

const weekday = (time: number): number => Math.floor(time / day) % 7;
const hourOfDay = (time: number): number => (time % day) / hour;
/** The last three days of each month of a year that is no leap year. */
const lastDays: ReadonlySet<number> = new Set(
  [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365].flatMap((end) => [end - 3, end - 2, end - 1]),
);
const isMonthEnd = (time: number): boolean => lastDays.has(Math.floor(time / day) % 365);

const noisy = (_time: number, random: () => number): number => 0.5 + random();
/** Office hours: most use from 8 to 20, next to none at weekends; 1 on average over a week. */
const weekly = (time: number, random: () => number): number =>
  (weekday(time) >= 5 ? 0.12 : 1.35) *
  (hourOfDay(time) >= 8 && hourOfDay(time) < 20 ? 1.8 : 0.2) *
  (0.6 + 0.8 * random());
const nightly = (time: number): number => (hourOfDay(time) >= 1 && hourOfDay(time) < 3 ? 12 : 0);
const monthEnd = (time: number, random: () => number): number =>
  (isMonthEnd(time) ? 4 : 0.67) * (0.5 + random());
/** A job gone wild: some hours of several times the use, now and then. */
function bursts(random: () => number): Shape['load'] {
  const factor = 3 + 5 * random();
  const every = Math.round(20 + 40 * random());
  const length = (2 + 10 * random()) * hour;
  return (time, draw) =>
    weekly(time, draw) *
    (Math.floor(time / day) % every === every - 3 && time % day < length + 8 * hour && hourOfDay(time) >= 8
      ? factor
      : 1);
}

/** Projects join and leave: another level of use from one day to the next, every few weeks. */
function levels(random: () => number): Shape['load'] {
  const length = Math.round(between(random, 20, 60)) * day;
  const factors = Array.from({ length: 20 }, () => between(random, 0.4, 2.5));
  return (time, draw) => (factors[Math.floor(time / length) % factors.length] ?? 1) * weekly(time, draw);
}

type Plan = (random: () => number) => Omit<Shape, 'kind'>;

const between = (random: () => number, low: number, high: number): number => low + (high - low) * random();

function plain(random: () => number, load: Shape['load']): Omit<Shape, 'kind'> {
  return {
    perDay: 10 ** between(random, 0, 4),
    startDays: between(random, 20, 60),
    load,
    interval: random() < 0.7 ? 10 * minute : hour,
    topUp: byHand(random),
  };
}

const byHand = (random: () => number): NonNullable<Shape['topUp']> => ({
  below: between(random, 2, 6),
  days: between(random, 20, 60),
  delay: between(random, 1, 36) * hour,
  forgotten: 0.4,
});

const plans: Readonly<Record<string, Plan>> = {
  steady: (random) => plain(random, noisy),
  weekly: (random) => plain(random, weekly),
  'nights only': (random) => plain(random, nightly),
  bursts: (random) => plain(random, bursts(random)),
  'month end': (random) => plain(random, monthEnd),
  'topped up automatically': (random) => ({
    ...plain(random, noisy),
    startDays: 20,
    // The card is refused now and then.
    topUp: { below: between(random, 8, 10), days: between(random, 15, 25), delay: 0, forgotten: 0.1 },
  }),
  'topped up by hand': (random) => ({
    ...plain(random, weekly),
    topUp: { below: between(random, 1, 3), days: between(random, 6, 12), delay: 12 * hour, forgotten: 0.2 },
  }),
  refunds: (random) => ({ ...plain(random, noisy), refunds: between(random, 4, 20) }),
  'currency moves': (random) => ({ ...plain(random, noisy), rate: between(random, 0.002, 0.01) }),
  'vendor outages': (random) => ({
    ...plain(random, weekly),
    outages: { share: between(random, 0.02, 0.15), hours: between(random, 2, 30) },
  }),
  'added and removed': (random) => {
    const from = between(random, 20, 120) * day;
    return { ...plain(random, weekly), life: [from, from + between(random, 60, 200) * day] };
  },
  'new levels': (random) => plain(random, levels(random)),
  growing: (random) => {
    const perMonth = between(random, 1.1, 1.5);
    return {
      ...plain(random, (time, draw) => perMonth ** ((time % (120 * day)) / (30 * day)) * weekly(time, draw)),
    };
  },
};

export const kinds = Object.keys(plans);

/** A shape of the kind, with numbers drawn from `random`. */
export function shapeOf(kind: string, random: () => number): Shape {
  const plan = plans[kind];
  if (plan === undefined) throw new RangeError(`expected one of ${kinds.join(', ')}, got ${kind}`);
  return { kind, ...plan(random) };
}
