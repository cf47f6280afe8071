import test from 'ava';
import type { Config } from '../../../exporter/account-file/schema.ts';
import type { AccountConfig } from '../../../exporter/accounts/schema.ts';
import type { AccountState } from '../../../exporter/accounts/state.ts';
import { afterCheck, expiryOf, untried as untriedState } from '../../../exporter/accounts/state.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { failureReasons } from '../../../exporter/readings/check-error.ts';
import { zeros } from '../../../exporter/readings/zeros.ts';
import { SnapshotStore } from '../../../exporter/snapshot/store.ts';
import { renderSnapshot } from '../../support/render-snapshot.ts';
import {
  accountConfig,
  accountState,
  balance,
  configState,
  hour,
  mailboxConfig,
  mailboxState,
  minute,
  subscription,
  testNow,
} from '../../support/snapshots.ts';

function config(changes: Partial<Config> = {}): Config {
  return { timezone: 'UTC', accounts: [], subscriptions: [], mailboxes: [], secrets: [], ...changes };
}

/** A store with these accounts in force, each checked well. */
function storeOf(...accounts: readonly AccountConfig[]) {
  const store = new SnapshotStore(configState());
  configure(store, config({ accounts }));
  for (const account of accounts) store.setAccount({ ...accountState(), account });
  return store;
}

function configure(
  store: SnapshotStore,
  next: Config,
  restore: (account: AccountConfig) => AccountState = untriedState,
): void {
  store.configure(next, configState(), restore);
}

const a = accountConfig({ name: 'a' });
const b = accountConfig({ name: 'b' });

test('who has read a snapshot keeps it as it was', (t) => {
  const store = storeOf(a);
  const before = store.get();
  t.is(store.get(), before);
  store.setAccount({ ...accountState({}, { checks: 99 }), account: a });
  t.is(before.accounts[0]?.checks, 12);
  t.is(store.get().accounts[0]?.checks, 99);
});

test('removed and renamed accounts, subscriptions and mailboxes are gone at once', (t) => {
  const store = storeOf(a, b);
  configure(
    store,
    config({ accounts: [a, b], subscriptions: [subscription()], mailboxes: [mailboxConfig()] }),
  );
  store.setMailbox(mailboxState());
  t.deepEqual(
    [store.get().accounts.length, store.get().subscriptions.length, store.get().mailboxes.length],
    [2, 1, 1],
  );
  configure(store, config({ accounts: [accountConfig({ name: 'renamed' }), b] }));
  const shown = store.get();
  t.deepEqual(
    shown.accounts.map(({ account, checks }) => [account.name, checks]),
    [
      ['renamed', 0],
      ['b', 12],
    ],
  );
  t.deepEqual([shown.subscriptions, shown.mailboxes], [[], []]);
  const { text } = renderSnapshot(shown, testNow);
  for (const gone of ['project="a"', 'name="Cursor Team"', 'mailbox="billing"'])
    t.false(text.includes(gone), gone);
});

test('an outcome that comes after its account was removed brings nothing back', (t) => {
  const store = storeOf(a, b);
  configure(store, config({ accounts: [b] }));
  store.setAccount({ ...accountState(), account: a });
  t.deepEqual(
    store.get().accounts.map(({ account }) => account.name),
    ['b'],
  );
});

test('an account with another question keeps its counters and loses its reading', (t) => {
  const store = storeOf(a);
  const changed = accountConfig({ name: 'a', provider: 'deepseek' });
  configure(store, config({ accounts: [changed] }));
  const [state] = store.get().accounts;
  t.is(state?.account, changed);
  t.deepEqual([state?.checks, state?.readings, state?.lastSuccessAtMs], [12, [], undefined]);
});

test('an account with a rotated key keeps its readings, one that asks another question keeps its counters only', (t) => {
  const options = (key: string, rest: object = {}) => ({
    key: new Secret('KEY', key),
    headers: { a: '1', b: '2' },
    ...rest,
  });
  const after = (next: Partial<AccountConfig>) => {
    const store = storeOf(accountConfig({ name: 'a', options: options('before') }));
    configure(store, config({ accounts: [accountConfig({ name: 'a', ...next })] }));
    const [state] = store.get().accounts;
    return [state?.readings.length, state?.checks];
  };
  t.deepEqual(after({ options: options('after') }), [1, 12]);
  t.deepEqual(after({ options: options('before', { headers: { b: '2', a: '1' } }), threshold: 5 }), [1, 12]);
  t.deepEqual(after({ options: options('before', { headers: { a: '2', b: '2' } }) }), [0, 12]);
  t.deepEqual(after({ options: options('before', { url: 'https://other.example/' }) }), [0, 12]);
  t.deepEqual(after({ options: { ...options('before'), key: new Secret('OTHER', 'before') } }), [0, 12]);
});

test('a new account starts with what was kept of it', (t) => {
  const store = storeOf(a);
  configure(store, config({ accounts: [a, b] }), (account) => ({
    ...accountState({}, { checks: 7 }),
    account,
  }));
  t.deepEqual(
    store.get().accounts.map(({ checks }) => checks),
    [12, 7],
  );
});

test('an invalid file changes only the reload status', (t) => {
  const store = storeOf(a);
  const { accounts } = store.get();
  store.setConfigState(configState({ lastReloadSuccessful: false, errors: ['wrong'] }));
  t.deepEqual(store.get().accounts, accounts);
  t.deepEqual(store.get().config.errors, ['wrong']);
});

test('when the clock is set back, all times move with it, as whole milliseconds', (t) => {
  const store = storeOf(a, b);
  configure(store, config({ accounts: [a, b], mailboxes: [mailboxConfig()] }));
  store.setAccount(untriedState(b));
  store.setMailbox(mailboxState());
  store.shiftTimes(-hour - 0.4);
  const [first, second] = store.get().accounts;
  const moved = testNow - 5 * minute - hour - 1;
  t.deepEqual([first?.lastCheckAtMs, first?.lastSuccessAtMs], [moved, moved]);
  t.deepEqual([second?.lastCheckAtMs, second?.lastSuccessAtMs], [undefined, undefined]);
  t.deepEqual(
    [store.get().mailboxes[0]?.lastScanAtMs, store.get().mailboxes[0]?.lastSuccessAtMs],
    [moved, moved],
  );
});

test('a good check replaces the reading, a bad one keeps it and is counted by its reason', (t) => {
  const before = accountState({}, { failure: { reason: 'http', message: '' } });
  const good = afterCheck(before, { ok: true, readings: [balance(7)] }, testNow, 0.5);
  t.deepEqual(good, {
    ...before,
    readings: [balance(7)],
    lastCheckAtMs: testNow,
    lastSuccessAtMs: testNow,
    lastDurationSeconds: 0.5,
    failure: undefined,
    checks: 13,
  });
  const bad = afterCheck(
    good,
    { ok: false, reason: 'auth', message: 'wrong key', retryAfterSeconds: undefined },
    testNow + minute,
    1,
  );
  t.deepEqual(bad, {
    ...good,
    lastCheckAtMs: testNow + minute,
    lastDurationSeconds: 1,
    failure: { reason: 'auth', message: 'wrong key' },
    checks: 14,
    failures: { ...zeros(failureReasons), auth: 1 },
  });
});

test('readings run out by their own age, and where there are none nothing does', (t) => {
  t.is(expiryOf(accountState({ maxAgeSeconds: 3600 })), testNow - 5 * minute + hour);
  t.is(expiryOf(untriedState(a)), undefined);
  t.is(expiryOf(accountState({}, { readings: [] })), undefined);
});
