import { stringify } from 'yaml';
import { formatDuration } from '../config/duration.ts';
import type { Config } from './schema.ts';

/** Values in seconds, which people write as durations, by the account file's own name. */
const durations: ReadonlyMap<string, string> = new Map([
  ['intervalSeconds', 'interval'],
  ['maxAgeSeconds', 'max_age'],
  ['timeoutSeconds', 'timeout'],
  ['lookbackSeconds', 'lookback'],
]);

/** Our names of what the account file calls otherwise. */
const fileNames: ReadonlyMap<string, string> = new Map(
  ['consoleUrl', 'caFile', 'alertDaysBefore', 'paidThrough', 'autoRenew', 'cycleType'].map((name) => [
    name,
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  ]),
);

/** The current configuration as YAML for people: defaults filled in, secrets by name only. */
export function maskedConfig({ timezone, accounts, subscriptions, mailboxes }: Config): string {
  return stringify({
    timezone,
    accounts: accounts.map(written),
    subscriptions: subscriptions.map(written),
    mailboxes: mailboxes.map(written),
  });
}

function written(entry: object): unknown {
  const pairs = Object.entries(entry).map(([key, value]: [string, unknown]) => [
    durations.get(key) ?? fileNames.get(key) ?? key,
    durations.has(key) && typeof value === 'number' ? formatDuration(value) : value,
  ]);
  // By way of JSON, so that each secret writes its own name and what is not set is left out.
  return JSON.parse(JSON.stringify(Object.fromEntries(pairs)));
}
