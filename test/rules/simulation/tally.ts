import { type SimulatedAccount, simulate, type World } from './accounts.ts';
import { evaluate, type Firing, fires, predictLinear } from './evaluate.ts';
import { day, grid, hour, minute, type Shape } from './kinds.ts';
import { depletionsOf, falseAlarms, isInTime, toldAt } from './score.ts';

/** What is compared: a set of alerts, and which of them tell that a balance runs out. */
export interface Contestant {
  readonly name: string;
  /** From all alerts that were evaluated to those that count here. */
  readonly counts: (alert: string) => boolean;
  readonly tells: (alert: string) => boolean;
}

const telling = (alert: string): boolean => /^(BalanceEmpty|BalanceLow|RunwayShort)/.test(alert);
const rivals = [
  'predict_linear over 6h',
  'predict_linear over 1d',
  'predict_linear over 3d',
  'fixed threshold',
] as const;
const isRival = (alert: string): boolean => rivals.some((rival) => alert === rival);

export const contestants: readonly Contestant[] = [
  {
    name: 'all alerts, no threshold set',
    counts: (alert) => !isRival(alert) && !alert.startsWith('BalanceLow'),
    tells: telling,
  },
  {
    name: 'all alerts, with a threshold of five days of plain use',
    counts: (alert) => !isRival(alert),
    tells: telling,
  },
  { name: 'RunwayShort alone', counts: (alert) => alert.startsWith('RunwayShort'), tells: telling },
  ...rivals.map((rival) => ({
    name:
      rival === 'fixed threshold'
        ? 'fixed threshold alone: five days of plain use, for 5m'
        : `${rival}, 7 days ahead, for 1h`,
    counts: (alert: string) => alert === rival,
    tells: () => true,
  })),
];

export interface Tally {
  accounts: number;
  quarters: number;
  depletions: number;
  foreseeable: number;
  told: number;
  falseAlarms: number;
  /** Of an account, with more than one false alarm. */
  quartersAboveOne: number;
  /** By alert. */
  readonly falseBy: Map<string, number>;
  /** Days between the first notice and the depletion. */
  readonly notice: number[];
}

export const emptyTally = (): Tally => ({
  accounts: 0,
  quarters: 0,
  depletions: 0,
  foreseeable: 0,
  told: 0,
  falseAlarms: 0,
  quartersAboveOne: 0,
  falseBy: new Map(),
  notice: [],
});

const quarterSteps = (365 / 4) * (day / grid);
/** Alarms that begin in the last days are not judged: what would have become of them is not known. */
const judgedUntilEnd = (15 * day) / grid;

/** All alerts and rivals over one account. */
export function firingOf(account: SimulatedAccount): Firing {
  const threshold = 5 * account.shape.perDay;
  const rival = (holds: readonly boolean[], forSeconds: number): boolean[] =>
    fires(holds, { forSeconds, keepSeconds: 0 });
  const predicted = (window: number): boolean[] =>
    rival(predictLinear(account.served, window, 7 * day), hour);
  return new Map([
    ...evaluate(account, threshold),
    ['predict_linear over 6h', predicted(6 * hour)],
    ['predict_linear over 1d', predicted(day)],
    ['predict_linear over 3d', predicted(3 * day)],
    [
      'fixed threshold',
      rival(
        account.served.map((value) => value !== undefined && value < threshold),
        5 * minute,
      ),
    ],
  ]);
}

/** Adds one simulated year of an account to the tallies, one for each contestant. */
export function addAccount(
  tallies: readonly Tally[],
  shape: Shape,
  world: World,
  random: () => number,
): void {
  const account = simulate(shape, world, random);
  const firing = firingOf(account);
  const depletions = depletionsOf(account);
  const wrong = new Map(
    [...firing].map(([name, steps]) => [
      name,
      falseAlarms(name, steps, account).filter(({ begin }) => begin < world.steps - judgedUntilEnd),
    ]),
  );
  for (const [index, { counts, tells }] of contestants.entries()) {
    const tally = tallies[index];
    if (tally === undefined) continue;
    tally.accounts += 1;
    const quarters = Math.max(1, Math.round(world.steps / quarterSteps));
    tally.quarters += quarters;
    const byQuarter = new Array<number>(quarters).fill(0);
    for (const [name, alarms] of wrong) {
      if (!counts(name)) continue;
      tally.falseAlarms += alarms.length;
      if (alarms.length > 0) tally.falseBy.set(name, (tally.falseBy.get(name) ?? 0) + alarms.length);
      for (const { begin } of alarms) {
        const quarter = Math.min(quarters - 1, Math.floor(begin / quarterSteps));
        byQuarter[quarter] = (byQuarter[quarter] ?? 0) + 1;
      }
    }
    tally.quartersAboveOne += byQuarter.filter((count) => count > 1).length;
    const told = [...firing].filter(([name]) => counts(name) && tells(name)).map(([, steps]) => steps);
    for (const depletion of depletions) {
      tally.depletions += 1;
      if (!depletion.foreseeable) continue;
      tally.foreseeable += 1;
      const first = Math.min(...told.map((steps) => toldAt(steps, depletion) ?? depletion.at));
      if (isInTime(first, depletion)) tally.told += 1;
      tally.notice.push(((depletion.at - first) * grid) / day);
    }
  }
}
