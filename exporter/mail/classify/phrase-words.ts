import type { WordLists } from './phrase-syntax.ts';
import { splitOutside } from './phrase-syntax.ts';

/**
 * Which words a sentence must have for a phrase to match it. Most sentences lack them for almost all phrases, which are not
 * compared with them then.
 *
 * A key is a Latin word, a Chinese or Japanese character, or two of those side by side.
 */

const run = /[a-z0-9_\u00c0-\u024f]+|[\u3040-\u30ff\u3400-\u9fff]+/g;
const firstIdeographic = 0x3040;

/** All keys of a sentence, in the order of the text. */
export function keysOf(sentence: string): ReadonlySet<string> {
  const keys = new Set<string>();
  eachKey(sentence, (key) => keys.add(key));
  return keys;
}

/** Tells the keys of a sentence in the order of the text, some more than once. */
export function eachKey(sentence: string, tell: (key: string) => void): void {
  for (const words of sentence.match(run) ?? []) {
    if (words.charCodeAt(0) < firstIdeographic) {
      tell(words);
      continue;
    }
    for (let at = 0; at < words.length; at += 1) {
      tell(words.charAt(at));
      if (at + 1 < words.length) tell(words.slice(at, at + 2));
    }
  }
}

/** Is met by a sentence that has one of these keys. */
export interface Requirement {
  readonly keys: readonly string[];
  /** How many sentences meet it, in no unit: good enough to tell rare ones from those that most meet. */
  readonly frequency: number;
}

/**
 * What a sentence must meet for a phrase to match it: all of these. None where the phrase consists of expressions. Parts in
 * square brackets may be missing from a sentence, so they require nothing.
 */
export function requirementsOf(phrase: string, lists: WordLists): readonly Requirement[] {
  return splitOutside(phrase.trim(), ' ').flatMap((token) => {
    if (token === '' || token === '~' || token === '~~' || /^[[/]/.test(token)) return [];
    const requirement = token.startsWith('{') ? ofList(token, lists) : ofAny(token, lists);
    if (requirement !== undefined) return [requirement];
    return token.startsWith('(') || token.startsWith('{') ? [] : literalRequirements(token);
  });
}

/** Phrases share their lists, and what is required by one, which is one object then. */
const listRequirements = new WeakMap<WordLists, Map<string, Requirement | undefined>>();

function ofList(token: string, lists: WordLists): Requirement | undefined {
  const known = listRequirements.get(lists) ?? new Map<string, Requirement | undefined>();
  listRequirements.set(lists, known);
  if (!known.has(token)) known.set(token, ofAny(token, lists));
  return known.get(token);
}

/** One of the options matches, so the sentence has a key of the rarest requirement of each. */
function ofAny(token: string, lists: WordLists): Requirement | undefined {
  const keys: string[] = [];
  let frequency = 0;
  for (const option of optionsOf(token, lists) ?? []) {
    const rarest = rarestOf(requirementsOf(option, lists));
    if (rarest === undefined) return undefined;
    for (const key of rarest.keys) if (!keys.includes(key)) keys.push(key);
    frequency += rarest.frequency;
  }
  return keys.length === 0 ? undefined : { keys, frequency };
}

function optionsOf(token: string, lists: WordLists): readonly string[] | undefined {
  const inner = token.slice(1, -1);
  if (token.startsWith('{')) return lists[inner] ?? [];
  return token.startsWith('(') ? splitOutside(inner, '|') : undefined;
}

/** The words of a literal are whole words of the sentence, and what is Chinese in it stands there as it is. */
function literalRequirements(literal: string): readonly Requirement[] {
  return (literal.match(run) ?? []).map((words) => {
    const key = words.charCodeAt(0) < firstIdeographic ? words : words.slice(0, 2);
    return { keys: [key], frequency: frequencyOf(key) };
  });
}

/** Words that most sentences have one of. */
const frequent: ReadonlySet<string> = new Set(
  'a all an and any are as at be been by can do for from has have i if in into is it its may more no not now of on or our out s so t that the their this to up us was we were will with you your'.split(
    ' ',
  ),
);

function frequencyOf(key: string): number {
  if (frequent.has(key)) return 40;
  return key.length === 1 && key.charCodeAt(0) >= firstIdeographic ? 10 : 1;
}

/** The requirement that the fewest sentences meet; undefined where there is none. */
export function rarestOf([first, ...others]: readonly Requirement[]): Requirement | undefined {
  let rarest = first;
  for (const other of others) if (rarest === undefined || other.frequency < rarest.frequency) rarest = other;
  return rarest;
}

/**
 * The words, or Chinese characters, that a phrase can begin with; undefined where it can begin with anything. Of several
 * phrases that match a sentence, the one whose beginning stands first there is the first.
 */
export function firstKeys(phrase: string, lists: WordLists): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const token of splitOutside(phrase.trim(), ' ')) {
    const isOptional = token.startsWith('[');
    const options = isOptional ? splitOutside(token.slice(1, -1), '|') : optionsOf(token, lists);
    if (options === undefined) {
      const key = firstKey(token);
      return key === undefined ? undefined : keys.add(key);
    }
    for (const option of options) {
      const found = firstKeys(option, lists);
      if (found === undefined) return undefined;
      for (const key of found) keys.add(key);
    }
    if (!isOptional) return keys;
  }
  return undefined;
}

/** The first word of a text, or its first character where that is Chinese; undefined where it begins with neither. */
function firstKey(text: string): string | undefined {
  return /^(?:[a-z0-9_\u00c0-\u024f]+|[\u3040-\u30ff\u3400-\u9fff])/.exec(text)?.[0];
}
