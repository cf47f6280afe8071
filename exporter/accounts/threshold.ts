import type { Amount } from './schema.ts';

/** The threshold or budget that holds for a unit. */
export function amountFor(amount: Amount | undefined, unit: string): number | undefined {
  if (typeof amount !== 'object') return amount;
  return Object.hasOwn(amount, unit) ? amount[unit] : undefined;
}
