import ava, { type ExecutionContext } from 'ava';
import { needing } from '../support/promtool.ts';
import { exporterUp, holds, type ValueExpectation } from './case.ts';

/**
 * What the rules record step by step, from totals and the evaluation before, against whole windows of the scraped balances
 * added up here by hand: equal to one part in a billion, over a history in which much happens.
 */

const test = needing(ava, 'promtool');

const stepsPerDay = 144;
const stepSeconds = 600;
const tolerance = 1e-9;

/** An account as it is served at each step; nothing where its check fails for long, or the exporter is away. */
interface Told {
  readonly labels: string;
  readonly balance: readonly (number | undefined)[];
  /** By instance, where more than one served it. */
  readonly instances?: Readonly<Record<string, readonly (number | undefined)[]>>;
  readonly threshold?: number;
  /** Whether its checks fail, by step. */
  readonly fails: (step: number) => boolean;
}

/** The last known balance of each step, for a day at most. */
function knownOf({ balance }: Told): readonly (number | undefined)[] {
  return balance.map((_, step) =>
    balance.slice(Math.max(0, step - stepsPerDay), step + 1).findLast((one) => one !== undefined),
  );
}

/** What was used in each step of a window that ends with `at`; of a younger account all that is known. */
function fallsOf(told: Told, at: number, days: number): readonly number[] {
  const known = knownOf(told);
  return windowOf(at, days).flatMap((step) => {
    const [before, now] = [known[step - 1], known[step]];
    return before === undefined || now === undefined ? [] : [Math.max(before - now, 0)];
  });
}

function changesOf(told: Told, at: number, days: number): number {
  const known = knownOf(told);
  return windowOf(at, days).filter((step) => known[step - 1] !== undefined && known[step - 1] !== known[step])
    .length;
}

function windowOf(at: number, days: number): readonly number[] {
  const from = Math.max(1, at - days * stepsPerDay + 1);
  return Array.from({ length: at - from + 1 }, (_, index) => from + index);
}

const isOf = (told: Told, ...types: readonly string[]): boolean =>
  types.some((type) => told.labels.includes(`type="${type}"`));

/** Use per second. */
function burnOf(told: Told, at: number, days: number): number | undefined {
  const falls = fallsOf(told, at, days);
  if (falls.length === 0 || isOf(told, 'merchant')) return undefined;
  return falls.reduce((sum, fall) => sum + fall, 0) / falls.length / stepSeconds;
}

/** What is left by what is used: in a week that changes often enough, else in a month. In seconds. */
function runwayOf(told: Told, at: number): number | undefined {
  const left = told.balance[at];
  if (left === undefined || !isOf(told, 'balance', 'credits') || (told.threshold ?? 1) <= 0) return undefined;
  const steps = fallsOf(told, at, 99).length;
  const week = steps >= stepsPerDay && changesOf(told, at, 7) >= 3 ? burnOf(told, at, 7) : undefined;
  const monthCounts = steps >= 7 * stepsPerDay && changesOf(told, at, 30) >= 3 && changesOf(told, at, 8) >= 1;
  const burn = week || (monthCounts ? burnOf(told, at, 30) : undefined);
  return burn === undefined || burn === 0 ? undefined : Math.max(left, 0) / burn;
}

const lastKnown = (told: Told, at: number): number | undefined => knownOf(told)[at];

/** From what is recorded to how it is computed by hand. */
const byHand: Readonly<Record<string, (told: Told, at: number) => number | undefined>> = {
  'account:balance_alert_burn_per_second:avg1d': (told, at) => burnOf(told, at, 1),
  'account:balance_alert_burn_per_second:avg7d': (told, at) => burnOf(told, at, 7),
  'account:balance_alert_burn_per_second:avg30d': (told, at) => burnOf(told, at, 30),
  'account:balance_alert_runway_seconds': runwayOf,
  'account:balance_alert_balance:current': lastKnown,
  'account:balance_alert_threshold:current': (told, at) =>
    lastKnown(told, at) === undefined ? undefined : told.threshold,
};

/** What is used at a step, in cents; different for each account and step, and nothing at one of four. */
function useAt(account: number, step: number): number {
  const mixed = Math.imul(account * 4099 + step + 1, 0x9e3779b1) >>> 0;
  return mixed % 4 === 0 ? 0 : (mixed >>> 8) % 300;
}

const within = (step: number, fromDay: number, days: number): boolean =>
  step >= fromDay * stepsPerDay && step < (fromDay + days) * stepsPerDay;

/** For forty minutes, and for five hours. */
const exporterAway = (step: number): boolean => within(step, 1.5, 4 / stepsPerDay) || within(step, 6.2, 0.2);

