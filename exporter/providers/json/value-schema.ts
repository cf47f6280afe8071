import * as z from 'zod';
import { readingTypes, wallets } from '../../readings/reading.ts';
import { equalsSchema, expressionSchema } from './expression-schema.ts';

const regexSchema = z.string().superRefine((text, context) => {
  try {
    if (new RegExp(`${text}|`, 'u').exec('')?.length === 1) {
      context.addIssue({
        code: 'custom',
        message: 'expected a regular expression with one group around the number',
      });
    }
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a regular expression' });
  }
});

const unitSchema = z.union(
  [
    z.string().min(1),
    z.strictObject({
      expr: expressionSchema,
      /** The unit of an empty list of costs, in which nothing names one. */
      default: z.string().min(1).optional(),
      /** Nothing but a code of ISO 4217 will do. */
      currency: z.literal(true).optional(),
    }),
  ],
  { error: 'expected a unit such as USD, or { expr: ... } where the answer names it' },
);

const amount = {
  expr: expressionSchema,
  /** A second operand, for answers that give what was bought and what was used. */
  subtract: expressionSchema.optional(),
  /** Multiplies the result; negative where the vendor's sign is the other way round. */
  scale: z.number().default(1),
  /** The figure is in the currency's minor unit: cents for USD, yen for JPY, fils for KWD. */
  minor_units: z.boolean().optional(),
  /** Takes the number out of a sentence, by its first group. */
  regex: regexSchema.optional(),
  unit: unitSchema,
  /** `sum` adds the items of one unit; without it two items of one unit are a failure. */
  reduce: z.literal('sum').optional(),
  /** The value may be missing; the check then fails only if no value at all is left. */
  optional: z.boolean().default(false),
};

/**
 * What says that there is no limit, and so no figure. To be `null` a field has to be there: a field that the vendor
 * renamed is no promise.
 */
const unlimitedSchema = z
  .strictObject({ expr: expressionSchema, equals: equalsSchema.optional() })
  .refine(
    ({ expr, equals }) =>
      !(equals === null || (Array.isArray(equals) && equals.includes(null))) || isPlainPath(expr),
    { path: ['expr'], error: 'expected a plain path such as data.limit where equals has null' },
  );

export function isPlainPath(expression: string): boolean {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(expression);
}

const balanceValueSchema = z.strictObject({
  type: z.enum(readingTypes),
  ...amount,
  /** A name, or where the answer has it. */
  window: z.union([z.string().min(1), z.strictObject({ expr: expressionSchema })]).optional(),
  /** Where one currency has several wallets that differ in use: which of them this is. */
  wallet: z.enum(wallets).optional(),
  /** When the item counts, as `readTime` takes it: before and after that nothing of it is left. */
  valid: z
    .strictObject({ from: expressionSchema.optional(), until: expressionSchema.optional() })
    .refine(({ from, until }) => from !== undefined || until !== undefined, {
      error: 'expected from, until, or both',
    })
    .optional(),
  limit: expressionSchema.optional(),
  /** As `readTime` takes it; null, 0 and an empty text say that the vendor names none. */
  reset_at: expressionSchema.optional(),
  unlimited: unlimitedSchema.optional(),
});

const spendValueSchema = z.strictObject({
  type: z.literal('spend'),
  ...amount,
  /** Calendar month in the account's zone. */
  period: z.literal('month').default('month'),
});

export const valueSchema = z.discriminatedUnion('type', [balanceValueSchema, spendValueSchema]);

export type JsonValue = z.output<typeof valueSchema>;
export type BalanceValue = z.output<typeof balanceValueSchema>;
export type SpendValue = z.output<typeof spendValueSchema>;
