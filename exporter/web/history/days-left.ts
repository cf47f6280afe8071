import type { AccountRow } from '../view/accounts.ts';
import type { Histories } from './histories.ts';

/** The days that an account lasts: those of the balance that ends first; undefined where none is known. */
export function daysLeft(
  { name, current, lines }: AccountRow,
  histories: Histories | undefined,
): number | undefined {
  if (!current || histories === undefined) return undefined;
  const known = lines
    .map((line) => (line.kind === 'left' ? histories(name, line.reading)?.daysLeft : undefined))
    .filter((days) => days !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