/** Accounts over so many steps. */
function accountsOver(steps: number): Readonly<Record<string, Told>> {
  const never = (): boolean => false;
  interface Course {
    readonly labels?: string;
    readonly threshold?: number;
    /** In cents. */
    readonly use?: (step: number) => number;
    /** In cents, by step. */
    readonly paid?: Readonly<Record<number, number>>;
    readonly fails?: (step: number) => boolean;
    readonly absent?: (step: number) => boolean;
  }
  let accounts = 0;
  const told = (start: number, course: Course = {}): Told => {
    const {
      labels = 'type="balance",unit="USD"',
      threshold,
      paid = {},
      fails = never,
      absent = never,
    } = course;
    accounts += 1;
    const index = accounts;
    const use = course.use ?? ((step: number) => useAt(index, step));
    let cents = start * 100;
    const balance = Array.from({ length: steps + 1 }, (_, step) => {
      if (step > 0) cents += (paid[step] ?? 0) - use(step);
      return fails(step) || absent(step) || exporterAway(step) ? undefined : cents / 100;
    });
    return { labels, balance, fails, ...(threshold === undefined ? {} : { threshold }) };
  };
  const replaced = told(3000);
  return {
    steady: told(9000, { threshold: 50 }),
    toppedUp: told(400, { threshold: 100, paid: { 100: 50_000, 101: 2000, 433: 100_000, 900: 300_000 } }),
    fails: told(5000, { threshold: 10, fails: (step) => within(step, 4.7, 0.6) }),
    failsOften: told(5000, { fails: (step) => step % 40 < 12 }),
    // Longer than a balance is known for: what was used meanwhile is not counted.
    failsLong: told(8000, { fails: (step) => within(step, 2.2, 1.3) }),
    young: told(7000, { absent: (step) => step < 3.3 * stepsPerDay }),
    inDebt: told(5, { threshold: 20 }),
    postPaid: told(0, { threshold: -5000 }),
    // Twice a week at most, so that the month tells.
    seldom: told(900, { use: (step) => (step % 417 === 20 ? 1234 : 0) }),
    idle: told(77, { use: () => 0 }),
    customers: told(1000, { labels: 'type="merchant",unit="USD"' }),
    gift: told(2000, { labels: 'type="credits",unit="points",wallet="gift"' }),
    plan: told(300, {
      labels: 'type="quota",unit="percent",window="5h"',
      // Filled up every day.
      paid: Object.fromEntries(Array.from({ length: 40 }, (_, day) => [day * stepsPerDay, day * 100])),
    }),
    replaced: {
      ...replaced,
      // Both serve it for two hours, the new one with a later reading.
      instances: {
        'a:9100': replaced.balance.map((one, step) => (step <= 512 ? one : undefined)),
        'b:9100': replaced.balance.map((one, step) =>
          step < 500 || one === undefined ? undefined : step <= 512 ? one - 0.25 : one,
        ),
      },
    },
  };
}

/** In promtool's notation; `stale` where a scrape no longer has the series. */
function valuesOf(values: readonly (number | undefined)[]): string {
  return values
    .map((now, step) => now ?? (step > 0 && values[step - 1] !== undefined ? 'stale' : '_'))
    .join(' ');
}

function seriesOf(accounts: Readonly<Record<string, Told>>, steps: number): Record<string, string> {
  const each = <T>(value: (step: number) => T): T[] =>
    Array.from({ length: steps + 1 }, (_, step) => value(step));
  const series: Record<string, string> = {
    [exporterUp]: valuesOf(each((step) => (exporterAway(step) ? 0 : 1))),
  };
  for (const [project, told] of Object.entries(accounts)) {
    const { labels, balance, instances = { 'a:9100': balance }, threshold, fails } = told;
    const name = `project="${project}",provider="v"`;
    for (const [instance, values] of Object.entries(instances)) {
      const target = `instance="${instance}",job="balance-alert"`;
      series[`balance_alert_balance{${name},${labels},${target}}`] = valuesOf(values);
      series[`balance_alert_account_up{${name},${target}}`] = valuesOf(
        values.map((one, step) =>
          one !== undefined ? 1 : fails(step) && !exporterAway(step) ? 0 : undefined,
        ),
      );
      if (threshold !== undefined) {
        series[`balance_alert_threshold{${name},${labels},${target}}`] = valuesOf(
          values.map((one) => (one === undefined ? undefined : threshold)),
        );
      }
    }
  }
  return series;
}

/** Each account has the value that it has by hand, and none has one that has none by hand. */
function expectations(
  accounts: Readonly<Record<string, Told>>,
  record: string,
  day: number,
): ValueExpectation[] {
  const at = `${day * 24}h`;
  const computed = byHand[record];
  const values = Object.entries(accounts).flatMap(([project, told]) => {
    const value = computed?.(told, day * stepsPerDay);
    return value === undefined ? [] : [[project, value] as const];
  });
  return [
    { at, expr: `count(${record})`, is: { '{}': values.length } },
    ...values.map(([project, value]) => ({
      at,
      expr: `abs(sum(${record}{project="${project}"}) - ${value}) <= bool ${tolerance * Math.abs(value)}`,
      is: { '{}': 1 },
    })),
  ];
}

async function agree(t: ExecutionContext, days: readonly number[], least: number): Promise<void> {
  const steps = Math.max(...days) * stepsPerDay;
  const accounts = accountsOver(steps);
  const values = days.flatMap((day) =>
    Object.keys(byHand).flatMap((record) => expectations(accounts, record, day)),
  );
  t.true(values.length >= least, `only ${values.length} values are compared`);
  await holds(t, { interval: '10m', series: seriesOf(accounts, steps), values });
}

test('burn, runway and last known values are what the scraped balances add up to by hand, for accounts that fail, pause, begin, are topped up, reset, replaced or in debt', async (t) => {
  await agree(t, [2, 5, 7.5], 170);
});
