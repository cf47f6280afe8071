import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import type { CheckDependencies, CheckOutcome } from '../../../exporter/accounts/check.ts';
import { checkAccount } from '../../../exporter/accounts/check.ts';
import { createRedactor } from '../../../exporter/config/redact.ts';
import { secretsWithin } from '../../../exporter/config/secret.ts';
import { minorUnitDigits } from '../../../exporter/providers/currency.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { presetIds, readPreset } from '../../../exporter/providers/presets/catalog.ts';
import type { Preset } from '../../../exporter/providers/presets/definition.ts';
import { findProvider } from '../../../exporter/providers/registry.ts';
import type { FailureReason } from '../../../exporter/readings/check-error.ts';
import {
  documentedAnswers,
  documentedReadings,
  exampleOptions,
  figureOf,
  presetNow,
  variationsOf,
} from '../../support/presets.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';
import { accountConfig } from '../../support/snapshots.ts';

/** Every preset: the documented answer is read as it says, and no wrong answer is read as anything. */

type Act = (request: IncomingMessage, response: ServerResponse) => void;

const presets: readonly (readonly [string, Preset])[] = presetIds().map((id) => [id, readPreset(id)]);

/** Every address that a preset asks, on the stand-in. */
function addressesOf(preset: Preset, url: string): Record<string, string> {
  const others = Object.keys(preset.options).filter((name) => name.endsWith('_url'));
  return Object.fromEntries(['base_url', ...others].map((name) => [name, url]));
}

/** What checks an account of a preset: like the exporter's, it has read its options once. */
function checkOf(id: string, preset: Preset, url: string, timeout = 30_000): () => Promise<CheckOutcome> {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  const options = provider.options.parse({ ...exampleOptions(preset), ...addressesOf(preset, url) });
  const account = accountConfig({ provider: id, options });
  const dependencies: CheckDependencies = {
    findProvider,
    httpClient: (_account, signal) => createHttpClient({ timeout, signal, retries: 0 }),
    now: () => presetNow.getTime(),
    redact: createRedactor(secretsWithin(options)),
  };
  return () => checkAccount(account, dependencies, AbortSignal.timeout(timeout * 2));
}

function ask(...account: Parameters<typeof checkOf>): Promise<CheckOutcome> {
  return checkOf(...account)();
}

/** Answers the requests of a check one after the other. */
function inTurn(bodies: readonly string[], headers: Readonly<Record<string, string>> = {}): Act {
  let turn = 0;
  return (request, response) => {
    answer(200, bodies[turn % bodies.length] ?? '', headers)(request, response);
    turn += 1;
  };
}

for (const [id, preset] of presets) {
  test(`${id}: the documented response gives the documented readings`, async (t) => {
    await using vendor = await startScriptedVendor(inTurn(documentedAnswers(preset)));
    const outcome = await ask(id, preset, vendor.url);
    t.deepEqual(outcome, { ok: true, readings: documentedReadings(preset) } as CheckOutcome);
    const units = new Set(outcome.ok ? outcome.readings.map(({ unit }) => unit) : []);
    const { headers = {}, query = {}, path } = preset.fixture.sent ?? {};
    const last = vendor.requests.at(-1);
    const url = new URL(last?.url ?? '', 'http://vendor');
    if (path !== undefined) t.is(url.pathname, path);
    for (const [name, value] of Object.entries(query)) t.is(url.searchParams.get(name), value, name);
    for (const [name, value] of Object.entries(headers)) t.is(last?.headers[name], value, name);
    t.true(units.size > 0);
  });

  test(`${id}: every required secret is sent, and none is shown`, async (t) => {
    await using vendor = await startScriptedVendor(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      act(request, response);
    });
    const bodies: string[] = [];
    const act = inTurn(documentedAnswers(preset));
    await ask(id, preset, vendor.url);
    const sent = vendor.requests
      .map(({ url, headers }) => {
        const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
        return [url, JSON.stringify(headers), Buffer.from(basic, 'base64').toString()].join('\n');
      })
      .concat(bodies)
      .join('\n');
    for (const secret of secretsWithin(exampleOptions(preset))) {
      // The secret of a pair of keys signs, and never travels.
      const signs = isSigned(preset) && secret.name === 'access_key_secret';
      t.is(sent.includes(secret.reveal()), !signs, secret.name);
    }
    if (isSigned(preset)) t.regex(vendor.requests.at(-1)?.headers.authorization ?? '', /[0-9a-f]{64}$/);
    const shown = JSON.stringify(
      findProvider(id)?.options.parse({ ...exampleOptions(preset), base_url: vendor.url }),
    );
    t.false(/secret-\w/.test(shown), shown);
  });
}

