import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { runCheck } from '../../../exporter/commands/check.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';

async function check(text: string, name: string) {
  const result = loadAccountFile({
    file: 'a.yaml',
    text,
    resolveSecret: () => 'sk-planted-0123456789',
    now: Date.now(),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  let written = '';
  let warned = '';
  const code = await runCheck({
    config: result.config,
    name,
    now: Date.now,
    write: (said) => {
      written += said;
    },
    warn: (said) => {
      warned += said;
    },
  });
  return { code, written: written.replace(/\d+\.\d\d s|\d+ ms/g, 'T'), warned };
}

function account(url: string, extra = ''): string {
  return `accounts:
  - name: gateway
    provider: json
    threshold: 50
    options:
      url: ${url}/v1/billing
      query: { account: hidden-account }
      auth: { type: query, name: key, value: { secret: KEY } }
      allow_http: true
      ${extra}
      values: [{ type: balance, expr: data.available, unit: USD }]
`;
}

test('each value is shown with the threshold or budget of its own unit only', async (t) => {
  const file = (url: string): string => `accounts:
  - name: gateway
    provider: json
    threshold: { USD: 50 }
    budget: { USD: 3 }
    options:
      url: ${url}/
      items: rows
      values:
        - { type: balance, expr: left, unit: { expr: unit } }
        - { type: spend, expr: cost, unit: { expr: unit } }
`;
  const rows = [
    { left: 42.5, cost: 1, unit: 'usd' },
    { left: 900, cost: 2, unit: 'jpy' },
  ];
  await using vendor = await startScriptedVendor(answer(200, { rows }));
  const { written } = await check(file(vendor.url), 'gateway');
  t.deepEqual(
    written
      .split('\n')
      .filter((line) => /^(balance|spend)/.test(line))
      .sort(),
    [
      'balance: 42.5 USD, threshold 50',
      'balance: 900 JPY',
      'spend in the month: 1 USD, budget 3',
      'spend in the month: 2 JPY',
    ],
  );
});

test('an answer in XML is shown as expressions see it', async (t) => {
  const body = '<?xml version="1.0"?><data currency="USD"><available>4</available></data>';
  await using vendor = await startScriptedVendor(answer(200, body));
  const { code, written } = await check(account(vendor.url), 'gateway');
  t.is(code, 0, written);
  t.true(written.includes('answer: XML, read as { data: { available: string, currency: string } }'), written);
});

test('a literal key is masked in what a vendor echoes', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, { ok: false, message: 'bad key abcdef123' }));
  const text = account(
    vendor.url,
    'headers: { X-Api-Key: abcdef123 }\n      allow_literal: true\n      check: { expr: ok, message: message }',
  );
  const { code, written } = await check(text, 'gateway');
  t.is(code, 1);
  t.true(written.includes('business: the vendor refused (ok): bad key [secret literal]'), written);
  t.false(written.includes('abcdef123'));
});

test('names of fields and units from a vendor cannot send terminal escapes', async (t) => {
  const text = account('URL')
    .replace('unit: USD', 'unit: { expr: unit }')
    .replace('threshold: 50', 'owner: a');
  await using vendor = await startScriptedVendor(
    answer(200, {
      data: { available: 1 },
      unit: 'p\u001b[2Jts',
      '\u001b]0;title\u0007key': 1,
      ['k'.repeat(500)]: 1,
    }),
  );
  const { code, written } = await check(text.replace('URL', vendor.url), 'gateway');
  t.is(code, 0, written);
  t.true(
    written.includes(
      '  answer: { data: { available: number }, unit: string, key: number, (long key): number }',
    ),
  );
  t.true(written.includes('balance: 1 pts'), written);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  t.notRegex(written, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('the trace of a good check has the request without its query, the shape of the answer, and the reading', async (t) => {
  await using vendor = await startScriptedVendor(
    answer(200, { success: true, data: { available: '42.50', rows: [{ id: 1 }, { id: 2 }], note: null } }),
  );
  t.deepEqual(await check(account(vendor.url), 'gateway'), {
    code: 0,
    written: [
      `GET ${vendor.url}/v1/billing`,
      '  200, 84 bytes after T',
      '  answer: { success: boolean, data: { available: string, rows: [{ id: number } x 2], note: null } }',
      'balance: 42.5 USD, threshold 50',
      'succeeded after T',
      '',
    ].join('\n'),
    warned: '',
  });
});

test('a vendor that echoes the key is shown without it', async (t) => {
  await using vendor = await startScriptedVendor(
    answer(200, { success: false, message: 'unknown key sk-planted-0123456789' }),
  );
  const { code, written } = await check(
    account(vendor.url, 'check: { expr: success, message: message }'),
    'gateway',
  );
  t.is(code, 1);
  t.true(
    written.endsWith('failed after T: business: the vendor refused (success): unknown key [secret KEY]\n'),
    written,
  );
  t.false(written.includes('0123456789'));
  t.false(written.includes('hidden-account'));
});

test('an unknown account is reported with the nearest name', async (t) => {
  t.deepEqual(await check(account('http://127.0.0.1:1'), 'gatway'), {
    code: 2,
    written: '',
    warned: 'no enabled account "gatway"; did you mean gateway?\n',
  });
});

test('where no name of an account is near, the message has all of them', async (t) => {
  t.deepEqual(await check(account('http://127.0.0.1:1'), 'something else'), {
    code: 2,
    written: '',
    warned: 'no enabled account "something else"; enabled are gateway\n',
  });
  t.is(
    (await check('subscriptions: [{ name: s, cycle: monthly, day: 1 }]\n', 'gateway')).warned,
    'no enabled account "gateway": the account file has none\n',
  );
});

test('a token of OAuth that a vendor echoes is shown without it', async (t) => {
  await using vendor = await startScriptedVendor((request, response) => {
    const isToken = request.url === '/token';
    const act = isToken
      ? answer(200, { access_token: 'ya29.fetched/at+run-time' })
      : answer(401, { message: `no such token: ${request.headers.authorization?.slice(7)}` });
    act(request, response);
  });
  const text = account(vendor.url)
    .replace('query: { account: hidden-account }', '')
    .replace(
      'auth: { type: query, name: key, value: { secret: KEY } }',
      `auth: { type: oauth2_client_credentials, token_url: "${vendor.url}/token", client_id: me, client_secret: { secret: KEY } }`,
    );
  const { code, written } = await check(text, 'gateway');
  t.is(code, 1);
  t.true(written.includes('no such token: [token by KEY]'), written);
  t.false(written.includes('run-time'), written);
});

test('a token of a login that a vendor echoes is shown without it', async (t) => {
  await using vendor = await startScriptedVendor((request, response) => {
    const act =
      request.url === '/login'
        ? answer(200, { token: 'session-0123456789' })
        : answer(403, { message: `session-0123456789 may not, as ${request.headers.authorization}` });
    act(request, response);
  });
  const { code, written } = await check(
    `accounts:
  - name: gateway
    provider: json
    options:
      allow_http: true
      requests:
        - { name: login, url: "${vendor.url}/login" }
        - name: usage
          url: "${vendor.url}/usage"
          headers: { Authorization: { expr: "join(' ', ['Bearer', login.token])" } }
      values: [{ type: balance, expr: usage.left, unit: USD }]
`,
    'gateway',
  );
  t.is(code, 1);
  t.true(written.includes('[answer for the header Authorization] may not'), written);
  t.false(written.includes('session-'), written);
});
