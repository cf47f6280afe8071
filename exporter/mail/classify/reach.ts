import type { MailTopic } from '../topics.ts';
import type { Note, Sentence } from './context.ts';

/** Where a term was found. */
export interface Found {
  readonly topic: MailTopic;
  readonly place: 'subject' | 'text';
  /** Which sentence of the subject or of the text. */
  readonly at: number;
}

/**
 * How far what a sentence says reaches. Its own sentence always; the whole mail only where the mail is of that kind:
 * because its subject says so, or because more than one sentence does. So one ordinary line more, wherever it stands,
 * silences no warning.
 */
export interface Reach {
  /** Tells which notes reach a term. */
  notesFor(found: Found): (note: Note) => boolean;
  /** The mail speaks of money somewhere. */
  readonly money: boolean;
  /** The mail teaches or gathers news, as a whole. */
  readonly teaches: boolean;
}

/** A mail says early that something is settled. */
const settledWithin = 5;

/** Topics that ask for money, and ask no more once it is paid. */
const paymentRequests: ReadonlySet<MailTopic> = new Set(['bill', 'renewal', 'top_up']);

/** What is over anyhow, and says nothing of the matter of this mail: "the previous invoice was paid". */
const history =
  /\b(other|others|otherwise|previous|previously|prior|earlier|last (month|invoice|payment|bill|period|year|statement|charge|top-up))\b|上期|上月|上个月|上一|上次|上笔|此前|以前|之前|往期|历史|其他|其余|另外/;

/** A row of a statement: "Payments received $120.00". */
const statementRow = /^[^.!?。]{0,60}\bpayments? received[ :-]{0,3}[-($€£¥]{0,3}\d[\d.,)]*$/;

/** What a payment is for; a line that names it speaks of the matter: "we received your payment for invoice 12". */
const payable =
  /\b(invoice|bill|order|renewal|subscription|plan|statement|rechnung|facture|factura)\b|账单|发票|订单|请求书/;

/** An amount of zero that is not the total: "Late fee: $0.00 due". */
const partialAmount =
  /\b(late|fee|fees|tax|vat|shipping|discount|interest|surcharge|adjustment|credit|credits|setup|opening|previous|other|overage|penalty)\b|滞纳金|手续费|税|运费|折扣|利息|上期|违约金|其他|超额/;

const wideNotes = ['teaches', 'promotes', 'maintenance', 'security', 'merchant'] as const;

/** Looks at the sentences of a mail as a whole. */
export function reachOf(title: readonly Sentence[], body: readonly Sentence[]): Reach {
  const any = (note: Note) => [...title, ...body].some(({ notes }) => notes.has(note));
  const inTitle = (note: Note) => title.some(({ notes }) => notes.has(note));
  const wide = new Set<Note>(
    wideNotes.filter((note) => inTitle(note) || body.filter(({ notes }) => notes.has(note)).length > 1),
  );
  if (
    inTitle('nothingDue') ||
    body.some(({ text, notes }) => notes.has('nothingDue') && !partialAmount.test(text))
  )
    wide.add('nothingDue');
  const early = body.slice(0, settledWithin);
  if (early.some(({ notes }) => notes.has('requested'))) wide.add('requested');
  const isOfNow = ({ text }: Sentence) => !history.test(text) && !statementRow.test(text);
  const settles = (sentence: Sentence) =>
    (sentence.notes.has('settled') || (sentence.notes.has('payment') && payable.test(sentence.text))) &&
    isOfNow(sentence);
  const asks = ({ text, notes }: Sentence) =>
    notes.has('asks') && !notes.has('settled') && !notes.has('payment') && !history.test(text);
  const isAskedFor = [...title, ...body].some(asks);
  // Thanks for a payment are courtesy where more is asked for, and make a receipt of a mail that asks for nothing.
  const settledEarly =
    !title.some(asks) &&
    (early.some(settles) ||
      (!isAskedFor && early.some((sentence) => sentence.notes.has('payment') && isOfNow(sentence))));
  const settledNext = (at: number) => {
    const next = body[at + 1];
    return next !== undefined && settles(next);
  };
  const owed = any('owed');

  return {
    notesFor:
      ({ topic, place, at }) =>
      (note) => {
        if (note === 'owed') return owed;
        const own = (place === 'subject' ? title : body)[at];
        if (own?.notes.has(note) === true) return true;
        if (note === 'settled')
          return paymentRequests.has(topic) ? settledEarly : place === 'text' && settledNext(at);
        if (note === 'requested' || note === 'nothingDue') return wide.has(note);
        // What is owed by others is often told under the same subject as what we owe.
        return place === 'text' || note === 'merchant' ? wide.has(note) : inTitle(note);
      },
    money: any('money'),
    teaches: wide.has('teaches'),
  };
}
