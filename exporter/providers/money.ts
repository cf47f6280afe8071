import { z } from 'zod';

/**
 * An amount as vendors send it: a number, or a decimal number in a string, with or without thousands separators.
 * Anything else, the empty string included, is refused: absent money is a failure, never 0.
 */
export const moneySchema = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/)
      .transform((text) => Number(text.replaceAll(',', ''))),
  ],
  { error: 'expected an amount' },
);

/** Codes of ISO 4217 as vendors send them, in capitals. */
export const currencySchema = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'expected a currency code of three letters')
  .transform((code) => code.toUpperCase());
