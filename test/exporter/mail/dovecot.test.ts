import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ava from 'ava';
import { checkMailbox } from '../../../exporter/commands/check-mailbox.ts';
import type { MailboxCursor } from '../../../exporter/mail/cursor.ts';
import { emptyCursor } from '../../../exporter/mail/cursor.ts';
import type { ScanBatch } from '../../../exporter/mail/scan.ts';
import { scanMailbox } from '../../../exporter/mail/scan.ts';
import { createMailScheduler } from '../../../exporter/mail/scheduler.ts';
import type { MailboxConfig } from '../../../exporter/mail/schema.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import { createMailStore } from '../../../exporter/mail/store.ts';
import { createScanThread } from '../../../exporter/mail/thread/scan-thread.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import type { Dovecot, PlantedMail } from '../../support/dovecot.ts';
import { dovecotMissing, startDovecot } from '../../support/dovecot.ts';
import { silentLogger } from '../../support/logger.ts';
import { mailboxConfig } from '../../support/mailbox.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { examined } from './classify/corpus/examined.ts';
import { corpus } from './classify/corpus/index.ts';
import { mimeOf } from './classify/corpus/mime.ts';

const missing = dovecotMissing();
/** A machine without Dovecot skips these by name. */
const test = missing === undefined ? ava.serial : ava.serial.skip;

let dovecot: Dovecot;
ava.before(async () => {
  if (missing === undefined) dovecot = await startDovecot();
});
ava.after.always(async () => {
  if (missing === undefined) await dovecot.stop();
});

const now = Date.now();

function mailbox(user: string, changes: Parameters<typeof mailboxConfig>[0] = {}): MailboxConfig {
  return mailboxConfig({
    name: user,
    user,
    port: dovecot.port,
    caFile: dovecot.caFile,
    password: dovecot.password,
    timeoutSeconds: 120,
    ...changes,
  });
}

function scan(config: MailboxConfig, cursor: MailboxCursor = emptyCursor): Promise<ScanBatch> {
  return scanMailbox({ mailbox: config, cursor, now: Date.now(), signal: new AbortController().signal });
}

function plain(subject: string, text: string, receivedAt = now, flags = ''): PlantedMail {
  return {
    source: `From: Vendor <billing@vendor.example>\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@vendor.example>\r\n\r\n${text}\r\n`,
    receivedAt,
    flags,
  };
}

/** Ordinary mail, half of it read, with a warning in every fiftieth. */
function* mixed(count: number): Generator<PlantedMail> {
  for (let index = 0; index < count; index += 1) {
    const at = now - index * 30_000;
    const flags = index % 2 === 0 ? 'S' : '';
    yield index % 50 === 0
      ? plain('Low balance alert', 'Your balance is below the threshold.', at, flags)
      : plain(`Notes ${index}`, 'Nothing of interest.\r\n'.repeat(10), at, flags);
  }
}

test('a first scan of 10,000 mails counts each once and leaves every flag as it was', async (t) => {
  t.timeout(180_000);
  dovecot.plant('large', mixed(10_000));
  const files = dovecot.files('large');
  const result = await scan(mailbox('large'));
  t.is(result.examined, 10_000);
  t.is(result.hits.length, 200);
  t.deepEqual(new Set(result.hits.map(({ topic }) => topic)), new Set(['low_balance']));
  t.deepEqual(dovecot.files('large'), files);
});

test('a scan without new mail costs the same commands and bytes whatever the size of the mailbox', async (t) => {
  t.timeout(180_000);
  dovecot.plant('small', mixed(100));
  const proxy = await startTcpProxy(dovecot.port);
  const cost: Record<string, number> = {};
  for (const user of ['small', 'large']) {
    const config = mailbox(user, { port: proxy.port });
    const { cursor } = await scan(config);
    proxy.take();
    const { examined } = await scan(config, cursor);
    t.is(examined, 0);
    cost[user] = proxy.take();
  }
  await proxy.stop();
  // Some digits more of the counts, and the TLS records around them.
  t.true(Math.abs((cost['large'] ?? 0) - (cost['small'] ?? 0)) < 100, JSON.stringify(cost));
  t.true((cost['large'] ?? 0) < 8_000, JSON.stringify(cost));
});

test('one new mail is counted once, also by a process that starts anew', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'mail-store-'));
  dovecot.plant('restart', mixed(100));
  const state = () => runOnce(mailbox('restart'), directory);
  const first = await state();
  t.is(first.examined, 100);
  t.is(first.alerts.low_balance, 2);
  dovecot.plant('restart', [plain('Your payment failed', 'The card was declined.')]);
  const second = await state();
  t.is(second.examined, 101);
  t.is(second.alerts.low_balance, 2);
  t.is(second.alerts.arrears, 1);
  const third = await state();
  t.deepEqual(third.alerts, second.alerts);
  t.is(third.examined, 101);
  rmSync(directory, { recursive: true });
});

