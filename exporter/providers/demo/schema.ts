import * as z from 'zod';
import { failureReasons } from '../../readings/check-error.ts';
import { readingTypes } from '../../readings/reading.ts';

export const demoOptionsSchema = z.strictObject({
  type: z.enum([...readingTypes, 'spend']).default('balance'),
  unit: z.string().min(1).default('USD'),
  /** What is there after a top-up, in `unit`; the size of the window for a quota, the month's cost for a spend. */
  full: z.number().positive().default(500),
  /** Used in a day, in `unit`. */
  per_day: z.number().positive().default(40),
  /** A top-up comes when less than this part of `full` is left. */
  top_up_below: z.number().min(0).max(0.95).default(0.15),
  /** Moves the curve in time, so that accounts of one shape differ. */
  seed: z.int().min(0).default(0),
  /** Subtracted from the balance, in `unit`: as much as `full` gives an account that is always used up. */
  debt: z.number().min(0).default(0),
  /** Day of the month, in UTC, on which the window of a quota or the period of a spend begins. */
  billing_day: z.int().min(1).max(28).default(1),
  /** A second unit that falls in step: `{ CNY: 7.1 }` is worth 7.1 times the first. */
  also: z.record(z.string().min(1), z.number().positive()).default({}),
  /** Fails instead: by one reason always, or by `each` in turn. */
  fail: z.enum([...failureReasons, 'each']).optional(),
});

export type DemoOptions = z.output<typeof demoOptionsSchema>;
