import { inspect } from 'node:util';
import test from 'ava';
import { Secret } from '../../../../exporter/config/secret.ts';
import { createHttpClient } from '../../../../exporter/providers/http.ts';
import { json } from '../../../../exporter/providers/json/index.ts';
import { jsonOptionsSchema } from '../../../../exporter/providers/json/schema.ts';
import type { Answered, Got } from '../../../support/json-account.ts';
import { askVendor, faultsOf } from '../../../support/json-account.ts';
import { answer, startScriptedVendor } from '../../../support/scripted-vendor.ts';

/** What is sent, and how several answers become one. */

const key = new Secret('KEY', 'k-0123456789');
const left = { values: [{ type: 'balance', expr: 'left', unit: 'USD' }] };
const one = [{ kind: 'balance', type: 'balance', unit: 'USD', value: 1 }];

async function sent(options: Readonly<Record<string, unknown>>, now?: Date): Promise<Got> {
  const { outcome, got } = await askVendor({ ...left, ...options }, () => ({ body: { left: 1 } }), now);
  const [first] = got;
  if (first === undefined) throw new Error(`nothing was sent: ${inspect(outcome)}`);
  return first;
}

test('a secret in body, query, headers and address is sent in the clear', async (t) => {
  const got = await sent({
    url: '__URL__/v1/{account}/balance',
    method: 'POST',
    path: { account: new Secret('ACCOUNT', 'a/1') },
    query: { token: key },
    headers: { 'X-Key': key },
    body: { clientKey: key, nested: [{ key }] },
  });
  t.is(got.url, '/v1/a%2F1/balance?token=k-0123456789');
  t.is(got.headers['x-key'], 'k-0123456789');
  t.is(got.headers['content-type'], 'application/json');
  t.is(got.body, '{"clientKey":"k-0123456789","nested":[{"key":"k-0123456789"}]}');
});

test('an object is sent as a form where the header says so, its secret in the clear', async (t) => {
  const got = await sent({
    url: '__URL__/balance',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: { apikey: key, note: 'a&b=c d', size: 5, more: { a: 1 } },
  });
  t.is(got.headers['content-type'], 'application/x-www-form-urlencoded; charset=utf-8');
  t.deepEqual(Object.fromEntries(new URLSearchParams(got.body)), {
    apikey: 'k-0123456789',
    note: 'a&b=c d',
    size: '5',
    more: '{"a":1}',
  });
});

test('a secret in body, query and headers is shown by its name', (t) => {
  const options = jsonOptionsSchema.parse({
    url: 'https://vendor.example/',
    ...left,
    query: { token: key },
    headers: { 'X-Key': key },
    body: { clientKey: key },
  });
  const shown = JSON.stringify(options);
  t.false(shown.includes('0123456789'));
  t.is(shown.split('[secret KEY]').length, 4);
});

const dates: readonly (readonly [string, string, string])[] = [
  ['{month_start}', '1793491200', '1793462400'],
  ['{month_end}', '1796083200', '1796054400'],
  ['{month_start_iso}', '2026-11-01T00:00:00Z', '2026-10-31T16:00:00Z'],
  ['{month_end_iso}', '2026-12-01T00:00:00Z', '2026-11-30T16:00:00Z'],
  ['{month_start_ms}', '1793491200000', '1793462400000'],
  ['{month_start_date}', '2026-11-01', '2026-11-01'],
  ['{month_end_date}', '2026-11-30', '2026-11-30'],
  ['{today}', '2026-11-30', '2026-11-30'],
  ['{year}-{month}', '2026-11', '2026-11'],
  ['{month_number}', '11', '11'],
  ['{this_hour}', '2026113000', '2026113008'],
  ['{now}', '1795996800', '1795996800'],
];
for (const [placeholder, inUtc, inShanghai] of dates) {
  test(`${placeholder} in query, address, header and body`, async (t) => {
    const options = {
      url: `__URL__/costs/${placeholder}`,
      method: 'POST',
      query: { when: placeholder },
      headers: { 'X-When': placeholder },
      body: { when: [placeholder] },
    };
    const now = new Date('2026-11-30T00:00:00Z');
    for (const [timezone, expected] of [
      ['UTC', inUtc],
      ['Asia/Shanghai', inShanghai],
    ] as const) {
      const got = await sent({ ...options, timezone }, now);
      t.is(new URL(got.url, 'http://x').searchParams.get('when'), expected);
      t.is(decodeURIComponent(got.url.split('?')[0] ?? ''), `/costs/${expected}`);
      t.is(got.headers['x-when'], expected);
      t.deepEqual(JSON.parse(got.body), { when: [expected] });
    }
  });
}

