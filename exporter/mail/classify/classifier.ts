import type { MailboxConfig } from '../schema.ts';
import type { MailTopic } from '../topics.ts';
import { mailTopics } from '../topics.ts';
import { isBelowThreshold } from './amounts.ts';
import type { MailContext } from './context.ts';
import { contextOf, isBulk, isSettled } from './context.ts';
import { clauseBefore, weigh } from './negation.ts';
import { normalize, sentences } from './normalize.ts';
import type { Phrase } from './phrase-index.ts';
import { isNegative, PhraseIndex, toPhrase } from './phrase-index.ts';
import { literalPhrase } from './phrase-syntax.ts';
import { subjectKind, withoutQuotes } from './quoted.ts';
import { isSaidOfOther, mentionsOther } from './subject-of-term.ts';
import { chinese } from './terms/chinese.ts';
import { english } from './terms/english.ts';
import type { TopicPhrases } from './terms/topic.ts';

/** What is looked at of a mail: decoded, as it was written. */
export interface MailText {
  readonly subject: string;
  /** Plain text; HTML is turned into it before. */
  readonly text: string;
}

export interface Classifier {
  /** Whether a mail of this subject can count at all; where not, nobody needs to read its text. */
  isOpen(subject: string): boolean;
  /** The topic that a mail counts under, or undefined where it warns of nothing. */
  topicOf(mail: MailText): MailTopic | undefined;
}

type Strength = keyof TopicPhrases | 'own';

interface Term extends Phrase {
  readonly topic: MailTopic;
  readonly strength: Strength;
}

interface Hit {
  readonly topic: MailTopic;
  readonly strength: Strength;
  readonly threatened: boolean;
  /** Says it of what is the reader's: "your plan has expired". */
  readonly direct: boolean;
}

/** Further down a mail are terms of use, offers and signatures. */
const mostSentences = 80;
/** A heading is among the first lines, and short. */
const headingsWithin = 2;
const longestHeading = 60;

const yours = /^(your|您的|你的)(?![a-z])/;

const builtIn: readonly Term[] = mailTopics.flatMap((topic) =>
  [english[topic], chinese[topic]].flatMap((phrases) =>
    (['says', 'money', 'headline', 'hook', 'mention'] as const).flatMap((strength) =>
      phrases[strength].map((text) => ({ topic, strength, ...toPhrase(text) })),
    ),
  ),
);

function ownTerms(topic: MailTopic, phrases: readonly string[] = []): readonly Term[] {
  return phrases.map((phrase) => {
    const text = titleOf(phrase);
    return {
      topic,
      strength: 'own',
      pattern: new RegExp(literalPhrase(text), 'g'),
      negative: isNegative(text),
      keys: undefined,
    };
  });
}

interface Knowledge {
  readonly terms: PhraseIndex<Term>;
  /** Whether a balance below a threshold tells by itself: it belongs to the built-in terms of its topic. */
  readonly amounts: boolean;
}

/** Makes the classifier of a mailbox: the built-in terms, with its own ones added to or put in place of them. */
export function createClassifier(own: MailboxConfig['terms']): Classifier {
  const terms = [
    ...builtIn.filter(({ topic }) => own.replace[topic] === undefined),
    ...mailTopics.flatMap((topic) => ownTerms(topic, own.replace[topic])),
    ...mailTopics.flatMap((topic) => ownTerms(topic, own.extend[topic])),
  ];
  const hasOwn = terms.some(({ strength }) => strength === 'own');
  const knowledge = { terms: new PhraseIndex(terms), amounts: own.replace.low_balance === undefined };
  return {
    isOpen(subject) {
      const title = titleOf(subject);
      if (sentences(title).some(isSettled)) return false;
      return hasOwn || !isBulk(title) || /\byour\b|您的|你的/.test(title);
    },
    topicOf: (mail) => classify(mail, knowledge),
  };
}

function titleOf(subject: string): string {
  return normalize(subject).replaceAll('\n', ' ').trim();
}

