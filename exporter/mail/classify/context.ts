import { isDenied, weigh } from './negation.ts';
import type { Phrase } from './phrase-index.ts';
import { hasMatch, matchesOf, nextMatch, PhraseIndex, phraseIndexOf, toPhrase } from './phrase-index.ts';
import { keysOf } from './phrase-words.ts';
import * as terms from './terms/context.ts';
import { frenchBulk, frenchPaymentEvents, frenchSettled } from './terms/french.ts';
import { germanBulk, germanPaymentEvents, germanSettled } from './terms/german.ts';
import { japaneseBulk, japanesePaymentEvents, japaneseSettled } from './terms/japanese.ts';
import { spanishBulk, spanishPaymentEvents, spanishSettled } from './terms/spanish.ts';

/**
 * What a sentence says about the kind of mail, independent of topics. Each note discounts some terms or enables
 * them; the classifier decides how far it reaches.
 */
export type Note =
  /** Something is paid, renewed or back in service. */
  | 'settled'
  /** A payment has arrived, whatever it was for. */
  | 'payment'
  /** Money is still to be paid, or will be taken. */
  | 'asks'
  /** Done because the reader asked for it. */
  | 'requested'
  /** Something is switched on, off or set up. */
  | 'setting'
  /** An amount to be paid is zero. */
  | 'nothingDue'
  /** Teaches, lists changes or gathers news. */
  | 'teaches'
  /** Advertises. */
  | 'promotes'
  /** Speaks of money in any way. */
  | 'money'
  /** Speaks of money that is owed or used up. */
  | 'owed'
  | 'maintenance'
  /** About who may log in. */
  | 'security'
  /** About what others owe to the reader. */
  | 'merchant';

/** A sentence with what is known of it. */
export interface Sentence {
  readonly text: string;
  /** Its words and Chinese characters. */
  readonly keys: ReadonlySet<string>;
  readonly notes: ReadonlySet<Note>;
}

interface NotePhrase {
  readonly note: Note;
  readonly phrase: Phrase;
}

const phrasesOf = (note: Note, phrases: readonly string[]): readonly NotePhrase[] =>
  phrases.map((text) => ({ note, phrase: toPhrase(text) }));

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Made when it is first asked for: it takes some 30 ms, in which no scrape is answered. */
const notes = once(
  () =>
    new PhraseIndex([
      ...phrasesOf('settled', [
        ...terms.settled,
        ...germanSettled,
        ...frenchSettled,
        ...spanishSettled,
        ...japaneseSettled,
      ]),
      ...phrasesOf('payment', [
        ...terms.paymentEvents,
        ...germanPaymentEvents,
        ...frenchPaymentEvents,
        ...spanishPaymentEvents,
        ...japanesePaymentEvents,
      ]),
      ...phrasesOf('asks', terms.asks),
      ...phrasesOf('requested', terms.requested),
      ...phrasesOf('setting', terms.settings),
      ...phrasesOf('nothingDue', terms.nothingDue),
      ...phrasesOf('teaches', terms.bulkBody),
      ...phrasesOf('promotes', [
        ...terms.promotion,
        ...germanBulk,
        ...frenchBulk,
        ...spanishBulk,
        ...japaneseBulk,
      ]),
      ...phrasesOf('money', terms.money),
      ...phrasesOf('owed', terms.owed),
      ...phrasesOf('maintenance', terms.maintenance),
      ...phrasesOf('security', terms.security),
      ...phrasesOf('merchant', terms.merchant),
    ]),
);

const bulkSubject = once(() => phraseIndexOf(terms.bulkSubject));
const softBulkSubject = once(() => phraseIndexOf(terms.softBulkSubject));

/** Notes that hold only where a sentence states them as facts. */
const factual: ReadonlySet<Note> = new Set(['settled', 'payment', 'requested', 'setting']);

/** Asked for rather than reported: "please make sure that it is paid". */
const demanded =
  /\b(will|can|may|could|would|shall|once|after|please|make sure|ensure|must|should|needs? to|has to|have to|to) [^,;:]{0,30}$|(请|确保|保证|保持|务必|需要?|应)[^,。;:]{0,14}$/;

/** So in Chinese: "付款成功后恢复". */
const awaited = /^(后|才|方|即可|以后|之后)/;

/** Whatever else such a sentence says is done, payment isn't. */
const askedToPay = /\b(please|kindly) (pay|settle|remit)\b|请[^,。;:]{0,8}(付款|支付|缴)/;

/** Still to come: "it starts again once the balance is paid". */
const expected = /\b(once|if|when|until|unless|after|will|please)\b|如果|若|待|请/;

function isStated({ pattern, negative }: Phrase, sentence: string): boolean {
  return matchesOf(pattern, sentence).some(
    (match) =>
      weigh(sentence, match.index, match.text, negative) === 'stated' &&
      !demanded.test(sentence.slice(0, match.index)) &&
      !expected.test(match.text) &&
      !awaited.test(sentence.slice(match.index + match.text.length)) &&
      (negative || !isDenied(match.text)),
  );
}

function isNoted({ note, phrase }: NotePhrase, sentence: string, maySettle: boolean): boolean {
  if (factual.has(note)) return maySettle && isStated(phrase, sentence);
  const { pattern, negative } = phrase;
  if (note !== 'asks') return nextMatch(pattern, sentence) !== undefined;
  return matchesOf(pattern, sentence).some(
    ({ index, text }) => weigh(sentence, index, text, negative) !== 'void',
  );
}

/** A normalised sentence, which is read for its notes only where somebody asks for them: mails without a term need none. */
export function readSentence(text: string): Sentence {
  let keys: ReadonlySet<string> | undefined;
  let found: ReadonlySet<Note> | undefined;
  return {
    text,
    get keys() {
      keys ??= keysOf(text);
      return keys;
    },
    get notes() {
      found ??= notesOf(text);
      return found;
    },
  };
}

function notesOf(text: string): ReadonlySet<Note> {
  const found = new Set<Note>();
  const maySettle = !askedToPay.test(text);
  for (const candidate of notes().candidates(text)) {
    if (found.has(candidate.note)) continue;
    if (isNoted(candidate, text, maySettle)) found.add(candidate.note);
  }
  return found;
}

/** Whether a subject is one of mails that tell, teach or gather, whatever words they use. */
export function isBulk(subject: string): boolean {
  return hasMatch(bulkSubject(), subject);
}

/** The same; "maybe" where products are named by the same words, so that it tells only where the subject doesn't state a matter itself. */
export function bulkOf(subject: string): 'yes' | 'maybe' | 'no' {
  if (isBulk(subject)) return 'yes';
  return hasMatch(softBulkSubject(), subject) ? 'maybe' : 'no';
}
