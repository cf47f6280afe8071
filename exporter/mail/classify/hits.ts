import type { MailTopic } from '../topics.ts';
import { clauseBefore } from './negation.ts';
import type { ReadSentence, TermMatches, WeighedMatch } from './sentence-reader.ts';
import { isSaidOfOther, mentionsOther } from './subject-of-term.ts';
import type { Strength } from './terms.ts';

/** What a mail counts under, and what decided it. */
export interface Verdict {
  readonly topic: MailTopic;
  readonly place: 'subject' | 'text';
  /** The term as the lists of terms have it, or as the user wrote it. */
  readonly term: string;
  /** The mail's own words that matched: never to be stored or logged. */
  readonly words: string;
}

export interface Hit extends Verdict {
  readonly strength: Strength;
  readonly threatened: boolean;
  /** Says it of what is the reader's: "your plan has expired". */
  readonly direct: boolean;
  /** The sentence's place in the text. */
  readonly at: number;
}

/** Words that stand for something named before. */
const refersBack = /\b(it|its|they|them|this|these|that|those)\b|[它其此该]/;

const yours = /^(your|您的|你的)(?![a-z])/;

/** Where a sentence stands in a mail. */
export interface Place {
  readonly sentence: ReadSentence;
  /** What the mail is about; empty where the sentence is the subject's. */
  readonly subject: string;
  /** The sentence before it, which a pronoun may point to. */
  readonly before: string;
  readonly heading: boolean;
  readonly place: Verdict['place'];
  readonly at: number;
}

/** What the terms in a sentence say where it stands. */
export function hitsIn(place: Place): readonly Hit[] {
  return place.sentence.terms.flatMap((found) => {
    const { strength } = found.term;
    if (strength === 'headline' && !place.heading) return [];
    if (strength === 'mention' && place.place !== 'subject') return [];
    return hitOf(found, place) ?? [];
  });
}

function hitOf({ term: { topic, strength, phrase }, matches }: TermMatches, place: Place): Hit | undefined {
  let best: Hit | undefined;
  for (const match of matches) {
    if (strength !== 'own' && isOther(topic, strength, place, match)) break;
    best = {
      topic,
      place: place.place,
      term: phrase.text,
      words: match.text,
      strength,
      threatened: match.weight === 'threatened',
      direct: strength === 'says' && yours.test(match.text),
      at: place.at,
    };
    if (match.weight === 'stated') break;
  }
  return best;
}

/**
 * Whether the words are said of something else: in this sentence, or where it says only "it", in what stands
 * before.
 */
function isOther(
  topic: MailTopic,
  strength: Strength,
  { sentence: { text: sentence }, subject, before }: Place,
  { index, text: matched }: WeighedMatch,
): boolean {
  const clause = clauseBefore(sentence, index) + matched;
  if (isSaidOfOther(topic, sentence, { clause, matched, after: sentence.slice(index + matched.length) }))
    return true;
  if (strength === 'says' && topic !== 'low_balance') return false;
  return mentionsOther(topic, subject) || (refersBack.test(sentence) && mentionsOther(topic, before));
}
