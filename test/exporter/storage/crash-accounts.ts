import type { DemoOptions } from '../../../exporter/providers/demo/schema.ts';
import { demoOptionsSchema } from '../../../exporter/providers/demo/schema.ts';

/** The accounts of the program that is killed. Those with an odd number always fail. */
export const crashAccounts: readonly string[] = Array.from({ length: 12 }, (_, index) => `account-${index}`);

/** A balance that falls by about one in a millisecond, so that its value tells when it was read. */
export function demoOptions(name: string): DemoOptions {
  const seed = Number(name.replace(/\D/g, ''));
  return demoOptionsSchema.parse({
    seed,
    full: 1e12,
    per_day: 86_400_000,
    ...(seed % 2 === 1 ? { fail: 'http' } : {}),
  });
}
