import type { Config } from '../../exporter/account-file/schema.ts';
import { type CheckOutcome, checkAccount } from '../../exporter/accounts/check.ts';
import { accountSamples } from '../../exporter/accounts/samples.ts';
import type { AccountConfig } from '../../exporter/accounts/schema.ts';
import type { AccountState } from '../../exporter/accounts/state.ts';
import { afterCheck, untried } from '../../exporter/accounts/state.ts';
import type { MetricName, Sample } from '../../exporter/metrics/catalog.ts';
import { renderSample } from '../../exporter/metrics/exposition.ts';
import { failureTurnSeconds } from '../../exporter/providers/demo/index.ts';
import { httpClientFor } from '../../exporter/providers/http-for.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { subscriptionSamples } from '../../exporter/subscriptions/samples.ts';
import { step } from '../../rules/recording.ts';
import { type RecordedName, recordedSeries } from '../../rules/series.ts';
import { type RecordedPoint, recordedPoints } from './recorded.ts';

export interface HistoryOptions {
  /** Accounts of the provider `demo` only: no history is generated for real ones. */
  readonly config: Config;
  /** Where the history ends, in seconds since the epoch. */
  readonly until: number;
  readonly days: number;
  /** The `instance` that Prometheus gives the exporter's series. */
  readonly instance: string;
}

const day = 86_400;

/** What is only looked at in the present, and that the exporter serves soon enough: a third of all there is. */
const present = new Set<string>([
  'balance_alert_ratio',
  'balance_alert_quota_reset_timestamp_seconds',
  'balance_alert_quota_window_seconds',
  'balance_alert_account_info',
  'balance_alert_account_last_check_timestamp_seconds',
  'balance_alert_subscription_amount',
  'balance_alert_subscription_info',
  'balance_alert_subscription_alert_window_seconds',
  'balance_alert_subscription_next_renewal_timestamp_seconds',
] satisfies MetricName[]);

/**
 * The last days are denser, since people look at them closely; Prometheus joins samples up to five minutes apart.
 * The seconds must divide the step, or steps would be missed.
 */
const dense = { days: 2, seconds: 200 } as const;

/**
 * The past of demo accounts, as the exporter would have served it and Prometheus would have recorded it: OpenMetrics
 * text for `promtool tsdb create-blocks-from openmetrics`, series by series.
 *
 * @throws RangeError where an account is not a demo
 */
export async function* demoHistory(options: HistoryOptions): AsyncGenerator<string> {
  const real = options.config.accounts.filter(({ provider }) => provider !== 'demo').map(({ name }) => name);
  if (real.length > 0) {
    throw new RangeError(`expected only accounts of the provider demo, got also: ${real.join(', ')}`);
  }
  const times = timesOf(options);
  const series = new Collector(options.instance);
  for (const time of times) {
    series.add('up', {}, 1, time);
    for (const entry of subscriptionSamples(options.config.subscriptions, time * 1000)) {
      series.addSample(entry, time);
    }
  }
  yield series.text();
  for (const account of options.config.accounts) {
    yield await accountHistory(account, times, options.instance);
  }
  yield '# EOF\n';
}

function timesOf({ until, days }: HistoryOptions): readonly number[] {
  const times: number[] = [];
  const end = Math.floor(until / dense.seconds) * dense.seconds;
  const turn = end - (end % step.seconds) - dense.days * day;
  for (let time = turn - (days - dense.days) * day; time < turn; time += step.seconds) {
    times.push(time);
  }
  for (let time = turn; time <= end; time += dense.seconds) {
    times.push(time);
  }
  return times;
}

async function accountHistory(
  account: AccountConfig,
  times: readonly number[],
  instance: string,
): Promise<string> {
  const series = new Collector(instance);
  const identity = { project: account.name, provider: account.provider };
  let state = untried(account);
  let before = (times[0] ?? 0) - account.intervalSeconds;
  for (const time of times) {
    const checks = Math.floor((time - before) / account.intervalSeconds);
    if (checks > 0) {
      state = await afterChecks(state, before, checks);
      before += checks * account.intervalSeconds;
    }
    for (const entry of accountSamples(state, time * 1000)) {
      series.addSample(entry, time);
    }
    if (state.lastSuccessAtMs !== undefined) {
      addPoint(
        series.recorded('account:balance_alert_reading_age_intervals:max', identity),
        (time - state.lastSuccessAtMs / 1000) / account.intervalSeconds,
        time,
      );
    }
  }
  addRecorded(series, times);
  return series.text();
}

