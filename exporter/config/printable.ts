import { stripVTControlCharacters } from 'node:util';

/**
 * A text of somebody else's as one line that is safe to print: no terminal sequences, no control characters, nothing
 * that turns the direction of writing round.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/(?!\s)[\p{Cc}\p{Cf}\p{Co}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
