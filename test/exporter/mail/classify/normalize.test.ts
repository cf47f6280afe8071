import test from 'ava';
import fc from 'fast-check';
import { createClassifier } from '../../../../exporter/mail/classify/classifier.ts';
import { lineOf, linesOf, sentences, sentencesIn } from '../../../../exporter/mail/classify/lines.ts';
import { normalize } from '../../../../exporter/mail/classify/normalize.ts';
import { subjectKind, withoutQuotes } from '../../../../exporter/mail/classify/quoted.ts';
import { unflow } from '../../../../exporter/mail/imap/bodies.ts';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';

/** What is left of a text without the older mails in it. */
const unquoted = (text: string): string =>
  withoutQuotes(text.split('\n').map((line) => lineOf(line.trim())))
    .map((line) => line.text)
    .join('\n');

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

test('lines stay lines whatever ends them, and only blanks beside another line go', (t) => {
  t.is(
    normalize(' One \n two \r\n\tthree\r\u200b\nfour\rfive\u2028 six '),
    ' one\ntwo\nthree\nfour\nfive\nsix ',
  );
  t.is(normalize('余 \n 额 \n\n'), '余\n额\n\n');
});

test('a text that was read before is read the same again, after any others', (t) => {
  const line = fc.constantFrom(
    '余 额 不足',
    'Low  balance. Top up!',
    'wide '.repeat(12),
    '\u3000',
    'a\u200b',
    '`b`',
    '- c',
  );
  const end = fc.constantFrom('\n', '\r\n', '\r', '\u2028', '');
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end), { maxLength: 12 }), (lines) => {
      const text = lines.flat().join('');
      const first = sentences(normalize(text));
      for (let other = 0; other < 1200; other += 1) sentences(normalize(`\n${other}\n`));
      t.deepEqual(sentences(normalize(text)), first);
    }),
    { numRuns: 50 },
  );
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
    <img alt="picture" src="x">
    <p>Hello</p><div style="display:none">hidden</div><div style="visibility: hidden">unseen</div></body></html>`;
  t.is(htmlToText(html).trim(), 'Hello');
});

test('hidden text above all that is seen is what the list of mails shows, and counts; hidden text elsewhere does not', (t) => {
  const body = `<body><style>.a{}</style><div style="display:none;font-size:1px">Your balance is low&#847;&zwnj;</div>
    <table><tr><td>Hello<span style="display:none">overdue</span></td></tr></table></body>`;
  t.deepEqual(
    htmlToText(body)
      .replace(/[\u034f\u200c]/g, '')
      .split(/\s*\n\s*/)
      .map((line) => line.trim())
      .filter(Boolean),
    ['Your balance is low', 'Hello'],
  );
});

test('text between conditions of Outlook is seen where other programs show it', (t) => {
  t.regex(htmlToText('<!--[if !mso]><!--><p>balance low</p><!--<![endif]-->'), /balance low/);
  t.regex(htmlToText('<![if !mso]><p>balance low</p><![endif]>'), /balance low/);
  t.is(htmlToText('<!--[if mso]><p>balance low</p><![endif]--><p>Hello</p>').trim(), 'Hello');
});

test('text that was wrapped by a program is put together again: flowed, and Chinese inside a word', (t) => {
  t.is(unflow('Your bal \r\nance is low\r\n', true), 'Your balance is low\n');
  t.is(unflow('Your balance \r\nis low', false), 'Your balance is low');
  const wrapped =
    '尊敬的客户您好，您名下账号的资源使用情况良好，另有一件事需要您留意：您的账户余\n额不足，请处理。';
  t.true(sentences(normalize(wrapped)).some((sentence) => sentence.includes('余额不足')));
});

test('a mail that is passed on counts by its text, however it is marked', (t) => {
  const classifier = createClassifier({ extend: {}, replace: {} });
  const outlook = htmlToText(
    '<div><p>See below</p><div style="border-top:solid"><p><b>From:</b> Vendor<br><b>Sent:</b> Monday<br><b>To:</b> Ines<br><b>Subject:</b> Account</p></div><p>Your account balance is low.</p></div>',
  );
  const gmail = htmlToText(
    '<div>See below</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Vendor</div><p>Your account balance is low.</p></div>',
  );
  t.is(classifier.judge({ subject: 'FW: Account', text: outlook })?.topic, 'low_balance');
  t.is(classifier.judge({ subject: 'Fwd: Account', text: gmail })?.topic, 'low_balance');
  t.is(classifier.judge({ subject: 'Have a look', text: gmail })?.topic, 'low_balance');
  t.is(classifier.judge({ subject: 'Re: Account', text: outlook })?.topic, undefined);
});

test('the new text of an answer counts, above the quotation and below it', (t) => {
  const classifier = createClassifier({ extend: {}, replace: {} });
  const old = 'On Mon, 23 Nov 2026 at 09:12, Billing wrote:\n> see attached';
  const news = 'Invoice 12 is still unpaid.';
  t.is(classifier.judge({ subject: 'Re: Invoice', text: `${news}\n\n${old}` })?.topic, 'arrears');
  t.is(classifier.judge({ subject: 'Re: Invoice', text: `${old}\n\n${news}` })?.topic, 'arrears');
});

test('a statement that ends as a question states; a question does not', (t) => {
  const classifier = createClassifier({ extend: {}, replace: {} });
  t.is(classifier.judge({ subject: 'Hi', text: 'Your balance is low - top up now?' })?.topic, 'low_balance');
  t.is(classifier.judge({ subject: '您好', text: '您的余额不足，是否立即充值？' })?.topic, 'low_balance');
  t.is(classifier.judge({ subject: 'Hi', text: 'Is your balance low, and what then?' }), undefined);
  t.is(classifier.judge({ subject: '您好', text: '余额不足，怎么办？' }), undefined);
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
    `在 2026年11月20日 billing 写道\n${old}`,
    `在 11月20日 billing 写\n${old}`,
    `billing 于 2026年11月20日 星期五 写道\n${old}`,
    `billing schrieb am 20. november 2026:\n${old}`,
    `billing schrieb:\n${old}`,
    `on mon, 23 nov 2026 at 09:12, billing wrote\n${old}`,
    `----- forwarded by billing ----- \n${old}`,
    `${'_'.repeat(32)}\n${old}`,
    `> ${old}`,
  ]) {
    t.is(unquoted(`paid, thanks\n\n${below}`).includes(old), false, below);
    t.true(unquoted(`paid, thanks\n\n${below}`).startsWith('paid, thanks'));
  }
});

test('what is written between and below quoted lines is new', (t) => {
  t.is(unquoted('on mon, 23 nov 2026 at 09:12, billing wrote:\n> old\n\nbelow'), '\nbelow');
});

test('an older mail in HTML is cut off by the marks of mail programs', (t) => {
  t.is(
    unquoted(
      htmlToText(
        '<p>Paid.</p><div class="gmail_quote">overdue</div><blockquote type="cite">overdue</blockquote>',
      ),
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

test('no text causes an exception', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      sentencesIn(withoutQuotes(linesOf(htmlToText(text))));
    }),
  );
  t.pass();
});

test('normalising is idempotent', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const once = normalize(text);
      return normalize(once) === once;
    }),
  );
  t.pass();
});
