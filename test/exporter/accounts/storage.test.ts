import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { AccountState } from '../../../exporter/accounts/state.ts';
import { untried } from '../../../exporter/accounts/state.ts';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { failureReasons } from '../../../exporter/readings/check-error.ts';
import { zeros } from '../../../exporter/readings/zeros.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
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
  const onSetAside = (message: string) => void said.push(message);
  const records = new RecordStore({ path, now: () => now, onSetAside });
  return { storage: new AccountStorage({ records, now: () => now, onSetAside }), said };
}

const state: AccountState = accountState(
  { name: 'two\nlines "quoted"' },
  {
    readings: [
      balance(12.5, { type: 'quota', window: '5h', limit: 100, resetAt: 1_800_000_000 }),
      balance(4, { wallet: 'gift' }),
      spend(3, { asOf: 1_795_478_400 }),
    ],
    failure: { reason: 'timeout', message: 'no answer in time' },
    checks: 40,
    failures: { ...zeros(failureReasons), timeout: 3 },
  },
);

test('what was saved is loaded completely, by another process as well', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const { storage, said } = open(path);
  t.deepEqual(storage.restore(state.account), state);
  t.deepEqual(said, []);
});

test('an account without a stored record is unchecked', (t) => {
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
  t.false(readFileSync(join(path, 'state.log'), 'utf8').includes('hunter2'));
});

test('readings from the future are not served, as their age is unknown', async (t) => {
  const path = emptyFolder();
  await open(path).storage.save(state);
  const { storage, said } = open(path, testNow - hour);
  const restored = storage.restore(state.account);
  t.deepEqual([restored.readings, restored.lastSuccessAtMs, restored.checks], [[], undefined, 40]);
  t.deepEqual(said, [
    'the stored readings of "two\\nlines \\"quoted\\"" are from the future (2026-11-24T08:15:00.000Z): starting without them',
  ]);
});

test('a record of another shape is reported and set aside, and the account starts empty', async (t) => {
  const path = emptyFolder();
  const records = new RecordStore({ path, now: () => testNow, onSetAside: t.fail });
  await records.write('account', state.account.name, { question: 'x', checks: -1 });
  const { storage, said } = open(path);
  t.deepEqual(storage.restore(state.account), untried(state.account));
  t.deepEqual(said, [
    `the stored record of the account "two\\nlines \\"quoted\\"" is not of the expected shape (readings: expected a list, got nothing): starting without it; the log is kept as ${join(path, 'state.log')}.set-aside-${testNow}`,
  ]);
  t.is(
    readFileSync(join(path, `state.log.set-aside-${testNow}`), 'utf8'),
    readFileSync(join(path, 'state.log'), 'utf8'),
  );
  await storage.save(state);
  t.deepEqual(open(path).storage.restore(state.account), state);
});
