import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { parseHeaders } from '../../../exporter/mail/imap/mime.ts';
import { mailboxSamples } from '../../../exporter/mail/samples.ts';
import type { Hit } from '../../../exporter/mail/scan.ts';
import { createMailScheduler } from '../../../exporter/mail/scheduler.ts';
import type { MailboxConfig } from '../../../exporter/mail/schema.ts';
import { mailboxSchema, resolveMailbox } from '../../../exporter/mail/schema.ts';
import type { SenderName } from '../../../exporter/mail/senders.ts';
import { nameOfSender } from '../../../exporter/mail/senders.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import { createMailStore } from '../../../exporter/mail/store.ts';
import { mailTopics } from '../../../exporter/mail/topics.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { mailboxRow } from '../../../exporter/web/view/mailboxes.ts';
import { silentLogger } from '../../support/logger.ts';
import { mailboxConfig, unscanned } from '../../support/mailbox.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'mail-senders-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const names: readonly SenderName[] = [
  { match: 'sales@vendor.example', name: 'Sales' },
  { match: '@Vendor.example', name: 'Vendor' },
  { match: 'reseller.example', name: 'Vendor' },
];

test('a name is given by the address or its domain, in any case, and the first entry that matches', (t) => {
  t.is(nameOfSender('billing@vendor.example', names), 'Vendor');
  t.is(nameOfSender('billing@mail.vendor.example', names), 'Vendor');
  t.is(nameOfSender('sales@vendor.example', names), 'Sales');
  t.is(nameOfSender('a@reseller.example', names), 'Vendor');
});

test('a name is not given by an end of another domain, by a domain in front, or without an address', (t) => {
  t.is(nameOfSender('billing@notvendor.example', names), undefined);
  t.is(nameOfSender('billing@vendor.example.evil.example', names), undefined);
  t.is(nameOfSender('vendor.example@evil.example', names), undefined);
  t.is(nameOfSender('', names), undefined);
  t.is(nameOfSender('billing@vendor.example'), undefined);
});

test('a display name or a comment that looks like an address gives no name', (t) => {
  for (const from of [
    '"billing@vendor.example" <a@evil.example>',
    '"Vendor <billing@vendor.example>" <a@evil.example>',
    '=?utf-8?Q?billing=40vendor.example?= <a@evil.example>',
    'a@evil.example (billing@vendor.example)',
    '(billing@vendor.example) a@evil.example',
    'a@evil.example (<billing@vendor.example>)',
  ]) {
    const { sender } = parseHeaders(Buffer.from(`From: ${from}\r\n\r\n`));
    t.is(sender, 'a@evil.example', from);
    t.is(nameOfSender(sender, names), undefined);
  }
});

const entry = { name: 'billing', host: 'imap.example.com', user: 'billing', password: { secret: 'X_X' } };

test('a list of senders is short for their names, which can stand beside allow and mute', (t) => {
  const { password: _, ...rest } = entry;
  const oauth2 = { provider: 'google', client_id: 'x', refresh_token: mailboxConfig().password };
  const sendersOf = (senders: unknown) =>
    resolveMailbox(mailboxSchema.parse({ ...rest, oauth2, senders })).senders;
  const list = [{ match: '@vendor.example', name: 'Vendor' }];
  t.deepEqual(sendersOf(list), { allow: [], mute: [], names: list });
  t.deepEqual(sendersOf({ names: list, mute: ['a.example'] }), {
    allow: [],
    mute: ['a.example'],
    names: list,
  });
});

test('a sender without a name, or whose match is no address or domain, is an error', (t) => {
  const problems = (senders: unknown) =>
    mailboxSchema
      .safeParse({ ...entry, password: mailboxConfig().password, senders })
      .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  t.deepEqual(problems([{ match: '@vendor.example', name: '' }]), [
    'senders.names.0.name: expected a name, got an empty one',
  ]);
  t.deepEqual(problems([{ match: 'Vendor', name: 'Vendor' }]), [
    'senders.names.0.match: expected an address such as billing@vendor.example, or a domain such as @vendor.example',
  ]);
});

