/**
 * The small language that the built-in terms are written in, and its translation into regular expressions.
 *
 *   due date        these words after each other, with blanks or punctuation between them
 *   (a|b c)         one of these
 *   [a|b]           one of these or nothing
 *   {service}       one of the words of a named list
 *   suspend*        a word that begins so
 *   /\\d+/          a regular expression, without a slash in it
 *   ~               a gap of at most 40 characters; ~~ of at most 90
 *
 * Latin words match as whole words only; Chinese has no such borders. Everything is compared in the form
 * that `normalize` makes.
 */

export type WordLists = Readonly<Record<string, readonly string[]>>;

const letter = '[\\p{Script=Latin}\\p{N}_]';
const wordStart = `(?<!${letter})`;
const wordEnd = `(?!${letter})`;
const between = '[^\\p{L}\\p{N}]{0,5}?';

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** One literal word, with borders where its ends are Latin letters or digits. */
function literal(word: string): string {
  const open = word.endsWith('*');
  const text = open ? word.slice(0, -1) : word;
  const starts = /^[\p{Script=Latin}\p{N}_]/u.test(text) ? wordStart : '';
  const ends = /[\p{Script=Latin}\p{N}_]$/u.test(text) ? (open ? `${letter}*` : wordEnd) : '';
  return `${starts}${escape(text)}${ends}`;
}

/** Splits at a separator that stands outside of brackets and of expressions. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let expression = false;
  let current = '';
  for (const character of text) {
    if (character === '/') expression = !expression;
    if (!expression && '([{'.includes(character)) depth += 1;
    if (!expression && ')]}'.includes(character)) depth -= 1;
    if (character === separator && depth === 0 && !expression) {
      parts.push(current);
      current = '';
    } else {
      current += character;
    }
  }
  parts.push(current);
  return parts;
}

function alternatives(options: readonly string[], lists: WordLists): string {
  return `(?:${options.map((option) => sequence(option, lists)).join('|')})`;
}

function token(text: string, lists: WordLists): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('{')) {
    const words = lists[inner];
    if (words === undefined) throw new Error(`a term names the list ${text}, which there is not`);
    return alternatives(words, lists);
  }
  if (text.startsWith('(')) return alternatives(splitOutside(inner, '|'), lists);
  if (text.startsWith('/')) return `(?:${inner})`;
  return literal(text);
}

/** The source of the regular expression of one phrase. */
function sequence(phrase: string, lists: WordLists): string {
  let source = '';
  let join = '';
  for (const text of splitOutside(phrase.trim(), ' ')) {
    if (text === '') continue;
    if (text === '~' || text === '~~') {
      source += `[^]{0,${text === '~' ? 40 : 90}}?`;
      join = '';
    } else if (text.startsWith('[')) {
      source += `(?:${join}${alternatives(splitOutside(text.slice(1, -1), '|'), lists)})?`;
      join = between;
    } else {
      source += join + token(text, lists);
      join = between;
    }
  }
  return source;
}

/** The regular expression of a phrase, for `matchAll`. Throws on a phrase that isn't well formed. */
export function compilePhrase(phrase: string, lists: WordLists): RegExp {
  return new RegExp(sequence(phrase, lists), 'gu');
}

/** A phrase of a user's own: its words after each other, nothing in it with a special meaning. */
export function literalPhrase(text: string): string {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(literal)
    .join(between);
}
