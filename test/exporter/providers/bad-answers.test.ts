import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import test from 'ava';
import iconv from 'iconv-lite';
import type { CheckOutcome } from '../../../exporter/accounts/check.ts';
import { checkAccount } from '../../../exporter/accounts/check.ts';
import { createRedactor } from '../../../exporter/config/redact.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { minorUnitDigits } from '../../../exporter/providers/currency.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { findProvider } from '../../../exporter/providers/registry.ts';
import type { FailureReason } from '../../../exporter/readings/check-error.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { figureOf, variationsOf } from '../../support/presets.ts';
import type { ScriptedVendor, Tls } from '../../support/scripted-vendor.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';
import { accountConfig } from '../../support/snapshots.ts';

/** Every provider against every wrong answer: exactly which reason, and never a reading. */

const key = new Secret('KEY', 'sk-0123456789abcdef');

/** Each provider's options, given the address of its vendor. */
const providers: Readonly<Record<string, (url: string) => unknown>> = {
  openrouter: (url) => ({ key, base_url: url }),
  deepseek: (url) => ({ key, base_url: url }),
  aliyun: (url) => ({
    access_key_id: new Secret('ID', 'LTAI0123456789'),
    access_key_secret: key,
    endpoint: url,
  }),
  json: (url) => ({
    url: `${url}/balance`,
    auth: { type: 'bearer', token: key },
    allow_http: true,
    check: { expr: 'success', message: 'message' },
    values: [{ type: 'balance', expr: 'balance', unit: 'USD' }],
  }),
};

async function ask(
  id: string,
  url: string,
  { limit = 5000, caFile }: { readonly limit?: number; readonly caFile?: string } = {},
): Promise<CheckOutcome> {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  const options = provider.options.parse(providers[id]?.(url));
  return checkAccount(
    accountConfig({ provider: id, options }),
    {
      findProvider,
      httpClient: (_account, signal) => createHttpClient({ timeout: limit, signal, caFile, retries: 0 }),
      now: Date.now,
      redact: createRedactor([key]),
    },
    AbortSignal.timeout(limit * 2),
  );
}

type Act = (request: IncomingMessage, response: ServerResponse) => void;

const silent: Act = () => undefined;
const slow: Act = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  const timer = setInterval(() => response.write('1'), 20);
  response.on('close', () => clearInterval(timer));
};
const cut: Act = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"data"');
  setImmediate(() => response.destroy());
};
const huge: Act = answer(200, `{"data":"${'x'.repeat(5_000_000)}"}`);
const packed =
  (coding: string, body: Buffer): Act =>
  (_request, response) =>
    response.writeHead(200, { 'content-encoding': coding }).end(body);
const page: Act = (_request, response) =>
  response
    .writeHead(200, { 'content-type': 'text/html; charset=gbk' })
    .end(iconv.encode('<html>请登录</html>', 'gbk'));
const switching: Act = (request) =>
  request.socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
const speaking: Act = (request) => request.socket.end('220 mail.example ESMTP\r\n');
const echo = { success: false, Success: false, Code: 'NoWay', message: 'no such key sk-0123456789abcdef' };

/** The reason for all providers, or for each. */
type Expected = FailureReason | Readonly<Record<string, FailureReason>>;

