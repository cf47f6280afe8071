import test from 'ava';
import { Secret } from '../../../exporter/config/secret.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { json } from '../../../exporter/providers/json/index.ts';
import { jsonOptionsSchema } from '../../../exporter/providers/json/schema.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import type { Reading } from '../../../exporter/readings/reading.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';

const now = new Date('2026-11-24T08:20:00Z');
const url = 'https://vendor.example/balance';

/** Options as the account file has them, with the address left out. */
type Options = Readonly<Record<string, unknown>>;

async function readingsOf(options: Options, body: unknown): Promise<readonly Reading[]> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signal = new AbortController().signal;
  await using vendor = await startScriptedVendor(answer(200, text));
  return await json.check({
    options: jsonOptionsSchema.parse({ url: `${vendor.url}/balance`, allow_http: true, ...options }),
    http: createHttpClient({ timeout: 30_000, signal, retries: 0 }),
    now: () => now,
  });
}

async function failureOf(options: Options, body: unknown): Promise<string> {
  try {
    await readingsOf(options, body);
  } catch (error) {
    if (error instanceof CheckError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  throw new Error('expected a failure');
}

function balance(
  value: number,
  unit = 'USD',
  more: Partial<Extract<Reading, { kind: 'balance' }>> = {},
): Reading {
  return { kind: 'balance', type: 'balance', unit, value, ...more };
}

const month = { periodStart: Date.UTC(2026, 10, 1) / 1000, periodEnd: Date.UTC(2026, 11, 1) / 1000 };

/** Answers as vendors document them, each with the options that read it. */
const presets: readonly (readonly [string, Options, unknown, readonly Reading[]])[] = [
  [
    'bought less used',
    { values: [{ type: 'credits', expr: 'data.total_credits', subtract: 'data.total_usage', unit: 'USD' }] },
    { data: { total_credits: 120, total_usage: 37.5 } },
    [balance(82.5, 'USD', { type: 'credits' })],
  ],
  [
    'several currencies, amounts as text',
    {
      items: 'balance_infos',
      values: [{ type: 'balance', expr: 'total_balance', unit: { expr: 'currency' } }],
    },
    {
      balance_infos: [
        { currency: 'CNY', total_balance: '1,088.10' },
        { currency: 'USD', total_balance: '3' },
      ],
    },
    [balance(1088.1, 'CNY'), balance(3)],
  ],
  [
    'ten-thousandths',
    { values: [{ type: 'balance', expr: 'availableBalance', scale: 0.0001, unit: 'USD' }] },
    { availableBalance: '123456' },
    [balance(12.3456)],
  ],
  [
    'cents, with the sign the other way round',
    { values: [{ type: 'balance', expr: 'total.val', scale: -0.01, unit: 'USD' }] },
    { total: { val: '-1234' } },
    [balance(12.34)],
  ],
  [
    'an internal unit',
    {
      check: { expr: 'success' },
      values: [{ type: 'balance', expr: 'data.quota', scale: 0.000002, unit: 'USD' }],
    },
    { success: true, data: { quota: 2_500_000 } },
    [balance(5)],
  ],
  [
    'a number inside a sentence',
    {
      check: { expr: 'code', equals: 0, message: 'msg' },
      values: [{ type: 'credits', expr: 'msg', regex: '(\\d+(?:\\.\\d+)?)', unit: 'points' }],
    },
    { code: 0, msg: '剩余 4821.5 分' },
    [balance(4821.5, 'points', { type: 'credits' })],
  ],
  [
    'the currency beside the amount',
    { values: [{ type: 'balance', expr: 'data.available_credit', unit: { expr: 'data.currency' } }] },
    { data: { available_credit: '42.00', currency: 'EUR' } },
    [balance(42, 'EUR')],
  ],
  [
    'a quota with its size and its reset',
    {
      values: [
        {
          type: 'quota',
          expr: 'limit',
          subtract: 'used',
          unit: 'requests',
          window: 'month',
          limit: 'limit',
          reset_at: 'reset',
        },
      ],
    },
    { limit: 1000, used: 250, reset: '2026-12-01T00:00:00Z' },
    [
      balance(750, 'requests', {
        type: 'quota',
        window: 'month',
        limit: 1000,
        resetAt: Date.UTC(2026, 11, 1) / 1000,
      }),
    ],
  ],
  [
    'milliseconds as the time of a reset',
    { values: [{ type: 'quota', expr: 'left', unit: 'requests', reset_at: 'reset' }] },
    { left: 1, reset: 1_800_000_000_000 },
    [balance(1, 'requests', { type: 'quota', resetAt: 1_800_000_000 })],
  ],
  [
    'costs that are listed, added up',
    {
      items: 'data[].results[]',
      values: [{ type: 'spend', expr: 'amount.value', unit: { expr: 'amount.currency' }, reduce: 'sum' }],
    },
    {
      data: [
        { results: [{ amount: { value: 0.1, currency: 'usd' } }] },
        { results: [{ amount: { value: 0.2, currency: 'usd' } }, { amount: { value: 5, currency: 'eur' } }] },
      ],
    },
    [
      { kind: 'spend', unit: 'USD', period: 'month', value: 0.3, ...month },
      { kind: 'spend', unit: 'EUR', period: 'month', value: 5, ...month },
    ],
  ],
  [
    'a value that may be missing, beside one that is there',
    {
      values: [
        { type: 'balance', expr: 'cash', unit: 'USD' },
        { type: 'credits', expr: 'gift', unit: 'USD', optional: true },
      ],
    },
    { cash: 1 },
    [balance(1)],
  ],
];

for (const [title, options, body, expected] of presets) {
  test(`reads ${title}`, async (t) => {
    t.deepEqual(await readingsOf(options, body), expected);
  });
}

const left = { values: [{ type: 'balance', expr: 'left', unit: 'USD' }] };

const failures: readonly (readonly [string, Options, unknown, string])[] = [
  ['a field that is missing', left, {}, 'schema: left: expected a number, got nothing'],
  ['null', left, { left: null }, 'schema: left: expected a number, got nothing'],
  ['an empty text', left, { left: '' }, 'schema: left: expected a number, got other text'],
  ['words', left, { left: 'plenty' }, 'schema: left: expected a number, got other text'],
  ['true', left, { left: true }, 'schema: left: expected a number, got boolean'],
  [
    'a number that is too large to be one',
    left,
    '{"left":1e999}',
    'schema: left: expected a number, got number',
  ],
  [
    'a sentence without a number',
    { values: [{ type: 'credits', expr: 'msg', regex: '(\\d+)', unit: 'points' }] },
    { msg: 'none' },
    'schema: msg: regex matches no number',
  ],
  [
    'a pattern that never ends on this sentence',
    { values: [{ type: 'credits', expr: 'msg', regex: '^(?:(a+)+)+$', unit: 'points' }] },
    { msg: `${'a'.repeat(60)}!` },
    'config: msg: regex takes longer than 500 ms on this answer',
  ],
  ['no list where one is wanted', { ...left, items: 'data' }, { data: {} }, 'schema: data: expected a list'],
  [
    'an empty list',
    { ...left, items: 'data' },
    { data: [] },
    'schema: the answer has none of the configured values',
  ],
  [
    'a unit that is missing',
    { values: [{ type: 'balance', expr: 'left', unit: { expr: 'currency' } }] },
    { left: 1 },
    'schema: currency: expected the name of a unit',
  ],
  [
    'a verdict that says no, with words',
    { ...left, check: { expr: 'ok', message: 'why' } },
    { ok: false, why: ' balance is frozen ', left: 5 },
    'business: the vendor refused (ok): balance is frozen',
  ],
  [
    'a code that is another',
    { ...left, check: { expr: 'code', equals: 200 } },
    { code: 500, left: 5 },
    'business: the vendor refused (code)',
  ],
  [
    'all that may be missing is missing',
    { values: [{ type: 'balance', expr: 'left', unit: 'USD', optional: true }] },
    {},
    'schema: the answer has none of the configured values',
  ],
];

for (const [title, options, body, expected] of failures) {
  test(`${title}: a failure, and no reading`, async (t) => {
    t.is(await failureOf(options, body), expected);
  });
}

test('pages are followed until there is no next one, and added up', async (t) => {
  const pages = [
    { data: [{ cost: 1 }], next_page: 'b' },
    { data: [{ cost: 2 }], next_page: 'c' },
    { data: [{ cost: 3 }], next_page: null },
  ];
  let turn = 0;
  await using vendor = await startScriptedVendor((request, response) => {
    answer(200, pages[turn])(request, response);
    turn += 1;
  });
  const signal = new AbortController().signal;
  const readings = await json.check({
    options: jsonOptionsSchema.parse({
      url: `${vendor.url}/costs`,
      query: { limit: '1' },
      items: 'data',
      values: [{ type: 'spend', expr: 'cost', unit: 'USD', reduce: 'sum' }],
      pagination: { next: 'next_page', param: 'page' },
    }),
    http: createHttpClient({ timeout: 30_000, signal }),
    now: () => now,
  });
  t.deepEqual(readings, [{ kind: 'spend', unit: 'USD', period: 'month', value: 6, ...month }]);
  t.deepEqual(
    vendor.requests.map((request) => request.url),
    ['/costs?limit=1', '/costs?limit=1&page=b', '/costs?limit=1&page=c'],
  );
});

test('pages without end are a failure', async (t) => {
  const options = {
    ...left,
    values: [{ type: 'balance', expr: 'left', unit: 'USD', reduce: 'sum' }],
    pagination: { next: 'next', param: 'page', max_pages: 3 },
  };
  t.is(await failureOf(options, { left: 1, next: 'x' }), 'schema: expected at most 3 pages, got more');
});

const key = new Secret('KEY', 's3cret/+ ');

const signIns: readonly (readonly [string, unknown, Readonly<Record<string, string>>, string])[] = [
  [
    'a bearer token',
    { type: 'bearer', token: key },
    { authorization: 'Bearer s3cret/+ '.trim() },
    '/balance',
  ],
  [
    'a header',
    { type: 'header', name: 'X-Key', value: key, prefix: 'Token ' },
    { 'x-key': 'Token s3cret/+' },
    '/balance',
  ],
  ['the query', { type: 'query', name: 'key', value: key }, {}, '/balance?key=s3cret%2F%2B+'],
  [
    'user and password',
    { type: 'basic', user: 'me', password: key },
    { authorization: `Basic ${Buffer.from('me:s3cret/+ ').toString('base64')}` },
    '/balance',
  ],
];

for (const [title, auth, headers, path] of signIns) {
  test(`signs in by ${title}`, async (t) => {
    const signal = new AbortController().signal;
    await using vendor = await startScriptedVendor(answer(200, { left: 1 }));
    await json.check({
      options: jsonOptionsSchema.parse({ url: `${vendor.url}/balance`, allow_http: true, auth, ...left }),
      http: createHttpClient({ timeout: 30_000, signal }),
      now: () => now,
    });
    const [request] = vendor.requests;
    t.is(request?.url, path);
    for (const [name, value] of Object.entries(headers)) t.is(request?.headers[name], value);
  });
}

test('signs in by a token that it fetches first', async (t) => {
  const signal = new AbortController().signal;
  await using vendor = await startScriptedVendor((request, response) => {
    const act =
      request.url === '/token' ? answer(200, { access_token: 'short-lived' }) : answer(200, { left: 1 });
    act(request, response);
  });
  const options = jsonOptionsSchema.parse({
    url: `${vendor.url}/balance`,
    allow_http: true,
    auth: {
      type: 'oauth2_client_credentials',
      token_url: 'https://vendor.example/token',
      client_id: 'me',
      client_secret: key,
    },
    ...left,
  });
  if (options.auth?.type !== 'oauth2_client_credentials') throw new Error('expected oauth2');
  await json.check({
    options: { ...options, auth: { ...options.auth, token_url: `${vendor.url}/token` } },
    http: createHttpClient({ timeout: 30_000, signal }),
    now: () => now,
  });
  t.deepEqual(
    vendor.requests.map(({ method, url: path, headers }) => [method, path, headers.authorization]),
    [
      ['POST', '/token', `Basic ${Buffer.from('me:s3cret/+ ').toString('base64')}`],
      ['GET', '/balance', 'Bearer short-lived'],
    ],
  );
});

const mistakes: readonly (readonly [string, Options, string])[] = [
  [
    'an expression that is none',
    { values: [{ type: 'balance', expr: 'a..b', unit: 'USD' }] },
    'values.0.expr',
  ],
  [
    'a pattern without a group',
    { values: [{ type: 'balance', expr: 'a', regex: '\\d+', unit: 'USD' }] },
    'values.0.regex',
  ],
  [
    'a pattern that is none',
    { values: [{ type: 'balance', expr: 'a', regex: '(', unit: 'USD' }] },
    'values.0.regex',
  ],
  ['no values', { values: [] }, 'values'],
  ['a query in the address', { ...left, url: `${url}?key=x` }, 'url'],
  ['a user in the address', { ...left, url: 'https://me:pw@vendor.example/' }, 'url'],
  [
    'credentials over http',
    { ...left, url: 'http://vendor.example/', auth: { type: 'bearer', token: key } },
    'url',
  ],
  ['a token that is written out', { ...left, auth: { type: 'bearer', token: 'abc' } }, 'auth.token'],
];

for (const [title, options, path] of mistakes) {
  test(`${title} is refused when the account file is read`, (t) => {
    const parsed = jsonOptionsSchema.safeParse({ url, ...options });
    t.false(parsed.success);
    t.deepEqual(
      parsed.error?.issues.map((issue) => issue.path.join('.')),
      [path],
    );
  });
}
