import test from 'ava';
import { checkPreset } from '../../support/preset-check.ts';

/** Coding plans and gateways: windows by what they are, and answers that look like a figure and are none. */

function minimaxRow(more: Readonly<Record<string, unknown>>) {
  return {
    base_resp: { status_code: 0, status_msg: 'success' },
    model_remains: [
      {
        model_name: 'general',
        current_interval_status: 1,
        current_interval_total_count: 0,
        current_interval_usage_count: 0,
        current_interval_remaining_percent: 40,
        end_time: 1795525200000,
        current_weekly_status: 1,
        current_weekly_remaining_percent: 80,
        weekly_end_time: 1796000000000,
        ...more,
      },
    ],
  };
}

const fiveHours = { kind: 'balance', type: 'quota', window: '5h', resetAt: 1795525200 } as const;
const week = {
  kind: 'balance',
  type: 'quota',
  window: 'week',
  unit: 'percent',
  resetAt: 1796000000,
} as const;

test('minimax: a share is read on both paths, whatever the counts beside it mean', async (t) => {
  for (const plan of ['token', 'coding']) {
    const outcome = await checkPreset('minimax', {
      options: { plan },
      body: minimaxRow({ current_interval_total_count: 100, current_interval_usage_count: 60 }),
    });
    t.deepEqual(outcome, {
      ok: true,
      readings: [
        { ...fiveHours, unit: 'percent', value: 40, limit: 100 },
        { ...week, value: 80, limit: 100 },
      ],
    });
  }
});

test('minimax: a count without a share is what is left on the older path, and no figure on the newer', async (t) => {
  const row = {
    ...minimaxRow({}).model_remains[0],
    model_name: 'MiniMax-M2',
    current_interval_total_count: 1500,
    current_interval_usage_count: 1200,
    current_interval_remaining_percent: undefined,
  };
  const body = { base_resp: { status_code: 0 }, model_remains: [row] };
  t.deepEqual(await checkPreset('minimax', { options: { plan: 'coding' }, body }), {
    ok: true,
    readings: [{ ...fiveHours, unit: 'requests', value: 1200, limit: 1500 }],
  });
  const newer = await checkPreset('minimax', { body });
  t.is(newer.ok ? 'A READING' : newer.reason, 'schema');
});

test('minimax: a model that is not in the plan is no full quota, and a week without a limit is none', async (t) => {
  const outside = minimaxRow({
    current_interval_status: 3,
    current_weekly_status: 3,
    current_interval_remaining_percent: 100,
    current_weekly_remaining_percent: 100,
  });
  const outcome = await checkPreset('minimax', { body: outside });
  t.is(outcome.ok ? 'A READING' : outcome.reason, 'schema');
  const withoutWeek = await checkPreset('minimax', { body: minimaxRow({ current_weekly_status: 3 }) });
  t.deepEqual(withoutWeek, {
    ok: true,
    readings: [
      { ...fiveHours, unit: 'percent', value: 40, limit: 100 },
      { kind: 'unlimited', type: 'quota', unit: 'percent', window: 'week' },
    ],
  });
});

test('minimax: a pay-as-you-go key is the wrong kind of key', async (t) => {
  const outcome = await checkPreset('minimax', {
    body: { base_resp: { status_code: 1004, status_msg: 'login fail' } },
  });
  t.deepEqual(outcome.ok ? 'A READING' : [outcome.reason, outcome.message], [
    'auth',
    'the vendor refused (base_resp.status_code): login fail',
  ]);
});

const glmRow = (unit: number, percentage: number, type = 'TOKENS_LIMIT') => ({
  type,
  unit,
  number: 1,
  percentage,
});

