import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { checkMailbox } from '../../../exporter/commands/check-mailbox.ts';
import { emptyCursor } from '../../../exporter/mail/cursor.ts';
import { scanMailbox } from '../../../exporter/mail/scan.ts';
import { makeCertificate, opensslMissing } from '../../support/certificate.ts';
import { startImapServer } from '../../support/imap-server.ts';
import { mailboxConfig } from '../../support/mailbox.ts';

const missing = opensslMissing();
/** A machine without openssl skips these by name. */
const test = missing === undefined ? ava.serial : ava.serial.skip;

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-check-mailbox-'));
ava.after.always(() => rmSync(folder, { recursive: true }));

const now = Date.UTC(2026, 10, 24, 12);
const mails = [
  {
    uid: 1,
    subject: 'Low balance alert \x1b[2J\x1b]0;x\x07',
    text: 'Your balance is low.',
    receivedAt: now - 86_400_000,
  },
  { uid: 2, subject: 'Lunch', text: 'Private matters.', receivedAt: now - 50_000 },
  { uid: 3, subject: 'Your invoice is overdue', text: 'Pay now.', receivedAt: now - 40_000 },
];

async function withServer<Result>(
  use: (mailbox: ReturnType<typeof mailboxConfig>) => Promise<Result>,
): Promise<Result> {
  const certificate = makeCertificate(folder);
  const server = await startImapServer(certificate, { mails });
  try {
    return await use(mailboxConfig({ port: server.port, caFile: certificate.caFile }));
  } finally {
    await server.stop();
  }
}

test('--show prints sender and subject of each mail that would count, and of no other, without terminal escapes', async (t) => {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  await withServer((mailbox) => checkMailbox(mailbox, write, { now, show: true }));
  t.is(
    text,
    'mailbox billing: 3 mails of the last 1w in INBOX\n' +
      '2 of them would count:\n' +
      '2026-11-23  low_balance  billing@vendor.example  Low balance alert\n' +
      '2026-11-24  arrears      billing@vendor.example  Your invoice is overdue\n',
  );
});

test('without --show no sender or subject is printed', async (t) => {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  await withServer((mailbox) => checkMailbox(mailbox, write, { now }));
  t.notRegex(text, /vendor|invoice|alert/);
  t.regex(text, /2026-11-24 {2}arrears {6}1\n/);
});

test('a scan that is stored and counted keeps no sender or subject of a mail', async (t) => {
  const signal = new AbortController().signal;
  const { hits } = await withServer((mailbox) => scanMailbox({ mailbox, cursor: emptyCursor, now, signal }));
  t.deepEqual(
    hits.map((hit) => Object.keys(hit)),
    [
      ['topic', 'at'],
      ['topic', 'at'],
    ],
  );
});
