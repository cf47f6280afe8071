import type { MailboxConfig } from '../schema.ts';
import type { MailTopic } from '../topics.ts';
import { mailTopics } from '../topics.ts';
import { isBelowThreshold, isOverBudget, namesBalance } from './amounts.ts';
import type { Note, Sentence } from './context.ts';
import { bulkOf, readSentence } from './context.ts';
import { clauseBefore, weigh } from './negation.ts';
import { normalize, sentences } from './normalize.ts';
import type { Phrase } from './phrase-index.ts';
import { beginningOf, isNegative, matchesOf, PhraseIndex, toPhrase } from './phrase-index.ts';
import { literalPhrase } from './phrase-syntax.ts';
import { isForward, subjectKind, withoutMarks, withoutQuotes } from './quoted.ts';
import type { Reach } from './reach.ts';
import { reachOf } from './reach.ts';
import { isSaidOfOther, mentionsOther } from './subject-of-term.ts';
import { chinese } from './terms/chinese.ts';
import { english } from './terms/english.ts';
import { french } from './terms/french.ts';
import { german } from './terms/german.ts';
import { japanese } from './terms/japanese.ts';
import { spanish } from './terms/spanish.ts';
import type { TopicPhrases } from './terms/topic.ts';

/** The parts of a mail that are classified, decoded. */
export interface MailText {
  readonly subject: string;
  /** Plain text; HTML is turned into it before. */
  readonly text: string;
}

/** What a mail counts under, and what decided it. */
export interface Verdict {
  readonly topic: MailTopic;
  readonly place: 'subject' | 'text';
  /** The term as the lists of terms have it, or as the user wrote it. */
  readonly term: string;
  /** The mail's own words that matched: never to be stored or logged. */
  readonly words: string;
}

export interface Classifier {
  /** Whether a mail with this subject can count at all; if not, its text need not be read. */
  isOpen(subject: string): boolean;
  /** What a mail counts under, or undefined where it warns of nothing. */
  judge(mail: MailText): Verdict | undefined;
}

type Strength = keyof TopicPhrases | 'own';

interface Term {
  readonly topic: MailTopic;
  readonly strength: Strength;
  readonly phrase: Phrase;
}

interface Hit extends Verdict {
  readonly strength: Strength;
  readonly threatened: boolean;
  /** Says it of what is the reader's: "your plan has expired". */
  readonly direct: boolean;
  /** The sentence's place in the text. */
  readonly at: number;
}

/** A longer subject is cut: servers take lines of at most 998 bytes, and nobody reads so much. */
const longestSubject = 998;
/** Characters of the text that are looked at: more than `mostSentences` of any length have. */
const longestText = 64 * 1024;
/** Further down a mail are terms of use, offers and signatures. */
const mostSentences = 80;
/** A heading is short, and among the first lines or without a full stop. */
const headingsWithin = 2;
const longestHeading = 60;

/** Words that stand for something named before. */
const refersBack = /\b(it|its|they|them|this|these|that|those)\b|[它其此该]/;

const yours = /^(your|您的|你的)(?![a-z])/;

const languages = [english, chinese, german, french, spanish, japanese];

const builtIn: readonly Term[] = mailTopics.flatMap((topic) =>
  languages.flatMap(({ [topic]: phrases }) =>
    (['says', 'money', 'headline', 'hook', 'mention'] as const).flatMap((strength) =>
      phrases[strength].map((text) => ({ topic, strength, phrase: toPhrase(text) })),
    ),
  ),
);

