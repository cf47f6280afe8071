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
  evidence: 'vendor',
  credential: 'none',
  permission: 'none',
  minIntervalSeconds: 1,
  options: demoOptionsSchema,
  async check({ options, now }) {
    const seconds = now().getTime() / 1000;
    if (options.fail !== undefined) throw failure(options.fail, seconds);
    return readings(options, now());
  },
});

/** How long each reason lasts where they take turns, in seconds since the epoch. */
export const failureTurnSeconds = 600;

function failure(wanted: NonNullable<DemoOptions['fail']>, seconds: number): CheckError {
  const index = Math.floor(seconds / failureTurnSeconds) % failureReasons.length;
  const reason = wanted === 'each' ? (failureReasons[index] ?? 'internal') : wanted;
  return new CheckError(reason, `sample failure, as if by ${reason}`);
}

function readings(options: DemoOptions, now: Date): readonly Reading[] {
  const seconds = now.getTime() / 1000;
  const curve = {
    full: options.full,
    perDay: options.per_day,
    topUpBelow: options.top_up_below,
    seed: options.seed,
    debt: options.debt,
  };
  const [periodStart, periodEnd] = billingPeriod(options.billing_day, now);
  if (options.type === 'spend') {
    return [
      {
        kind: 'spend',
        unit: options.unit,
        period: 'month',
        value: usedBetween(curve, periodStart, seconds),
        periodStart,
        periodEnd,
      },
    ];
  }
  const { type } = options;
  if (type === 'quota') {
    const left = Math.max(0, options.full - usedBetween(curve, periodStart, seconds));
    return [
      {
        kind: 'balance',
        type,
        unit: options.unit,
        window: 'month',
        value: Math.round(left * 100) / 100,
        limit: options.full,
        resetAt: periodEnd,
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

/** Start and end of the month of billing that holds a moment, in seconds since the epoch. */
function billingPeriod(billingDay: number, now: Date): readonly [start: number, end: number] {
  const month = now.getUTCDate() < billingDay ? now.getUTCMonth() - 1 : now.getUTCMonth();
  const startOf = (of: number) => Date.UTC(now.getUTCFullYear(), of, billingDay) / 1000;
  return [startOf(month), startOf(month + 1)];
}
