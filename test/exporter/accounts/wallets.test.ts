import test from 'ava';
import { accountSamples } from '../../../exporter/accounts/samples.ts';
import { accountBody } from '../../../exporter/web/api/body.ts';
import { accountRow } from '../../../exporter/web/view/accounts.ts';
import { accountState, balance, spend, testNow } from '../../support/snapshots.ts';

/** Several wallets of one currency, and figures that are older than the check. */

const wallets = accountState(
  { threshold: 100 },
  { readings: [balance(40, { wallet: 'cash' }), balance(0, { wallet: 'gift' })] },
);

test('wallets of one currency are series of their own, and the threshold is for the cash', (t) => {
  const samples = accountSamples(wallets, testNow).filter(({ metric }) =>
    /_(?:balance|threshold|status|ratio)$/.test(metric),
  );
  t.deepEqual(
    samples.map(({ metric, labels, value }) => [metric, labels['wallet'], value]),
    [
      ['balance_alert_balance', 'cash', 40],
      ['balance_alert_threshold', 'cash', 100],
      ['balance_alert_status', 'cash', 0],
      ['balance_alert_ratio', 'cash', 0.4],
      ['balance_alert_balance', 'gift', 0],
    ],
  );
});

test('a gift that is used up makes no account empty; cash that is used up does', (t) => {
  t.deepEqual(
    accountRow(wallets, testNow).lines.map(({ standing }) => standing),
    ['low', 'fine'],
  );
  const spent = accountState(
    {},
    { readings: [balance(0, { wallet: 'cash' }), balance(9, { wallet: 'gift' })] },
  );
  t.is(accountRow(spent, testNow).standing, 'empty');
});

test('the time that a vendor gives for its figures is exported, of several the oldest, and is part of the API', (t) => {
  const older = testNow / 1000 - 86_400;
  const state = accountState(
    {},
    { readings: [spend(3, { asOf: older + 60 }), spend(4, { unit: 'EUR', asOf: older }), balance(5)] },
  );
  const samples = accountSamples(state, testNow).filter(
    ({ metric }) => metric === 'balance_alert_account_reading_timestamp_seconds',
  );
  t.deepEqual(
    samples.map(({ labels, value }) => [Object.keys(labels), value]),
    [[['project', 'provider'], older]],
  );
  t.deepEqual(
    accountBody(accountRow(state, testNow)).readings.map((reading) => reading.as_of),
    ['2026-11-23T08:21:00.000Z', '2026-11-23T08:20:00.000Z', undefined],
  );
});

test('figures that no vendor dates have no such time', (t) => {
  const metrics = accountSamples(accountState(), testNow).map(({ metric }) => metric);
  t.false(metrics.includes('balance_alert_account_reading_timestamp_seconds'));
});