test('a month begins and ends in the zone of the vendor', async (t) => {
  const spend = { values: [{ type: 'spend', expr: 'cost', unit: 'CNY' }], timezone: 'Asia/Shanghai' };
  const now = new Date('2026-11-30T17:00:00Z');
  const { outcome } = await askVendor(spend, () => ({ body: { cost: 3 } }), now);
  t.deepEqual(outcome, [
    {
      kind: 'spend',
      unit: 'CNY',
      period: 'month',
      value: 3,
      periodStart: Date.parse('2026-12-01T00:00:00+08:00') / 1000,
      periodEnd: Date.parse('2027-01-01T00:00:00+08:00') / 1000,
    },
  ]);
});

test('a word in braces that is no placeholder is found when the file is read, and doubled braces send it; other braces are left alone', async (t) => {
  t.deepEqual(
    faultsOf({ query: { from: '{month_strat}', to: '{month_begin}' }, headers: { 'x-a': '{viewer}' } }),
    [
      'headers.x-a: unknown placeholder {viewer} ({{viewer}} sends {viewer} unchanged)',
      'query.from: unknown placeholder {month_strat}; did you mean {month_start}? ({{month_strat}} sends {month_strat} unchanged)',
      'query.to: unknown placeholder {month_begin}; did you mean {month_start} or {month_end} or {month_number}? ({{month_begin}} sends {month_begin} unchanged)',
    ],
  );
  t.is(faultsOf({ method: 'POST', body: { when: ['{Today}'] } }).length, 1);
  t.is(faultsOf({ url: 'https://vendor.example/{id}', path: { id: '{month_begin}' } }).length, 1);
  t.deepEqual(faultsOf({ url: 'https://vendor.example/{account}/x' }), [
    'url: expected a value for {account} under path',
  ]);
  const got = await sent({ method: 'POST', query: { q: '{{viewer}}' }, body: '{ account { left } }' });
  t.is(got.url, '/balance?q=%7Bviewer%7D');
  t.is(got.body, '{ account { left } }');
});

const subscriptionAndUsage = {
  requests: [
    { name: 'subscription', url: '__URL__/subscription', auth: { type: 'bearer', token: key } },
    {
      name: 'usage',
      url: '__URL__/usage',
      query: { start_date: '{month_start_date}' },
      auth: { type: 'bearer', token: key },
    },
  ],
  values: [{ type: 'balance', expr: 'subscription.size - usage.used / `100`', unit: 'USD' }],
};

test('an answer that is spread over two requests is one reading', async (t) => {
  const { outcome, got } = await askVendor(subscriptionAndUsage, ({ url }) => ({
    body: url.startsWith('/usage') ? { used: 150 } : { size: 20 },
  }));
  t.deepEqual(outcome, [{ kind: 'balance', type: 'balance', unit: 'USD', value: 18.5 }]);
  t.deepEqual(
    got.map(({ url, headers }) => [url, headers.authorization]),
    [
      ['/subscription', 'Bearer k-0123456789'],
      ['/usage?start_date=2026-11-01', 'Bearer k-0123456789'],
    ],
  );
});

test('if one of two requests fails, the check fails without a partial reading', async (t) => {
  const { outcome } = await askVendor(subscriptionAndUsage, ({ url }) => {
    return url.startsWith('/usage') ? { status: 500, body: {} } : { body: { size: 20 } };
  });
  t.regex(String(outcome), /^http: GET __URL__\/usage answered 500/);
});

