import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import * as z from 'zod';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { createMailStore, loginOf } from '../../../exporter/mail/store.ts';
import { lockFolder } from '../../../exporter/storage/folder-lock.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { mailboxConfig } from '../../support/mailbox.ts';
import { accountConfig, testNow } from '../../support/snapshots.ts';

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-records-'));
  folders.push(folder);
  return folder;
}

function open(path: string) {
  const said: string[] = [];
  const store = new RecordStore({ path, now: () => testNow, onSetAside: (message) => said.push(message) });
  return {
    store,
    said,
    log: join(path, 'state.log'),
    read: (name: string) => store.read('k', name, z.unknown()),
  };
}

test('what was written is read again, by another process as well, and the last of a name holds', async (t) => {
  const path = emptyFolder();
  const { store, read } = open(path);
  await Promise.all([store.write('k', 'a', 1), store.write('k', 'a', 2), store.write('other', 'a', 3)]);
  await store.write('k', '../../etc/passwd', { text: 'line\nbreak' });
  t.is(read('a'), 2);
  const again = open(path);
  t.is(again.read('a'), 2);
  t.deepEqual(again.read('../../etc/passwd'), { text: 'line\nbreak' });
  t.is(again.store.read('other', 'a', z.unknown()), 3);
  t.is(again.read('b'), undefined);
  t.deepEqual(again.said, []);
  t.is(statSync(again.log).mode & 0o777, 0o600);
});

test('what changes in a moment is one write, however many records that is', async (t) => {
  const path = emptyFolder();
  const { store, log } = open(path);
  await store.write('k', 'first', 0);
  const before = readFileSync(log, 'utf8');
  const saved = Array.from({ length: 3000 }, (_, index) => store.write('k', `name ${index}`, index));
  t.is(readFileSync(log, 'utf8'), before);
  await Promise.all(saved);
  t.is(readFileSync(log, 'utf8').split('\n').length, before.split('\n').length + 3000);
  t.deepEqual(readdirSync(path), ['state.log']);
});

test('a log truncated anywhere keeps every record before the cut, and can be appended to', async (t) => {
  const path = emptyFolder();
  const first = open(path);
  for (let index = 0; index < 5; index += 1) await first.store.write('k', `n${index}`, index);
  const whole = readFileSync(first.log);
  const header = whole.indexOf('\n') + 1;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: header, max: whole.length }), async (length) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'state.log'), whole.subarray(0, length));
      const { store, said } = open(folder);
      const complete = whole.subarray(header, length).toString().split('\n').length - 1;
      for (let index = 0; index < 5; index += 1) {
        t.is(store.read('k', `n${index}`, z.unknown()), index < complete ? index : undefined);
      }
      t.deepEqual(said, []);
      await store.write('k', 'new', true);
      t.is(open(folder).read('new'), true);
      t.is(open(folder).read('n0'), complete > 0 ? 0 : undefined);
    }),
    { numRuns: 40 },
  );
});

test('a damaged record is reported, a copy of the log is kept, and all other records are used', async (t) => {
  const path = emptyFolder();
  const { store, log } = open(path);
  for (const name of ['a', 'b', 'c']) await store.write('k', name, { value: `of ${name}` });
  const damaged = readFileSync(log, 'utf8').replace('of b', 'of B');
  writeFileSync(log, damaged);
  const { said, read, store: next } = open(path);
  t.deepEqual([read('a'), read('b'), read('c')], [{ value: 'of a' }, undefined, { value: 'of c' }]);
  t.deepEqual(said, [
    `${log} has 1 damaged records: starting with what is good in it; the log is kept as ${log}.set-aside-${testNow}`,
  ]);
  t.is(readFileSync(`${log}.set-aside-${testNow}`, 'utf8'), damaged);
  await next.write('k', 'b', 1);
  t.deepEqual(open(path).said, []);
});

for (const [title, text, why] of [
  ['of another kind', 'something else\n', 'is not a state log'],
  ['empty', '', 'is not a state log'],
] as const) {
  test(`a file that is ${title} is set aside and reported, and never overwritten`, async (t) => {
    const path = emptyFolder();
    const log = join(path, 'state.log');
    writeFileSync(log, text);
    const { store, said } = open(path);
    const aside = `${log}.set-aside-${testNow}`;
    t.deepEqual(said, [`${log} ${why}: starting without it; it is kept as ${aside}`]);
    await store.write('k', 'a', 1);
    t.is(readFileSync(aside, 'utf8'), text);
    t.is(open(path).read('a'), 1);
  });
}

test('a log of a newer version is set aside and reported', async (t) => {
  const path = emptyFolder();
  const { log, store } = open(path);
  await store.write('k', 'a', 1);
  const json = '{"format":"balance-alert state","version":3}';
  const { crc32 } = await import('node:zlib');
  const rest = readFileSync(log, 'utf8').split('\n').slice(1).join('\n');
  writeFileSync(log, `${crc32(json).toString(16).padStart(8, '0')} ${json}\n${rest}`);
  const { said, read } = open(path);
  t.is(read('a'), undefined);
  t.regex(said[0] ?? '', /is of a newer version \(3\): starting without it; it is kept as /);
});

test('a log that cannot be read is no reason to start without it', (t) => {
  const path = emptyFolder();
  mkdirSync(join(path, 'state.log'));
  t.throws(() => open(path), { code: 'EISDIR' });
  t.deepEqual(readdirSync(path), ['state.log']);
});