/**
 * The state after a number of checks, one interval apart. A demo account fails always or never: of successful checks
 * only the last is made and the others are counted, of failing ones the first of each turn, which has a reason of its own.
 *
 * @param since time of the check before, in seconds since the epoch
 */
async function afterChecks(state: AccountState, since: number, checks: number): Promise<AccountState> {
  const { account } = state;
  const outcomeAt = (time: number): Promise<CheckOutcome> =>
    checkAccount(
      account,
      { findProvider, httpClient: httpClientFor, now: () => time * 1000, redact: (text) => text },
      new AbortController().signal,
    );
  const durationSeconds = 0.05;
  const last = since + checks * account.intervalSeconds;
  let outcome = await outcomeAt(last);
  if (outcome.ok) {
    return afterCheck({ ...state, checks: state.checks + checks - 1 }, outcome, last * 1000, durationSeconds);
  }
  const turnOf = (time: number): number => Math.floor(time / failureTurnSeconds);
  let turn = turnOf(last);
  let after = state;
  for (let at = since + account.intervalSeconds; at <= last; at += account.intervalSeconds) {
    if (turnOf(at) !== turn) {
      outcome = await outcomeAt(at);
      turn = turnOf(at);
    }
    after = afterCheck(after, outcome, at * 1000, durationSeconds);
  }
  return after;
}

/** The recorded series of every balance that was collected. */
function addRecorded(series: Collector, times: readonly number[]): void {
  const grid = times.filter((time) => time % step.seconds === 0);
  const end = times.at(-1) ?? 0;
  for (const balance of series.of('balance_alert_balance')) {
    const { labels } = balance;
    const prepaid = labels['type'] === 'balance' || labels['type'] === 'credits';
    const consumed = prepaid || labels['type'] === 'quota';
    const valueAt = new Map(balance.times.map((time, index) => [time, balance.values[index]]));
    const balances = grid.map((time) => valueAt.get(time));
    const add = (
      name: RecordedName,
      figureOf: (index: number) => number | undefined,
      isBurn: boolean,
    ): void => {
      const recorded = series.recorded(name, labels);
      for (const [index, time] of grid.entries()) {
        const value = figureOf(index);
        if (value === undefined) continue;
        // Burn and runway are recorded every two minutes: they stand until the next step.
        const until = isBurn ? Math.min(time + step.seconds - 1, end) : time;
        for (let at = time; at <= until; at += dense.seconds) addPoint(recorded, value, at);
      }
    };
    add('account:balance_alert_balance:max', (index) => balances[index], false);
    if (!consumed) continue;
    const points = recordedPoints(balances, prepaid);
    for (const [name, figureOf] of Object.entries(stepSeries)) {
      if (isRecordedName(name)) add(name, (index) => figureOf(points[index], grid), false);
    }
    for (const [name, figureOf] of Object.entries(burnSeries)) {
      if (isRecordedName(name)) add(name, (index) => figureOf(points[index], grid), true);
    }
  }
}

type RecordedValues = Readonly<
  Partial<
    Record<RecordedName, (point: RecordedPoint | undefined, grid: readonly number[]) => number | undefined>
  >
>;

function isRecordedName(name: string): name is RecordedName {
  return Object.hasOwn(recordedSeries, name);
}

/** What is recorded at every step of ten minutes. */
const stepSeries: RecordedValues = {
  'account:balance_alert_balance:carried': (point) => point?.carried,
  'account:balance_alert_fall:step10m': (point) => point?.fall,
  'account:balance_alert_used:total': (point) => point?.totals?.used,
  'account:balance_alert_steps:total': (point) => point?.totals?.steps,
  'account:balance_alert_changes:total': (point) => point?.totals?.changes,
  'account:balance_alert_changes:count7d': (point) => point?.changes7d,
  'account:balance_alert_step_burn_per_second:avg1d': (point) => point?.burn['1d'],
  'account:balance_alert_step_burn_per_second:avg7d': (point) => point?.burn['7d'],
  'account:balance_alert_step_burn_per_second:avg30d': (point) => point?.burn['30d'],
  'account:balance_alert_step_burn_per_second:expected': (point) => point?.expected,
  'account:balance_alert_history_start_timestamp_seconds:min': (point, grid) =>
    point?.start === undefined ? undefined : grid[point.start],
};

