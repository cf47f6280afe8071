import test from 'ava';
import { formatterFor } from '../../../../exporter/web/status/text/format.ts';
import { day, hour, minute } from '../../../support/snapshots.ts';

const en = formatterFor('en', 'Asia/Shanghai');
const zh = formatterFor('zh', 'Asia/Shanghai');
const space = '\u00a0';

test('money has the decimals of its currency and its code, which is the same in every language', (t) => {
  t.is(en.amount(1234.5, 'USD'), `1,234.50${space}USD`);
  t.is(zh.amount(1234.5, 'CNY'), `1,234.50${space}CNY`);
  t.is(en.amount(15_200, 'JPY'), `15,200${space}JPY`);
  t.is(en.amount(1.5, 'KWD'), `1.500${space}KWD`);
});

test('an amount is never rounded up, so that what is short of a threshold looks short of it', (t) => {
  t.is(en.amount(99.999, 'USD'), `99.99${space}USD`);
  t.is(en.amount(-3.456, 'USD'), `-3.46${space}USD`);
});

test('the dust of binary fractions costs no cent', (t) => {
  t.is(en.amount(10 - 9.9, 'USD'), `0.10${space}USD`);
  t.is(en.amount(0.7 + 0.1, 'USD'), `0.80${space}USD`);
});

test('a small amount keeps its first digits instead of looking like nothing', (t) => {
  t.is(en.amount(0.004237, 'USD'), `0.0042${space}USD`);
  t.is(en.amount(0, 'USD'), `0.00${space}USD`);
});

test('units have their words in each language, and one of a thing is one', (t) => {
  t.is(en.amount(1, 'credits'), `1${space}credit`);
  t.is(en.amount(2, 'credits'), `2${space}credits`);
  t.is(zh.amount(2, 'credits'), `2${space}点数`);
  t.is(en.amount(188_402, 'characters'), `188,402${space}characters`);
  t.is(zh.amount(188_402, 'characters'), `188,402${space}字符`);
  t.is(en.amount(34.567, 'percent'), '34.56%');
  t.is(zh.amount(34.5, 'percent'), '34.5%');
});

test('a unit that is not known stands as it is, whatever it is called', (t) => {
  t.is(en.amount(3, 'sheep'), `3${space}sheep`);
  t.is(en.amount(3, 'constructor'), `3${space}constructor`);
  t.is(zh.amount(3, '__proto__'), `3${space}__proto__`);
});

test('ages are in the largest unit that fits, and days begin after two of them', (t) => {
  t.is(en.fromNow(-59_999), 'less than a minute ago');
  t.is(en.fromNow(-minute), '1 minute ago');
  t.is(en.fromNow(-59.9 * minute), '59 minutes ago');
  t.is(en.fromNow(-hour), '1 hour ago');
  t.is(en.fromNow(-47 * hour), '47 hours ago');
  t.is(en.fromNow(-2 * day), '2 days ago');
  t.is(en.fromNow(3 * hour), 'in 3 hours');
  t.is(zh.fromNow(-5 * minute), '5分钟前');
  t.is(zh.fromNow(-1), '不到一分钟前');
});

test('calendar days, durations, moments and dates are in words', (t) => {
  t.deepEqual(
    [-2, -1, 0, 1, 3].map((days) => en.days(days)),
    ['2 days ago', 'yesterday', 'today', 'tomorrow', 'in 3 days'],
  );
  t.deepEqual(
    [0, 1, 3].map((days) => zh.days(days)),
    ['今天', '明天', '3天后'],
  );
  t.deepEqual(
    [3600, 5400, 86_400, 90].map((seconds) => en.duration(seconds)),
    ['1 hour', '90 minutes', '1 day', '90 seconds'],
  );
  t.is(zh.duration(3600), '1小时');
  t.is(en.moment(Date.UTC(2026, 10, 24, 16, 5)), 'Nov 25, 2026, 00:05');
  t.is(zh.moment(Date.UTC(2026, 10, 24, 16, 5)), '2026年11月25日 00:05');
  t.is(en.date('2026-11-26'), 'Thu, Nov 26, 2026');
  t.is(zh.date('2026-11-26'), '2026年11月26日周四');
});

test('a formatter is made once for a language and a zone', (t) => {
  t.is(formatterFor('en', 'Asia/Shanghai'), en);
  t.not(formatterFor('en', 'UTC'), en);
});
