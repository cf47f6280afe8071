import test from 'ava';
import { failureReasons } from '../../../../exporter/readings/check-error.ts';
import { type Html, html } from '../../../../exporter/web/html.ts';
import { languages } from '../../../../exporter/web/status/text/language.ts';
import { messages } from '../../../../exporter/web/status/text/messages.ts';

/** The messages as paths and values. */
function* entries(table: object, path = ''): Generator<readonly [path: string, value: unknown]> {
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === 'object' && value !== null) yield* entries(value, `${path}${key}.`);
    else yield [`${path}${key}`, value];
  }
}

const paths = (table: object): string[] => [...entries(table)].map(([path]) => path).sort();

test('each language has the same messages', (t) => {
  for (const language of languages) t.deepEqual(paths(messages[language]), paths(messages.en), language);
});

test('no message is empty, and the Chinese ones are in Chinese but for names', (t) => {
  const names = new Set(['prometheus']);
  for (const language of languages) {
    for (const [path, value] of entries(messages[language])) {
      if (typeof value !== 'string') continue;
      t.true(value.trim().length > 0, `${language} ${path}`);
      if (language === 'zh' && !names.has(path)) t.regex(value, /\p{Script=Han}/u, path);
      if (language === 'en') t.notRegex(value, /\p{Script=Han}/u, path);
    }
  }
});

test('each reason of a failure has a sentence of its own, for accounts and for mailboxes', (t) => {
  for (const language of languages) {
    const { reason, mailboxReason } = messages[language];
    t.is(new Set(Object.values(reason)).size, failureReasons.length);
    t.is(new Set(Object.values(mailboxReason)).size, failureReasons.length);
  }
});

test('sentences hold everything that is put into them', (t) => {
  const age = html`<time>now</time>`;
  const name = html`<bdi>name</bdi>`;
  for (const language of languages) {
    const text = messages[language];
    const made: readonly (readonly [Html | string, ...string[]])[] = [
      [text.asOf(age, 'UTC'), '<time>', 'UTC'],
      [text.nothingToDoYet(2, '2'), '2'],
      [text.attentionRest(3, '3'), '3'],
      [text.empty('0 USD', '5 USD'), '0 USD', '5 USD'],
      [text.empty('0 USD', undefined), '0 USD'],
      [text.low('4 USD', '5 USD'), '4 USD', '5 USD'],
      [text.overBudget('9 USD', '8 USD', text.period('month')), '9 USD', '8 USD', text.period('month')],
      [text.stale('1 hour'), '1 hour'],
      [text.lastKnown('4 USD', age), '4 USD', '<time>'],
      [text.lastGood(age), '<time>'],
      [text.staleMailbox('1 hour'), '1 hour'],
      [text.lastGoodScan(age), '<time>'],
      [text.notCheckedSince(age), '<time>'],
      [text.answer(name), '<bdi>'],
      [text.renewsOn('today', age, '4 USD'), 'today', '<time>', '4 USD'],
      [text.renewsAutomaticallyOn('today', age, '4 USD'), 'today', '<time>', '4 USD'],
      [text.overdue(age, '4 USD'), '<time>', '4 USD'],
      [text.overdueSince(age), '<time>'],
      [text.billingMail('topic', 2, '2', age), 'topic', '2', '<time>'],
      [text.about(name), '<bdi>'],
      [text.configKept(age), '<time>'],
      [text.configMore(7, '7'), '7'],
      [text.found(7, '7', '90'), '7', '90'],
      [text.range('1', '7', '90', 'name'), '1', '7', '90'],
      [text.rangeByDate('1', '7', '90'), '1', '7', '90'],
      [text.consoleOf(name), '<bdi>'],
      [text.valueFrom(age), '<time>'],
      [text.lastAttempt(age), '<time>'],
      [text.ofLimit('9 USD'), '9 USD'],
      [text.resets(age), '<time>'],
      [text.figureOf(age), '<time>'],
      [text.budget('9 USD'), '9 USD'],
      [text.topicLine('topic', 2, '2', age), 'topic', '2', '<time>'],
      [text.topicLine('topic', 2, '2', undefined), 'topic', '2'],
      [text.noRunwayDashboard(name), '<bdi>'],
      [text.pages('Accounts'), 'Accounts'],
      [text.page('7'), '7'],
    ];
    for (const [sentence, ...parts] of made) {
      for (const part of parts)
        t.true(sentence.toString().includes(part), `${language}: ${sentence} lacks ${part}`);
      t.notRegex(sentence.toString(), /undefined|\[object/);
    }
  }
});

test('windows, periods and cycles are in words, and unknown ones stand as they are', (t) => {
  const { en, zh } = messages;
  t.deepEqual(['5h', '1d', 'week', 'fortnight'].map(en.window), [
    'per 5 hours',
    'per day',
    'per week',
    'per fortnight',
  ]);
  t.deepEqual(['5h', 'week', 'fortnight'].map(zh.window), ['每 5 小时', '每周', '窗口 fortnight']);
  t.deepEqual(['month', 'sprint'].map(en.period), ['this month', 'in the period sprint']);
  t.deepEqual(['month', 'sprint'].map(zh.period), ['本月', '周期 sprint 内']);
  t.deepEqual(['monthly', 'every-10-weeks', 'every-1-days'].map(en.cycle), [
    'monthly',
    'every 10 weeks',
    'every day',
  ]);
  t.deepEqual(['monthly', 'every-10-weeks', 'every-2-months'].map(zh.cycle), [
    '每月',
    '每 10 周',
    '每 2 个月',
  ]);
});
