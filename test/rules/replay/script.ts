/**
 * What happens in the replay: accounts and an exporter over forty minutes, shortened from an afternoon by a past that is
 * filled in. Scrapes and evaluations run every 15 s; the rules are as they ship.
 */

export const scrapeSeconds = 15;
export const step = 600;
const day = 86_400;

/** Seconds after the start. */
export const moments = {
  exporterReplaced: [180, 210],
  vendorFails: 240,
  // Alerts with a "for" of five minutes fire by now, 30 s later in vmalert.
  toppedUp: 420,
  alertmanagerDies: 450,
  exporterDies: [420, 840],
  // While the exporter is away, so that what fires is held by rules alone.
  enginesRestart: 810,
  // A step that was taken during the outage counts no use, which the next step adds; vmalert's averages see each step only with
  // the one after it, and are published within two minutes and a half: two steps after the exporter is back, and that.
  end: 2250,
} as const;

export interface ScriptedAccount {
  readonly name: string;
  readonly threshold?: number;
  /** Balance at a moment of the replay, which is negative in the past; undefined where none is served. */
  readonly balance: (time: number) => number | undefined;
  readonly failsFrom?: number;
  readonly removedAt?: number;
}

/** Falls by so much a day. */
const falling =
  (atStart: number, perDay: number) =>
  (time: number): number =>
    atStart - (perDay * time) / day;

export const accounts: readonly ScriptedAccount[] = [
  { name: 'plenty', threshold: 10, balance: falling(4000, 40) },
  { name: 'short', threshold: 10, balance: falling(80, 40) },
  { name: 'low', threshold: 100, balance: () => 42.5 },
  { name: 'empty', balance: () => -5 },
  { name: 'post-paid', threshold: -500, balance: () => -20 },
  {
    name: 'topped-up',
    threshold: 100,
    balance: (time) => (time < moments.toppedUp ? 42.5 : 500),
  },
  {
    name: 'fails',
    balance: (time) => (time < moments.vendorFails ? -7 : undefined),
    failsFrom: moments.vendorFails,
  },
  { name: 'removed', threshold: 100, balance: () => -9, removedAt: moments.exporterReplaced[0] },
  {
    // First read within the two minutes between evaluations of thresholds, and then the exporter dies.
    name: 'new-post-paid',
    threshold: -500,
    balance: (time) => (time < moments.exporterDies[0] - 60 ? undefined : -20),
  },
];

const within = (time: number, [from, to]: readonly [number, number]): boolean => time >= from && time < to;

export function exporterAnswers(time: number): boolean {
  return !within(time, moments.exporterReplaced) && !within(time, moments.exporterDies);
}

/** What the exporter serves at a moment, in Prometheus' text format. */
export function page(time: number): string {
  const lines: string[] = [];
  for (const { name, threshold, balance, failsFrom, removedAt } of accounts) {
    if (removedAt !== undefined && time >= removedAt) continue;
    const account = `project="${name}",provider="scripted"`;
    const labels = `{${account},type="balance",unit="USD"}`;
    const left = balance(time);
    if (left !== undefined) {
      lines.push(`balance_alert_balance${labels} ${left}`);
      if (threshold !== undefined) {
        lines.push(`balance_alert_threshold${labels} ${threshold}`);
        lines.push(`balance_alert_status${labels} ${left >= threshold ? 1 : 0}`);
      }
    }
    const fails = failsFrom !== undefined && time >= failsFrom;
    lines.push(`balance_alert_account_up{${account}} ${fails ? 0 : 1}`);
  }
  const subscription = '{name="Domain",cycle_type="yearly"}';
  lines.push(
    `balance_alert_subscription_status${subscription} 0`,
    `balance_alert_subscription_days${subscription} 3`,
    `balance_alert_subscription_overdue${subscription} 0`,
  );
  return `${lines.join('\n')}\n`;
}
