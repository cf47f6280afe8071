import currencies from 'currency-codes';

/**
 * Digits after the point of a currency's minor unit, by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD; undefined for what
 * is no currency. `Intl` is no source for it: it has the digits that CLDR shows to people, such as 0 for HUF and IDR.
 */
export function minorUnitDigits(code: string): number | undefined {
  return isCode(code) ? currencies.code(code)?.digits : undefined;
}

/** A unit as metrics carry it: a currency code in capitals, whatever the vendor's case; any other unit as it is. */
export function unitName(text: string): string {
  return minorUnitDigits(text) === undefined ? text : text.toUpperCase();
}

function isCode(text: string): boolean {
  return /^[A-Za-z]{3}$/.test(text);
}