const tokenFirst = {
  requests: [
    {
      name: 'token',
      url: '__URL__/token',
      query: { appid: 'app', secret: key },
      check: { expr: 'errcode', equals: [0, null], message: 'errmsg', reasons: { 40013: 'auth' } },
    },
    {
      name: 'quota',
      url: '__URL__/{tenant}/quota',
      method: 'POST',
      path: { tenant: { expr: 'token.tenant' } },
      query: { access_token: { expr: 'token.access_token' } },
      body: { deep: { tenant: { expr: 'token.tenant' } } },
    },
  ],
  values: [{ type: 'quota', expr: 'quota.left', unit: 'waybills' }],
};

function tokenVendor({ url }: Got): Answered {
  return url.startsWith('/token') ? { body: { access_token: 'tok-1', tenant: 7 } } : { body: { left: 210 } };
}

test('a token that is fetched first travels where the next request wants it', async (t) => {
  const { outcome, got } = await askVendor(tokenFirst, tokenVendor);
  t.deepEqual(outcome, [{ kind: 'balance', type: 'quota', unit: 'waybills', value: 210 }]);
  t.deepEqual(
    got.map(({ url, body }) => [url, body]),
    [
      ['/token?appid=app&secret=k-0123456789', ''],
      ['/7/quota?access_token=tok-1', '{"deep":{"tenant":7}}'],
    ],
  );
});

test('a token is kept for as long as the file says, unless a check fails', async (t) => {
  let now = Date.parse('2026-11-24T08:20:00Z');
  let served = 0;
  await using vendor = await startScriptedVendor((request, response) => {
    const isToken = request.url?.startsWith('/token');
    served += isToken ? 1 : 0;
    const status = !isToken && served === 2 ? 401 : 200;
    answer(status, isToken ? { token: `t${served}` } : { left: 1 })(request, response);
  });
  const options = jsonOptionsSchema.parse({
    requests: [
      { name: 'token', url: `${vendor.url}/token`, keep: '1h' },
      { name: 'quota', url: `${vendor.url}/quota`, query: { token: { expr: 'token.token' } } },
    ],
    values: [{ type: 'quota', expr: 'quota.left', unit: 'waybills' }],
  });
  const { signal } = new AbortController();
  const check = () =>
    json.check({
      options,
      http: createHttpClient({ timeout: 5000, signal, retries: 0 }),
      now: () => new Date(now),
    });
  await check();
  await check();
  now += 3_600_000;
  await t.throwsAsync(check());
  await check();
  t.deepEqual(
    vendor.requests.map(({ url }) => url),
    [
      '/token',
      '/quota?token=t1',
      '/quota?token=t1',
      '/token',
      '/quota?token=t2',
      '/token',
      '/quota?token=t3',
    ],
  );
});

test('a rejected or missing token is reported for the request that needs it', async (t) => {
  const refused = await askVendor(tokenFirst, () => ({ body: { errcode: 40013, errmsg: 'invalid appid' } }));
  t.is(refused.outcome, 'auth: the vendor refused (errcode): invalid appid');
  const missing = await askVendor(tokenFirst, () => ({ body: { tenant: 7 } }));
  t.is(missing.outcome, 'schema: token.access_token: expected a text or a number for the next request');
});

test('either one request or several, each with a unique name', (t) => {
  const request = { name: 'a', url: 'https://vendor.example/' };
  t.deepEqual(faultsOf({ url: 'https://vendor.example/', requests: [request] }), [
    'url: expected either url or requests, each with its own url',
  ]);
  t.deepEqual(faultsOf({ requests: [request, request] }), ['requests.1.name: expected a unique name']);
  t.deepEqual(faultsOf({ requests: [request], query: { a: 'b' } }), [
    'query: expected this inside one of the requests',
  ]);
});

const reasons = {
  ...left,
  check: { expr: 'code', equals: 0, message: 'msg', reasons: { 1001: 'auth', 1008: 'rate_limit' } },
};
for (const [code, expected] of [
  [1001, 'auth: the vendor refused (code): no'],
  ['1008', 'rate_limit: the vendor refused (code): no'],
  [7, 'business: the vendor refused (code): no'],
] as const) {
  test(`the code ${JSON.stringify(code)} inside a 200 is ${expected}`, async (t) => {
    const { outcome } = await askVendor(reasons, () => ({ body: { code, msg: 'no' } }));
    t.is(outcome, expected);
  });
}

