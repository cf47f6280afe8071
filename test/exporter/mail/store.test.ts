import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { MailboxRecord } from '../../../exporter/mail/store.ts';
import {
  createFileMailStore,
  createMemoryMailStore,
  loginOf,
  newRecord,
} from '../../../exporter/mail/store.ts';
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
  const corrupt: unknown[] = [];
  const store = createFileMailStore({
    directory,
    onCorrupt: (problem) => corrupt.push({ ...problem, file: path.basename(problem.file) }),
    now: () => 1234,
  });
  return { store, corrupt };
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

test('a record is a file that nobody else reads, named by no mailbox', async (t) => {
  const directory = temporary();
  await storeIn(directory).store.save({ ...record, name: '../../etc/passwd' });
  const [file = ''] = readdirSync(directory);
  t.regex(file, /^[0-9a-f]{32}\.json$/);
  t.is(statSync(path.join(directory, file)).mode & 0o777, 0o600);
});

for (const [what, content, why] of [
  ['an empty file', '', 'expected JSON'],
  ['half of a file', '{"version":1,"na', 'expected JSON'],
  [
    'a record of another version',
    JSON.stringify({ version: 2, ...record }),
    'version: Invalid input: expected 1',
  ],
  [
    'a negative count',
    JSON.stringify({ version: 1, ...record, examined: -1 }),
    'examined: Too small: expected number to be >=0',
  ],
  [
    'the record of another mailbox',
    JSON.stringify({ version: 1, ...record, name: 'other' }),
    'expected the record of another mailbox',
  ],
] as const) {
  test(`${what} is set aside and told of, and the mailbox starts anew`, async (t) => {
    const directory = temporary();
    await storeIn(directory).store.save(record);
    const [file = ''] = readdirSync(directory);
    writeFileSync(path.join(directory, file), content);
    const { store, corrupt } = storeIn(directory);
    t.is(await store.load('billing'), undefined);
    t.deepEqual(corrupt, [
      { mailbox: 'billing', file: `${file}.corrupt-1234`, why: why.replace('expected the', 'expected the') },
    ]);
    t.is(readFileSync(path.join(directory, `${file}.corrupt-1234`), 'utf8'), content);
    await store.save(record);
    t.deepEqual(await store.load('billing'), record);
  });
}

test('what a killed process left half written is tidied up', async (t) => {
  const directory = temporary();
  await storeIn(directory).store.save(record);
  const [file = ''] = readdirSync(directory);
  writeFileSync(path.join(directory, `${file}.2938475`), 'half');
  t.deepEqual(await storeIn(directory).store.load('billing'), record);
  t.deepEqual(readdirSync(directory), [file]);
});

test('a record that cannot be read is no missing one', async (t) => {
  const directory = path.join(temporary(), 'file');
  writeFileSync(directory, '');
  await t.throwsAsync(storeIn(directory).store.load('billing'), { code: 'ENOTDIR' });
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
