import test from 'ava';
import { normalize } from '../../../../exporter/mail/classify/normalize.ts';
import { compilePhrase, literalPhrase } from '../../../../exporter/mail/classify/phrase-syntax.ts';
import { chinese } from '../../../../exporter/mail/classify/terms/chinese.ts';
import * as context from '../../../../exporter/mail/classify/terms/context.ts';
import { english } from '../../../../exporter/mail/classify/terms/english.ts';
import { words } from '../../../../exporter/mail/classify/terms/words.ts';

const lists = { state: ['low', 'running out', 'used up'], 余额: ['余额', '额度'] };

function matches(phrase: string, text: string): string | undefined {
  return [...text.matchAll(compilePhrase(phrase, lists))][0]?.[0];
}

test('Latin words match as a whole, with blanks or punctuation between them', (t) => {
  t.is(matches('top up', 'please top-up now'), 'top-up');
  t.is(matches('top up', 'please stop updates'), undefined);
  t.is(matches('top up', 'a desktop upgrade'), undefined);
  t.is(matches('due', 'overdue'), undefined);
  t.is(matches('due', '请付due款'), 'due');
});

test('alternatives, optional words, lists and gaps', (t) => {
  t.is(
    matches('balance (is|gets) [very|too] {state}', 'your balance is too low today'),
    'balance is too low',
  );
  t.is(
    matches('balance ~ {state}', 'balance of account 12 is nearly used up'),
    'balance of account 12 is nearly used up',
  );
  t.is(matches('balance ~ {state}', `balance ${'x '.repeat(30)}low`), undefined);
  t.is(matches('{余额} /[^,]{0,4}?/ 不足', '您的余额已不足'), '余额已不足');
  t.is(matches('/\\d+/ days late', '14 days late'), '14 days late');
});

test('an unknown list is an error in a term', (t) => {
  t.throws(() => compilePhrase('{nothing}', lists), {
    message: 'a term names the list {nothing}, which there is not',
  });
});

test('a user’s own term has no special characters', (t) => {
  t.deepEqual('a (b|c) x+y'.match(new RegExp(literalPhrase('(b|c)')))?.[0], '(b|c)');
  t.is('over-due'.match(new RegExp(literalPhrase('due')))?.[0], 'due');
  t.is('dues'.match(new RegExp(literalPhrase('due'))), null);
});

const builtIn = [
  ...[english, chinese].flatMap((terms) =>
    Object.values(terms).flatMap((phrases) => Object.values(phrases).flat()),
  ),
  ...Object.values(context).flatMap((part) => (Array.isArray(part) ? part : Object.values(part).flat())),
  ...Object.values(words).flat(),
];

test('all built-in terms are written as normalised text has it', (t) => {
  // Expressions keep their own signs; brackets and bars are those of the notation.
  const bare = (term: string) => term.replaceAll(' ', '');
  const written = builtIn
    .map((term) => term.replace(/\/[^/]*\//g, 'x'))
    .filter((term) => bare(normalize(term)) !== bare(term));
  t.deepEqual(written, []);
});

test('all built-in terms can be compiled, and none takes long on any text', (t) => {
  const texts = [
    'account '.repeat(50),
    'your balance is '.repeat(25),
    '您的余额'.repeat(100),
    '1'.repeat(400),
    'a.'.repeat(200),
  ];
  const slow = builtIn.filter((term) => {
    const pattern = compilePhrase(term, words);
    // Processor time, so that a busy machine makes no term slow.
    const started = process.cpuUsage();
    for (const text of texts) for (const _ of text.matchAll(pattern));
    return process.cpuUsage(started).user > 250_000;
  });
  t.deepEqual(slow, []);
});
