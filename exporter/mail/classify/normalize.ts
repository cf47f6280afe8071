import { toSimplified } from './simplified.ts';

/**
 * Zero-width characters, joiners, direction marks, the soft hyphen and the like: they are nothing to the eye,
 * so they are no space either.
 */
const invisible = /\p{Cf}|[\u115f\u1160\u3164]|\u034f|\u17b4|\u17b5|[\ufe00-\ufe0f]/gu;

/**
 * White space that isn't the end of a line, and is more than a single blank: nothing is to be done for the blanks between
 * words. `\s` has the non-breaking and the ideographic space.
 */
const blank = /[^\S\n]{2,}|[^\S\n ]/g;

/** Chinese and Japanese have no blanks between words; putting lines together puts some where one was broken. */
export const betweenHan =
  /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー,。、:;]) (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])/gu;

/**
 * Brings text into the one form that terms are compared in: full-width letters and digits narrow, all lower
 * case, traditional characters simplified, white space single, and none between Chinese characters.
 * Lines stay lines.
 */
export function normalize(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  // Line by line, as nothing in here looks over the end of one.
  return lines
    .map((line, at) => {
      const normal = normalizeLine(line, at < last);
      const begun = at === 0 ? normal : withoutFirstBlank(normal);
      return at === last ? begun : withoutLastBlank(begun);
    })
    .join('\n');
}

/** The normalised lines of what stands between two line feeds, without blanks around them. Most often it is one. */
export function normalizeLines(text: string): readonly string[] {
  return normalizeLine(text, true)
    .split('\n')
    .map((line) => line.trim());
}

const withoutFirstBlank = (line: string): string => (line.startsWith(' ') ? line.slice(1) : line);
const withoutLastBlank = (line: string): string => (line.endsWith(' ') ? line.slice(0, -1) : line);

/** Nothing but lower case is to be made of such a line, unless it has two blanks in a row. */
const plain = /^[ !-_a-~]*\r?$/;

/** Normalises what stands between two line feeds. A carriage return at its end belongs to the feed, if one follows. */
function normalizeLine(line: string, isFed: boolean): string {
  if (plain.test(line) && !line.includes('  ') && (isFed || !line.endsWith('\r')))
    return (line.endsWith('\r') ? line.slice(0, -1) : line).toLowerCase();
  const narrow = toSimplified(line.normalize('NFKC').replace(invisible, '').toLowerCase());
  return (isFed && narrow.endsWith('\r') ? narrow.slice(0, -1) : narrow)
    .replace(/[\r\u2028\u2029\v\f]/g, '\n')
    .replace(blank, ' ')
    .replace(/ \n ?|\n /g, '\n')
    .replace(/[\u2018\u2019\u02bc\u0060\u00b4]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2192\u21d2\u279c\u2794]/g, '->')
    .replace(betweenHan, '');
}

/** A longer subject is cut: servers take lines of at most 998 bytes, and nobody reads so much. */
const longestSubject = 998;

/** A subject in the form that terms are compared in, on one line. */
export function normalizeTitle(subject: string): string {
  return normalize(subject.slice(0, longestSubject)).replaceAll('\n', ' ').trim();
}