/** What is recorded every two minutes. */
const burnSeries: RecordedValues = {
  'account:balance_alert_burn_per_second:avg1d': (point) => point?.burn['1d'],
  'account:balance_alert_burn_per_second:avg7d': (point) => point?.burn['7d'],
  'account:balance_alert_burn_per_second:avg30d': (point) => point?.burn['30d'],
  'account:balance_alert_runway_seconds': (point) => point?.runway,
};

type Labels = Readonly<Record<string, string>>;

interface Collected {
  readonly name: string;
  /** Without those of the target. */
  readonly labels: Labels;
  readonly target: Labels;
  /** Seconds since the epoch, in ascending order, each with the value of the same index. */
  readonly times: number[];
  readonly values: number[];
}

function addPoint({ times, values }: Collected, value: number, time: number): void {
  times.push(time);
  values.push(value);
}

/** The series of one name, and where the one that came last is. */
interface Family {
  readonly entries: Collected[];
  last: number;
}

/** Samples by series, since the block writer wants each series in one piece. */
class Collector {
  readonly #families = new Map<string, Family>();
  readonly #target: Labels;

  constructor(instance: string) {
    this.#target = { instance, job: 'balance-alert' };
  }

  addSample({ metric, labels, value }: Sample, time: number): void {
    if (!present.has(metric)) {
      this.add(metric, labels, value, time);
    }
  }

  add(name: string, labels: Labels, value: number, time: number): void {
    addPoint(this.#find(name, labels, this.#target), value, time);
  }

  /** A series that rules record, which has no target; the labels may still carry one. */
  recorded(name: RecordedName, labels: Labels): Collected {
    return this.#find(name, labels, {});
  }

  /**
   * Called for each of a million samples. Those of a name come in much the same order at each moment: the one after the
   * last is looked at first.
   */
  #find(name: string, labels: Labels, target: Labels): Collected {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { entries: [], last: -1 };
      this.#families.set(name, family);
    }
    const { entries } = family;
    for (let offset = 1; offset <= entries.length; offset += 1) {
      const index = (family.last + offset) % entries.length;
      const entry = entries[index];
      if (entry !== undefined && this.#isSame(entry.labels, labels)) {
        family.last = index;
        return entry;
      }
    }
    const own = Object.entries(labels).filter(([label]) => !Object.hasOwn(this.#target, label));
    const made = { name, labels: Object.fromEntries(own), target, times: [], values: [] };
    family.last = entries.push(made) - 1;
    return made;
  }

  /** Whether the labels are those of a series, but for those of a target. */
  #isSame(own: Labels, labels: Labels): boolean {
    let count = 0;
    for (const label in labels) {
      if (Object.hasOwn(this.#target, label)) continue;
      if (own[label] !== labels[label]) return false;
      count += 1;
    }
    return count === Object.keys(own).length;
  }

  of(name: string): readonly Collected[] {
    return this.#families.get(name)?.entries ?? [];
  }

  text(): string {
    const lines: string[] = [];
    for (const { name, labels, target, times, values } of [...this.#families.values()].flatMap(
      ({ entries }) => entries,
    )) {
      // Eleven reasons for each account, most of which never happen: the exporter serves them soon enough.
      if (name.endsWith('_failures_total') && values.every((value) => value === 0)) continue;
      // The name may be a recorded one; the line's form is the same.
      const head = lineHead(name, { ...labels, ...target });
      for (const [index, time] of times.entries()) lines.push(`${head} ${values[index]} ${time}\n`);
    }
    return lines.join('');
  }
}

/** Name and labels as the exporter writes them. */
function lineHead(name: string, labels: Readonly<Record<string, string>>): string {
  const line = renderSample({ metric: 'balance_alert_balance', labels, value: 0 });
  return `${name}${line.slice('balance_alert_balance'.length, -' 0\n'.length)}`;
}
