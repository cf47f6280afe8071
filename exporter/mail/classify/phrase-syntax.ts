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

/** The first word of a text, or its first character where that is Chinese; undefined where it begins with neither. */
function firstKey(text: string): string | undefined {
  return /^(?:[a-z0-9_\u00c0-\u024f]+|[\u3040-\u30ff\u3400-\u9fff])/.exec(text)?.[0];
}

/**
 * What a sentence must have in it for a phrase to match: one of these words or Chinese characters. Undefined
 * where a phrase can begin with anything. Most sentences have none, and need not be compared with the phrase.
 */
export function firstKeys(phrase: string, lists: WordLists): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const text of splitOutside(phrase.trim(), ' ')) {
    const optional = text.startsWith('[');
    const options = text.startsWith('{')
      ? (lists[text.slice(1, -1)] ?? [])
      : optional || text.startsWith('(')
        ? splitOutside(text.slice(1, -1), '|')
        : undefined;
    if (options === undefined) {
      const key = firstKey(text);
      return key === undefined ? undefined : keys.add(key);
    }
    for (const option of options) {
      const found = firstKeys(option, lists);
      if (found === undefined) return undefined;
      for (const key of found) keys.add(key);
    }
    if (!optional) return keys;
  }
  return undefined;
}

/** All words and Chinese characters of a sentence. */
export function keysOf(sentence: string): ReadonlySet<string> {
  return new Set(sentence.match(/[a-z0-9_\u00c0-\u024f]+|[\u3040-\u30ff\u3400-\u9fff]/g));
}

/** A phrase of a user's own: its words after each other, nothing in it with a special meaning. */
export function literalPhrase(text: string): string {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(literal)
    .join(between);
}