/** Scans once with these hits and gives the last state, from the store in a folder. */
async function scanned(folder: string, mailbox: MailboxConfig, hits: readonly Hit[]): Promise<MailboxState> {
  const states: MailboxState[] = [];
  const records = new RecordStore({
    path: path.join(directory, folder),
    now: () => 0,
    onSetAside: () => undefined,
  });
  const scheduler = createMailScheduler({
    mailboxes: [mailbox],
    store: createMailStore(records),
    onState: (state) => states.push(state),
    logger: silentLogger,
    scan: async ({ cursor, onBatch }) => {
      const batch = { cursor, examined: hits.length, hits, unreadable: 0 };
      await onBatch?.(batch);
      return batch;
    },
  });
  await scheduler.firstRound;
  await scheduler.stop();
  await records.close();
  const last = states.at(-1);
  if (last === undefined) throw new Error('expected a state');
  return last;
}

/** The series of a metric of mail, by topic and sender. */
function series(state: MailboxState, metric: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    mailboxSamples([state])
      .filter((one) => one.metric === `balance_alert_email_${metric}` && one.value !== 0)
      .map(({ labels, value }) => [`${labels['topic']} ${labels['sender'] ?? '-'}`, value]),
  );
}

const plain = mailboxConfig();
const named = mailboxConfig({ senders: { allow: [], mute: [], names } });

test('each topic of each named sender has a counter from the start, names that are the same one', (t) => {
  const senders = (mailbox: MailboxConfig) =>
    mailboxSamples([unscanned(mailbox)])
      .filter(({ metric, labels }) => metric.endsWith('alerts_total') && labels['topic'] === 'bill')
      .map(({ labels, value }) => [labels['sender'], value]);
  t.deepEqual(senders(named), [
    [undefined, 0],
    ['Sales', 0],
    ['Vendor', 0],
  ]);
  t.deepEqual(senders(plain), [[undefined, 0]]);
});

test('each mail is in one series, over a restart, and the page has the sum', async (t) => {
  const hits: readonly Hit[] = [
    { topic: 'bill', at: 1000 },
    { topic: 'bill', at: 3000, sender: 'Vendor' },
    { topic: 'bill', at: 2000, sender: 'Vendor' },
  ];
  await scanned('restart', named, hits);
  const state = await scanned('restart', named, [{ topic: 'arrears', at: 4000, sender: 'Sales' }]);
  t.deepEqual(series(state, 'alerts_total'), { 'bill -': 1, 'bill Vendor': 2, 'arrears Sales': 1 });
  t.deepEqual(series(state, 'last_alert_timestamp_seconds'), {
    'bill -': 1,
    'bill Vendor': 3,
    'arrears Sales': 4,
  });
  t.deepEqual(mailboxRow(state, 5000).topics, [
    { topic: 'arrears', count: 1, lastAt: 4000 },
    { topic: 'bill', count: 3, lastAt: 3000 },
  ]);
});

test('a state from before senders had names is read, and its mails stay without one', async (t) => {
  await scanned('former', plain, [{ topic: 'bill', at: 1000 }]);
  const state = await scanned('former', named, [{ topic: 'bill', at: 2000, sender: 'Vendor' }]);
  t.deepEqual(series(state, 'alerts_total'), { 'bill -': 1, 'bill Vendor': 1 });
});

test('mails of a name that was removed count without a name from then on, and no counter falls when it comes back', async (t) => {
  await scanned('removed', named, [
    { topic: 'bill', at: 1000 },
    { topic: 'bill', at: 2000, sender: 'Vendor' },
  ]);
  const without = await scanned('removed', plain, []);
  t.deepEqual(series(without, 'alerts_total'), { 'bill -': 2 });
  t.deepEqual(series(without, 'last_alert_timestamp_seconds'), { 'bill -': 2 });
  const back = await scanned('removed', named, [{ topic: 'bill', at: 3000, sender: 'Vendor' }]);
  t.deepEqual(series(back, 'alerts_total'), { 'bill -': 2, 'bill Vendor': 1 });
});

test('without named senders the samples have no label that was not there before', async (t) => {
  const state = await scanned('plain', plain, [{ topic: 'bill', at: 1000 }]);
  const labels = mailboxSamples([state])
    .filter(({ metric }) => metric.includes('email_alerts'))
    .map((one) => Object.keys(one.labels).join());
  t.deepEqual(
    labels,
    mailTopics.map(() => 'mailbox,topic'),
  );
});
