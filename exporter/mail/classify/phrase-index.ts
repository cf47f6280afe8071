import { compilePhrase, firstKeys, keysOf } from './phrase-syntax.ts';
import { words } from './terms/words.ts';

/** A phrase of the built-in terms, or of a user's own, ready to be compared. */
export interface Phrase {
  readonly pattern: RegExp;
  /** Has a "not" of its own, as in "has not been paid". */
  readonly negative: boolean;
  /** Words of which a sentence has one if the pattern can match it; undefined where any sentence can. */
  readonly keys: ReadonlySet<string> | undefined;
}

const negation = /\b(not|never|no|nothing)\b|n't|yet to|未|尚|没|无|不/;

export function isNegative(phrase: string): boolean {
  return negation.test(phrase);
}

export function toPhrase(text: string): Phrase {
  return {
    pattern: compilePhrase(text, words),
    negative: isNegative(text),
    keys: firstKeys(text, words),
  };
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

  candidates(sentence: string): ReadonlySet<Item> {
    const found = new Set(this.#always);
    for (const key of keysOf(sentence)) for (const item of this.#byKey.get(key) ?? []) found.add(item);
    return found;
  }
}
