import { compilePhrase, literalPhrase } from './phrase.ts';
import { subjectKind, withoutQuotes } from './quoted.ts';
import type { MailboxConfig } from './schema.ts';
import { weigh } from './sentence.ts';
import type { MailTopic } from './state.ts';
import { mailTopics } from './state.ts';
import { chinese } from './terms/chinese.ts';
import * as context from './terms/context.ts';
import { english } from './terms/english.ts';
import type { TopicPhrases } from './terms/topic.ts';
import { words } from './terms/words.ts';
import { normalize, sentences } from './text.ts';

/** What is looked at of a mail: decoded, as it was written. */
export interface MailText {
  readonly subject: string;
  /** Plain text; HTML is turned into it before. */
  readonly text: string;
}

/** The topic that a mail counts under, or undefined where it warns of nothing. */
export type Classifier = (mail: MailText) => MailTopic | undefined;

type Strength = keyof TopicPhrases | 'own';

interface Phrase {
  readonly pattern: RegExp;
  /** Has a "not" of its own. */
  readonly negative: boolean;
}

interface Term extends Phrase {
  readonly topic: MailTopic;
  readonly strength: Strength;
}

interface Hit {
  readonly topic: MailTopic;
  readonly strength: Strength;
  readonly threatened: boolean;
}

/** Further down a mail are terms of use, offers and signatures. */
const mostSentences = 80;
/** A mail says early that something is settled. */
const settledWithin = 5;
/** A heading is among the first lines, and short. */
const headingsWithin = 2;
const longestHeading = 60;

const negativeTerm = /\b(not|never|no)\b|n't|unable|failed|unsuccessful|yet to|未|尚|没|无法|不/;

function compileList(phrases: readonly string[]): readonly RegExp[] {
  return phrases.map((text) => compilePhrase(text, words));
}

const compiled = {
  settled: context.settled.map(phrase),
  nothingDue: compileList(context.nothingDue),
  bulkSubject: compileList(context.bulkSubject),
  bulkBody: compileList(context.bulkBody),
  promotion: compileList(context.promotion),
  security: compileList(context.security),
  maintenance: compileList(context.maintenance),
  money: compileList(context.money),
};

const unlike = new Map(mailTopics.map((topic) => [topic, compileList(context.unlike[topic])]));

const builtIn: readonly Term[] = mailTopics.flatMap((topic) =>
  [english[topic], chinese[topic]].flatMap((phrases) =>
    (['says', 'money', 'headline', 'hook', 'mention'] as const).flatMap((strength) =>
      phrases[strength].map((text) => ({ topic, strength, ...phrase(text) })),
    ),
  ),
);

function phrase(text: string): Phrase {
  return { pattern: compilePhrase(text, words), negative: negativeTerm.test(text) };
}

function ownTerms(topic: MailTopic, phrases: readonly string[] = []): readonly Term[] {
  return phrases.map((phrase) => {
    const text = normalize(phrase).replaceAll('\n', ' ').trim();
    return {
      topic,
      strength: 'own',
      pattern: new RegExp(literalPhrase(text), 'gu'),
      negative: negativeTerm.test(text),
    };
  });
}

function anyIn(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => text.search(pattern) >= 0);
}

function countIn(patterns: readonly RegExp[], text: string): number {
  let count = 0;
  for (const pattern of patterns) count += [...text.matchAll(pattern)].length;
  return count;
}

/** Asked for rather than reported: "please make sure that it is paid". */
const demanded =
  /\b(please|make sure|ensure|must|should|needs? to|has to|have to|to) [^,;:]{0,30}$|(请|确保|保证|保持|务必|需要?|应)[^,。;:]{0,14}$/;

/** Whether a phrase says as a fact that something is settled. */
function stated(phrases: readonly Phrase[], sentence: string): boolean {
  return phrases.some(({ pattern, negative }) =>
    [...sentence.matchAll(pattern)].some(
      (match) =>
        weigh(sentence, match.index, match[0], negative) === 'stated' &&
        !demanded.test(sentence.slice(0, match.index)),
    ),
  );
}

