import type { BalanceReading } from '../readings/reading.ts';
import { isCash } from '../readings/reading.ts';
import type { Amount } from './schema.ts';

/** The threshold or budget that holds for a unit. */
export function amountFor(amount: Amount | undefined, unit: string): number | undefined {
  if (typeof amount !== 'object') return amount;
  return Object.hasOwn(amount, unit) ? amount[unit] : undefined;
}

/** The threshold of a balance. Gifts and vouchers have none: when they are used up, the cash beside them pays. */
export function thresholdFor(
  threshold: Amount | undefined,
  reading: Pick<BalanceReading, 'unit' | 'wallet'>,
): number | undefined {
  return isCash(reading) ? amountFor(threshold, reading.unit) : undefined;
}