test('a full storage is reported, keeps its records, and recovers', async (t) => {
  const path = join(emptyFolder(), 'storage');
  const { store, read } = open(path);
  await store.write('k', 'a', 1);
  // A file where the folder was stops everybody, root included, as a full or read-only disk would.
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
  await t.throwsAsync(store.write('k', 'a', 2), { code: 'ENOTDIR' });
  t.is(read('a'), 1);
  rmSync(path);
  mkdirSync(path);
  await store.write('k', 'b', 3);
  const again = open(path);
  t.deepEqual([again.read('a'), again.read('b')], [1, 3]);
});

test('the log does not grow without end', async (t) => {
  const path = emptyFolder();
  const { store, log, read } = open(path);
  const filler = 'x'.repeat(300_000);
  let largest = 0;
  for (let index = 0; index < 60; index += 1) {
    await store.write('k', `n${index % 3}`, { index, filler });
    largest = Math.max(largest, statSync(log).size);
  }
  t.true(largest < 8_000_000, `${largest} bytes`);
  t.deepEqual(read('n2'), { index: 59, filler });
  t.deepEqual(open(path).read('n2'), { index: 59, filler });
});

test('the folder is for its owner only, whatever the umask', (t) => {
  const path = join(emptyFolder(), 'storage');
  const former = process.umask(0);
  try {
    open(path);
  } finally {
    process.umask(former);
  }
  t.is(statSync(path).mode & 0o777, 0o700);
});

test('a folder is for one exporter at a time, and the second is refused by the name of the first', async (t) => {
  const path = emptyFolder();
  const first = lockFolder(path, testNow);
  t.true(first.ok);
  const second = lockFolder(path, testNow);
  t.false(second.ok);
  if (!second.ok) t.regex(second.holder, new RegExp(`^process ${process.pid} on .+, since 2026-`));
  if (first.ok) first.release();
  const third = lockFolder(path, testNow);
  t.true(third.ok);
  if (third.ok) third.release();
});

/** As version 0.1 wrote them: a file for each, named by a hash. */
function formerFile(path: string, folder: string, name: string, content: unknown): void {
  mkdirSync(join(path, folder), { recursive: true });
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  writeFileSync(join(path, folder, `${hash}.json`), `${JSON.stringify(content)}\n`);
}

const formerFailures = {
  auth: 1,
  permission: 0,
  rate_limit: 0,
  timeout: 2,
  network: 0,
  tls: 0,
  http: 0,
  business: 0,
  schema: 0,
  config: 0,
  internal: 0,
};

test('the state of the version before is carried over once: no counter falls, no value grows younger', async (t) => {
  const path = emptyFolder();
  const options = { url: 'https://vendor.example/', key: new Secret('KEY', 'of today') };
  const question = createHash('sha256')
    .update(JSON.stringify(['json', options]))
    .digest('hex')
    .slice(0, 16);
  const readings = [{ kind: 'balance', type: 'balance', unit: 'USD', value: 12.5 }];
  formerFile(path, 'accounts', 'a', {
    version: 1,
    name: 'a',
    record: {
      question,
      readings,
      lastCheckAt: testNow - 1000,
      lastSuccessAt: testNow - 2000,
      lastDuration: 0.5,
      checks: 40,
      failures: formerFailures,
    },
  });
  const mailbox = mailboxConfig({ name: 'billing' });
  const cursor = {
    folders: [{ folder: 'INBOX', uidValidity: '7', lastUid: 40, since: 5 }],
    seen: ['abc.1'],
    forgottenUpTo: 0,
  };
  const alerts = { suspension: 0, arrears: 1, low_balance: 2, expiry: 0, bill: 0, renewal: 0, top_up: 0 };
  const record = {
    name: 'billing',
    login: loginOf(mailbox),
    cursor,
    examined: 40,
    alerts,
    lastAlertAt: { arrears: 5 },
    failures: formerFailures,
    lastSuccessAt: 9,
  };
  formerFile(path, 'mail', 'billing', { version: 1, ...record });
  formerFile(path, 'accounts', 'broken', 'no record');

  const account = accountConfig({ name: 'a', provider: 'json', options });
  const restored = async () => {
    const { store, said } = open(path);
    const storage = new AccountStorage({ records: store, now: () => testNow, onSetAside: t.fail });
    const state = storage.restore(account);
    t.deepEqual(
      [state.checks, state.failures.timeout, state.lastSuccessAtMs, state.lastCheckAtMs],
      [40, 2, testNow - 2000, testNow - 1000],
    );
    t.deepEqual(
      state.readings.map(({ value }) => value),
      [12.5],
    );
    t.deepEqual(await createMailStore(store).load('billing'), record);
    return { storage, said, state };
  };
  const { storage, said, state } = await restored();
  t.is(said.length, 1);
  t.regex(said[0] ?? '', /can't be used: starting without it$/);
  // Nothing was saved yet: another start reads the same.
  await restored();
  await storage.save(state);
  t.deepEqual((await restored()).said, []);
  t.deepEqual(readdirSync(path).sort(), [
    `accounts.carried-over-${testNow}`,
    `mail.carried-over-${testNow}`,
    'state.log',
  ]);
});

test('leftovers of a killed rewrite do no harm', async (t) => {
  const path = emptyFolder();
  const { store, log } = open(path);
  await store.write('k', 'a', 1);
  appendFileSync(`${log}.new`, 'half');
  const again = open(path);
  t.is(again.read('a'), 1);
  appendFileSync(log, 'cut');
  const third = open(path);
  await third.store.write('k', 'b', 2);
  t.false(existsSync(`${log}.new`));
  t.deepEqual([open(path).read('a'), open(path).read('b')], [1, 2]);
});