/** One scan by a scheduler of its own, as after a restart. */
async function runOnce(config: MailboxConfig, directory: string): Promise<MailboxState> {
  let last: MailboxState | undefined;
  const scheduler = createMailScheduler({
    mailboxes: [config],
    store: createMailStore(new RecordStore({ path: directory, now: Date.now, onSetAside: () => undefined })),
    scan: createScanThread(),
    logger: silentLogger,
    onState: (state) => {
      last = state;
    },
  });
  await scheduler.firstRound;
  await scheduler.stop();
  if (last?.lastScanAtMs === undefined) throw new Error('expected a scan');
  if (last.failure !== undefined) throw new Error(last.failure.message);
  return last;
}

test('every mail of the corpus counts through the server as it does without', async (t) => {
  dovecot.plant(
    'corpus',
    corpus.map((mail, index) => ({
      source: mimeOf(mail, `corpus-${index}`),
      receivedAt: now - 1000 * index,
    })),
  );
  const result = await scan(mailbox('corpus'));
  t.is(result.examined, corpus.length);
  const at = new Map(result.hits.map((hit) => [hit.at, hit.topic]));
  const wrong = corpus.filter((mail, index) => {
    const received = Math.floor((now - 1000 * index) / 1000) * 1000;
    return (at.get(received) ?? 'none') !== examined(mail);
  });
  t.deepEqual(
    wrong.map(({ subject }) => subject),
    [],
  );
});

test('a mail that is moved to another folder is not counted again', async (t) => {
  dovecot.plant('moves', [plain('Low balance alert', 'Your balance is low.')]);
  dovecot.plant('moves', [], 'Bills');
  const config = mailbox('moves', { folders: ['INBOX', 'Bills'] });
  const first = await scan(config);
  t.is(first.hits.length, 1);
  const source = dovecot.read('moves')[0];
  t.truthy(source);
  dovecot.plant('moves', [{ source: source ?? '', receivedAt: now }], 'Bills');
  const second = await scan(config, first.cursor);
  t.is(second.examined, 0);
  t.deepEqual(second.hits, []);
});

test('folders with Chinese names are scanned, each with its own cursor', async (t) => {
  dovecot.plant('folders', [plain('Low balance alert', 'Your balance is low.')]);
  dovecot.plant('folders', [plain('Payment failed', 'Your payment failed.')], '&jSZTVQ-');
  const result = await scan(mailbox('folders', { folders: ['INBOX', '账单'] }));
  t.deepEqual(result.hits.map(({ topic }) => topic).toSorted(), ['arrears', 'low_balance']);
  t.deepEqual(
    result.cursor.folders.map(({ folder, lastUid }) => [folder, lastUid]),
    [
      ['INBOX', 1],
      ['账单', 1],
    ],
  );
});

test('a folder that is numbered anew counts nothing twice', async (t) => {
  dovecot.plant('renumbered', mixed(120));
  const first = await scan(mailbox('renumbered'));
  t.is(first.examined, 120);
  dovecot.renumber('renumbered', 123_456_789);
  dovecot.plant('renumbered', [plain('Payment failed', 'Your payment failed.')]);
  const second = await scan(mailbox('renumbered'), first.cursor);
  t.is(second.cursor.folders[0]?.uidValidity, '123456789');
  t.is(second.examined, 1);
  t.deepEqual(
    second.hits.map(({ topic }) => topic),
    ['arrears'],
  );
});

test('mail from before the lookback does not count, on the hour', async (t) => {
  const hour = 3_600_000;
  dovecot.plant('old', [
    plain('Low balance alert', 'Your balance is low.', now - 25 * hour),
    plain('Payment failed', 'Your payment failed.', now - 23 * hour),
  ]);
  const result = await scan(mailbox('old', { lookbackSeconds: 86_400 }));
  t.is(result.examined, 1);
  t.deepEqual(
    result.hits.map(({ topic }) => topic),
    ['arrears'],
  );
});

test('of a mail of 30 MB only the beginning of its text is read', async (t) => {
  const attachment =
    'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODk=\r\n'.repeat(
      350_000,
    );
  dovecot.plant('huge', [
    {
      source: [
        'From: billing@vendor.example',
        'Subject: Documents',
        'Message-ID: <huge@vendor.example>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=B',
        '',
        '--B',
        'Content-Type: text/plain; charset=utf-8',
        '',
        `Your invoice 12 is overdue.\r\n${'Further text. '.repeat(100_000)}`,
        '--B',
        'Content-Type: application/pdf',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: attachment; filename=a.pdf',
        '',
        `${attachment}--B--`,
        '',
      ].join('\r\n'),
      receivedAt: now,
    },
  ]);
  const proxy = await startTcpProxy(dovecot.port);
  const result = await scan(mailbox('huge', { port: proxy.port }));
  const bytes = proxy.take();
  await proxy.stop();
  t.deepEqual(
    result.hits.map(({ topic }) => topic),
    ['arrears'],
  );
  t.true(bytes < 60_000, String(bytes));
});