test('the code may stand elsewhere than the verdict', async (t) => {
  const check = { expr: 'ok', code: 'error.code', message: 'error.text', reasons: { frozen: 'permission' } };
  const { outcome } = await askVendor({ ...left, check }, () => ({
    body: { ok: false, error: { code: 'frozen', text: 'account is frozen' } },
  }));
  t.is(outcome, 'permission: the vendor refused (ok): account is frozen');
});

test('XML is read by the same expressions', async (t) => {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
    <reply status="OK"><wallets><wallet currency="eur" left="1,250.40"><name>main</name></wallet></wallets></reply>`;
  const options = {
    check: { expr: 'reply.status', equals: 'OK', message: 'reply.error' },
    items: 'reply.wallets.wallet',
    values: [{ type: 'balance', expr: 'left', unit: { expr: 'currency' } }],
  };
  const { outcome } = await askVendor(options, () => ({ body, headers: { 'content-type': 'text/xml' } }));
  t.deepEqual(outcome, [{ kind: 'balance', type: 'balance', unit: 'EUR', value: 1250.4 }]);
});

const elements = { values: [{ type: 'balance', expr: 'a.left."#text"', unit: { expr: 'a.left.cur' } }] };
const badXml: readonly (readonly [string, string, string])[] = [
  ['cut off', '<?xml version="1.0"?><a><left cur="USD">5</left>', 'schema: expected complete XML'],
  [
    'with a document type',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "5">]><a><left cur="USD">&b;</left></a>',
    'schema: expected XML without a document type',
  ],
  [
    'that is a page',
    '<?xml version="1.0"?><html><body/></html>',
    'schema: expected JSON or XML, got an HTML page',
  ],
  [
    'without a figure',
    '<?xml version="1.0"?><a><left cur="USD"/></a>',
    'schema: a.left."#text": expected a number, got nothing',
  ],
];
for (const [what, body, expected] of badXml) {
  test(`XML ${what} is a failure`, async (t) => {
    t.is((await askVendor(elements, () => ({ body }))).outcome, expected);
  });
}

test('XML may have its figure as text beside attributes', async (t) => {
  const body = '<?xml version="1.0"?><a><left cur="USD"> 1 </left></a>';
  t.deepEqual((await askVendor(elements, () => ({ body }))).outcome, one);
});

const literals: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  [
    'a bearer token in a header',
    { headers: { Authorization: 'Bearer abcdef123456' } },
    'headers.Authorization',
  ],
  ['a key by its name', { query: { api_key: 'abcdef' } }, 'query.api_key'],
  ['a key by its looks', { query: { q: 'sk-0123456789abcdef' } }, 'query.q'],
  [
    'a password in a body',
    { method: 'POST', body: { login: { password: 'hunter22' } } },
    'body.login.password',
  ],
  ['a key in a body of text', { method: 'POST', body: '{"clientKey":"abcdef1234"}' }, 'body'],
  ['a secret in a form', { method: 'POST', body: 'user=me&client_secret=abcdef1234' }, 'body'],
  [
    'a long random text',
    { headers: { 'X-Whatever': 'q7Zk2mW9xT4rB8nC1vL6pH3sD5fG0jYa' } },
    'headers.X-Whatever',
  ],
];
for (const [what, options, path] of literals) {
  test(`${what} is refused unless the file says that it may stand there`, (t) => {
    t.deepEqual(faultsOf(options), [
      `${path}: expected { secret: NAME } for what looks like a key; allow_literal: true permits a literal`,
    ]);
    t.deepEqual(faultsOf({ ...options, allow_literal: true }), []);
    const shown = JSON.stringify(
      jsonOptionsSchema.parse({ url: 'https://vendor.example/', ...left, ...options, allow_literal: true }),
    );
    t.regex(shown, /\[secret literal\]/);
    t.notRegex(shown, /abcdef|hunter|q7Zk/);
  });
}

test('what is written out on purpose is sent as it is', async (t) => {
  const got = await sent({ allow_literal: true, query: { api_key: 'abcdef' } });
  t.is(got.url, '/balance?api_key=abcdef');
});

test('a value that is not a key may be a literal', (t) => {
  t.deepEqual(
    faultsOf({
      headers: { Accept: 'application/vnd.api+json', 'New-Api-User': '7', 'anthropic-version': '2023-06-01' },
      query: { api_key: 'a1', project_id: '123e4567-e89b-42d3-a456-426614174000', expand: 'credits' },
      body: { delivery_id: 'YTO', page_token: '' },
    }),
    [],
  );
});

for (const [where, options] of [
  ['the query', { query: { token: key } }],
  ['a header', { headers: { 'X-Key': key } }],
  ['the body', { method: 'POST', body: { a: [{ key }] } }],
  ['the address', { url: 'http://vendor.example/{a}', path: { a: key } }],
  ['auth', { auth: { type: 'bearer', token: key } }],
] as const) {
  test(`a secret in ${where} does not go over http unless that is allowed`, (t) => {
    for (const url of ['http://vendor.example/', 'HTTP://vendor.example/']) {
      const all = { url, ...options };
      t.deepEqual(faultsOf(all), [
        'url: expected https where credentials are sent; allow_http: true permits http on a trusted network',
      ]);
      t.deepEqual(faultsOf({ ...all, allow_http: true }), []);
    }
  });
}

test('a secret goes over http to no machine without allow_http, not even to this one, however the scheme is written', (t) => {
  for (const url of [
    'http://127.0.0.1:4000/',
    'HTTP://localhost:4000/',
    'http://[::1]:4000/',
    'hTtP://vendor.example/',
  ]) {
    t.is(faultsOf({ url, query: { token: key } }).length, 1, url);
    t.deepEqual(faultsOf({ url, query: { token: key }, allow_http: true }), [], url);
  }
});

test('a secret in one of several requests does not go over http either', (t) => {
  const requests = [{ name: 'a', url: 'http://vendor.example/', query: { token: key } }];
  t.deepEqual(faultsOf({ requests }), [
    'requests.0.url: expected https where credentials are sent; allow_http: true permits http on a trusted network',
  ]);
});

test('a status means what the file says of it', async (t) => {
  const options = { ...left, status_reasons: { 400: 'auth', 403: 'business' } };
  for (const [status, reason] of [
    [400, 'auth'],
    [403, 'business'],
    [401, 'auth'],
  ] as const) {
    const { outcome } = await askVendor(options, () => ({ status, body: { message: 'no' } }));
    t.regex(String(outcome), new RegExp(`^${reason}: `));
  }
});

test('a header of the vendor says how long to wait', async (t) => {
  const { outcome } = await askVendor({ ...left, wait_header: 'X-Wait' }, () => ({
    status: 429,
    headers: { 'x-wait': '90' },
    body: {},
  }));
  t.regex(String(outcome), /^rate_limit: .*asks to wait 90 s/);
});

for (const [readOnly, requests] of [
  [true, 2],
  [false, 1],
] as const) {
  test(`a POST that ${readOnly ? 'only reads' : 'may write'} is sent ${requests} times to a vendor that is busy`, async (t) => {
    let turn = 0;
    await using vendor = await startScriptedVendor((request, response) => {
      turn += 1;
      answer(turn === 1 ? 503 : 200, { left: 1 }, { 'retry-after': '0' })(request, response);
    });
    const options = jsonOptionsSchema.parse({
      ...left,
      url: `${vendor.url}/balance`,
      method: 'POST',
      read_only: readOnly,
    });
    const { signal } = new AbortController();
    const http = createHttpClient({ timeout: 20_000, signal });
    const check = json.check({ options, http, now: () => new Date() });
    if (readOnly) t.deepEqual(await check, one);
    else await t.throwsAsync(check);
    t.is(vendor.requests.length, requests);
  });
}
