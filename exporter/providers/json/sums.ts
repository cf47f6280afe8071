import type { Reading } from '../../readings/reading.ts';
import { identityOf } from '../../readings/reading.ts';
import type { JsonValue } from './value-schema.ts';
import { roundOff } from './values.ts';

/**
 * Adds up the readings of one unit where the account file says so. One "no limit" among them makes the whole without
 * limit.
 */
export function mergeSums(values: readonly JsonValue[], readings: readonly Reading[]): readonly Reading[] {
  if (values.every((value) => value.reduce === undefined)) return readings;
  const summed = new Set(values.filter((value) => value.reduce === 'sum').map((value) => value.type));
  const merged = new Map<string, Reading>();
  const kept: Reading[] = [];
  for (const reading of readings) {
    const type = reading.kind === 'spend' ? 'spend' : reading.type;
    if (!summed.has(type)) {
      kept.push(reading);
      continue;
    }
    const identity = identityOf(reading);
    const before = merged.get(identity);
    merged.set(identity, before === undefined ? reading : added(before, reading));
  }
  return [...kept, ...merged.values()];
}

function added(before: Reading, reading: Reading): Reading {
  if (before.kind === 'unlimited') return before;
  if (reading.kind === 'unlimited') return reading;
  const value = roundOff(before.value + reading.value);
  // Parts of one figure are from pages of one list, whose last says how far it goes; what is not dated is of now.
  if (before.asOf === undefined || reading.asOf === undefined) {
    const { asOf: _, ...undated } = before;
    return { ...undated, value };
  }
  return { ...before, value, asOf: Math.max(before.asOf, reading.asOf) };
}