const rows: readonly {
  readonly title: string;
  readonly act: Act;
  readonly expected: Expected;
  readonly limit?: number;
}[] = [
  { title: 'silent', act: silent, expected: 'timeout', limit: 200 },
  { title: 'one byte at a time', act: slow, expected: 'timeout', limit: 300 },
  { title: 'cut in the middle', act: cut, expected: 'network' },
  { title: 'five megabytes', act: huge, expected: 'schema' },
  { title: 'a page instead of JSON', act: answer(200, '<html>login</html>'), expected: 'schema' },
  { title: 'nothing', act: answer(200, ''), expected: 'schema' },
  {
    title: 'an empty object',
    act: answer(200, {}),
    expected: { openrouter: 'schema', deepseek: 'schema', aliyun: 'schema', json: 'business' },
  },
  {
    title: 'null',
    act: answer(200, 'null'),
    expected: { openrouter: 'schema', deepseek: 'schema', aliyun: 'schema', json: 'business' },
  },
  {
    title: 'an error inside a 200',
    act: answer(200, echo),
    expected: { openrouter: 'schema', deepseek: 'schema', aliyun: 'business', json: 'business' },
  },
  { title: '401', act: answer(401, {}), expected: 'auth' },
  { title: '403', act: answer(403, {}), expected: 'permission' },
  {
    title: '404',
    act: answer(404, {}),
    expected: { openrouter: 'http', deepseek: 'http', aliyun: 'business', json: 'http' },
  },
  {
    title: '402',
    act: answer(402, {}),
    expected: 'business',
  },
  { title: '405', act: answer(405, {}), expected: 'http' },
  { title: '422', act: answer(422, {}), expected: 'config' },
  { title: '429', act: answer(429, {}), expected: 'rate_limit' },
  {
    title: '429 with a wait beyond the limit',
    act: answer(429, {}, { 'retry-after': '3600' }),
    expected: 'rate_limit',
  },
  { title: '500', act: answer(500, {}), expected: 'http' },
  {
    title: '503 with a wait beyond the limit',
    act: answer(503, {}, { 'retry-after': '3600' }),
    expected: 'rate_limit',
  },
  {
    title: 'a gzip that is cut',
    act: packed('gzip', gzipSync('{"balance":1}').subarray(0, 15)),
    expected: 'schema',
  },
  { title: 'a gzip that is none', act: packed('gzip', Buffer.from('{}')), expected: 'schema' },
  { title: 'a bomb of gzip', act: packed('gzip', gzipSync(Buffer.alloc(20_000_000))), expected: 'schema' },
  {
    title: 'a bomb of br',
    act: packed('br', brotliCompressSync(Buffer.alloc(20_000_000))),
    expected: 'schema',
  },
  { title: 'a coding that is not known', act: packed('own', Buffer.from('{}')), expected: 'schema' },
  { title: 'a page in GBK', act: page, expected: 'schema' },
  { title: 'an unasked 101', act: switching, expected: 'network' },
  { title: 'another protocol', act: speaking, expected: 'network' },
  { title: 'a redirect', act: answer(302, '', { location: 'https://elsewhere.example/' }), expected: 'http' },
];

const table: string[][] = [['answer', ...Object.keys(providers)]];

function reasonOf(outcome: CheckOutcome): string {
  return outcome.ok ? 'A READING' : outcome.reason;
}

for (const { title, act, expected, limit } of rows) {
  test.serial(`${title}: the right reason of every provider, and no reading`, async (t) => {
    await using vendor = await startScriptedVendor(act);
    const row = [title];
    for (const id of Object.keys(providers)) {
      const outcome = await ask(id, vendor.url, limit === undefined ? {} : { limit });
      row.push(reasonOf(outcome));
      t.is(reasonOf(outcome), typeof expected === 'string' ? expected : (expected[id] ?? 'none'), id);
      t.false(JSON.stringify(outcome).includes('0123456789'), `${id} shows a secret`);
    }
    table.push(row);
  });
}

test.serial('connection refused: network', async (t) => {
  const vendor = await startScriptedVendor(silent);
  await vendor[Symbol.asyncDispose]();
  const row = ['nobody listens'];
  for (const id of Object.keys(providers)) row.push(reasonOf(await ask(id, vendor.url)));
  table.push(row);
  t.deepEqual(
    row.slice(1),
    Object.keys(providers).map(() => 'network'),
  );
});

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-vendor-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

function certificate(
  name: string,
  options: Parameters<typeof makeCertificate>[1] = {},
): Tls & { readonly caFile: string } {
  const made = makeCertificate(mkdtempSync(join(folder, name)), options);
  return { key: readFileSync(made.keyFile), cert: readFileSync(made.certFile), caFile: made.caFile };
}

const badCertificates: readonly (readonly [string, () => Tls & { readonly caFile: string }])[] = [
  ['a certificate that ran out', () => certificate('expired', { expired: true })],
  ['a certificate for another host', () => certificate('other', { names: 'DNS:elsewhere.example' })],
];

