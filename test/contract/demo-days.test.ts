import { resolve } from 'node:path';
import ava from 'ava';
import { readAccountFile } from '../../exporter/account-file/read.ts';
import type { Config } from '../../exporter/account-file/schema.ts';
import type { AccountConfig } from '../../exporter/accounts/schema.ts';
import { amountFor } from '../../exporter/accounts/threshold.ts';
import type { HttpClient } from '../../exporter/providers/http.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { CheckError } from '../../exporter/readings/check-error.ts';
import type { BalanceReading, Reading, SpendReading } from '../../exporter/readings/reading.ts';
import { answersFor } from '../../exporter/subscriptions/answers.ts';
import { todayIn } from '../../exporter/subscriptions/dates.ts';
import { step } from '../../rules/recording.ts';
import { type RecordedPoint, recordedPoints } from '../../scripts/demo-history/recorded.ts';

/**
 * What the dashboards and alerts are for is in the demo at any moment, whatever the date and the hour: walked by pure
 * functions of time, without a Prometheus.
 */

const day = 86_400;
/** A month of history before the first moment, as the invented past has. */
const historyDays = 31;
const firstDay = Date.UTC(2026, 10, 27) / 1000;
const days = 366;
/** Moments of a day, in seconds: the first and the last steps of it are among them. */
const moments = [0, 6 * 3600 + 1800, 13 * 3600, 23 * 3600 + 3000];

const noHttp: HttpClient = {
  request: () => Promise.reject(new Error('expected no request of the demo')),
  json: () => Promise.reject(new Error('expected no request of the demo')),
};

function demoConfig(): Config {
  const file = resolve(import.meta.dirname, '../../exporter/examples/demo.yaml');
  const result = readAccountFile({
    file,
    secretsDirectory: undefined,
    environment: {},
    now: firstDay * 1000,
  });
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.config;
}

/** The readings of a check at a moment; undefined where it fails. */
async function readingsAt(account: AccountConfig, time: number): Promise<readonly Reading[] | undefined> {
  try {
    return await findProvider(account.provider)?.check({
      options: account.options,
      http: noHttp,
      now: () => new Date(time * 1000),
    });
  } catch (error) {
    if (error instanceof CheckError) return undefined;
    throw error;
  }
}

function isBalance(reading: Reading): reading is BalanceReading {
  return reading.kind === 'balance';
}

const isPrepaid = ({ type }: BalanceReading): boolean => type === 'balance' || type === 'credits';

/** The recorded points of each unit of an account, from `historyDays` before the first day on, in steps. */
async function recordedOf(account: AccountConfig): Promise<ReadonlyMap<string, readonly RecordedPoint[]>> {
  const balances = new Map<string, { readonly prepaid: boolean; readonly values: number[] }>();
  for (let time = firstDay - historyDays * day; time < firstDay + days * day; time += step.seconds) {
    for (const reading of (await readingsAt(account, time))?.filter(isBalance) ?? []) {
      let entry = balances.get(reading.unit);
      if (entry === undefined) {
        entry = { prepaid: isPrepaid(reading), values: [] };
        balances.set(reading.unit, entry);
      }
      entry.values.push(reading.value);
    }
  }
  return new Map([...balances].map(([unit, { prepaid, values }]) => [unit, recordedPoints(values, prepaid)]));
}

function* balanceStates(account: AccountConfig, reading: BalanceReading, point: RecordedPoint | undefined) {
  const { value, limit, resetAt } = reading;
  const threshold = amountFor(account.threshold, reading.unit);
  const runwayDays = point?.runway === undefined ? undefined : point.runway / day;
  if (isPrepaid(reading) && value <= 0 && (threshold ?? 1) > 0) yield 'used up';
  if (threshold === undefined) yield 'without a threshold';
  if (threshold !== undefined && value < threshold) yield 'below its threshold';
  if (runwayDays !== undefined && value > 0) {
    if (runwayDays < 3) yield 'runs out within three days';
    else if (runwayDays < 7) yield 'runs out within a week';
    else if (value >= (threshold ?? 0)) yield 'healthy';
  }
  if (limit !== undefined && resetAt !== undefined) {
    yield value / limit < 0.1 ? 'a quota that is nearly used up' : 'a quota with room';
  }
}

function* spendStates(account: AccountConfig, reading: SpendReading, time: number) {
  const budget = amountFor(account.budget, reading.unit);
  const elapsed = (time - reading.periodStart) / (reading.periodEnd - reading.periodStart);
  if (budget !== undefined && elapsed > 0.1) {
    yield reading.value / elapsed > budget ? 'a spend over its budget' : 'a spend with a pace';
  }
}

const renewalStates = { '-1': 'a paid renewal', '0': 'a due renewal', '1': 'a renewal that is far off' };

function* subscriptionStates({ subscriptions }: Config, time: number) {
  for (const subscription of subscriptions) {
    const answers = answersFor(subscription, todayIn(subscription.timezone, time * 1000));
    if (answers === undefined) continue;
    if (answers.overdueSince !== undefined) yield 'an overdue renewal';
    else yield renewalStates[answers.status];
    if (answers.status === 0 && subscription.autoRenew) yield 'a due renewal that renews itself';
    if (answers.days !== undefined && answers.days <= 30 && subscription.price !== undefined) {
      yield 'a renewal to pay within a month';
    }
  }
}

/** All that must be there at every moment. */
const wanted = [
  'used up',
  'below its threshold',
  'runs out within three days',
  'runs out within a week',
  'healthy',
  'without a threshold',
  'failing',
  'a quota that is nearly used up',
  'a quota with room',
  'a spend over its budget',
  'an overdue renewal',
  'a due renewal',
  'a due renewal that renews itself',
  'a renewal that is far off',
  'a paid renewal',
  'a renewal to pay within a month',
];

ava(
  'whatever the date and the hour, the demo has an account, quota, spend and renewal in every state',
  async (t) => {
    t.timeout(120_000);
    const config = demoConfig();
    const recorded = new Map<AccountConfig, ReadonlyMap<string, readonly RecordedPoint[]>>();
    for (const account of config.accounts) recorded.set(account, await recordedOf(account));
    const missing = new Set<string>();
    for (let today = 0; today < days; today += 1) {
      for (const moment of moments) {
        const time = firstDay + today * day + moment;
        const seen = new Set<string>(subscriptionStates(config, time));
        for (const account of config.accounts) {
          const readings = await readingsAt(account, time);
          if (readings === undefined) seen.add('failing');
          for (const reading of readings ?? []) {
            const points = isBalance(reading) ? recorded.get(account)?.get(reading.unit) : undefined;
            const point = points?.[Math.floor((time - firstDay + historyDays * day) / step.seconds)];
            if (reading.kind === 'unlimited') continue;
            const states = isBalance(reading)
              ? balanceStates(account, reading, point)
              : spendStates(account, reading, time);
            for (const state of states) seen.add(state);
          }
        }
        const at = new Date(time * 1000).toISOString();
        for (const state of wanted) if (!seen.has(state)) missing.add(`${at}: ${state}`);
      }
    }
    t.deepEqual([...missing], []);
  },
);
