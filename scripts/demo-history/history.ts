import type { Config } from '../../exporter/account-file/schema.ts';
import { type CheckOutcome, checkAccount } from '../../exporter/accounts/check.ts';
import { accountSamples } from '../../exporter/accounts/samples.ts';
import type { AccountConfig } from '../../exporter/accounts/schema.ts';
import type { AccountState } from '../../exporter/accounts/state.ts';
import { afterCheck, untried } from '../../exporter/accounts/state.ts';
import type { MetricName, Sample } from '../../exporter/metrics/catalog.ts';
import { renderSample } from '../../exporter/metrics/exposition.ts';
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
      series.addRecorded(
        'account:balance_alert_reading_age_intervals:max',
        { project: account.name, provider: account.provider },
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
 * only the last is made and the others are counted, of failing ones each has a reason of its own.
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
  const outcome = await outcomeAt(last);
  if (outcome.ok) {
    return afterCheck({ ...state, checks: state.checks + checks - 1 }, outcome, last * 1000, durationSeconds);
  }
  let after = state;
  for (let at = since + account.intervalSeconds; at <= last; at += account.intervalSeconds) {
    after = afterCheck(after, await outcomeAt(at), at * 1000, durationSeconds);
  }
  return after;
}

/** The recorded series of every balance that was collected. */
function addRecorded(series: Collector, times: readonly number[]): void {
  const grid = times.filter((time) => time % step.seconds === 0);
  for (const { labels, values } of series.of('balance_alert_balance')) {
    const prepaid = labels['type'] === 'balance' || labels['type'] === 'credits';
    const consumed = prepaid || labels['type'] === 'quota';
    const points = recordedPoints(
      grid.map((time) => values.get(time)),
      prepaid,
    );
    for (const [index, time] of grid.entries()) {
      const point = points[index];
      const balance = values.get(time);
      series.addRecorded('account:balance_alert_balance:max', labels, balance, time);
      if (!consumed) {
        continue;
      }
      for (const [name, value] of Object.entries(stepSeries(point, grid))) {
        if (isRecordedName(name)) series.addRecorded(name, labels, value, time);
      }
      // Burn and runway are recorded every two minutes: they stand until the next step.
      for (let at = time; at < time + step.seconds && at <= (times.at(-1) ?? 0); at += dense.seconds) {
        for (const [name, value] of Object.entries(burnSeries(point))) {
          if (isRecordedName(name)) series.addRecorded(name, labels, value, at);
        }
      }
    }
  }
}

type RecordedValues = Readonly<Partial<Record<RecordedName, number | undefined>>>;

function isRecordedName(name: string): name is RecordedName {
  return Object.hasOwn(recordedSeries, name);
}

/** What is recorded at every step of ten minutes. */
function stepSeries(point: RecordedPoint | undefined, grid: readonly number[]): RecordedValues {
  return {
    'account:balance_alert_balance:carried': point?.carried,
    'account:balance_alert_fall:step10m': point?.fall,
    'account:balance_alert_used:total': point?.totals?.used,
    'account:balance_alert_steps:total': point?.totals?.steps,
    'account:balance_alert_changes:total': point?.totals?.changes,
    'account:balance_alert_changes:count7d': point?.changes7d,
    'account:balance_alert_step_burn_per_second:avg1d': point?.burn['1d'],
    'account:balance_alert_step_burn_per_second:avg7d': point?.burn['7d'],
    'account:balance_alert_step_burn_per_second:avg30d': point?.burn['30d'],
    'account:balance_alert_step_burn_per_second:expected': point?.expected,
    'account:balance_alert_history_start_timestamp_seconds:min':
      point?.start === undefined ? undefined : grid[point.start],
  };
}

/** What is recorded every two minutes. */
function burnSeries(point: RecordedPoint | undefined): RecordedValues {
  return {
    'account:balance_alert_burn_per_second:avg1d': point?.burn['1d'],
    'account:balance_alert_burn_per_second:avg7d': point?.burn['7d'],
    'account:balance_alert_burn_per_second:avg30d': point?.burn['30d'],
    'account:balance_alert_runway_seconds': point?.runway,
  };
}

interface Collected {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Map<number, number>;
}

/** Samples by series, since the block writer wants each series in one piece. */
class Collector {
  readonly #series = new Map<string, Collected & { readonly name: string }>();
  readonly #target: Readonly<Record<string, string>>;

  constructor(instance: string) {
    this.#target = { instance, job: 'balance-alert' };
  }

  addSample({ metric, labels, value }: Sample, time: number): void {
    if (!present.has(metric)) {
      this.add(metric, labels, value, time);
    }
  }

  add(name: string, labels: Readonly<Record<string, string>>, value: number, time: number): void {
    this.#put(name, labels, this.#target, value, time);
  }

  /** A series that rules record has no target; the labels may still carry one. */
  addRecorded(
    name: RecordedName,
    labels: Readonly<Record<string, string>>,
    value: number | undefined,
    time: number,
  ): void {
    if (value !== undefined) this.#put(name, labels, {}, value, time);
  }

  /** Called for each of some million samples: labels are copied for those only that begin a series. */
  #put(
    name: string,
    labels: Readonly<Record<string, string>>,
    target: Readonly<Record<string, string>>,
    value: number,
    time: number,
  ): void {
    let key = name;
    for (const label in labels) {
      if (!Object.hasOwn(this.#target, label)) key += `\0${label}\0${labels[label]}`;
    }
    let entry = this.#series.get(key);
    if (entry === undefined) {
      const own = Object.entries(labels).filter(([label]) => !Object.hasOwn(this.#target, label));
      entry = { name, labels: { ...Object.fromEntries(own), ...target }, values: new Map() };
      this.#series.set(key, entry);
    }
    entry.values.set(time, value);
  }

  of(name: string): readonly Collected[] {
    return [...this.#series.values()].filter((entry) => entry.name === name);
  }

  text(): string {
    const lines: string[] = [];
    for (const { name, labels, values } of this.#series.values()) {
      // The name may be a recorded one; the line's form is the same.
      const head = lineHead(name, labels);
      if (name.endsWith('_failures_total') && [...values.values()].every((value) => value === 0)) {
        // Eleven reasons for each account, most of which never happen: the exporter serves them soon enough.
        continue;
      }
      for (const [time, value] of values) {
        lines.push(`${head} ${value} ${time}\n`);
      }
    }
    return lines.join('');
  }
}

/** Name and labels as the exporter writes them. */
function lineHead(name: string, labels: Readonly<Record<string, string>>): string {
  const line = renderSample({ metric: 'balance_alert_balance', labels, value: 0 });
  return `${name}${line.slice('balance_alert_balance'.length, -' 0\n'.length)}`;
}
