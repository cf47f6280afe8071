import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { AccountStorage } from '../../exporter/accounts/storage.ts';
import type { Exporter } from '../../exporter/exporter.ts';
import { RecordStore } from '../../exporter/storage/record-store.ts';
import { startExporter } from '../support/scripted-exporter.ts';
import { day, hour, minute } from '../support/snapshots.ts';
import { until } from '../support/until.ts';
import { startVendor, vendorAccount } from '../support/vendor.ts';

const folders: string[] = [];
test.after.always(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'balance-alert-exporter-'));
  folders.push(made);
  return made;
}

function storageIn(
  t: ExecutionContext,
  path: string,
  onSetAside: (message: string) => void = t.log,
): AccountStorage {
  const records = new RecordStore({ path, now: Date.now, onSetAside });
  t.teardown(() => records.close());
  return new AccountStorage({ records, now: Date.now, onSetAside });
}

const names = (exporter: Exporter) => exporter.snapshot().accounts.map(({ account }) => account.name);

test('it is ready when each account was checked once, successfully or not', async (t) => {
  await using vendor = await startVendor();
  vendor.answer('/b', { status: 401 });
  const { exporter } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}${vendorAccount(vendor, 'b')}`);
  t.false(exporter.ready());
  await until(() => exporter.ready());
  t.deepEqual(
    exporter.snapshot().accounts.map(({ readings, failure }) => [readings.length, failure?.reason]),
    [
      [1, undefined],
      [0, 'auth'],
    ],
  );
  await exporter.stop();
});

test('with no account at all it is ready at once', async (t) => {
  const { exporter } = startExporter('subscriptions: [{ name: s, cycle: weekly, day: 1 }]');
  t.true(exporter.ready());
  await exporter.stop();
});

test('after a reload removed accounts are gone, new ones are asked, and unchanged ones are not asked again', async (t) => {
  await using vendor = await startVendor();
  const { exporter, write } = startExporter(
    `accounts:\n${vendorAccount(vendor, 'kept')}${vendorAccount(vendor, 'removed')}`,
  );
  await until(() => exporter.ready());
  write(`accounts:\n${vendorAccount(vendor, 'new')}${vendorAccount(vendor, 'kept')}`);
  t.deepEqual(exporter.reload(), []);
  t.deepEqual(names(exporter), ['new', 'kept']);
  await until(() => vendor.requests('/new') === 1);
  await until(() => exporter.snapshot().accounts[0]?.readings.length === 1);
  t.is(vendor.requests('/kept'), 1);
  t.is(vendor.requests('/removed'), 1);
  t.is(exporter.snapshot().accounts[1]?.readings.length, 1);
  await exporter.stop();
});

test('an account with another threshold keeps its reading while it is asked again', async (t) => {
  await using vendor = await startVendor();
  const { exporter, write } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`);
  await until(() => exporter.ready());
  write(`accounts:\n${vendorAccount(vendor, 'a', 'threshold: 5, ')}`);
  exporter.reload();
  const [state] = exporter.snapshot().accounts;
  t.deepEqual([state?.readings.length, state?.account.threshold, state?.checks], [1, 5, 1]);
  await until(() => exporter.snapshot().accounts[0]?.checks === 2);
  await exporter.stop();
});

test('an invalid file keeps the previous configuration and is reported, until a valid one is loaded', async (t) => {
  await using vendor = await startVendor();
  const { exporter, lines, pass, write, now } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`);
  const loadedAt = now();
  await until(() => exporter.ready());
  pass(minute);
  write('accounts: [{ name: a, provider: jsn }]');
  const errors = [
    'a.yaml:1:23: accounts[0].provider: no provider "jsn"; did you mean json? (`balance-alert providers` lists them)',
  ];
  t.deepEqual(exporter.reload(), errors);
  t.deepEqual(names(exporter), ['a']);
  t.deepEqual(exporter.snapshot().config, {
    lastReloadSuccessful: false,
    lastReloadSuccessAtMs: loadedAt,
    errors,
  });
  t.deepEqual(
    lines.filter(([level]) => level === 'error'),
    [['error', 'reload failed, keeping the previous configuration', { error: errors[0] }]],
  );
  write(`accounts:\n${vendorAccount(vendor, 'a')}`);
  t.deepEqual(exporter.reload(), []);
  t.deepEqual(exporter.snapshot().config, {
    lastReloadSuccessful: true,
    lastReloadSuccessAtMs: loadedAt + minute,
    errors: [],
  });
  t.is(vendor.requests('/a'), 1);
  await exporter.stop();
});

test('a clock that is set back makes no reading newer, and everything is checked again', async (t) => {
  await using vendor = await startVendor();
  const { exporter, pass, now } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`);
  await until(() => exporter.ready());
  const before = exporter.snapshot().accounts[0]?.lastSuccessAtMs ?? 0;
  pass(10 * minute);
  vendor.answer('/a', { status: 500 });
  pass(-day);
  exporter.clockJumped(-day);
  t.is(exporter.snapshot().accounts[0]?.lastSuccessAtMs, before - day);
  t.is(now() - (exporter.snapshot().accounts[0]?.lastSuccessAtMs ?? 0), 10 * minute);
  await exporter.stop();
});

