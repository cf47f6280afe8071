import type { MailboxConfig } from '../schema.ts';
import { mailTopics } from '../topics.ts';
import type { Figures } from './amounts.ts';
import { figuresIn, figuresTell, firstFigures } from './amounts.ts';
import type { Note, Sentence } from './context.ts';
import { bulkOf, isBulk } from './context.ts';
import type { Hit, Verdict } from './hits.ts';
import { hitsIn } from './hits.ts';
import { linesOf, sentences, sentencesIn } from './lines.ts';
import { normalizeTitle } from './normalize.ts';
import { PhraseIndex } from './phrase-index.ts';
import { isForward, subjectKind, withoutMarks, withoutQuotes } from './quoted.ts';
import type { Reach } from './reach.ts';
import { reachOf } from './reach.ts';
import type { ReadSentence } from './sentence-reader.ts';
import { sentenceReader } from './sentence-reader.ts';
import { termsOf } from './terms.ts';

export type { Verdict } from './hits.ts';

/** The parts of a mail that are classified, decoded. */
export interface MailText {
  readonly subject: string;
  /** Plain text; HTML is turned into it before. */
  readonly text: string;
}

export interface Classifier {
  /** Whether a mail with this subject can count at all; if not, its text need not be read. */
  isOpen(subject: string): boolean;
  /** What a mail counts under, or undefined where it warns of nothing. */
  judge(mail: MailText): Verdict | undefined;
}

/** Characters of the text that are looked at: more than `mostSentences` of any length have. */
const longestText = 64 * 1024;
/** Further down a mail are terms of use, offers and signatures. */
const mostSentences = 80;
/** A heading is short, and among the first lines or without a full stop. */
const headingsWithin = 2;
const longestHeading = 60;

interface Knowledge {
  readonly read: (sentence: string) => ReadSentence;
  /** Whether a balance below a threshold tells by itself: it belongs to the built-in terms of its topic. */
  readonly amounts: boolean;
}

/** Makes the classifier of a mailbox: the built-in terms, with its own ones added to or put in place of them. */
export function createClassifier(own: MailboxConfig['terms']): Classifier {
  const terms = termsOf(own);
  const hasOwn = terms.some(({ strength }) => strength === 'own');
  const read = sentenceReader(new PhraseIndex(terms));
  const knowledge = { read, amounts: own.replace.low_balance === undefined };
  return {
    isOpen(subject) {
      const title = normalizeTitle(subject);
      if (isSettled(sentences(title).map(read))) return false;
      return hasOwn || /\byour\b|您的|你的/.test(title) || !isBulk(title);
    },
    judge: (mail) => judge(mail, knowledge),
  };
}

const settlingNotes = ['settled', 'payment', 'requested', 'setting'] as const;

/** Whether a subject says that something is settled, or set up. */
function isSettled(title: readonly Sentence[]): boolean {
  return title.some(({ notes }) => settlingNotes.some((note) => notes.has(note)));
}

/** A mail, read for all that is asked of it. */
interface ReadMail {
  readonly subject: string;
  readonly title: readonly ReadSentence[];
  readonly body: readonly ReadSentence[];
  readonly isReply: boolean;
  readonly reach: Reach;
  readonly figures: Figures;
}

function readMail(mail: MailText, read: Knowledge['read']): ReadMail {
  const subject = normalizeTitle(mail.subject);
  const lines = linesOf(mail.text.slice(0, longestText));
  const title = sentences(subject).map(read);
  const body = sentencesIn(isForward(subject, lines) ? withoutMarks(lines) : withoutQuotes(lines))
    .slice(0, mostSentences)
    .map(read);
  let reach: Reach | undefined;
  let figures: Figures | undefined;
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
    get figures() {
      figures ??= firstFigures([figuresIn(subject), ...body.map((sentence) => sentence.figures)]);
      return figures;
    },
  };
}

function judge(mail: MailText, knowledge: Knowledge): Verdict | undefined {
  const whole = readMail(mail, knowledge.read);
  if (saysNothing(whole, knowledge)) return undefined;
  if (isSettled(whole.title)) return undefined;
  const hit = decide(whole, knowledge);
  if (hit === undefined) return undefined;
  // Who asks for money and says how little there is warns of that.
  const isLow = hit.topic === 'top_up' && hit.strength !== 'own' && whole.figures.balance !== undefined;
  return { topic: isLow ? 'low_balance' : hit.topic, place: hit.place, term: hit.term, words: hit.words };
}

/** Whether a mail has no term and no figures that tell something, as most mails have not. */
function saysNothing(mail: ReadMail, { amounts }: Knowledge): boolean {
  const has = ({ terms }: ReadSentence) => terms.length > 0;
  return (
    !mail.title.some(has) && !mail.body.some(has) && !(amounts && figuresTell(mail.figures) !== undefined)
  );
}

/** The hit that decides: what the subject states, which the text can't take back; else what the text states. */
function decide(mail: ReadMail, knowledge: Knowledge): Hit | undefined {
  const found = subjectHits(mail);
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

function subjectHits(mail: ReadMail): readonly Hit[] {
  // The subject of an answer is that of the older mail.
  if (mail.isReply) return [];
  return mail.title
    .flatMap((sentence, at) =>
      hitsIn({ sentence, subject: '', before: '', heading: true, place: 'subject', at }),
    )
    .filter((hit) => counts(hit, mail.reach));
}

function bodyHits(mail: ReadMail, { amounts }: Knowledge, isBulk: boolean): readonly Hit[] {
  const { subject, body } = mail;
  const hits: Hit[] = body
    .flatMap((sentence, at) =>
      hitsIn({
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
  const term = figuresTell(mail.figures);
  return term === undefined || mail.reach.teaches ? hits : [...hits, { ...byFigures, term }];
}

function isHeading(sentence: string, at: number): boolean {
  return sentence.length <= longestHeading && (at < headingsWithin || !/[.!?。]$/.test(sentence));
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
