import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { MailboxRecord } from '../../../exporter/mail/store.ts';
import { createMailStore, createMemoryMailStore, loginOf, newRecord } from '../../../exporter/mail/store.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { mailboxConfig } from '../../support/mailbox.ts';

const record: MailboxRecord = {
  ...newRecord(mailboxConfig()),
  cursor: {
    folders: [{ folder: 'INBOX', uidValidity: '7', lastUid: 40, since: 1_764_000_000_000 }],
    seen: ['abcdefghijk'],
    forgottenUpTo: 0,
  },
  examined: 40,
  alerts: { suspension: 0, arrears: 1, low_balance: 2, expiry: 0, bill: 0, renewal: 0, top_up: 0 },
  lastAlertAt: { arrears: 1_764_000_000_000 },
  lastSuccessAt: 1_764_000_000_500,
};

function storeIn(directory: string) {
  const said: string[] = [];
  const records = new RecordStore({
    path: directory,
    now: () => 1234,
    onSetAside: (message) => said.push(message),
  });
  return { store: createMailStore(records), records, said };
}

const directories: string[] = [];
function temporary(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'mail-store-'));
  directories.push(directory);
  return directory;
}
test.after.always(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

test('what is saved is what is loaded, by a store of the same directory too', async (t) => {
  const directory = path.join(temporary(), 'mail');
  t.is(await storeIn(directory).store.load('billing'), undefined);
  await storeIn(directory).store.save(record);
  t.deepEqual(await storeIn(directory).store.load('billing'), record);
  const untried = newRecord(mailboxConfig({ name: 'new' }));
  await storeIn(directory).store.save(untried);
  t.deepEqual(await storeIn(directory).store.load('new'), untried);
});

test('a record that is not of the expected shape is set aside and said, and the mailbox starts anew', async (t) => {
  const directory = temporary();
  await storeIn(directory).records.write('mailbox', 'billing', { ...record, examined: -1 });
  const { store, said } = storeIn(directory);
  t.is(await store.load('billing'), undefined);
  t.deepEqual(said, [
    `the stored record of the mailbox "billing" is not of the expected shape (examined: expected a number of at least 0): starting without it; the log is kept as ${directory}/state.log.set-aside-1234`,
  ]);
  await store.save(record);
  t.deepEqual(await storeIn(directory).store.load('billing'), record);
});

test('without a directory records live as long as the process', async (t) => {
  const store = createMemoryMailStore();
  t.is(await store.load('billing'), undefined);
  await store.save(record);
  t.is(await store.load('billing'), record);
});

test('a mailbox is another one with another server, port or user, and the same with another password', (t) => {
  const login = loginOf(mailboxConfig());
  t.is(loginOf(mailboxConfig({ password: 'changed', intervalSeconds: 60 })), login);
  for (const changes of [{ host: 'other' }, { port: 143 }, { user: 'other' }])
    t.not(loginOf(mailboxConfig(changes)), login);
});