test('a clock that is set back while a state is being saved moves that state too', async (t) => {
  await using vendor = await startVendor();
  const storage = storageIn(t, folder());
  const saving = Promise.withResolvers<void>();
  const saved = Promise.withResolvers<void>();
  storage.save = () => {
    saving.resolve();
    return saved.promise;
  };
  const { exporter, pass, now } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`, storage);
  await saving.promise;
  pass(-day);
  exporter.clockJumped(-day);
  saved.resolve();
  await until(() => exporter.ready());
  const [state] = exporter.snapshot().accounts;
  t.deepEqual([state?.lastCheckAtMs, state?.lastSuccessAtMs, state?.checks], [now(), now(), 1]);
  await exporter.stop();
});

test('times stay whole when the clock is set back by a part of a millisecond, so that they can be stored', async (t) => {
  await using vendor = await startVendor();
  const path = folder();
  const said: string[] = [];
  const storage = storageIn(t, path, (message) => said.push(message));
  const { exporter } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`, storage);
  await until(() => exporter.ready());
  vendor.answer('/a', { status: 401 });
  exporter.clockJumped(-hour - 0.25);
  await until(() => exporter.snapshot().accounts[0]?.checks === 2);
  await exporter.stop();
  const [state] = exporter.snapshot().accounts;
  t.true(Number.isInteger(state?.lastSuccessAtMs));
  t.deepEqual(state && storage.restore(state.account), state);
  t.deepEqual(said, []);
});

test('a fault while the file is loaded counts as an invalid file: the previous configuration is kept', async (t) => {
  const { exporter, lines, breakLoad } = startExporter('subscriptions: [{ name: s, cycle: weekly, day: 1 }]');
  breakLoad(new TypeError('not expected'));
  t.deepEqual(exporter.reload(), ['internal error while loading the account file; see the log']);
  t.is(exporter.snapshot().subscriptions.length, 1);
  t.false(exporter.snapshot().config.lastReloadSuccessful);
  t.is(lines[0]?.[1], 'internal error while loading the account file');
  await exporter.stop();
});

test('after a sleep of the machine everything is checked again', async (t) => {
  await using vendor = await startVendor();
  const { exporter, pass } = startExporter(`accounts:\n${vendorAccount(vendor, 'a')}`);
  await until(() => exporter.ready());
  pass(8 * hour);
  exporter.clockJumped(8 * hour);
  await until(() => exporter.snapshot().accounts[0]?.checks === 2);
  t.is(vendor.requests('/a'), 2);
  await exporter.stop();
});

test('states that cannot be saved are counted, logged once, and still served', async (t) => {
  await using vendor = await startVendor();
  const storage = storageIn(t, folder());
  storage.save = () => Promise.reject(new Error('the disk is full'));
  const { exporter, lines, saveFailures } = startExporter(
    `accounts:\n${vendorAccount(vendor, 'a')}${vendorAccount(vendor, 'b')}`,
    storage,
  );
  await until(() => exporter.ready());
  t.is(saveFailures(), 2);
  t.deepEqual(
    lines.filter(([level]) => level === 'error'),
    [['error', 'writing to storage failed, state will be lost on restart', { error: 'the disk is full' }]],
  );
  t.is(exporter.snapshot().accounts[1]?.readings.length, 1);
  await exporter.stop();
});
