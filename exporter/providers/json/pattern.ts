import { createContext, Script } from 'node:vm';
import { codeOf } from '../../errors.ts';
import { CheckError } from '../../readings/check-error.ts';

/** How long a pattern may look through one answer, in milliseconds. A good one takes microseconds for an item. */
const matchingTimeMs = 500;

/** A vendor's sentence is short; a longer text would only give a slow pattern something to chew on. In characters. */
const longestText = 1000;

/** What the first group found in a text, and where, from start to end. */
export interface Match {
  readonly group: string;
  readonly start: number;
  readonly end: number;
}

const matching = new Script(`
  (() => {
    const pattern = new RegExp(regex, 'du');
    return texts.map((text) => {
      const match = pattern.exec(text);
      return match?.[1] === undefined ? undefined : [match[1], match.indices[1][0], match.indices[1][1]];
    });
  })()
`);

/**
 * What the first group of a pattern finds in each text; undefined where it finds nothing. All texts of an answer go in
 * at once: what takes time is to begin, and a pattern that goes back and forth without end is cut off.
 * @throws CheckError `config` for a pattern that takes too long
 */
export function matchAll(
  regex: string,
  texts: readonly string[],
  expression: string,
): readonly (Match | undefined)[] {
  const context = createContext({ regex, texts: texts.map((text) => text.slice(0, longestText)) });
  let found: unknown;
  try {
    found = matching.runInContext(context, { timeout: matchingTimeMs });
  } catch (error) {
    if (codeOf(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new CheckError(
      'config',
      `${expression}: regex takes longer than ${matchingTimeMs} ms on this answer`,
      { cause: error },
    );
  }
  return Array.isArray(found) ? found.map(readMatch) : [];
}

function readMatch(found: unknown): Match | undefined {
  if (!Array.isArray(found)) return undefined;
  const [group, start, end]: readonly unknown[] = found;
  return typeof group === 'string' && typeof start === 'number' && typeof end === 'number'
    ? { group, start, end }
    : undefined;
}

/**
 * Whether a group took a part of a number and left the rest: `34` of `1,234`, `5` of `-5`, `5-` or `-$5`, `1` of `1e6`.
 * A comma or point that no digit follows ends the sentence, and is none of the number.
 */
export function cutsNumber(text: string, { start, end }: Match): boolean {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 8);
  const group = text.slice(start, end);
  if (/\d$/.test(group) && /^(?:[\d+\-−－＋]|[eE][+-]?\d|[,.'’\u00a0\u202f]\d)/.test(after)) return true;
  if (/[,.]$/.test(group) && /^\d/.test(after)) return true;
  if (cutsGroupedNumber(text, start, end) || losesParentheses(text, start, end)) return true;
  if (!/^\s*[\d.,]/.test(group)) return false;
  return /(?:[\d.+\-−－＋]|\d[,'’\u00a0\u202f]|[+\-−－＋]\s*\p{Sc}\s*)$/u.test(before);
}

/** Whether a group took a part of a number whose thousands are set apart by blanks (`1 234,50`), dates and times aside. */
function cutsGroupedNumber(text: string, start: number, end: number): boolean {
  for (const match of text.matchAll(/(?<![\d,.])(?<!\d[-:/])\d{1,3}(?: \d{3})+(?!\d)/g)) {
    const last = match.index + match[0].length;
    const overlaps = start < last && end > match.index;
    if (overlaps && (start > match.index || end < last)) return true;
  }
  return false;
}

/** Whether a text is nothing but an amount in parentheses, which is how accountants write a negative one: `($12.34)`. */
function losesParentheses(text: string, start: number, end: number): boolean {
  const bare = (part: string): string => part.replace(/[\s\p{Sc}]|\b[A-Z]{3}\b/gu, '');
  return bare(text.slice(0, start)) === '(' && bare(text.slice(end)) === ')';
}