function isSigned({ json }: Preset): boolean {
  return JSON.stringify(json).includes('"type":"signature"');
}

/** A refusal that has every secret of the account in its words. */
function echo(preset: Preset): object {
  const words = `no such key: ${secretsWithin(exampleOptions(preset))
    .map((secret) => secret.reveal())
    .join(' ')}`;
  return {
    error: { message: words, code: 'invalid_api_key', type: 'invalid_request_error' },
    success: false,
    status: false,
    code: 40101,
    message: words,
    msg: words,
    errorId: 1,
    errorDescription: words,
  };
}

function refusal(status: number, headers: Readonly<Record<string, string>> = {}) {
  return (preset: Preset): Act => answer(status, echo(preset), headers);
}

interface Row {
  readonly title: string;
  readonly act: (preset: Preset) => Act;
  readonly expected: (preset: Preset) => readonly FailureReason[];
  readonly timeout?: number;
}

const always =
  (...reasons: readonly FailureReason[]) =>
  () =>
    reasons;

/**
 * The verdict of a preset that has one comes before any figure, and fails on whatever is no good answer; one that looks for
 * an error object passes what has none, which then lacks its figures.
 */
const byVerdict =
  (saysError: boolean) =>
  ({ json }: Preset): readonly FailureReason[] => {
    const { check } = json;
    if (typeof check !== 'object' || check === null) return ['schema'];
    // One that counts what is there needs the list that it counts.
    if ('expr' in check && String(check.expr).includes('length(')) return ['schema'];
    const looksForError = 'equals' in check && check.equals === null;
    return looksForError && !saysError ? ['schema'] : ['business'];
  };

const rows: readonly Row[] = [
  { title: '401', act: refusal(401), expected: always('auth') },
  { title: '402', act: refusal(402), expected: always('business') },
  { title: '403', act: refusal(403), expected: always('permission') },
  { title: '404 with a sentence', act: refusal(404), expected: always('http') },
  { title: '422', act: refusal(422), expected: always('config') },
  { title: '429', act: refusal(429), expected: always('rate_limit') },
  {
    title: '429 with a wait',
    act: refusal(429, { 'retry-after': '120' }),
    expected: always('rate_limit'),
  },
  { title: '500', act: refusal(500), expected: always('http') },
  { title: 'silence', act: () => () => undefined, expected: always('timeout'), timeout: 150 },
  {
    title: 'a page',
    act: () => answer(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }),
    expected: always('schema'),
  },
  { title: 'nothing', act: () => answer(200, ''), expected: always('schema') },
  { title: 'null', act: () => answer(200, 'null'), expected: byVerdict(false) },
  { title: 'an empty object', act: () => answer(200, {}), expected: byVerdict(false) },
  { title: 'an empty list', act: () => answer(200, []), expected: byVerdict(false) },
  { title: 'an error in a 200', act: refusal(200), expected: byVerdict(true) },
];

const counts = new Map<string, Map<string, number>>();

function count(title: string, reason: string): void {
  const row = counts.get(title) ?? new Map<string, number>();
  row.set(reason, (row.get(reason) ?? 0) + 1);
  counts.set(title, row);
}

for (const { title, act, expected, timeout } of rows) {
  test(`${title}: the right reason of every preset, no reading, and no secret`, async (t) => {
    let answers: Act = () => undefined;
    await using vendor = await startScriptedVendor((request, response) => answers(request, response));
    for (const [id, preset] of presets) {
      answers = act(preset);
      const outcome = await ask(id, preset, vendor.url, timeout);
      const reason = outcome.ok ? 'A READING' : outcome.reason;
      count(title, reason);
      t.true(
        expected(preset).some((one) => one === reason),
        `${id}: ${JSON.stringify(outcome)}`,
      );
      t.false(JSON.stringify(outcome).includes('secret-'), `${id} shows a secret`);
    }
  });
}

const changes: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['a field that is missing', () => undefined],
  ['null', () => null],
  ['words', () => 'plenty'],
  ['an empty text', () => ''],
  ['an empty list', () => []],
  ['an object', () => ({})],
  // No code of ISO 4217, where a code stands; elsewhere nothing is changed.
  ['another currency', (value) => (isCurrency(value) ? 'XXQ' : value)],
];

function isCurrency(value: unknown): boolean {
  return typeof value === 'string' && minorUnitDigits(value) !== undefined;
}

