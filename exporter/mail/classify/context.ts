import { isDenied, weigh } from './negation.ts';
import type { Phrase } from './phrase-index.ts';
import { PhraseIndex, toPhrase } from './phrase-index.ts';
import * as context from './terms/context.ts';

/** What kind of mail it is, apart from its topic. */
export interface MailContext {
  /** Something is paid, renewed or back in service: the mail warns of nothing. */
  readonly settled: boolean;
  /** The subject is one of mails that tell, teach or gather, or may be. */
  readonly bulk: 'yes' | 'maybe' | 'no';
  /** The text is of one. */
  readonly teaches: boolean;
  /** An advertisement. */
  readonly sells: boolean;
  /** Has advertising in it, at least. */
  readonly advertises: boolean;
  /** Speaks of money in any way. */
  readonly money: boolean;
  readonly maintenance: boolean;
  /** About who may log in, and not about money. */
  readonly security: boolean;
  /** About what others owe to the reader. */
  readonly merchant: boolean;
  /** An amount to be paid is zero. */
  readonly nothingDue: boolean;
}

const settled = new PhraseIndex(context.settled.map(toPhrase));
const patternsOf = (phrases: readonly string[]) => phrases.map((text) => toPhrase(text).pattern);
const nothingDue = patternsOf(context.nothingDue);
const bulkSubject = patternsOf(context.bulkSubject);
const bulkBody = patternsOf(context.bulkBody);
const promotion = patternsOf(context.promotion);
const security = patternsOf(context.security);
const maintenance = patternsOf(context.maintenance);
const money = patternsOf(context.money);
const owed = patternsOf(context.owed);
const merchant = patternsOf(context.merchant);
const softBulk = patternsOf(context.softBulkSubject);

/** A mail says early that something is settled. */
const settledWithin = 5;

/** Asked for rather than reported: "please make sure that it is paid". */
const demanded =
  /\b(will|can|may|could|would|shall|once|after|please|make sure|ensure|must|should|needs? to|has to|have to|to) [^,;:]{0,30}$|(请|确保|保证|保持|务必|需要?|应)[^,。;:]{0,14}$/;

/** So in Chinese: "付款成功后恢复". */
const awaited = /^(后|才|方|即可|以后|之后)/;

/** Whatever else such a sentence says is done, payment isn't. */
const askedToPay = /\b(please|kindly) (pay|settle|remit)\b|请[^,。;:]{0,8}(付款|支付|缴)/;

/** Still to come: "it starts again once the balance is paid". */
const expected = /\b(once|if|when|until|unless|after|will|please)\b|如果|若|待|请/;

function anyIn(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => text.search(pattern) >= 0);
}

function countIn(patterns: readonly RegExp[], text: string): number {
  let count = 0;
  for (const pattern of patterns) count += [...text.matchAll(pattern)].length;
  return count;
}

function isStated({ pattern, negative }: Phrase, sentence: string): boolean {
  return [...sentence.matchAll(pattern)].some(
    (match) =>
      weigh(sentence, match.index, match[0], negative) === 'stated' &&
      !demanded.test(sentence.slice(0, match.index)) &&
      !expected.test(match[0]) &&
      !awaited.test(sentence.slice(match.index + match[0].length)) &&
      (negative || !isDenied(match[0])),
  );
}

/** Whether a sentence says as a fact that something is settled. */
export function isSettled(sentence: string): boolean {
  if (askedToPay.test(sentence)) return false;
  for (const phrase of settled.candidates(sentence)) if (isStated(phrase, sentence)) return true;
  return false;
}

/** Whether a subject is one of mails that tell, teach or gather, whatever words they use. */
export function isBulk(subject: string): boolean {
  return anyIn(bulkSubject, subject);
}

/** Looks at a normalised subject and the sentences of a mail. */
export function contextOf(subject: string, title: readonly string[], body: readonly string[]): MailContext {
  const text = body.join('\n');
  const all = `${subject}\n${text}`;
  const advertises = anyIn(promotion, all);
  return {
    settled: title.some(isSettled) || body.slice(0, settledWithin).some(isSettled),
    bulk: isBulk(subject) ? 'yes' : anyIn(softBulk, subject) ? 'maybe' : 'no',
    teaches: anyIn(bulkBody, text),
    sells: advertises && (anyIn(promotion, subject) || countIn(promotion, all) > 1),
    advertises,
    money: anyIn(money, all),
    maintenance: anyIn(maintenance, all),
    security: anyIn(security, all) && !anyIn(owed, all),
    merchant: anyIn(merchant, all),
    nothingDue: anyIn(nothingDue, all),
  };
}
