import test from 'ava';
import * as z from 'zod';
import { checkAccount } from '../../../exporter/accounts/check.ts';
import type { AccountConfig } from '../../../exporter/accounts/schema.ts';
import { amountFor } from '../../../exporter/accounts/threshold.ts';
import { defineProvider } from '../../../exporter/providers/contract.ts';
import type { HttpClient } from '../../../exporter/providers/http.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import type { Reading } from '../../../exporter/readings/reading.ts';
import { accountConfig, balance, spend, testNow } from '../../support/snapshots.ts';

const noHttp: HttpClient = {
  request: () => Promise.reject(new Error('no request is made here')),
  json: () => Promise.reject(new Error('no request is made here')),
};

async function outcomeOf(
  answer: () => Promise<readonly Reading[]>,
  account: Partial<AccountConfig> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const provider = defineProvider({
    id: 'test',
    title: 'Test',
    kind: 'any',
    units: [],
    sign: 'ours',
    docs: 'https://vendor.example/docs',
    evidence: 'vendor',
    credential: 'none',
    permission: 'none',
    minIntervalSeconds: 1,
    options: z.unknown(),
    check: answer,
  });
  const faults: unknown[] = [];
  const outcome = await checkAccount(
    accountConfig({ provider: 'test', ...account }),
    {
      findProvider: (id) => (id === 'test' ? provider : undefined),
      httpClient: () => noHttp,
      now: () => testNow,
      redact: (text) => text.replaceAll('hunter2', '[secret KEY]'),
      onError: (_account, error) => void faults.push(error),
    },
    signal,
  );
  return { outcome, faults };
}

function failed(reason: string, message: string) {
  return { ok: false, reason, message, retryAfterSeconds: undefined };
}

test('readings of the right shape are passed on', async (t) => {
  const readings = [balance(5), balance(7, { unit: 'CNY' }), spend(3)];
  t.deepEqual(await outcomeOf(async () => readings), { outcome: { ok: true, readings }, faults: [] });
});

test('a long message is cut after its secrets were taken out, so that no part of one is left', async (t) => {
  for (const before of [380, 395, 399, 400, 1000]) {
    const said = `${'x'.repeat(before)}hunter2${'y'.repeat(5000)}`;
    const { outcome } = await outcomeOf(() => Promise.reject(new CheckError('business', said)));
    const message = outcome.ok ? '' : outcome.message;
    t.is(message, `${said.replace('hunter2', '[secret KEY]').slice(0, 400)}…`);
    t.false(message.includes('hun'));
  }
});

const wrongReadings: readonly (readonly [string, readonly Reading[], string])[] = [
  ['no readings', [], 'the response contains no readings'],
  ['a value that is no number', [balance(Number.NaN)], 'a value is not a finite number'],
  ['a value without end', [balance(Number.POSITIVE_INFINITY)], 'a value is not a finite number'],
  [
    'a window whose size is no number',
    [balance(1, { type: 'quota', limit: Number.NaN })],
    'a value is not a finite number',
  ],
  ['a reset at no time', [balance(1, { resetAt: Number.NaN })], 'a value is not a finite number'],
  ['a period without an end', [spend(1, { periodEnd: Number.NaN })], 'a value is not a finite number'],
  ['half a character as a unit', [balance(1, { unit: '\uD800' })], 'a unit is not well-formed text'],
  ['a value without a unit', [balance(1, { unit: '' })], 'a value has no unit'],
  ['two balances of one unit', [balance(1), balance(2)], 'the answer has two values of the same type in USD'],
  ['two spends of one period', [spend(1), spend(2)], 'the answer has two values of the same type in USD'],
];

for (const [title, readings, message] of wrongReadings) {
  test(`${title}: a failure by schema, and no reading`, async (t) => {
    t.deepEqual((await outcomeOf(async () => readings)).outcome, failed('schema', message));
  });
}

test('two windows of one quota are two readings', async (t) => {
  const readings = [
    balance(1, { type: 'quota', window: '5h' }),
    balance(2, { type: 'quota', window: 'week' }),
  ];
  t.deepEqual((await outcomeOf(async () => readings)).outcome, { ok: true, readings });
});

test('one threshold for several units is a configuration error', async (t) => {
  const readings = [balance(1), balance(2, { unit: 'CNY' })];
  const { outcome } = await outcomeOf(async () => readings, { threshold: 5 });
  t.deepEqual(
    outcome,
    failed(
      'config',
      'the answer has several units, so threshold needs one number for each: { USD: 5, CNY: 5 }',
    ),
  );
  t.true((await outcomeOf(async () => readings, { threshold: { USD: 5 } })).outcome.ok);
});

test('a threshold or a budget for a unit that no reading has is a configuration error', async (t) => {
  const readings = [balance(1), balance(2, { unit: 'CNY' })];
  t.deepEqual(
    (await outcomeOf(async () => readings, { threshold: { usd: 5 } })).outcome,
    failed('config', 'threshold names the unit usd, and the answer has USD, CNY'),
  );
  t.deepEqual(
    (await outcomeOf(async () => readings, { budget: { USD: 5 } })).outcome,
    failed('config', 'budget names the unit USD, and the answer has no spend'),
  );
});

test('"no limit" is accepted, even with a threshold of its unit, but only once per unit', async (t) => {
  const unlimited: Reading = { kind: 'unlimited', type: 'quota', unit: 'requests', window: 'month' };
  const { outcome } = await outcomeOf(async () => [unlimited], { threshold: { requests: 5 } });
  t.deepEqual(outcome, { ok: true, readings: [unlimited] });
  t.false((await outcomeOf(async () => [unlimited, unlimited])).outcome.ok);
});

test('a provider reports why it failed, without secrets', async (t) => {
  const { outcome, faults } = await outcomeOf(async () => {
    throw new CheckError('rate_limit', 'the vendor says: slow down, hunter2', { retryAfterSeconds: 30 });
  });
  t.deepEqual(outcome, {
    ok: false,
    reason: 'rate_limit',
    message: 'the vendor says: slow down, [secret KEY]',
    retryAfterSeconds: 30,
  });
  t.deepEqual(faults, []);
});

test('a fault in a provider is internal: the message has no details, the log has all', async (t) => {
  const fault = new TypeError('cannot read hunter2');
  const { outcome, faults } = await outcomeOf(async () => {
    throw fault;
  });
  t.deepEqual(outcome, failed('internal', 'internal error in the provider; see the log'));
  t.deepEqual(faults, [fault]);
});

test('a provider that never responds is ended by the signal', async (t) => {
  const limit = new AbortController();
  const pending = outcomeOf(() => new Promise(() => undefined), {}, limit.signal);
  limit.abort();
  t.deepEqual((await pending).outcome, failed('timeout', 'the check did not complete in time'));
});

test('a signal that is already aborted ends the check too', async (t) => {
  const { outcome } = await outcomeOf(() => new Promise(() => undefined), {}, AbortSignal.abort());
  t.deepEqual(outcome, failed('timeout', 'the check did not complete in time'));
});

test('an account of a removed provider fails with reason config', async (t) => {
  const { outcome } = await outcomeOf(async () => [balance(1)], { provider: 'former' });
  t.deepEqual(outcome, failed('config', 'unknown provider former'));
});

test('an amount holds for its unit, or for all', (t) => {
  t.is(amountFor(5, 'USD'), 5);
  t.is(amountFor({ USD: 5 }, 'USD'), 5);
  t.is(amountFor({ USD: 5 }, 'CNY'), undefined);
  t.is(amountFor({ USD: 5 }, 'constructor'), undefined);
  t.is(amountFor(undefined, 'USD'), undefined);
});