function classify(mail: MailText, { terms, amounts }: Knowledge): MailTopic | undefined {
  const subject = titleOf(mail.subject);
  const kind = subjectKind(subject);
  const text = normalize(mail.text);
  const title = sentences(subject);
  const body = sentences(kind === 'forward' ? text : withoutQuotes(text)).slice(0, mostSentences);
  const context = contextOf(subject, title, body);
  if (context.settled) return undefined;

  // The subject of an answer is that of the older mail.
  const found =
    kind === 'reply'
      ? []
      : title
          .flatMap((sentence) => hitsIn(terms, { sentence, before: '', heading: true, inSubject: true }))
          .filter((hit) => counts(hit, context));
  const bulk =
    context.bulk === 'yes' ||
    (context.bulk === 'maybe' &&
      !found.some(
        ({ strength, threatened }) => (strength === 'says' || strength === 'headline') && !threatened,
      ));
  const inSubject = found.filter(({ strength, direct }) => !bulk || strength === 'own' || direct);
  const definite = inSubject.filter(({ strength }) => strength !== 'mention');
  if (definite.length > 0) return first(definite);

  const inBody: Hit[] = body
    .flatMap((sentence, index) =>
      hitsIn(terms, {
        sentence,
        before: `${subject}\n${body[index - 1] ?? ''}`,
        heading: index < headingsWithin && sentence.length <= longestHeading,
        inSubject: false,
      }),
    )
    .filter((hit) => counts(hit, context) && (hit.strength === 'own' || !(bulk || context.teaches)));
  if (amounts && !bulk && !context.teaches && isBelowThreshold(`${subject}\n${body.join('\n')}`)) {
    inBody.push({ topic: 'low_balance', strength: 'says', threatened: false, direct: false });
  }
  const stands = inBody.filter(({ threatened }) => !threatened);
  return first(stands) ?? (context.money ? first(inBody) : undefined) ?? first(inSubject);
}

interface Place {
  readonly sentence: string;
  /** What a pronoun in the sentence may stand for. */
  readonly before: string;
  readonly heading: boolean;
  readonly inSubject: boolean;
}

function hitsIn(terms: PhraseIndex<Term>, { sentence, before, heading, inSubject }: Place): readonly Hit[] {
  const found: Hit[] = [];
  for (const { topic, strength, pattern, negative } of terms.candidates(sentence)) {
    if ((strength === 'headline' && !heading) || (strength === 'mention' && !inSubject)) continue;
    let best: Hit | undefined;
    for (const match of sentence.matchAll(pattern)) {
      const weight = weigh(sentence, match.index, match[0], negative);
      if (weight === 'void') continue;
      if (strength !== 'own' && isOther(topic, strength, { sentence, before }, match.index, match[0])) break;
      best = {
        topic,
        strength,
        threatened: weight === 'threatened',
        direct: strength === 'says' && yours.test(match[0]),
      };
      if (weight === 'stated') break;
    }
    if (best !== undefined) found.push(best);
  }
  return found;
}

/** Whether the words are said of something else: in this sentence, or where it says only "it", in what stands before. */
function isOther(
  topic: MailTopic,
  strength: Strength,
  { sentence, before }: Pick<Place, 'sentence' | 'before'>,
  index: number,
  matched: string,
): boolean {
  const clause = clauseBefore(sentence, index) + matched;
  if (isSaidOfOther(topic, sentence, { clause, matched, after: sentence.slice(index + matched.length) }))
    return true;
  return (strength !== 'says' || topic === 'low_balance') && mentionsOther(topic, before);
}

/** Whether a hit means something in this kind of mail. */
function counts({ topic, strength }: Hit, context: MailContext): boolean {
  if (strength === 'own') return true;
  if (strength === 'money' && !context.money) return false;
  if (strength === 'hook' && context.advertises) return false;
  if (context.nothingDue && (topic === 'bill' || topic === 'arrears')) return false;
  if (context.merchant && (topic === 'bill' || topic === 'arrears')) return false;
  if (context.sells && (topic === 'renewal' || topic === 'top_up' || strength === 'headline')) return false;
  if (topic === 'suspension' && (context.maintenance || context.security)) return false;
  return !(topic === 'arrears' && context.maintenance);
}

function first(hits: readonly Hit[]): MailTopic | undefined {
  return mailTopics.find((topic) => hits.some((hit) => hit.topic === topic));
}
