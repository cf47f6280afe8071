import type { RecordedName } from '../../rules/series.ts';

/**
 * Thirty-one days of invented accounts as Prometheus would hold them, of that only what the rules and the rule written by
 * hand read: dense where a window is, thin where one value is asked.
 */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const stepSeconds = 10 * minute;

/** How long the history is: the longest window, and a day. */
const historyDays = 31;

export interface BenchHistory {
  readonly accounts: number;
  /** Unix time in seconds of the evaluation; off the grid of steps, as an evaluation is. */
  readonly now: number;
  /** Also what rules before the totals read: every step of a month, and held series of three days. */
  readonly long: boolean;
}

interface Sample {
  readonly series: string;
  readonly value: number;
  /** Unix time in seconds. */
  readonly time: number;
}

/** What is used in one step: different for each account and step, and nothing in one step of eight. */
function fallOf(account: number, index: number): number {
  const mixed = Math.imul(account * 4099 + index, 0x9e3779b1) >>> 0;
  return mixed % 8 === 0 ? 0 : (mixed % 1000) / 1000;
}

/** Every sample of one account, series by series and in the order of time. */
export function* samplesOf(account: number, { now, long }: BenchHistory): Generator<Sample> {
  const start = now - (now % stepSeconds) - historyDays * day;
  const labels = `project="account-${account}",provider="v",type="balance",unit="USD"`;
  const steps = Math.floor((now - start) / stepSeconds);
  const used = [0];
  const changes = [0];
  for (let index = 1; index <= steps; index += 1) {
    const fall = fallOf(account, index);
    used.push((used.at(-1) ?? 0) + fall);
    changes.push((changes.at(-1) ?? 0) + (fall > 0 ? 1 : 0));
  }
  const at = (values: readonly number[], time: number): number =>
    values[Math.floor((time - start) / stepSeconds)] ?? 0;
  const total = at(used, now);
  // Between one and forty days are left.
  const left = (total / historyDays) * (1 + (account % 40));
  const balance = (time: number): number => left + total - at(used, time);
  const average = (time: number, days: number): number =>
    (at(used, time) - at(used, time - days * day)) / (days * day);

  function* series(
    name: string,
    more: string,
    value: (time: number) => number,
    from: number,
    every: number,
    until = now,
  ): Generator<Sample> {
    const text = `${name}{${labels}${more}}`;
    const first = start + Math.max(0, Math.ceil((from - start) / every)) * every;
    for (let time = first; time <= until; time += every) yield { series: text, value: value(time), time };
  }
  const target = ',instance="exporter:9100",job="balance-alert"';
  const recorded = (
    name: RecordedName,
    value: (time: number) => number,
    from: number,
    every: number,
    until = now,
  ) => series(name, '', value, from, every, until);

  // As scraped each minute: a day, which the rule by hand reads.
  yield* series('balance_alert_balance', target, balance, now - day - hour, minute);
  yield* series('balance_alert_threshold', target, () => 10, now - 5 * minute, minute);
  yield* series('balance_alert_status', target, () => 1, now - 5 * minute, minute);
  const check = `project="account-${account}",provider="v"${target}`;
  // Two of three have an owner.
  const owner = account % 3 === 0 ? '' : `,account_owner="team-${account % 20}"`;
  for (const [name, value] of [
    ['account_up', 1],
    ['account_last_success_timestamp_seconds', now - minute],
    ['account_check_interval_seconds', 600],
  ] as const) {
    yield { series: `balance_alert_${name}{${check}}`, value, time: now - 20 };
  }
  yield { series: `balance_alert_account_info{${check}${owner}}`, value: 1, time: now - 20 };
  // As recorded at each step.
  const stepsFrom = long ? start : now - 4 * day;
  yield* recorded('account:balance_alert_balance:max', balance, stepsFrom, stepSeconds);
  yield* recorded('account:balance_alert_balance:carried', balance, now - 2 * hour, stepSeconds);
  if (long) {
    const fall = (time: number): number => fallOf(account, Math.floor((time - start) / stepSeconds));
    yield* recorded('account:balance_alert_fall:step10m', fall, start + stepSeconds, stepSeconds);
  }
  const totals = [
    ['account:balance_alert_used:total', (time: number) => at(used, time)],
    ['account:balance_alert_steps:total', (time: number) => Math.floor((time - start) / stepSeconds)],
    ['account:balance_alert_changes:total', (time: number) => at(changes, time)],
    ['account:balance_alert_history_start_timestamp_seconds:min', () => start],
  ] as const;
  // Where the rules look: the month, the week and eight days ago with a day before, and the time since the last step.
  const looked = [
    [now - 31 * day, now - 30 * day + hour],
    [now - 9 * day - hour, now - 7 * day + hour],
    [now - 4 * day, now],
  ] as const;
  for (const [name, value] of totals) {
    for (const [from, until] of looked) yield* recorded(name, value, from, stepSeconds, until);
  }
  // As recorded each two minutes, and each minute.
  for (const days of [1, 7, 30] as const) {
    for (const asked of [now - day, now]) {
      const name = `account:balance_alert_burn_per_second:avg${days}d` as const;
      yield* recorded(name, (time) => average(time, days), asked - hour, 2 * minute, asked);
    }
  }
  const recent = now - hour - 5 * minute;
  yield* recorded('account:balance_alert_changes:count7d', () => 900, recent, stepSeconds);
  for (const days of [1, 7, 30] as const) {
    const name = `account:balance_alert_step_burn_per_second:avg${days}d` as const;
    yield* recorded(name, (time) => average(time, days), recent, stepSeconds);
  }
  for (const daysAgo of [23, 30]) {
    const until = now - daysAgo * day;
    const name = 'account:balance_alert_step_burn_per_second:avg7d';
    yield* recorded(name, (time) => average(time, 7), until - 13 * hour, stepSeconds, until);
  }
  const expected = 'account:balance_alert_step_burn_per_second:expected';
  yield* recorded(expected, (time) => average(time, 7), recent, stepSeconds);
  const runway = (time: number): number => balance(time) / average(time, 7);
  const heldFrom = long ? now - 3 * day - hour : recent;
  yield* recorded('account:balance_alert_runway_seconds', runway, heldFrom, 2 * minute);
  yield* recorded('account:balance_alert_balance:current', balance, heldFrom, minute);
  if (owner !== '') {
    const owned: RecordedName = 'account:balance_alert_account_owner:current';
    const series = `${owned}{project="account-${account}",provider="v"${owner}}`;
    for (let time = now - hour; time <= now; time += minute) yield { series, value: time, time };
  }
  yield* recorded('account:balance_alert_threshold:current', () => 10, recent, minute);
  yield* recorded('account:balance_alert_runway_seconds:current', runway, recent, minute);
  const known = 'account:balance_alert_balance_known_timestamp_seconds:max';
  yield* recorded(known, (time) => time, recent, minute);
}
