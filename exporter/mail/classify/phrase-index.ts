import { compilePhrase, firstKeys, keysOf } from './phrase-syntax.ts';
import { toSimplified } from './simplified.ts';
import { words } from './terms/words.ts';

/** A phrase of the built-in terms, or of a user's own, ready to be compared. */
export interface Phrase {
  /** As it is written in the terms. */
  readonly text: string;
  readonly pattern: RegExp;
  /** Has a "not" of its own, as in "has not been paid". */
  readonly negative: boolean;
  /** Words of which a sentence has one if the pattern can match it; undefined where any sentence can. */
  readonly keys: ReadonlySet<string> | undefined;
}

const negation =
  /\b(not|never|no|nothing|nicht|kein|keine|pas|aucun|aucune|sans|sin)\b|n't|yet to|未|尚|没|无|不|ません|ない|できず/;

export function isNegative(phrase: string): boolean {
  return negation.test(phrase);
}

export function toPhrase(text: string): Phrase {
  // Mails are compared in simplified characters, Japanese ones too.
  const phrase = toSimplified(text);
  return {
    text,
    pattern: compilePhrase(phrase, words),
    negative: isNegative(phrase),
    keys: firstKeys(phrase, words),
  };
}

export interface Match {
  readonly index: number;
  readonly text: string;
}

/** The next match of a phrase's pattern at or after `from`. `matchAll` would copy the pattern for each sentence. */
export function nextMatch(pattern: RegExp, text: string, from = 0): Match | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : { index: match.index, text: match[0] };
}

/** All matches of a phrase's pattern, none overlapping. */
export function matchesOf(pattern: RegExp, text: string): readonly Match[] {
  const found: Match[] = [];
  for (let match = nextMatch(pattern, text); match !== undefined; ) {
    found.push(match);
    match = nextMatch(pattern, text, match.index + Math.max(1, match.text.length));
  }
  return found;
}

/** Finds the few of many phrases that a sentence needs to be compared with at all. */
export class PhraseIndex<Item extends Phrase> {
  readonly #byKey = new Map<string, Item[]>();
  readonly #always: readonly Item[];

  constructor(items: readonly Item[]) {
    this.#always = items.filter(({ keys }) => keys === undefined);
    for (const item of items) {
      for (const key of item.keys ?? []) {
        const some = this.#byKey.get(key);
        if (some === undefined) this.#byKey.set(key, [item]);
        else some.push(item);
      }
    }
  }

  /** `keys` are those of the sentence, for callers that look into several indexes. */
  candidates(sentence: string, keys: ReadonlySet<string> = keysOf(sentence)): ReadonlySet<Item> {
    const found = new Set(this.#always);
    for (const key of keys) for (const item of this.#byKey.get(key) ?? []) found.add(item);
    return found;
  }
}
