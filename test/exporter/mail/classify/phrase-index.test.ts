import test from 'ava';
import fc from 'fast-check';
import { sentences } from '../../../../exporter/mail/classify/lines.ts';
import { normalize } from '../../../../exporter/mail/classify/normalize.ts';
import {
  beginningOf,
  matchesOf,
  nextMatch,
  PhraseIndex,
  toPhrase,
} from '../../../../exporter/mail/classify/phrase-index.ts';
import { splitOutside } from '../../../../exporter/mail/classify/phrase-syntax.ts';
import { firstKeys, keysOf, requirementsOf } from '../../../../exporter/mail/classify/phrase-words.ts';
import { toSimplified } from '../../../../exporter/mail/classify/simplified.ts';
import { chinese } from '../../../../exporter/mail/classify/terms/chinese.ts';
import * as context from '../../../../exporter/mail/classify/terms/context.ts';
import { english } from '../../../../exporter/mail/classify/terms/english.ts';
import { french } from '../../../../exporter/mail/classify/terms/french.ts';
import { german } from '../../../../exporter/mail/classify/terms/german.ts';
import { japanese } from '../../../../exporter/mail/classify/terms/japanese.ts';
import { spanish } from '../../../../exporter/mail/classify/terms/spanish.ts';
import { words } from '../../../../exporter/mail/classify/terms/words.ts';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';
import { corpus } from './corpus/index.ts';

const lists = { state: ['low', 'running out', 'used up'], 余额: ['余额', '额度'] };

const builtIn = [
  ...[english, chinese, german, french, spanish, japanese].flatMap((terms) =>
    Object.values(terms).flatMap((kinds) => Object.values(kinds).flat()),
  ),
  ...Object.values(context).flatMap((part) => (Array.isArray(part) ? part : Object.values(part).flat())),
].filter((phrase) => typeof phrase === 'string');

const items = builtIn.map((text, at) => ({ at, phrase: toPhrase(text) }));
const index = new PhraseIndex(items);

/** The phrases that match a sentence, found by comparing all of them with it. */
const matching = (sentence: string) =>
  items.filter(({ phrase }) => nextMatch(phrase.pattern, sentence) !== undefined);

/** Of those, the phrases that the index leaves out. */
function leftOut(sentence: string): readonly string[] {
  const candidates = new Set(index.candidates(sentence));
  return matching(sentence)
    .filter((item) => !candidates.has(item))
    .map(({ phrase }) => phrase.text);
}

const corpusSentences = [
  ...new Set(
    corpus.flatMap(({ subject, text, html }) =>
      sentences(normalize(`${subject}\n${text ?? htmlToText(html ?? '')}`)),
    ),
  ),
];

test('a sentence is compared with every phrase that matches it, over the corpus', (t) => {
  // All phrases with all sentences would take a minute; each run takes others.
  const every = 12;
  const start = Math.floor(Math.random() * every);
  const some = corpusSentences.filter((_, at) => at % every === start);
  t.true(some.length > 300);
  let matches = 0;
  for (const sentence of some) {
    matches += matching(sentence).length;
    t.deepEqual(leftOut(sentence), [], sentence);
  }
  t.true(matches > some.length);
});

/** A text that a phrase is meant to match: of its alternatives and optional parts, those that are chosen. */
function spelled(phrase: string, choose: (of: number) => number): string {
  const one = (options: readonly string[]): string => spelled(options[choose(options.length)] ?? '', choose);
  return splitOutside(phrase.trim(), ' ')
    .map((token) => {
      const inner = token.slice(1, -1);
      if (token === '~' || token === '~~') return 'of 12,';
      if (token.startsWith('{')) return one(words[inner] ?? []);
      if (token.startsWith('(')) return one(splitOutside(inner, '|'));
      if (token.startsWith('[')) return choose(2) === 0 ? '' : one(splitOutside(inner, '|'));
      return token.startsWith('/') ? (['12', '', '$9', 'ok', '您的'][choose(5)] ?? '') : token;
    })
    .filter((part) => part !== '')
    .join(' ');
}

test('a sentence is compared with every phrase that matches it, over what the phrases spell', (t) => {
  let matched = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...items),
      fc.infiniteStream(fc.nat()),
      fc.boolean(),
      (item, stream, isWrapped) => {
        const choose = (of: number) => (stream.next().value ?? 0) % of;
        const bare = normalize(spelled(toSimplified(item.phrase.text), choose));
        const sentence = isWrapped ? `(x2)${bare}. 请` : bare;
        if (nextMatch(item.phrase.pattern, sentence) === undefined) return;
        matched += 1;
        t.true(index.candidates(sentence).includes(item), `${item.phrase.text}: ${sentence}`);
        t.true(beginningOf(item.phrase, keysOf(sentence)) < keysOf(sentence).size);
      },
    ),
    { numRuns: 6000 },
  );
  t.true(matched > 3000, `${matched} matched`);
});

test('a sentence is compared with every phrase that matches it, over parts of sentences side by side', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...corpusSentences), fc.nat(60), fc.nat(60)), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constantFrom('', ' ', ', ', '。', '-', '_', '1', 'é', '々'),
      (parts, between) => {
        const sentence = parts.map(([text, from, length]) => text.slice(from, from + length)).join(between);
        t.deepEqual(leftOut(sentence), [], sentence);
      },
    ),
    { numRuns: 300 },
  );
});

test('most sentences of ordinary mails are compared with few phrases', (t) => {
  const compared = corpusSentences.map((sentence) => index.candidates(sentence).length);
  const mean = compared.reduce((sum, count) => sum + count, 0) / compared.length;
  t.log(`${mean.toFixed(1)} of ${items.length} phrases`);
  t.true(mean < items.length / 15);
});

test('what a phrase requires of a sentence: a word of each part that can not be missing', (t) => {
  const required = (phrase: string) => requirementsOf(phrase, lists).map(({ keys }) => keys);
  t.deepEqual(required('[very] {state} balance'), [['low', 'running', 'used'], ['balance']]);
  t.deepEqual(required('{余额} /[^,]{0,4}?/ 不足'), [['余额', '额度'], ['不足']]);
  t.deepEqual(required('(is|re-enabled) ~ due'), [['is', 're'], ['due']]);
  t.deepEqual(required('(due|/\\d+/)'), []);
  t.deepEqual(required('/\\d+/ [days]'), []);
});

test('the words that a phrase can begin with are found, through optional ones too', (t) => {
  t.deepEqual(firstKeys('[very] {state} balance', lists), new Set(['very', 'low', 'running', 'used']));
  t.deepEqual(firstKeys('{余额} 不足', lists), new Set(['余', '额']));
  t.is(firstKeys('/\\d+/ days', lists), undefined);
  t.deepEqual(keysOf('low-cost 余额 v2'), new Set(['low', 'cost', '余', '余额', '额', 'v2']));
});

test('phrases are given in their own order, whatever the order of their words in a sentence', (t) => {
  const three = new PhraseIndex(
    ['balance low', '/\\d+/', 'account'].map((text) => ({ phrase: toPhrase(text) })),
  );
  const found = three.candidates('account: low balance, balance low');
  t.deepEqual(
    found.map(({ phrase }) => phrase.text),
    ['balance low', '/\\d+/', 'account'],
  );
  const keys = keysOf('account: low balance');
  t.deepEqual(
    found.map(({ phrase }) => beginningOf(phrase, keys)),
    [2, -1, 0],
  );
  t.deepEqual(matchesOf(toPhrase('a b').pattern, 'a b a-b').length, 2);
});
