import { readFileSync } from 'node:fs';
import test from 'ava';
import { accountSamples } from '../../../../exporter/accounts/samples.ts';
import type { Sample } from '../../../../exporter/metrics/catalog.ts';
import type { Snapshot } from '../../../../exporter/snapshot/snapshot.ts';
import { summarySamples } from '../../../../exporter/web/metrics/summary.ts';
import { renderSnapshot } from '../../../support/render-snapshot.ts';
import {
  accountState,
  balance,
  day,
  hour,
  mailboxState,
  minute,
  snapshot,
  spend,
  subscription,
  testNow,
  untried,
} from '../../../support/snapshots.ts';

function values(samples: readonly Sample[], metric: string): readonly number[] {
  return samples.filter((one) => one.metric === metric).map(({ value }) => value);
}

function everything(): Snapshot {
  return snapshot({
    accounts: [
      accountState(
        {
          name: 'gateway',
          provider: 'json',
          threshold: 100,
          owner: 'platform',
          consoleUrl: 'https://gateway.example/',
        },
        { readings: [balance(80.5)] },
      ),
      accountState(
        { name: 'two units', provider: 'deepseek', threshold: { CNY: 10 } },
        { readings: [balance(20, { unit: 'CNY' }), balance(3, { unit: 'USD' })] },
      ),
      accountState(
        { name: 'windows', provider: 'zhipu', threshold: 0 },
        {
          readings: [
            balance(40, {
              type: 'quota',
              unit: 'percent',
              window: '5h',
              limit: 100,
              resetAt: testNow / 1000 + 3600,
            }),
            balance(-1, { type: 'quota', unit: 'percent', window: 'week' }),
          ],
        },
      ),
      accountState({ name: 'post-paid', provider: 'openai', budget: 900 }, { readings: [spend(450.25)] }),
      accountState(
        { name: 'failing "quoted"\nname', provider: 'json' },
        { failure: { reason: 'auth', message: 'not shown' }, lastCheckAtMs: testNow - minute },
      ),
      accountState({ name: 'new', provider: 'demo' }, untried),
    ],
    subscriptions: [subscription()],
    mailboxes: [mailboxState({}, { examined: 7 })],
  });
}

test('the text of a snapshot with everything in it is exactly the golden file', (t) => {
  const golden = readFileSync(new URL('./golden/everything.txt', import.meta.url), 'utf8');
  t.is(renderSnapshot(everything(), testNow).text, golden);
});

test('an answer is at the threshold or above, or below it', (t) => {
  const status = (value: number) =>
    values(
      accountSamples(accountState({ threshold: 100 }, { readings: [balance(value)] }), testNow),
      'balance_alert_status',
    );
  t.deepEqual([status(100.01), status(100), status(99.99), status(-5)], [[1], [1], [0], [0]]);
});

test('without a threshold there is neither threshold, status nor ratio', (t) => {
  const samples = accountSamples(accountState(), testNow);
  for (const metric of ['balance_alert_threshold', 'balance_alert_status', 'balance_alert_ratio']) {
    t.deepEqual(values(samples, metric), []);
  }
  t.deepEqual(values(samples, 'balance_alert_balance'), [1000]);
});

test('a threshold of 0 or below has a status and no ratio', (t) => {
  for (const threshold of [0, -50]) {
    const samples = accountSamples(accountState({ threshold }, { readings: [balance(-10)] }), testNow);
    t.deepEqual(values(samples, 'balance_alert_status'), [threshold === 0 ? 0 : 1]);
    t.deepEqual(values(samples, 'balance_alert_ratio'), []);
  }
});

test('a reading is served up to its age, and not a millisecond longer', (t) => {
  const state = accountState({ maxAgeSeconds: 3600 }, { lastSuccessAtMs: testNow - hour });
  t.deepEqual(values(accountSamples(state, testNow - 1), 'balance_alert_balance'), [1000]);
  t.deepEqual(values(accountSamples(state, testNow), 'balance_alert_balance'), []);
});

test('when a reading is too old, the series that say why stay', (t) => {
  const state = accountState(
    {},
    { lastSuccessAtMs: testNow - day, failure: { reason: 'timeout', message: '' } },
  );
  const names = new Set(accountSamples(state, testNow).map(({ metric }) => metric));
  t.false(names.has('balance_alert_balance'));
  t.true(names.has('balance_alert_account_up'));
  t.true(names.has('balance_alert_account_last_success_timestamp_seconds'));
  t.true(names.has('balance_alert_account_last_check_timestamp_seconds'));
});

test('an account that was never tried has its counters at 0 and is neither up nor down', (t) => {
  const samples = accountSamples(accountState({}, untried), testNow);
  t.deepEqual(values(samples, 'balance_alert_account_checks_total'), [0]);
  t.deepEqual(values(samples, 'balance_alert_account_check_failures_total'), Array(11).fill(0));
  t.deepEqual(values(samples, 'balance_alert_account_up'), []);
});

test('the kind succeeded only if every account did, and is not known before all were tried', (t) => {
  const failed = accountState({ name: 'b' }, { failure: { reason: 'http', message: '' } });
  const success = (accounts: Snapshot['accounts']) =>
    values(summarySamples(snapshot({ accounts }), testNow), 'balance_alert_check_success');
  t.deepEqual(success([accountState(), accountState({ name: 'c' })]), [1]);
  t.deepEqual(success([accountState(), failed]), [0]);
  t.deepEqual(success([accountState(), accountState({ name: 'c' }, untried)]), []);
  t.deepEqual(success([accountState({}, untried)]), []);
});

test('the text holds until the first reading is too old', (t) => {
  const rendered = renderSnapshot(
    snapshot({
      accounts: [
        accountState({ name: 'a', maxAgeSeconds: 3600 }),
        accountState({ name: 'b', maxAgeSeconds: 600 }),
        accountState({ name: 'gone', maxAgeSeconds: 60 }),
      ],
    }),
    testNow,
  );
  t.is(rendered.validUntil, testNow + 5 * minute);
});

test('the text holds until midnight where a subscription is', (t) => {
  const rendered = renderSnapshot(
    snapshot({ subscriptions: [subscription({ timezone: 'Asia/Shanghai' })] }),
    testNow,
  );
  t.is(new Date(rendered.validUntil).toISOString(), '2026-11-24T16:00:00.000Z');
});

test('the same state is rendered again when its readings expire, and when the clock is set back', (t) => {
  const shown = snapshot({ accounts: [accountState({ maxAgeSeconds: 600 })] });
  const text = (moment: number) => renderSnapshot(shown, moment).text.includes('balance_alert_balance{');
  t.deepEqual([text(testNow), text(testNow + 5 * minute), text(testNow)], [true, false, true]);
});
