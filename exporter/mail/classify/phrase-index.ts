import { compilePhrase } from './phrase-syntax.ts';
import type { Requirement } from './phrase-words.ts';
import { eachKey, firstKeys, rarestOf, requirementsOf } from './phrase-words.ts';
import { toSimplified } from './simplified.ts';
import { words } from './terms/words.ts';

/** A phrase of the built-in terms, or of a user's own, ready to be compared. */
export interface Phrase {
  /** As it is written in the terms. */
  readonly text: string;
  /** Made when it is first asked for: most phrases are never compared with anything. */
  readonly pattern: RegExp;
  /** Has a "not" of its own, as in "has not been paid". */
  readonly negative: boolean;
  /** What a sentence must have for the pattern to match it; none where any sentence can match. */
  readonly requirements: readonly Requirement[];
  /** The words that a match can begin with; undefined where it can begin with anything. */
  readonly firstKeys: ReadonlySet<string> | undefined;
}

const negation =
  /\b(not|never|no|nothing|nicht|kein|keine|pas|aucun|aucune|sans|sin)\b|n't|yet to|未|尚|没|无|不|ません|ない|できず/;

export function isNegative(phrase: string): boolean {
  return negation.test(phrase);
}

export function toPhrase(text: string): Phrase {
  // Mails are compared in simplified characters, Japanese ones too.
  const phrase = toSimplified(text);
  let pattern: RegExp | undefined;
  let first: { readonly keys: ReadonlySet<string> | undefined } | undefined;
  return {
    text,
    get pattern() {
      pattern ??= compilePhrase(phrase, words);
      return pattern;
    },
    negative: isNegative(phrase),
    requirements: requirementsOf(phrase, words),
    get firstKeys() {
      first ??= { keys: firstKeys(phrase, words) };
      return first.keys;
    },
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

interface Entry<Item> {
  readonly item: Item;
  /** Its place among all items. */
  readonly at: number;
  /** The numbers of the requirements to meet besides the one that it is found by. */
  readonly others: readonly number[];
}

/**
 * Where a match of a phrase begins at the earliest, as the place of a word among the `keys` of a sentence; -1 for phrases that
 * can begin with anything.
 */
export function beginningOf({ firstKeys: wanted }: Phrase, keys: ReadonlySet<string>): number {
  if (wanted === undefined) return -1;
  let at = 0;
  for (const key of keys) {
    if (wanted.has(key)) break;
    at += 1;
  }
  return at;
}

/** An index of phrases that stand for nothing but themselves. */
export function phraseIndexOf(phrases: readonly string[]): PhraseIndex<{ readonly phrase: Phrase }> {
  return new PhraseIndex(phrases.map((text) => ({ phrase: toPhrase(text) })));
}

/** Whether any phrase of an index matches. */
export function hasMatch(index: PhraseIndex<{ readonly phrase: Phrase }>, text: string): boolean {
  return index.candidates(text).some(({ phrase }) => nextMatch(phrase.pattern, text) !== undefined);
}

/** Finds the few of many phrases that a sentence needs to be compared with at all. */
export class PhraseIndex<Item extends { readonly phrase: Phrase }> {
  /** Phrases that any sentence can match. */
  readonly #always: readonly Entry<Item>[];
  /** The numbers of the requirements that a key meets. */
  readonly #metBy = new Map<string, number[]>();
  /** By the number of a requirement: the phrases for which no other is met by fewer sentences. */
  readonly #entries: Entry<Item>[][] = [];
  /** By the number of a requirement: the look-up in which it was met last. */
  readonly #metIn: Uint32Array;
  #lookUps = 0;

  constructor(items: readonly Item[]) {
    const always: Entry<Item>[] = [];
    const numbers = new Map<Requirement, number>();
    for (const [at, item] of items.entries()) {
      const { requirements } = item.phrase;
      const rarest = rarestOf(requirements);
      const others = requirements
        .filter((each) => each !== rarest)
        .map((each) => this.#number(each, numbers));
      const entries = rarest === undefined ? always : this.#entries[this.#number(rarest, numbers)];
      entries?.push({ item, at, others });
    }
    this.#always = always;
    this.#metIn = new Uint32Array(this.#entries.length);
  }

  #number(requirement: Requirement, numbers: Map<Requirement, number>): number {
    const known = numbers.get(requirement);
    if (known !== undefined) return known;
    const number = this.#entries.push([]) - 1;
    numbers.set(requirement, number);
    for (const key of requirement.keys) {
      const some = this.#metBy.get(key);
      if (some === undefined) this.#metBy.set(key, [number]);
      else some.push(number);
    }
    return number;
  }

  /** In the order of all items. */
  candidates(sentence: string): readonly Item[] {
    const lookUp = this.#nextLookUp();
    const met: number[] = [];
    eachKey(sentence, (key) => {
      const numbers = this.#metBy.get(key);
      if (numbers === undefined) return;
      for (const number of numbers) {
        if (this.#metIn[number] === lookUp) continue;
        this.#metIn[number] = lookUp;
        // Others count only beside it.
        if (this.#entries[number]?.length !== 0) met.push(number);
      }
    });
    const found = [...this.#always];
    for (const number of met) {
      for (const entry of this.#entries[number] ?? [])
        if (entry.others.every((other) => this.#metIn[other] === lookUp)) found.push(entry);
    }
    return found.sort((one, other) => one.at - other.at).map(({ item }) => item);
  }

  #nextLookUp(): number {
    this.#lookUps += 1;
    if (this.#lookUps > 0xffff_ffff) {
      this.#metIn.fill(0);
      this.#lookUps = 1;
    }
    return this.#lookUps;
  }
}
