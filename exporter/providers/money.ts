import * as z from 'zod';
import { minorUnitDigits } from './currency.ts';

/**
 * A decimal number: sign, digits with or without thousands separators in groups of three, fraction, exponent. A comma
 * is never a decimal point: `12,50` and `1.234,50` are no numbers rather than wrong ones.
 */
const amountPattern = /^[+-]? ?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,4})?$/;

/** The number that a text is, with blanks around it; undefined where it is none, as an empty one is. */
export function readAmount(text: string): number | undefined {
  // The typographic minus sign, and the signs of full width that Chinese input methods write.
  const plain = text
    .trim()
    .replace(/^[−－]/, '-')
    .replace(/^＋/, '+');
  if (!/\d/.test(plain) || /^[+-]? ?[eE]/.test(plain) || !amountPattern.test(plain)) return undefined;
  const value = Number(plain.replaceAll(/[, ]/g, ''));
  return Number.isFinite(value) ? value : undefined;
}

/**
 * An amount as vendors send it: a number, or a decimal number in a text (`readAmount`).
 * Anything else, the empty text included, is refused: absent money is a failure, never 0.
 */
export const moneySchema = z.union(
  [
    z.number(),
    z.string().transform((text, context) => {
      const value = readAmount(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: 'expected an amount' });
      return z.NEVER;
    }),
  ],
  { error: 'expected an amount' },
);

/** Codes of ISO 4217 as vendors send them, in capitals. */
export const currencySchema = z
  .string()
  .refine((code) => minorUnitDigits(code) !== undefined, 'expected a currency code of ISO 4217')
  .transform((code) => code.toUpperCase());
