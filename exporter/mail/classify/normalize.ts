import { remembered } from './remembered.ts';
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

/** Chinese and Japanese have no blanks between words; `unwrap` puts some where a line was broken. */
const betweenHan =
  /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー,。、:;]) (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])/gu;

/**
 * Brings text into the one form that terms are compared in: full-width letters and digits narrow, all lower
 * case, traditional characters simplified, white space single, and none between Chinese characters.
 * Lines stay lines.
 */
export function normalize(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  // Line by line, as nothing in here looks over the end of one: most lines were seen before.
  return lines
    .map((line, at) => {
      if (last === 0) return normalizeLine(line);
      if (at === last) return withoutFirstBlank(normalizeLine(line));
      return at === 0 ? withoutLastBlank(normalizeLine(line, true)) : inner(line);
    })
    .join('\n');
}

const inner = remembered((line: string) => withoutFirstBlank(withoutLastBlank(normalizeLine(line, true))));

const withoutFirstBlank = (line: string): string => (line.startsWith(' ') ? line.slice(1) : line);
const withoutLastBlank = (line: string): string => (line.endsWith(' ') ? line.slice(0, -1) : line);

/** Nothing but lower case is to be made of such a line, unless it has two blanks in a row. */
const plain = /^[ !-_a-~]*\r?$/;

/** Normalises what stands between two line feeds. A carriage return at its end belongs to the feed, if one follows. */
function normalizeLine(line: string, isFed = false): string {
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

/** Lines of more columns than this were wrapped by the sender's program rather than ended by its writer. */
const wrappedLine = 55;
const endsSentence = /[.!?:;。!?:;…]$/;
const startsItem = /^([-*•·#|]|\(?\d+[.)、]|[一二三四五六七八九十]+[、.])/;

/** Whether a line is wider than that in a terminal, where a Chinese or Japanese character takes two columns. */
function isWrapped(line: string): boolean {
  if (line.length >= wrappedLine || 2 * line.length < wrappedLine) return line.length >= wrappedLine;
  return line.length + (line.match(/[\u2e80-\u9fff\uff00-\uff60]/g)?.length ?? 0) >= wrappedLine;
}

/** Puts lines back together that only the width of an old terminal set apart. */
function unwrap(text: string): readonly string[] {
  const joined: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const before = joined.at(-1);
    if (open && before !== undefined && line !== '' && !startsItem.test(line)) {
      joined[joined.length - 1] = `${before} ${line}`;
    } else {
      joined.push(line);
    }
    open = isWrapped(line) && !endsSentence.test(line.slice(-1));
  }
  return joined;
}

/** The longest stretch that is looked at as one sentence. */
const longestSentence = 400;

const mayEndInside = /[。!?!?;;.]/;
const ends = /(?<=[。!?!?;;])|(?<=[^\s.](?<!\b(?:no|nr|inc|ltd|vs|approx|e\.g|i\.e))\.)\s+/u;

/**
 * Splits normalised text into sentences. A full stop ends one only before white space or at the end: amounts,
 * host names and versions have stops inside.
 */
export function sentences(text: string): readonly string[] {
  return unwrap(text).flatMap(sentencesOfLine);
}

const sentencesOfLine = remembered((whole: string): readonly string[] => {
  const found: string[] = [];
  const line = whole.replace(betweenHan, '');
  for (const part of mayEndInside.test(line) ? line.split(ends) : [line]) {
    for (let rest = part.trim(); rest !== ''; rest = rest.slice(longestSentence).trim()) {
      found.push(rest.slice(0, longestSentence));
    }
  }
  return found;
});