/** What is left of the documented readings where one place of the answer is wrong: some of them, or a failure. */
for (const [what, change] of changes) {
  test(`${what} at any place of the documented answer invents no reading`, async (t) => {
    for (const [id, preset] of presets) {
      const documented = preset.fixture.answers ?? { only: preset.fixture.answer };
      if (Object.values(documented).some((one) => typeof one === 'string')) continue;
      const original = JSON.stringify(documented);
      const variations = variationsOf(documented, change).filter(
        ({ document }) => JSON.stringify(document) !== original,
      );
      const [unchanged, ...outcomes] = await outcomesOf(id, preset, [
        documented,
        ...variations.map(({ document }) => document),
      ]);
      const readings = new Set(unchanged?.map(figureOf) ?? []);
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome === undefined) {
          count(`one place: ${what}`, 'failure');
          continue;
        }
        count(`one place: ${what}`, 'the same readings, or fewer');
        const invented = outcome.map(figureOf).filter((figure) => !readings.has(figure));
        const path = variations[index]?.path ?? '';
        // Where null means "no limit", null says so.
        const saysNoLimit = invented.every((figure) => figure.endsWith('"no limit"]'));
        // An empty list of costs is a spend of 0.
        if (what === 'an empty list' && preset.kind === 'spend') continue;
        // A word that says why an account is suspended makes it an empty one.
        if (id === 'deepinfra' && path.startsWith('only.suspend')) continue;
        if (what === 'null' && saysNoLimit && JSON.stringify(preset.json).includes('"equals":null')) continue;
        t.deepEqual(invented, [], `${id}: ${path}`);
      }
    }
  });
}

async function outcomesOf(id: string, preset: Preset, documents: readonly unknown[]) {
  let bodies: readonly string[] = [];
  let turn = 0;
  await using vendor = await startScriptedVendor((request, response) => {
    answer(200, bodies[turn % Math.max(1, bodies.length)] ?? '')(request, response);
    turn += 1;
  });
  const check = checkOf(id, preset, vendor.url);
  const outcomes = [];
  for (const document of documents) {
    const parts: readonly unknown[] =
      typeof document === 'object' && document !== null ? Object.values(document) : [];
    bodies = parts.map((one) => JSON.stringify(one));
    turn = 0;
    const outcome = await check();
    outcomes.push(outcome.ok ? outcome.readings : undefined);
  }
  return outcomes;
}

test('namecheap: an answer in XML that lacks its figure, its currency or its verdict is no reading', async (t) => {
  const xml = String(readPreset('namecheap').fixture.answer);
  const changed: readonly (readonly [string, string, string])[] = [
    ['AvailableBalance="204.50"', '', 'schema'],
    ['AvailableBalance="204.50"', 'AvailableBalance=""', 'schema'],
    ['AvailableBalance="204.50"', 'AvailableBalance="plenty"', 'schema'],
    ['Currency="USD"', '', 'schema'],
    ['Currency="USD"', 'Currency="XXQ"', 'schema'],
    ['Status="OK"', 'Status="ERROR"', 'business'],
    ['</ApiResponse>', '', 'schema'],
  ];
  for (const [part, other, reason] of changed) {
    t.true(xml.includes(part), part);
    await using vendor = await startScriptedVendor(answer(200, xml.replace(part, other)));
    const outcome = await ask('namecheap', readPreset('namecheap'), vendor.url);
    count('one place of XML', outcome.ok ? 'A READING' : outcome.reason);
    t.is(outcome.ok ? JSON.stringify(outcome) : outcome.reason, reason, `${part} -> ${other}`);
  }
});

test('an answer that is compressed though nobody asked for it is read', async (t) => {
  let bodies: readonly Buffer[] = [];
  let turn = 0;
  await using vendor = await startScriptedVendor((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(bodies[turn % bodies.length]);
    turn += 1;
  });
  for (const [id, preset] of presets) {
    bodies = documentedAnswers(preset).map((body) => gzipSync(body));
    turn = 0;
    const outcome = await ask(id, preset, vendor.url);
    count('compressed', outcome.ok ? 'the documented readings' : 'failure');
    t.deepEqual(outcome, { ok: true, readings: documentedReadings(preset) } as CheckOutcome, id);
  }
});

test.after('the table', (t) => {
  t.log(`${presets.length} presets`);
  for (const [title, row] of counts) {
    t.log(`${title.padEnd(36)} ${[...row].map(([reason, times]) => `${reason} ${times}`).join(', ')}`);
  }
});

test('every preset is documented completely, and requires only options that it uses', (t) => {
  for (const [id, preset] of presets) {
    t.regex(id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    const text = JSON.stringify([preset.json, preset.base_url]);
    for (const [name, option] of Object.entries(preset.options)) {
      const names = 'choices' in option ? Object.keys(Object.values(option.choices)[0] ?? {}) : [name];
      for (const one of names) {
        t.true(one === 'base_url' || text.includes(`{${one}}`), `${id}: nothing uses ${one}`);
      }
    }
    t.true(text.includes('{base_url}'), id);
    t.true(preset.min_interval >= 60, id);
  }
});
