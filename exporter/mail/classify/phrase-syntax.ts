/**
 * The small language that the built-in terms are written in, and its translation into regular expressions.
 *
 *   due date        these words after each other, with blanks or punctuation between them
 *   (a|b c)         one of these
 *   [a|b]           one of these or nothing
 *   {service}       one of the words of a named list
 *   /\\d+/          a regular expression, without a slash in it
 *   ~               a gap of at most 40 characters; ~~ of at most 90
 *
 * Latin words match as whole words only; Chinese has no such borders. Everything is compared in the form
 * that `normalize` makes.
 */

export type WordLists = Readonly<Record<string, readonly string[]>>;

/** Latin letters and digits after `normalize`. No Unicode classes: with them the expressions take seconds to compile. */
const letter = '[a-z0-9_\\u00c0-\\u024f]';
const wordStart = `(?<!${letter})`;
const wordEnd = `(?!${letter})`;
/** Blanks and punctuation between two words: neither a letter nor a digit nor a Chinese character. */
const between = '[^a-z0-9_\\u00c0-\\u024f\\u3040-\\u30ff\\u3400-\\u9fff]{0,5}?';
const startsLatin = /^[a-z0-9_\u00c0-\u024f]/;
const endsLatin = /[a-z0-9_\u00c0-\u024f]$/;

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** One literal word, with borders where its ends are Latin letters or digits. */
function literal(word: string): string {
  return `${startsLatin.test(word) ? wordStart : ''}${escaped(word)}${endsLatin.test(word) ? wordEnd : ''}`;
}

/** Splits at a separator that stands outside of brackets and of expressions. */
export function splitOutside(text: string, separator: string): string[] {
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

/** A whole Latin word; a list of these shares its borders. */
const plainWord = /^[a-z0-9][a-z0-9-]*$/;

function alternatives(options: readonly string[], lists: WordLists): string {
  const plain = options.filter((option) => plainWord.test(option));
  const others = options.filter((option) => !plainWord.test(option)).map((option) => sequence(option, lists));
  const shared = plain.length === 0 ? [] : [`${wordStart}(?:${plain.map(escaped).join('|')})${wordEnd}`];
  return `(?:${[...others, ...shared].join('|')})`;
}

function token(text: string, lists: WordLists): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('{')) {
    const words = lists[inner];
    if (words === undefined) throw new Error(`a term names the list ${text}, which there is not`);
    return alternatives(words, lists);
  }
  if (text.startsWith('(')) return alternatives(splitOutside(inner, '|'), lists);
  if (text.startsWith('/')) return `(?:${bounded(inner)})`;
  return literal(text);
}

/** `+` and `*` reach so far in an expression, so that no text takes the square of its length to be compared. */
const longestRun = 40;

function bounded(expression: string): string {
  return expression.replace(
    /(\\[SDWdsw]|\[(?:\\.|[^\]\\])*\]|\))([+*])/g,
    (_, repeated: string, sign: string) => `${repeated}{${sign === '+' ? 1 : 0},${longestRun}}`,
  );
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
  return new RegExp(sequence(phrase, lists), 'g');
}

/** A phrase of a user's own: its words after each other, nothing in it with a special meaning. */
export function literalPhrase(text: string): string {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(literal)
    .join(between);
}
