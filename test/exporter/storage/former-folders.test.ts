import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { createMailStore, loginOf } from '../../../exporter/mail/store.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';

/** What an exporter with a file for each account left behind that had run with the account file below. */
const leftBehind = resolve(import.meta.dirname, 'fixtures/version-1');

const accountFile = `defaults: { interval: 10s }
accounts:
  - { name: plain, provider: json, options: { url: 'http://127.0.0.1:18473/', values: [{ type: balance, expr: left, unit: USD }] } }
  - { name: "two values, é", provider: json, threshold: { EUR: 20 }, options: { allow_http: true, url: 'http://127.0.0.1:18473/', headers: { x-zone: eu, accept: application/json }, auth: { type: bearer, token: { secret: KEY } }, values: [{ type: balance, expr: left, unit: EUR }, { type: quota, expr: quota.left, limit: quota.limit, unit: requests }] } }
  - { name: failing, provider: json, options: { url: 'http://127.0.0.1:18473/bad', values: [{ type: balance, expr: left, unit: USD }] } }
mailboxes:
  - { name: billing, host: localhost, port: 38371, user: billing, password: { secret: BILLING_IMAP }, lookback: 7d }
`;

/** An hour after its last check. */
const now = 1_795_855_302_708;

test('a folder that version 1 left behind is taken over as it is: no counter falls, no value grows younger', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'balance-alert-former-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  cpSync(leftBehind, path, { recursive: true });
  const loaded = loadAccountFile({ file: 'a.yaml', text: accountFile, resolveSecret: () => 'of today', now });
  if (!loaded.ok) return t.fail(loaded.problems[0]?.message);
  const { accounts, mailboxes } = loaded.config;

  const open = () => {
    const records = new RecordStore({ path, now: () => now, onSetAside: t.fail });
    return { records, storage: new AccountStorage({ records, now: () => now, onSetAside: t.fail }) };
  };
  const states = () => {
    const { storage } = open();
    return accounts.map((account) => {
      const { checks, failures, failure, readings, lastCheckAtMs, lastSuccessAtMs } =
        storage.restore(account);
      const values = readings.map((reading) =>
        'value' in reading ? `${reading.value} ${reading.unit}` : '',
      );
      return [account.name, checks, failures.http, failure?.reason, values, lastCheckAtMs, lastSuccessAtMs];
    });
  };
  const asItWas = [
    ['plain', 3, 0, undefined, ['12.5 USD'], 1_795_851_702_708, 1_795_851_702_708],
    ['two values, é', 3, 0, undefined, ['12.5 EUR', '40 requests'], 1_795_851_702_346, 1_795_851_702_346],
    ['failing', 2, 2, 'http', [], 1_795_851_698_274, undefined],
  ];
  t.deepEqual(states(), asItWas);

  const mail = await createMailStore(open().records).load('billing');
  t.is(mail?.login, mailboxes[0] && loginOf(mailboxes[0]));
  t.deepEqual(
    [mail?.examined, mail?.alerts.low_balance, mail?.alerts.arrears, mail?.cursor.folders[0]?.lastUid],
    [4, 2, 1, 4],
  );
  t.is(mail?.lastSuccessAt, 1_795_851_681_999);

  // The first save carries all of it over, the accounts that were not saved included.
  const { storage } = open();
  const [first] = accounts;
  if (first !== undefined) await storage.save(storage.restore(first));
  t.true(readdirSync(path).includes('state.log'));
  t.deepEqual(states(), asItWas);
  t.deepEqual(await createMailStore(open().records).load('billing'), mail);
});
