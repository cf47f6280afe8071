import type { AccountConfig } from '../accounts/schema.ts';
import { amountFor, thresholdFor } from '../accounts/threshold.ts';
import type { Reading } from '../readings/reading.ts';

/** A reading in words, beside the threshold or budget of its own unit. */
export function describeReading(
  reading: Reading,
  account: Pick<AccountConfig, 'threshold' | 'budget'>,
): string {
  if (reading.kind === 'spend') {
    const budget = amountFor(account.budget, reading.unit);
    return `spend in the ${reading.period}: ${reading.value} ${reading.unit}${budget === undefined ? '' : `, budget ${budget}`}${datedOf(reading.asOf)}`;
  }
  const circumstances = [reading.window, reading.wallet].filter((one) => one !== undefined);
  const window = circumstances.length === 0 ? '' : ` (${circumstances.join(', ')})`;
  if (reading.kind === 'unlimited') return `${reading.type}${window}: no limit (${reading.unit})`;
  const limit = reading.limit === undefined ? '' : ` of ${reading.limit}`;
  const resetAt =
    reading.resetAt === undefined ? '' : `, resets at ${new Date(reading.resetAt * 1000).toISOString()}`;
  const amount = thresholdFor(account.threshold, reading);
  const threshold = amount === undefined ? '' : `, threshold ${amount}`;
  return `${reading.type}${window}: ${reading.value}${limit} ${reading.unit}${resetAt}${threshold}${datedOf(reading.asOf)}`;
}

function datedOf(asOf: number | undefined): string {
  return asOf === undefined ? '' : `, as of ${new Date(asOf * 1000).toISOString()}`;
}