for (const [title, make] of badCertificates) {
  test.serial(`${title}: tls`, async (t) => {
    const tls = make();
    await using vendor = await startScriptedVendor(answer(200, {}), tls);
    const row = [title];
    for (const id of Object.keys(providers)) {
      row.push(reasonOf(await ask(id, vendor.url, { caFile: tls.caFile })));
    }
    table.push(row);
    t.deepEqual(
      row.slice(1),
      Object.keys(providers).map(() => 'tls'),
    );
    t.is(vendor.requests.length, 0);
  });
}

test.serial('an authority that is not trusted: tls, and with ca_file the vendor is reached', async (t) => {
  const { caFile, ...tls } = certificate('private');
  await using vendor = await startScriptedVendor(answer(401, {}), tls);
  const row = ['an unknown authority'];
  for (const id of Object.keys(providers)) {
    row.push(reasonOf(await ask(id, vendor.url)));
    t.is(reasonOf(await ask(id, vendor.url, { caFile })), 'auth');
  }
  table.push(row);
  t.deepEqual(
    row.slice(1),
    Object.keys(providers).map(() => 'tls'),
  );
});

test.serial('a redirect to another origin carries nothing there', async (t) => {
  await using elsewhere: ScriptedVendor = await startScriptedVendor(answer(200, { balance: 1 }));
  await using vendor = await startScriptedVendor(answer(302, '', { location: `${elsewhere.url}/steal` }));
  for (const id of Object.keys(providers)) t.is(reasonOf(await ask(id, vendor.url)), 'http');
  t.is(elsewhere.requests.length, 0);
});

/** A documented answer of each provider in code, and those of its paths that give it. */
const documented: Readonly<Record<string, string>> = {
  openrouter: 'openrouter/fixtures/credits.json',
  deepseek: 'deepseek/fixtures/balance.json',
  aliyun: 'aliyun/fixtures/balance.json',
};

const changes: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['a field that is missing', () => undefined],
  ['null', () => null],
  ['words', () => 'plenty'],
  ['an empty text', () => ''],
  ['an empty list', () => []],
  ['an object', () => ({})],
  [
    'another currency',
    (value) => (typeof value === 'string' && minorUnitDigits(value) !== undefined ? 'XXQ' : value),
  ],
];

for (const [what, change] of changes) {
  test.serial(`${what} at any place of a documented answer: no provider invents a reading`, async (t) => {
    for (const [id, path] of Object.entries(documented)) {
      const original: unknown = JSON.parse(
        readFileSync(new URL(`../../../exporter/providers/${path}`, import.meta.url), 'utf8'),
      );
      let body: unknown = original;
      await using vendor = await startScriptedVendor((request, response) =>
        answer(200, body)(request, response),
      );
      const right = await ask(id, vendor.url);
      t.true(right.ok, id);
      const known = new Set(right.ok ? right.readings.map(figureOf) : []);
      const counted = { failure: 0, reading: 0 };
      for (const { path: place, document } of variationsOf(original, change)) {
        if (JSON.stringify(document) === JSON.stringify(original)) continue;
        body = document;
        const outcome = await ask(id, vendor.url);
        counted[outcome.ok ? 'reading' : 'failure'] += 1;
        const invented = outcome.ok ? outcome.readings.map(figureOf).filter((one) => !known.has(one)) : [];
        t.deepEqual(invented, [], `${id}: ${place}`);
      }
      t.log(`${id}: ${counted.failure} failures, ${counted.reading} times the same readings, or fewer`);
    }
  });
}

test.serial(
  'an answer that is compressed though nobody asked for it is read by every provider',
  async (t) => {
    for (const [id, path] of Object.entries(documented)) {
      const text = readFileSync(new URL(`../../../exporter/providers/${path}`, import.meta.url), 'utf8');
      await using vendor = await startScriptedVendor(packed('gzip', gzipSync(text)));
      t.true((await ask(id, vendor.url)).ok, id);
    }
  },
);

test.serial('the table', (t) => {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of table) t.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  t.is(table.length, rows.length + 5);
  t.false(table.flat().includes('A READING'));
});
