import { CheckError, failureReasons } from '../../readings/check-error.ts';
import type { Reading } from '../../readings/reading.ts';
import { defineProvider } from '../contract.ts';
import { balanceAt, usedBetween } from './curve.ts';
import type { DemoOptions } from './schema.ts';
import { demoOptionsSchema } from './schema.ts';

/** Invented accounts, for a first look and for tests: no network, no credentials. */
export const demo = defineProvider({
  id: 'demo',
  title: 'Demo',
  kind: 'any',
  units: [],
  sign: 'ours',
  docs: 'exporter/providers/demo/README.md',
  minIntervalSeconds: 1,
  options: demoOptionsSchema,
  async check({ options, now }) {
    const seconds = now().getTime() / 1000;
    if (options.fail !== undefined) throw failure(options.fail, seconds);
    return readings(options, now());
  },
});

/** How long each reason lasts where they take turns, in seconds. */
const turn = 600;

function failure(wanted: NonNullable<DemoOptions['fail']>, seconds: number): CheckError {
  const index = Math.floor(seconds / turn) % failureReasons.length;
  const reason = wanted === 'each' ? (failureReasons[index] ?? 'internal') : wanted;
  return new CheckError(reason, `a demonstration of a failure by ${reason}`);
}

function readings(options: DemoOptions, now: Date): readonly Reading[] {
  const seconds = now.getTime() / 1000;
  const curve = {
    full: options.full,
    perDay: options.per_day,
    topUpBelow: options.top_up_below,
    seed: options.seed,
  };
  const monthStart = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) / 1000;
  const monthEnd = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) / 1000;
  if (options.type === 'spend') {
    return [
      {
        kind: 'spend',
        unit: options.unit,
        period: 'month',
        value: usedBetween(curve, monthStart, seconds),
        periodStart: monthStart,
        periodEnd: monthEnd,
      },
    ];
  }
  const { type } = options;
  if (type === 'quota') {
    const left = Math.max(0, options.full - usedBetween(curve, monthStart, seconds));
    return [
      {
        kind: 'balance',
        type,
        unit: options.unit,
        window: 'month',
        value: Math.round(left * 100) / 100,
        limit: options.full,
        resetAt: monthEnd,
      },
    ];
  }
  const value = balanceAt(curve, seconds);
  return [
    { kind: 'balance', type, unit: options.unit, value },
    ...Object.entries(options.also).map(
      ([unit, rate]): Reading => ({
        kind: 'balance',
        type,
        unit,
        value: Math.round(value * rate * 100) / 100,
      }),
    ),
  ];
}
