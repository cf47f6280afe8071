import { readFileSync } from 'node:fs';
import test from 'ava';
import { Secret } from '../../../exporter/config/secret.ts';
import { signAcs3 } from '../../../exporter/providers/aliyun/acs3.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { allProviders, findProvider } from '../../../exporter/providers/registry.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import type { Reading } from '../../../exporter/readings/reading.ts';
import type { ScriptedVendor } from '../../support/scripted-vendor.ts';
import { startScriptedVendor } from '../../support/scripted-vendor.ts';

const key = new Secret('KEY', 'sk-test');

function fixture(name: string): string {
  return readFileSync(new URL(`../../../exporter/providers/${name}`, import.meta.url), 'utf8');
}

/** A vendor that answers each path with a status and a fixture. */
function vendorWith(answers: Readonly<Record<string, readonly [number, string]>>): Promise<ScriptedVendor> {
  return startScriptedVendor((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, '{}'];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
}

async function readingsOf(
  id: string,
  options: unknown,
  now = new Date('2026-11-24T08:20:00Z'),
): Promise<readonly Reading[]> {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  const signal = new AbortController().signal;
  return provider.check({
    options: provider.options.parse(options),
    http: createHttpClient({ timeout: 5000, signal, retries: 0 }),
    now: () => now,
  });
}

test('each provider has a folder of its id with documents, and says what it is', (t) => {
  const ids = allProviders().map(({ id }) => id);
  t.deepEqual(ids, ids.toSorted());
  t.is(new Set(ids).size, ids.length);
  for (const provider of allProviders()) {
    t.regex(provider.id, /^[a-z0-9-]+$/);
    t.true(
      fixture(`${provider.id}/README.md`).includes(`provider: ${provider.id}`) || provider.id === 'json',
    );
    t.true(provider.title !== '' && provider.sign !== '' && provider.docs !== '');
    t.true(provider.minIntervalSeconds >= 1);
  }
});

test('openrouter: credits are what was bought less what was used', async (t) => {
  await using vendor = await vendorWith({
    '/api/v1/credits': [200, fixture('openrouter/fixtures/credits.json')],
  });
  t.deepEqual(await readingsOf('openrouter', { key, base_url: vendor.url }), [
    { kind: 'balance', type: 'credits', unit: 'USD', value: 82.5 },
  ]);
  t.is(vendor.requests[0]?.headers.authorization, 'Bearer sk-test');
});

test('openrouter: an ordinary key reports its own limit', async (t) => {
  await using vendor = await vendorWith({
    '/api/v1/credits': [403, '{"error":{"code":403}}'],
    '/api/v1/key': [200, fixture('openrouter/fixtures/key-limited.json')],
  });
  t.deepEqual(await readingsOf('openrouter', { key, base_url: vendor.url }), [
    { kind: 'balance', type: 'quota', unit: 'USD', value: 12.25, window: 'month', limit: 50 },
  ]);
});

test('openrouter: an ordinary key without a limit gives an error that names the right kind of key', async (t) => {
  await using vendor = await vendorWith({
    '/api/v1/credits': [401, '{}'],
    '/api/v1/key': [200, fixture('openrouter/fixtures/key-unlimited.json')],
  });
  const error = await t.throwsAsync(readingsOf('openrouter', { key, base_url: vendor.url }), {
    instanceOf: CheckError,
    message: "an ordinary key without a limit cannot read the account's credits: use a management key",
  });
  t.is(error?.reason, 'permission');
});

test('openrouter: zeros for an ordinary key are not a balance of 0', async (t) => {
  const zeros = fixture('openrouter/fixtures/credits-zeros.json');
  await using ordinary = await vendorWith({
    '/api/v1/credits': [200, zeros],
    '/api/v1/key': [200, fixture('openrouter/fixtures/key-unlimited.json')],
  });
  await t.throwsAsync(readingsOf('openrouter', { key, base_url: ordinary.url }), { instanceOf: CheckError });
  await using management = await vendorWith({
    '/api/v1/credits': [200, zeros],
    '/api/v1/key': [200, fixture('openrouter/fixtures/key-management.json')],
  });
  t.deepEqual(await readingsOf('openrouter', { key, base_url: management.url }), [
    { kind: 'balance', type: 'credits', unit: 'USD', value: 0 },
  ]);
});

test('deepseek: each currency is a separate balance', async (t) => {
  await using vendor = await vendorWith({
    '/user/balance': [200, fixture('deepseek/fixtures/balance.json')],
  });
  t.deepEqual(await readingsOf('deepseek', { key, base_url: vendor.url }), [
    { kind: 'balance', type: 'balance', unit: 'CNY', value: 88.1 },
    { kind: 'balance', type: 'balance', unit: 'USD', value: 3.5 },
  ]);
});

test('deepseek: no currency at all is a failure, not nothing left', async (t) => {
  await using vendor = await vendorWith({
    '/user/balance': [200, '{"is_available":false,"balance_infos":[]}'],
  });
  const error = await t.throwsAsync(readingsOf('deepseek', { key, base_url: vendor.url }), {
    instanceOf: CheckError,
  });
  t.deepEqual(
    [error?.reason, error?.message],
    ['schema', "the answer's balance_infos: expected at least one currency"],
  );
});

const acs = { access_key_id: new Secret('ID', 'LTAItest'), access_key_secret: key };

test('aliyun: the amount has its separators taken out, in the currency of the account', async (t) => {
  await using vendor = await vendorWith({ '/': [200, fixture('aliyun/fixtures/balance.json')] });
  t.deepEqual(await readingsOf('aliyun', { ...acs, endpoint: vendor.url }), [
    { kind: 'balance', type: 'balance', unit: 'CNY', value: 12742.6 },
  ]);
  const headers = vendor.requests[0]?.headers ?? {};
  t.is(headers['x-acs-action'], 'QueryAccountBalance');
  t.is(headers['x-acs-date'], '2026-11-24T08:20:00Z');
  t.regex(
    headers.authorization ?? '',
    /^ACS3-HMAC-SHA256 Credential=LTAItest,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=[0-9a-f]{64}$/,
  );
});

test('aliyun: the vendor’s codes become our reasons', async (t) => {
  const cases = [
    [404, fixture('aliyun/fixtures/bad-key.json'), 'auth'],
    [400, fixture('aliyun/fixtures/not-authorized.json'), 'permission'],
    [400, '{"Code":"Throttling.User","Message":"slow down"}', 'rate_limit'],
    [400, '{"Code":"InvalidTimeStamp.Expired","Message":"expired"}', 'auth'],
    [400, '{"Code":"IllegalTimestamp","Message":"not within reach"}', 'auth'],
    [200, '{"Success":false,"Code":"InternalError"}', 'business'],
    [200, '{"RequestId":"1"}', 'schema'],
  ] as const;
  for (const [status, body, reason] of cases) {
    await using vendor = await vendorWith({ '/': [status, body] });
    const error = await t.throwsAsync(readingsOf('aliyun', { ...acs, endpoint: vendor.url }), {
      instanceOf: CheckError,
    });
    t.is(error?.reason, reason);
  }
});

test('aliyun: a wrong clock is named, and by how much it differs from the vendor', async (t) => {
  await using vendor = await startScriptedVendor((_request, response) => {
    response
      .writeHead(400, { date: 'Tue, 24 Nov 2026 08:00:00 GMT' })
      .end('{"Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp is expired."}');
  });
  const error = await t.throwsAsync(readingsOf('aliyun', { ...acs, endpoint: vendor.url }), {
    instanceOf: CheckError,
  });
  t.is(
    error?.message,
    `GET ${vendor.url}/ answered 400: refused with InvalidTimeStamp.Expired: this machine's clock is 20 min ahead of the vendor's; the vendor says: Specified time stamp is expired.`,
  );
});

test('acs3: the published example of the vendor gives the published signature', (t) => {
  const { authorization } = signAcs3(
    {
      method: 'POST',
      host: 'ecs.cn-shanghai.aliyuncs.com',
      path: '/',
      action: 'RunInstances',
      version: '2014-05-26',
      query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
      body: '',
      date: new Date('2023-10-26T10:22:32Z'),
      nonce: '3156853299f313e23d1673dc12e1703d',
    },
    { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' },
  );
  t.is(
    authorization,
    'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  );
});

const addresses = [
  ['openrouter', 'base_url', { key }],
  ['deepseek', 'base_url', { key }],
  ['aliyun', 'endpoint', acs],
] as const;

test('a key never travels in the clear: plain http is for this machine, or where the account permits it', (t) => {
  for (const [id, field, options] of addresses) {
    const accepts = (url: string, more = {}) =>
      findProvider(id)?.options.safeParse({ ...options, [field]: url, ...more }).success;
    t.false(accepts('http://gateway.example'), id);
    t.false(accepts('HTTP://gateway.example'), id);
    t.false(accepts('http://127.0.0.1.gateway.example'), id);
    t.true(accepts('http://localhost:8080'), id);
    t.true(accepts('http://[::1]:8080'), id);
    t.true(accepts('http://gateway.internal', { allow_http: true }), id);
    t.false(accepts('ftp://gateway.internal', { allow_http: true }), id);
    t.false(accepts('https://user:pass@gateway.example'), id);
    t.false(accepts('https://gateway.example/?key=1'), id);
  }
});

test('a gateway below a path is asked below it, with and without a slash at its end', async (t) => {
  await using vendor = await vendorWith({
    '/llm/user/balance': [200, fixture('deepseek/fixtures/balance.json')],
    '/llm/api/v1/credits': [200, fixture('openrouter/fixtures/credits.json')],
    '/llm/': [200, fixture('aliyun/fixtures/balance.json')],
  });
  for (const [id, field, options] of addresses)
    for (const end of ['/llm', '/llm/'])
      t.true((await readingsOf(id, { ...options, [field]: `${vendor.url}${end}` })).length > 0, id);
});

test('aliyun: an attempt more is signed anew', async (t) => {
  const balance = fixture('aliyun/fixtures/balance.json');
  await using vendor = await startScriptedVendor((_request, response) => {
    const isFirst = vendor.requests.length === 1;
    response
      .writeHead(isFirst ? 503 : 200, { 'content-type': 'application/json' })
      .end(isFirst ? '' : balance);
  });
  const signal = new AbortController().signal;
  const provider = findProvider('aliyun');
  const readings = await provider?.check({
    options: provider.options.parse({ ...acs, endpoint: vendor.url }),
    http: createHttpClient({ timeout: 10_000, signal }),
    now: () => new Date(),
  });
  t.is(readings?.length, 1);
  t.is(vendor.requests.length, 2);
  for (const header of ['x-acs-signature-nonce', 'authorization'])
    t.is(new Set(vendor.requests.map(({ headers }) => headers[header])).size, 2, header);
});

for (const id of ['openrouter', 'moonshot']) {
  for (const address of ['nonsense', 'ftp://api.vendor.example']) {
    test(`an address that is not of the web is reported once: ${address} at ${id}`, (t) => {
      const parsed = findProvider(id)?.options.safeParse({ key, base_url: address });
      t.deepEqual(
        parsed?.error?.issues.map(({ message }) => message),
        ['expected an http or https URL'],
      );
    });
  }
}
