import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { restSeconds } from '../../../exporter/accounts/rest.ts';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { Exporter } from '../../../exporter/exporter.ts';
import { createMemoryMailStore } from '../../../exporter/mail/store.ts';
import { readPreset } from '../../../exporter/providers/presets/catalog.ts';
import { findProvider } from '../../../exporter/providers/registry.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { recordingLogger } from '../../support/logger.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';
import { accountState, hour, minute, testNow } from '../../support/snapshots.ts';
import { until } from '../../support/until.ts';

/** A vendor that bills each request is not asked again because the exporter was restarted or reloaded. */

const checked = (agoMs: number, changes = {}) =>
  accountState(
    { maxAgeSeconds: 36 * 3600 },
    { lastCheckAtMs: testNow - agoMs, lastSuccessAtMs: testNow - agoMs, ...changes },
  );

test('an account of such a vendor rests for what is left of the interval', (t) => {
  t.is(restSeconds(checked(hour), 6 * 3600, testNow), 5 * 3600);
  t.is(restSeconds(checked(6 * hour), 6 * 3600, testNow), 0);
  t.is(restSeconds(checked(-minute), 6 * 3600, testNow), 6 * 3600);
});

test('it does not rest without a reading, after a failure, or where the vendor minds no requests', (t) => {
  t.is(restSeconds(undefined, 6 * 3600, testNow), 0);
  t.is(restSeconds(checked(hour, { readings: [] }), 6 * 3600, testNow), 0);
  t.is(restSeconds(checked(hour, { failure: { reason: 'auth', message: 'no' } }), 6 * 3600, testNow), 0);
  t.is(restSeconds(checked(40 * hour), 72 * 3600, testNow), 0);
  t.is(restSeconds(checked(minute), 300, testNow), 0);
});

test('a restart and a reload with another budget ask Cost Explorer nothing, and leave the exporter ready', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-rest-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  await using vendor = await startScriptedVendor(answer(200, readPreset('aws-costs').fixture.answer));
  const file = (budget: number) => `
accounts:
  - name: aws
    provider: aws-costs
    options: { access_key_id: { secret: ID }, access_key_secret: { secret: KEY }, base_url: '${vendor.url}' }
    budget: ${budget}
`;
  const read = (text: string) => {
    const result = loadAccountFile({
      file: 'a.yaml',
      text,
      resolveSecret: (name) => new Secret(name, `value-of-${name}`).reveal(),
      now: Date.now(),
    });
    return result.ok ? result : { ok: false as const, errors: result.problems.map(String) };
  };
  let text = file(100);
  const stores: RecordStore[] = [];
  const start = () => {
    const loaded = read(text);
    if (!loaded.ok) throw new Error(loaded.errors.join('\n'));
    const records = new RecordStore({ path: folder, now: Date.now, onSetAside: () => undefined });
    stores.push(records);
    const exporter = new Exporter(loaded.config, {
      load: () => read(text),
      findProvider,
      logger: recordingLogger().logger,
      now: Date.now,
      random: () => 0,
      concurrency: 4,
      storage: new AccountStorage({
        records,
        now: Date.now,
        onSetAside: () => undefined,
      }),
      mailStore: createMemoryMailStore(),
      onStorageFailure: () => undefined,
    });
    exporter.start();
    return exporter;
  };

  const first = start();
  await until(() => first.ready());
  t.is(vendor.requests.length, 1);
  text = file(200);
  t.deepEqual(first.reload(), []);
  first.clockJumped(60_000);
  await first.stop();
  await stores[0]?.close();

  const second = start();
  t.true(second.ready());
  t.is(second.snapshot().accounts[0]?.readings[0]?.value, 321.0754);
  await second.stop();
  await stores[1]?.close();
  t.is(vendor.requests.length, 1);
});

test('an interval below what Cost Explorer permits is an error of the account file', (t) => {
  const result = loadAccountFile({
    file: 'a.yaml',
    text: `accounts: [{ name: aws, provider: aws-costs, interval: 1h, options: { access_key_id: { secret: ID }, access_key_secret: { secret: KEY } } }]`,
    resolveSecret: () => 'value',
    now: Date.now(),
  });
  t.false(result.ok);
  t.regex(JSON.stringify(result), /expected at least 6h/);
});