function hitsIn(terms: readonly Term[], sentence: string, heading: boolean, before = ''): readonly Hit[] {
  const found: Hit[] = [];
  for (const { topic, strength, pattern, negative } of terms) {
    if ((strength === 'headline' || strength === 'mention') && !heading) continue;
    let best: Hit | undefined;
    for (const match of sentence.matchAll(pattern)) {
      const weight = weigh(sentence, match.index, match[0], negative);
      if (weight === 'void') continue;
      if (
        strength !== 'own' &&
        anyIn(unlike.get(topic) ?? [], strength === 'says' ? sentence : `${before}\n${sentence}`)
      )
        break;
      best = { topic, strength, threatened: weight === 'threatened' };
      if (weight === 'stated') break;
    }
    if (best !== undefined) found.push(best);
  }
  return found;
}

function first(hits: readonly Hit[]): MailTopic | undefined {
  return mailTopics.find((topic) => hits.some((hit) => hit.topic === topic));
}

/** Makes the classifier of a mailbox: the built-in terms, with its own ones added to or put in place of them. */
export function createClassifier(own: MailboxConfig['terms']): Classifier {
  const terms = [
    ...builtIn.filter(({ topic }) => own.replace[topic] === undefined),
    ...mailTopics.flatMap((topic) => ownTerms(topic, own.replace[topic])),
    ...mailTopics.flatMap((topic) => ownTerms(topic, own.extend[topic])),
  ];
  return (mail) => classify(mail, terms);
}

function classify(mail: MailText, terms: readonly Term[]): MailTopic | undefined {
  const subject = normalize(mail.subject).replaceAll('\n', ' ').trim();
  const kind = subjectKind(subject);
  const text = normalize(mail.text);
  const body = sentences(kind === 'forward' ? text : withoutQuotes(text)).slice(0, mostSentences);
  const title = sentences(subject);

  const all = `${subject}\n${body.join('\n')}`;
  const isSettled =
    title.some((sentence) => stated(compiled.settled, sentence)) ||
    body.slice(0, settledWithin).some((sentence) => stated(compiled.settled, sentence));
  if (isSettled) return undefined;

  const bulk = anyIn(compiled.bulkSubject, subject);
  const teaches = bulk || anyIn(compiled.bulkBody, body.join('\n'));
  const sells = anyIn(compiled.promotion, subject) || countIn(compiled.promotion, all) > 1;
  const advertises = sells || anyIn(compiled.promotion, all);
  const money = anyIn(compiled.money, all);
  const maintenance = anyIn(compiled.maintenance, all);
  const security =
    anyIn(compiled.security, all) &&
    !/(invoice|unpaid|overdue|past due|balance|non-payment|欠费|余额)/.test(all);
  const nothingDue = anyIn(compiled.nothingDue, all);

  const counts = (hit: Hit): boolean => {
    if (hit.strength === 'own') return true;
    if (hit.strength === 'money' && !money) return false;
    if (hit.strength === 'hook' && advertises) return false;
    if (nothingDue && (hit.topic === 'bill' || hit.topic === 'arrears')) return false;
    if (sells && (hit.topic === 'renewal' || hit.topic === 'top_up' || hit.strength === 'headline'))
      return false;
    if ((maintenance || security) && hit.topic === 'suspension') return false;
    if (maintenance && hit.topic === 'arrears') return false;
    return true;
  };

  const inSubject =
    kind === 'reply' ? [] : title.flatMap((sentence) => hitsIn(terms, sentence, true)).filter(counts);
  const definite = inSubject.filter(
    ({ strength }) => strength === 'own' || (!bulk && strength !== 'mention'),
  );
  if (definite.length > 0) return first(definite);

  const inBody = body
    .flatMap((sentence, index) =>
      hitsIn(
        terms,
        sentence,
        index < headingsWithin && sentence.length <= longestHeading,
        `${subject}\n${body[index - 1] ?? ''}`,
      ),
    )
    .filter((hit) => counts(hit) && (hit.strength === 'own' || !teaches));
  const stands = inBody.filter(({ threatened, strength }) => !threatened && strength !== 'mention');
  return first(stands) ?? (money ? first(inBody) : undefined) ?? (bulk ? undefined : first(inSubject));
}