test('zhipu: windows go by their unit in any order, and rows of credits count like rows of tokens', async (t) => {
  const rows = [glmRow(3, 18), glmRow(6, 40, 'CREDIT_LIMIT'), glmRow(5, 2, 'TIME_LIMIT')];
  for (const limits of [rows, rows.toReversed()]) {
    const outcome = await checkPreset('zhipu', { body: { success: true, code: 200, data: { limits } } });
    t.deepEqual(
      outcome.ok ? outcome.readings.map((one) => ['window' in one && one.window, one.value]) : outcome,
      [
        ['5h', 82],
        ['week', 60],
        ['month', 98],
      ],
    );
  }
});

test('zhipu: no windows are what a team plan without its headers gets, and the message says so', async (t) => {
  const outcome = await checkPreset('zhipu', {
    body: { success: true, code: 200, msg: 'ok', data: { limits: [] } },
  });
  t.is(outcome.ok ? 'A READING' : outcome.reason, 'business');
  t.true(!outcome.ok && outcome.message.includes('a team plan needs plan, organization and project'));
  const refused = await checkPreset('zhipu', { body: { success: false, code: 1001, msg: 'token expired' } });
  t.true(!refused.ok && refused.message.endsWith(': token expired'));
});

test('sub2api: a subscription is its windows, and one without a limit has none', async (t) => {
  const subscription = {
    daily_limit_usd: 10,
    daily_usage_usd: 3.25,
    weekly_limit_usd: null,
    weekly_usage_usd: 18,
    monthly_limit_usd: 150,
    monthly_usage_usd: 151.5,
  };
  const outcome = await checkPreset('sub2api', {
    body: { isValid: true, mode: 'unrestricted', planName: 'plan', unit: 'USD', remaining: 0, subscription },
  });
  t.deepEqual(outcome, {
    ok: true,
    readings: [
      { kind: 'balance', type: 'quota', unit: 'USD', window: 'subscription-day', value: 6.75, limit: 10 },
      { kind: 'balance', type: 'quota', unit: 'USD', window: 'subscription-month', value: -1.5, limit: 150 },
    ],
  });
});

test('sub2api: a wallet is a balance', async (t) => {
  const outcome = await checkPreset('sub2api', {
    body: { isValid: true, mode: 'unrestricted', planName: 'wallet', unit: 'USD', remaining: 0, balance: 0 },
  });
  t.deepEqual(outcome, { ok: true, readings: [{ kind: 'balance', type: 'balance', unit: 'USD', value: 0 }] });
});

test('chutes: an account without a subscription is told so', async (t) => {
  const outcome = await checkPreset('chutes', { body: { subscription: false } });
  t.deepEqual(outcome.ok ? 'A READING' : [outcome.reason, outcome.message], [
    'business',
    'the vendor refused (subscription): the account has no subscription, so it has no quota windows',
  ]);
});

test('xai: credits are what the console shows, whichever sign stands before them', async (t) => {
  const preview = (credits: string, used: string) => ({
    coreInvoice: { prepaidCredits: { val: credits }, prepaidCreditsUsed: { val: used } },
  });
  for (const body of [preview('-4500', '500'), preview('-4500', '-500'), preview('4500', '500')]) {
    t.deepEqual(await checkPreset('xai', { body }), {
      ok: true,
      readings: [{ kind: 'balance', type: 'balance', unit: 'USD', value: 40 }],
    });
  }
  const without = await checkPreset('xai', { body: { coreInvoice: { prepaidCredits: { val: '-4500' } } } });
  t.is(without.ok ? 'A READING' : without.reason, 'schema');
});

test('new-api: a token without a limit is no figure, on either of its addresses', async (t) => {
  const token = await checkPreset('new-api-token', {
    body: {
      code: true,
      data: { unlimited_quota: true, total_available: -1000, total_granted: 0, total_used: 1000 },
    },
  });
  t.deepEqual(token, { ok: true, readings: [{ kind: 'unlimited', type: 'credits', unit: 'USD' }] });
  const billing = await checkPreset('one-api-billing', {
    body: { hard_limit_usd: 100000000, total_usage: 12 },
  });
  t.deepEqual(billing, { ok: true, readings: [{ kind: 'unlimited', type: 'credits', unit: 'USD' }] });
});