test('broken mails are examined like any other', async (t) => {
  const broken: readonly (string | Buffer)[] = [
    '',
    'no header at all',
    'Subject: Low balance alert\r\nContent-Type: multipart/mixed; boundary=never-there\r\n\r\nYour balance is low',
    'Subject: =?utf-8?B?!!!!?= =?x-none?Q?Overdue?= =?utf-8?Q?=ZZ\r\nContent-Type: text/plain; charset="\r\n\r\nx',
    'Subject: a\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64\r\n--A--',
    Buffer.concat([
      Buffer.from('Subject: '),
      Buffer.from([0xff, 0xfe, 0x00, 0x80]),
      Buffer.from('\r\n\r\n'),
      Buffer.alloc(2000, 0xfe),
    ]),
    `Subject: ${'x'.repeat(200_000)}\r\n\r\nlong header`,
    `Subject: nested\r\n${nested(60)}`,
    `From: ${'a@b.example, '.repeat(20_000)}\r\nSubject: many senders\r\n\r\nx`,
  ];
  dovecot.plant(
    'broken',
    broken.map((source, index) => ({ source, receivedAt: now - index * 1000 })),
  );
  dovecot.plant('broken', [plain('Payment failed', 'Your payment failed.', now - 60_000)]);
  const result = await scan(mailbox('broken'));
  t.is(result.examined, broken.length + 1);
  t.deepEqual(result.hits.map(({ topic }) => topic).toSorted(), ['arrears', 'low_balance']);
});

function nested(depth: number): string {
  let text = 'Content-Type: text/plain\r\n\r\ndeep inside\r\n';
  for (let level = 0; level < depth; level += 1) {
    text = `Content-Type: multipart/mixed; boundary=L${level}\r\n\r\n--L${level}\r\n${text}\r\n--L${level}--\r\n`;
  }
  return text;
}

test('senders that are muted, or not on the list, do not count, and their text is not read', async (t) => {
  const from = (sender: string, index: number): PlantedMail => ({
    source: `From: ${sender}\r\nSubject: notice\r\nMessage-ID: <s${index}@x>\r\n\r\nYour account has been suspended for non-payment.\r\n`,
    receivedAt: now,
  });
  dovecot.plant('senders', ['a@vendor.example', 'b@mail.vendor.example', 'c@other.example'].map(from));
  const all = await scan(mailbox('senders'));
  const muted = await scan(mailbox('senders', { senders: { allow: [], mute: ['vendor.example'] } }));
  const allowed = await scan(mailbox('senders', { senders: { allow: ['B@mail.vendor.example'], mute: [] } }));
  t.deepEqual(
    [all, muted, allowed].map(({ examined, hits }) => [examined, hits.length]),
    [
      [3, 3],
      [3, 1],
      [3, 1],
    ],
  );
});

test('a login over STARTTLS works, and a wrong password is reported', async (t) => {
  dovecot.plant('starttls', [plain('Low balance alert', 'Your balance is low.')]);
  const config = mailbox('starttls', { port: dovecot.startTlsPort, starttls: true });
  t.is((await scan(config)).hits.length, 1);
  const error = await t.throwsAsync(scan(mailbox('starttls', { password: 'wrong' })), {
    instanceOf: CheckError,
  });
  t.is(error.reason, 'auth');
});

test('check shows what a scan would count, by date and topic, and nothing of the mails', async (t) => {
  const day = Date.UTC(2026, 10, 24, 10);
  dovecot.plant('checked', [
    plain('Low balance alert', 'Your balance is low.', day - 86_400_000),
    plain('Payment failed', 'Your payment failed.', day),
    plain('Payment failed again', 'Your payment failed.', day),
    plain('Lunch', 'At noon.', day),
  ]);
  const files = dovecot.files('checked');
  let text = '';
  await checkMailbox(
    mailbox('checked'),
    (part) => {
      text += part;
    },
    { now: day + 3_600_000, timezone: 'Asia/Shanghai' },
  );
  t.is(
    text,
    'mailbox checked: 4 mails of the last 1w in INBOX\n' +
      '3 of them would count:\n' +
      '2026-11-23  low_balance  1\n' +
      '2026-11-24  arrears      2\n',
  );
  t.deepEqual(dovecot.files('checked'), files);
});
