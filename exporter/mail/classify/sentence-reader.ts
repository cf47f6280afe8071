import type { Figures } from './amounts.ts';
import { figuresIn } from './amounts.ts';
import type { Sentence } from './context.ts';
import { readSentence } from './context.ts';
import type { Weight } from './negation.ts';
import { weigh } from './negation.ts';
import type { PhraseIndex } from './phrase-index.ts';
import { beginningOf, matchesOf } from './phrase-index.ts';
import { remembered } from './remembered.ts';
import type { Term } from './terms.ts';

/** A place in a sentence where a term matches, and what the words around it make of that. */
export interface WeighedMatch {
  readonly index: number;
  readonly text: string;
  readonly weight: Exclude<Weight, 'void'>;
}

export interface TermMatches {
  readonly term: Term;
  /** At least one, in the order of the text. */
  readonly matches: readonly WeighedMatch[];
}

/** A sentence with all that is asked of it, each found when it is first asked for. */
export interface ReadSentence extends Sentence {
  /** The terms that it has in it, those first that begin first. */
  readonly terms: readonly TermMatches[];
  readonly figures: Figures;
}

/** Reads sentences. What is read of a sentence depends on nothing but the sentence and the terms. */
export function sentenceReader(terms: PhraseIndex<Term>): (text: string) => ReadSentence {
  return remembered((text) => read(text, terms));
}

function read(text: string, terms: PhraseIndex<Term>): ReadSentence {
  const sentence = readSentence(text);
  let found: readonly TermMatches[] | undefined;
  let figures: Figures | undefined;
  return {
    text,
    get keys() {
      return sentence.keys;
    },
    get notes() {
      return sentence.notes;
    },
    get terms() {
      found ??= termsIn(sentence, terms);
      return found;
    },
    get figures() {
      figures ??= figuresIn(text);
      return figures;
    },
  };
}

function termsIn(sentence: Sentence, terms: PhraseIndex<Term>): readonly TermMatches[] {
  const found = terms.candidates(sentence.text).flatMap((term) => {
    const matches = weighedMatches(term, sentence.text);
    return matches.length === 0 ? [] : [{ term, matches }];
  });
  if (found.length < 2) return found;
  return found
    .map((each) => ({ each, beginning: beginningOf(each.term.phrase, sentence.keys) }))
    .sort((one, other) => one.beginning - other.beginning)
    .map(({ each }) => each);
}

function weighedMatches({ phrase }: Term, sentence: string): readonly WeighedMatch[] {
  return matchesOf(phrase.pattern, sentence).flatMap(({ index, text }) => {
    const weight = weigh(sentence, index, text, phrase.negative);
    return weight === 'void' ? [] : [{ index, text, weight }];
  });
}
