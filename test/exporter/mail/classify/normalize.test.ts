import test from 'ava';
import fc from 'fast-check';
import { normalize, sentences } from '../../../../exporter/mail/classify/normalize.ts';
import { subjectKind, withoutQuotes } from '../../../../exporter/mail/classify/quoted.ts';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';

test('full-width letters, capitals and traditional characters become one form', (t) => {
  t.is(normalize('ＬＯＷ　Balance 帳戶餘額不足，請儲值'), 'low balance 账户余额不足,请储值');
});

test('zero-width characters and soft hyphens vanish without leaving a space', (t) => {
  t.is(normalize('over\u200bdue sus\u00adpended \u4f59\u2060\u989d\ufeff'), 'overdue suspended 余额');
});

test('blanks between Chinese characters go, those between words stay single', (t) => {
  t.is(normalize('余 额 不\u3000足'), '余额不足');
  t.is(normalize('low \u00a0 balance'), 'low balance');
});

test('a sentence ends with a stop, but not with the point of an amount, a host or a version', (t) => {
  t.deepEqual(sentences('your balance of $3.20 at api.example.com is low. top up v1.2! 请充值。谢谢'), [
    'your balance of $3.20 at api.example.com is low.',
    'top up v1.2!',
    '请充值。',
    '谢谢',
  ]);
});

test('lines that were wrapped at the width of a terminal are one sentence, list items are not', (t) => {
  const text =
    'this line was wrapped by the mail program after some seventy\ncolumns of text\n\n- first item\n- second item';
  t.deepEqual(sentences(text), [
    'this line was wrapped by the mail program after some seventy columns of text',
    '- first item',
    '- second item',
  ]);
});

test('HTML gives the text that is seen: no styles, scripts, comments or hidden elements', (t) => {
  const html = `<html><head><title>overdue</title><style>.expired{color:red}</style></head><body>
    <script>var s = "suspended"</script><!-- unpaid -->
    <div style="display:none">hidden</div><div style="visibility: hidden">unseen</div><img alt="picture" src="x">
    <p>Hello</p></body></html>`;
  t.is(htmlToText(html).trim(), 'Hello');
});

test('tags inside of a word do not part it, entities are decoded, table rows are lines', (t) => {
  t.is(htmlToText('<p>over<b>du</b><span>e</span> &#27424;&#36153; a&nbsp;b</p>'), 'overdue 欠费 a\u00a0b');
  t.is(htmlToText('<p>over\u200bdue</p>'), 'over\u200bdue');
  t.is(
    htmlToText(
      '<table><tr><td>Amount due</td><td>$5.00</td></tr><tr><td>Date</td><td>today</td></tr></table>',
    )
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('|'),
    'Amount due $5.00|Date today',
  );
});

test('markup that is cut off or broken gives what text there is', (t) => {
  t.is(htmlToText('<p>before</p><style>.expired{'), 'before');
  t.is(htmlToText('<div><p>one<div>two</b></td>').replace(/\s+/g, ' '), 'one two');
});

test('an older mail below an answer is cut off, however the mail program marks it', (t) => {
  const old = 'your account is overdue';
  for (const below of [
    `on mon, 23 nov 2026 at 09:12, billing <ar@vendor.example> wrote:\n> ${old}`,
    `on mon, 23 nov 2026 at 09:12, billing <ar@vendor.example>\nwrote:\n\n> ${old}`,
    `-----original message-----\nfrom: billing\n${old}`,
    `------------------ 原始邮件 ------------------\n发件人: billing\n${old}`,
    `from: billing\nsent: monday\nto: sam\nsubject: overdue\n\n${old}`,
    `发件人: billing\n发送时间: 2026年11月20日\n收件人: sam\n主题: overdue\n\n${old}`,
    `在 2026年11月20日, billing 写道:\n${old}`,
    `> ${old}`,
  ]) {
    t.is(withoutQuotes(`paid, thanks\n\n${below}`).includes(old), false, below);
    t.true(withoutQuotes(`paid, thanks\n\n${below}`).startsWith('paid, thanks'));
  }
});

test('what is written between and below quoted lines is new', (t) => {
  t.is(withoutQuotes('on mon, 23 nov 2026 at 09:12, billing wrote:\n> old\n\nbelow'), '\nbelow');
});

test('an older mail in HTML is cut off by the marks of mail programs', (t) => {
  t.is(
    htmlToText(
      '<p>Paid.</p><div class="gmail_quote">overdue</div><blockquote type="cite">overdue</blockquote>',
    ).trim(),
    'Paid.',
  );
});

test('answers and forwarded mails are known by their subjects in several languages', (t) => {
  t.deepEqual(
    ['re: x', 're[2]: x', 'aw: x', '回复: x', '答复:x', 'fwd: x', 'fw: x', '转发: x', 'x', 'renewal: x'].map(
      subjectKind,
    ),
    ['reply', 'reply', 'reply', 'reply', 'reply', 'forward', 'forward', 'forward', 'new', 'new'],
  );
});

test('no text makes any of it throw', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      sentences(withoutQuotes(normalize(htmlToText(text))));
    }),
  );
  t.pass();
});

test('normalising twice changes nothing more', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const once = normalize(text);
      return normalize(once) === once;
    }),
  );
  t.pass();
});
