import type { BalanceReading } from '../../readings/reading.ts';

/** What Prometheus knows of one balance. */
export interface LineHistory {
  /** How long it lasts at the present rate, in days; undefined where it is not falling or not known. */
  readonly daysLeft: number | undefined;
  /** One value a day, the oldest first; undefined on days without one. */
  readonly points: readonly (number | undefined)[];
}

/** The history of a reading of an account; undefined where there is none. */
export type Histories = (account: string, reading: BalanceReading) => LineHistory | undefined;

/** What tells a series of one balance from the others. */
export interface SeriesLabels {
  readonly project?: string | undefined;
  readonly type?: string | undefined;
  readonly unit?: string | undefined;
  readonly window?: string | undefined;
  readonly wallet?: string | undefined;
}

/** The same text for the labels of a series and for the reading that it is made from. */
function keyOf({ project, type, unit, window = '', wallet = '' }: SeriesLabels): string {
  return JSON.stringify([project, type, unit, window, wallet]);
}

const dayMs = 86_400_000;

/** How far back the line goes. */
export const historyDays = 30;

export interface RunwaySeries {
  readonly labels: SeriesLabels;
  /** Seconds. */
  readonly value: number;
}

export interface BalanceSeries {
  readonly labels: SeriesLabels;
  /** Times in seconds since the epoch, with their values. */
  readonly values: readonly (readonly [time: number, value: number])[];
}

/** Joins what Prometheus answered. `endMs` is the time of the last point, in milliseconds since the epoch. */
export function historiesFrom(
  runways: readonly RunwaySeries[],
  balances: readonly BalanceSeries[],
  endMs: number,
): Histories {
  const days = new Map(runways.map(({ labels, value }) => [keyOf(labels), value / 86_400]));
  const points = new Map(balances.map(({ labels, values }) => [keyOf(labels), pointsOf(values, endMs)]));
  return (project, { type, unit, window, wallet }) => {
    const key = keyOf({ project, type, unit, window, wallet });
    const known = { daysLeft: days.get(key), points: points.get(key) ?? [] };
    return known.daysLeft === undefined && known.points.length === 0 ? undefined : known;
  };
}

function pointsOf(values: BalanceSeries['values'], endMs: number): readonly (number | undefined)[] {
  const points = Array.from<number | undefined>({ length: historyDays + 1 });
  for (const [time, value] of values) {
    const place = historyDays - Math.round((endMs - time * 1000) / dayMs);
    if (place >= 0 && place <= historyDays && Number.isFinite(value)) points[place] = value;
  }
  return points;
}