function ownTerms(topic: MailTopic, phrases: readonly string[] = []): readonly Term[] {
  return phrases.map((phrase) => {
    const text = titleOf(phrase);
    return {
      topic,
      strength: 'own',
      phrase: {
        text: phrase,
        pattern: new RegExp(literalPhrase(text), 'g'),
        negative: isNegative(text),
        requirements: [],
        firstKeys: undefined,
      },
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
      if (isSettled(sentences(title).map(readSentence))) return false;
      return hasOwn || bulkOf(title) !== 'yes' || /\byour\b|您的|你的/.test(title);
    },
    judge: (mail) => judge(mail, knowledge),
  };
}

function titleOf(subject: string): string {
  return normalize(subject.slice(0, longestSubject)).replaceAll('\n', ' ').trim();
}

const settlingNotes = ['settled', 'payment', 'requested', 'setting'] as const;

/** Whether a subject says that something is settled, or set up. */
function isSettled(title: readonly Sentence[]): boolean {
  return title.some(({ notes }) => settlingNotes.some((note) => notes.has(note)));
}

/** A mail, read for all that is asked of it. */
interface ReadMail {
  readonly subject: string;
  readonly title: readonly Sentence[];
  readonly body: readonly Sentence[];
  readonly isReply: boolean;
  readonly reach: Reach;
}

function read(mail: MailText): ReadMail {
  const subject = titleOf(mail.subject);
  const text = normalize(mail.text.slice(0, longestText));
  const title = sentences(subject).map(readSentence);
  const body = sentences(isForward(subject, text) ? withoutMarks(text) : withoutQuotes(text))
    .slice(0, mostSentences)
    .map(readSentence);
  let reach: Reach | undefined;
  return {
    subject,
    title,
    body,
    isReply: subjectKind(subject) === 'reply',
    // Reads all sentences for their notes, which only mails with a term in them need.
    get reach() {
      reach ??= reachOf(title, body);
      return reach;
    },
  };
}

function judge(mail: MailText, knowledge: Knowledge): Verdict | undefined {
  const whole = read(mail);
  if (isSettled(whole.title)) return undefined;
  const hit = decide(whole, knowledge);
  if (hit === undefined) return undefined;
  // Who asks for money and says how little there is warns of that.
  const isLow = hit.topic === 'top_up' && hit.strength !== 'own' && namesBalance(figuresOf(whole));
  return { topic: isLow ? 'low_balance' : hit.topic, place: hit.place, term: hit.term, words: hit.words };
}

/** The hit that decides: what the subject states, which the text can't take back; else what the text states. */
function decide(mail: ReadMail, knowledge: Knowledge): Hit | undefined {
  const found = subjectHits(mail, knowledge.terms);
  const bulk = bulkOf(mail.subject);
  const isBulk = bulk === 'yes' || (bulk === 'maybe' && !found.some(states));
  const inSubject = found.filter(({ strength, direct }) => !isBulk || strength === 'own' || direct);
  const fromSubject =
    first(inSubject.filter(({ strength }) => strength === 'own')) ??
    first(inSubject.filter(states)) ??
    first(inSubject.filter(({ strength }) => strength !== 'mention'));
  if (fromSubject !== undefined) return fromSubject;

  const inBody = bodyHits(mail, knowledge, isBulk);
  const stands = inBody.filter(({ threatened }) => !threatened);
  return (
    first(stands) ?? (inBody.length > 0 && mail.reach.money ? first(inBody) : undefined) ?? first(inSubject)
  );
}

function subjectHits(mail: ReadMail, terms: PhraseIndex<Term>): readonly Hit[] {
  // The subject of an answer is that of the older mail.
  if (mail.isReply) return [];
  return mail.title
    .flatMap((sentence, at) =>
      hitsIn(terms, { sentence, subject: '', before: '', heading: true, place: 'subject', at }),
    )
    .filter((hit) => counts(hit, mail.reach));
}

function bodyHits(mail: ReadMail, { terms, amounts }: Knowledge, isBulk: boolean): readonly Hit[] {
  const { subject, body } = mail;
  const hits: Hit[] = body
    .flatMap((sentence, at) =>
      hitsIn(terms, {
        sentence,
        subject,
        before: body[at - 1]?.text ?? '',
        heading: isHeading(sentence.text, at),
        place: 'text',
        at,
      }),
    )
    .filter((hit) => hit.strength === 'own' || (!isBulk && counts(hit, mail.reach)));
  if (!amounts || isBulk) return hits;
  const term = figuresTell(figuresOf(mail));
  return term === undefined || mail.reach.teaches ? hits : [...hits, { ...byFigures, term }];
}

/** What the figures of a mail tell without a word that says it. */
function figuresTell(figures: string): string | undefined {
  if (isBelowThreshold(figures)) return 'a balance below its threshold';
  return isOverBudget(figures) ? 'a budget that is spent' : undefined;
}

function isHeading(sentence: string, at: number): boolean {
  return sentence.length <= longestHeading && (at < headingsWithin || !/[.!?。]$/.test(sentence));
}

function figuresOf({ subject, body }: ReadMail): string {
  return `${subject}\n${body.map((sentence) => sentence.text).join('\n')}`;
}

const byFigures = {
  topic: 'low_balance',
  place: 'text',
  words: '',
  strength: 'says',
  threatened: false,
  direct: false,
  at: 0,
} as const;

function states({ strength, threatened }: Hit): boolean {
  return (strength === 'says' || strength === 'headline') && !threatened;
}

interface Surroundings {
  readonly sentence: Sentence;
  /** What the mail is about; empty where the sentence is the subject's. */
  readonly subject: string;
  /** The sentence before it, which a pronoun may point to. */
  readonly before: string;
}

interface Place extends Surroundings {
  readonly heading: boolean;
  readonly place: Verdict['place'];
  readonly at: number;
}

function hitsIn(terms: PhraseIndex<Term>, place: Place): readonly Hit[] {
  const { text, keys } = place.sentence;
  const found: { readonly hit: Hit; readonly beginning: number }[] = [];
  for (const term of terms.candidates(text, keys)) {
    if (term.strength === 'headline' && !place.heading) continue;
    if (term.strength === 'mention' && place.place !== 'subject') continue;
    const hit = hitOf(term, place);
    if (hit !== undefined) found.push({ hit, beginning: beginningOf(term.phrase, keys) });
  }
  return found.sort((one, other) => one.beginning - other.beginning).map(({ hit }) => hit);
}

function hitOf({ topic, strength, phrase }: Term, place: Place): Hit | undefined {
  const { sentence, subject, before } = place;
  let best: Hit | undefined;
  for (const match of matchesOf(phrase.pattern, sentence.text)) {
    const weight = weigh(sentence.text, match.index, match.text, phrase.negative);
    if (weight === 'void') continue;
    const surroundings = { sentence: sentence.text, subject, before };
    if (strength !== 'own' && isOther(topic, strength, surroundings, match.index, match.text)) break;
    best = {
      topic,
      place: place.place,
      term: phrase.text,
      words: match.text,
      strength,
      threatened: weight === 'threatened',
      direct: strength === 'says' && yours.test(match.text),
      at: place.at,
    };
    if (weight === 'stated') break;
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
  { sentence, subject, before }: Omit<Surroundings, 'sentence'> & { readonly sentence: string },
  index: number,
  matched: string,
): boolean {
  const clause = clauseBefore(sentence, index) + matched;
  if (isSaidOfOther(topic, sentence, { clause, matched, after: sentence.slice(index + matched.length) }))
    return true;
  if (strength === 'says' && topic !== 'low_balance') return false;
  return mentionsOther(topic, subject) || (refersBack.test(sentence) && mentionsOther(topic, before));
}

/** Whether a hit means something where these notes reach it. */
function counts(hit: Hit, { notesFor, money }: Reach): boolean {
  const { topic, strength } = hit;
  if (strength === 'own') return true;
  const notes: (note: Note) => boolean = notesFor(hit);
  if (settlingNotes.some(notes) || notes('teaches')) return false;
  if (strength === 'money' && !money) return false;
  if (strength === 'hook' && notes('promotes')) return false;
  if ((topic === 'bill' || topic === 'arrears') && (notes('nothingDue') || notes('merchant'))) return false;
  if (notes('promotes') && (topic === 'renewal' || topic === 'top_up' || strength === 'headline'))
    return false;
  if (topic === 'suspension' && (notes('maintenance') || (notes('security') && !notes('owed')))) return false;
  return !(topic === 'arrears' && notes('maintenance'));
}

function first(hits: readonly Hit[]): Hit | undefined {
  for (const topic of mailTopics) {
    const hit = hits.find((candidate) => candidate.topic === topic);
    if (hit !== undefined) return hit;
  }
  return undefined;
}
