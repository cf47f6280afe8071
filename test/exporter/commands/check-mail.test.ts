import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runCheckMail } from '../../../exporter/commands/check-mail.ts';
import type { MailRules } from '../../../exporter/mail/mail-file.ts';
import { defaultMailRules } from '../../../exporter/mail/mail-file.ts';
import { runProgram } from '../../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-check-mail-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let files = 0;
function written(content: string | Buffer): string {
  files += 1;
  const file = join(folder, `${files}.eml`);
  writeFileSync(file, content);
  return file;
}

function mailOf(subject: string, body: string, from = 'Billing <billing@vendor.example>'): string {
  return `From: ${from}\r\nSubject: ${subject}\r\n\r\n${body}\r\n`;
}

function check(file: string, rules?: MailRules) {
  let [out, err] = ['', ''];
  const code = runCheckMail({
    file,
    ...(rules === undefined ? {} : { rules }),
    write: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

test('a mail whose subject decides: topic, the words, the term and the place', (t) => {
  const { code, out, err } = check(written(mailOf('Your invoice is overdue', 'Hello')));
  t.is(code, 0);
  t.is(err, '');
  t.is(
    out,
    'subject: Your invoice is overdue\n' +
      'sender:  billing@vendor.example\n' +
      'counts:  as arrears\n' +
      'because: the subject has "invoice is overdue", which the term "{invoice} ~ {be} ~ {overdue}" matches\n',
  );
});

test('a mail classified by its body is reported as such, whatever its encoding', (t) => {
  const body = Buffer.from('您的账户余额不足，请及时处理。').toString('base64');
  const mail =
    'From: a@vendor.example\nSubject: =?utf-8?B?6YCa55+l?=\nMIME-Version: 1.0\n' +
    `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${body}\n`;
  const { code, out } = check(written(mail));
  t.is(code, 0);
  t.regex(out, /^subject: 通知\n/);
  t.regex(out, /\ncounts: {2}as low_balance\nbecause: the body has "[^"]*余额不足/);
});

test('for a mail classified by its numbers, these are the reason', (t) => {
  const { out } = check(written(mailOf('Hello', 'Credit remaining: 3.00 USD. Alert threshold: 10.00 USD.')));
  t.regex(out, /counts: {2}as low_balance\nbecause: the body has a balance below its threshold\n$/);
});

test('for a mail that would not count, the reason is printed: no match, settled by its subject, muted sender', (t) => {
  t.regex(check(written(mailOf('Lunch', 'At noon.'))).out, /counts: {2}no; no term matches/);
  t.regex(
    check(written(mailOf('Payment received: invoice 12 was overdue', 'Thanks'))).out,
    /counts: {2}no; its subject says that the matter is settled/,
  );
  const muted = { ...defaultMailRules, senders: { allow: [], mute: ['vendor.example'] } };
  t.regex(
    check(written(mailOf('Your invoice is overdue', '')), muted).out,
    /counts: {2}no; its sender is muted, or not among those that the mailbox allows/,
  );
});

test('text of a mail cannot send terminal escapes or add lines', (t) => {
  const { out } = check(
    written(
      mailOf(
        'Invoice \x1b[2Joverdue\x1b]0;title\x07 \u202e now\r\n second',
        '',
        '"\x1b[31m" <a\x1b[1m@b.example>',
      ),
    ),
  );
  t.notRegex(out.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  t.is(out.split('\n').length, 5);
});

test('a byte-order mark in front of a saved mail does not hide its first header field', (t) => {
  const mail = `\ufeff${'Subject: Your invoice is overdue\nFrom: a@b.example\n\nHello'}`;
  t.regex(check(written(mail)).out, /^subject: Your invoice is overdue\n/);
});

test('an unreadable mail is exit code 1 with the reason: no file, a folder, an empty file, no header', (t) => {
  const directory = join(folder, 'folder.eml');
  mkdirSync(directory);
  for (const [file, reason] of [
    [join(folder, 'none.eml'), /^cannot read .*none\.eml: ENOENT/],
    [directory, /^cannot read .*folder\.eml: EISDIR/],
    [written(''), /: expected a mail with header fields such as Subject and From/],
    [written(Buffer.from([0x50, 0x4b, 3, 4, 0, 0])), /: expected a mail with header fields/],
  ] as const) {
    const { code, out, err } = check(file);
    t.is(code, 1);
    t.is(out, '');
    t.regex(err, reason);
  }
});

test('only the first part of a very large mail is read, as in a scan', (t) => {
  const { code, out } = check(
    written(mailOf('Hello', `${'x '.repeat(4_000_000)}\r\nYour invoice is overdue.`)),
  );
  t.is(code, 0);
  t.regex(out, /counts: {2}no;/);
});

const account = join(folder, 'balance-alert.yaml');
writeFileSync(
  account,
  `mailboxes:
  - name: billing
    host: imap.example.com
    user: billing
    password: { secret: BILLING_IMAP }
    terms: { extend: { arrears: [pink slip] } }
    senders: [{ match: '@vendor.example', name: Vendor }]
`,
);
const secrets = { BILLING_IMAP: 'planted-password' };
const dunning = written(mailOf('Pink slip', 'Hello'));

test('the program classifies a mail without an account file', async (t) => {
  const { code, stdout, stderr } = await runProgram(['check', dunning]);
  t.is(stderr, '');
  t.is(code, 0);
  t.regex(stdout, /counts: {2}no; no term matches/);
});

test("with --mailbox, a mail is classified by the mailbox's own terms", async (t) => {
  const args = ['check', dunning, '--mailbox', 'billing', '--config.file', account];
  const { code, stdout, stderr } = await runProgram(args, secrets);
  t.is(stderr, '');
  t.is(code, 0);
  t.regex(
    stdout,
    /sender: {2}billing@vendor\.example, named Vendor\ncounts: {2}as arrears\nbecause: the subject has "pink slip", which the term "pink slip" matches\n/,
  );
});

test('flags that do not apply to what is checked are a usage error: exit code 2 and a message', async (t) => {
  for (const [args, message] of [
    [['check', dunning, '--show'], /^error: --show is for a mailbox, not for a mail\n$/],
    [['check', 'billing', '--mailbox', 'billing'], /^error: --mailbox is for a mail \(FILE\.eml\)\n$/],
    [
      ['check', dunning, '--mailbox', 'bills', '--config.file', account],
      /^error: no enabled mailbox "bills"\n$/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await runProgram(args, secrets);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  }
});
