import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { AccountState } from '../../../exporter/accounts/state.ts';
import { untried } from '../../../exporter/accounts/state.ts';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { failureReasons } from '../../../exporter/readings/check-error.ts';
import { zeros } from '../../../exporter/readings/zeros.ts';
import { accountConfig, accountState, balance, hour, spend, testNow } from '../../support/snapshots.ts';

interface Opened {
  readonly storage: AccountStorage;
  readonly said: string[];
}

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-storage-'));
  folders.push(folder);
  return folder;
}

function open(path: string, now = testNow): Opened {
  const said: string[] = [];
  return {
    storage: new AccountStorage({ path, now: () => now, onSetAside: (message) => said.push(message) }),
    said,
  };
}

/** The one record that is in a storage. */
function fileIn(path: string): string {
  const [name, ...others] = readdirSync(join(path, 'accounts'));
  if (name === undefined || others.length > 0)
    throw new Error(`expected one file, got ${[name, ...others].join(', ')}`);
  return join(path, 'accounts', name);
}

const state: AccountState = accountState(
  { name: 'two\nlines "quoted"' },
  {
    readings: [balance(12.5, { type: 'quota', window: '5h', limit: 100, resetAt: 1_800_000_000 }), spend(3)],
    failure: { reason: 'timeout', message: 'no answer in time' },
    checks: 40,
    failures: { ...zeros(failureReasons), timeout: 3 },
  },
);

test('what was saved comes back whole, from another process as well', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const { storage, said } = open(path);
  t.deepEqual(storage.restore(state.account), state);
  t.deepEqual(said, []);
});

test('an account that was never saved is untried', (t) => {
  const { storage, said } = open(emptyFolder());
  t.deepEqual(storage.restore(state.account), untried(state.account));
  t.deepEqual(said, []);
});

test('a new key of the same name keeps the readings, other options void them and keep the counters', async (t) => {
  const path = emptyFolder();
  const key = (name: string, value: string) => ({ key: new Secret(name, value) });
  await open(path).storage.save(accountState({ options: key('KEY', 'old value') }, { checks: 9 }));
  const restored = (options: unknown) => open(path).storage.restore(accountConfig({ options }));
  t.is(restored(key('KEY', 'new value')).readings.length, 1);
  const other = restored(key('OTHER', 'old value'));
  t.deepEqual([other.readings.length, other.lastSuccessAtMs, other.checks], [0, undefined, 9]);
});

test('no value of a secret is stored', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(accountState({ options: { key: new Secret('KEY', 'hunter2hunter2') } }));
  t.false(readFileSync(fileIn(path), 'utf8').includes('hunter2'));
});

test('readings of the future are not served, as nobody knows how old they are', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const { storage, said } = open(path, testNow - hour);
  const restored = storage.restore(state.account);
  t.deepEqual([restored.readings, restored.lastSuccessAtMs, restored.checks], [[], undefined, 40]);
  t.deepEqual(said, [
    'the stored readings of "two\\nlines \\"quoted\\"" are from the future (2026-11-24T08:15:00.000Z): starting without them',
  ]);
});

const broken: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  [
    'cut short',
    (text) => text.slice(0, 100),
    / is no JSON: starting without it; it is kept as .*\.set-aside-\d+$/,
  ],
  ['empty', () => '', / is no JSON: /],
  [
    'of another shape',
    (text) => text.replace('"checks":40', '"checks":-1'),
    / is not of the expected shape: /,
  ],
  ['of another account', (text) => text.replace('two', 'TWO'), / is the record of another name: /],
  [
    'from a newer version',
    (text) => text.replace('"version":1', '"version":2'),
    / is of a newer version \(2\): /,
  ],
];

for (const [title, breakText, message] of broken) {
  test(`a record that is ${title} is set aside and said, and nothing of it is lost`, async (t) => {
    const path = emptyFolder();
    await open(path).storage.save(state);
    const file = fileIn(path);
    const text = breakText(readFileSync(file, 'utf8'));
    writeFileSync(file, text);
    const { storage, said } = open(path);
    t.deepEqual(storage.restore(state.account), untried(state.account));
    t.is(said.length, 1);
    t.regex(said[0] ?? '', message);
    t.is(readFileSync(fileIn(path), 'utf8'), text);
    await storage.save(state);
    t.deepEqual(open(path).storage.restore(state.account), state);
  });
}

test('a record that cannot be read is set aside too, never overwritten', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const file = fileIn(path);
  rmSync(file);
  mkdirSync(file);
  const { storage, said } = open(path);
  t.deepEqual(storage.restore(state.account), untried(state.account));
  t.deepEqual(said, [
    `${file} can't be read (EISDIR: illegal operation on a directory, read): starting without it; it is kept as ${file}.set-aside-${testNow}`,
  ]);
});

test('what a killed process left half-written is removed, a young file and any other stays', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const file = fileIn(path);
  for (const name of ['old', 'young']) writeFileSync(`${file}.${name === 'old' ? 111 : 222}`, '{');
  writeFileSync(`${file}.set-aside-1`, '{');
  const seconds = testNow / 1000;
  utimesSync(`${file}.111`, seconds - 61, seconds - 61);
  utimesSync(`${file}.222`, seconds - 59, seconds - 59);
  utimesSync(`${file}.set-aside-1`, seconds - 1000, seconds - 1000);
  t.deepEqual(open(path).storage.restore(state.account), state);
  t.deepEqual(
    readdirSync(join(path, 'accounts'))
      .map((name) => name.slice(32))
      .sort(),
    ['.json', '.json.222', '.json.set-aside-1'],
  );
});

test('thousands of states at a time are saved without taking all files that the system gives', async (t) => {
  const path = emptyFolder();
  const { storage } = open(path);
  const states = Array.from({ length: 3000 }, (_, index) => accountState({ name: `account-${index}` }));
  let most = 0;
  const counted = setInterval(() => {
    most = Math.max(most, readdirSync('/proc/self/fd').length);
  }, 5);
  await Promise.all(states.map((one) => storage.save(one)));
  clearInterval(counted);
  t.is(readdirSync(join(path, 'accounts')).length, 3000);
  t.true(most < 100, `${most} files open`);
});

test('a storage that takes no more says so', async (t) => {
  const path = emptyFolder();
  const { storage } = open(path);
  // A file where the folder was stops everybody, root included, as a full or read-only disk would.
  rmSync(join(path, 'accounts'), { recursive: true });
  writeFileSync(join(path, 'accounts'), '');
  await t.throwsAsync(storage.save(state), { code: 'ENOTDIR' });
});
