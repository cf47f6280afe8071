import { stringify } from 'yaml';
import { formatDuration } from './duration.ts';
import type { Config } from './schema.ts';

/** The configuration in force as YAML for people: defaults filled in, secrets by name only. */
export function maskedConfig(config: Config): string {
  const { timezone, accounts, subscriptions, mailboxes } = config;
  const durations = new Set(['interval', 'maxAge', 'timeout', 'lookback']);
  // By way of JSON, so that each secret writes its own name and what is not set is left out.
  const plain: unknown = JSON.parse(
    JSON.stringify({ timezone, accounts, subscriptions, mailboxes }, (key, value: unknown) =>
      durations.has(key) && typeof value === 'number' ? formatDuration(value) : value,
    ),
  );
  return stringify(plain);
}
