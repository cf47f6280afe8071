import { request } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import * as z from 'zod';
import { createApiRouter } from '../../../../exporter/web/api/router.ts';
import { statusSchema } from '../../../../exporter/web/api/schema.ts';
import type { McpRouterDependencies } from '../../../../exporter/web/mcp/router.ts';
import { createMcpRouter } from '../../../../exporter/web/mcp/router.ts';
import { createStatusApp } from '../../../../exporter/web/status/app.ts';
import { fullSnapshot } from '../../../page/sample.ts';
import { serve } from '../../../support/served.ts';
import { accountState, balance, hour, snapshot, subscription, testNow } from '../../../support/snapshots.ts';

/** Serves the status port with assistants allowed, and gives a client of the SDK and the API's answers. */
async function assistant(t: ExecutionContext, changes: Partial<McpRouterDependencies> = {}) {
  const dependencies = {
    snapshot: fullSnapshot,
    now: () => testNow,
    version: '1.2.3',
    allowedHosts: [],
    ...changes,
  };
  const served = await serve(
    createStatusApp({
      ...dependencies,
      links: {},
      api: createApiRouter(dependencies),
      mcp: createMcpRouter(dependencies),
    }),
  );
  t.teardown(served.close);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`)));
  t.teardown(() => client.close());
  const ask = async (name: string, question: Record<string, unknown> = {}) => {
    const { isError, structuredContent, content } = await client.callTool({
      name,
      arguments: question,
    });
    return {
      isError: isError === true,
      data: record(structuredContent ?? {}),
      content: texts.parse(content),
    };
  };
  const api = async (path: string): Promise<unknown> => (await fetch(served.url + path)).json();
  const status = async () => statusSchema.parse(await api('/api/v1/status'));
  return { client, ask, api, status, url: served.url };
}

const texts = z.array(z.object({ type: z.literal('text'), text: z.string() }));
const record = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);
const named = z.object({ name: z.string() });
const names = (value: unknown): readonly string[] =>
  z
    .array(named)
    .parse(value)
    .map(({ name }) => name);

test('the four tools are published as reading only, with the shapes of their answers', async (t) => {
  const { client } = await assistant(t);
  t.deepEqual(client.getServerVersion(), { name: 'balance-alert', title: 'balance-alert', version: '1.2.3' });
  const { tools } = await client.listTools();
  t.deepEqual(
    tools.map(({ name }) => name),
    ['what_runs_dry_first', 'account_state', 'renewals', 'failing_checks'],
  );
  for (const { name, annotations, outputSchema } of tools) {
    t.deepEqual(
      [annotations?.readOnlyHint, annotations?.destructiveHint, annotations?.openWorldHint],
      [true, false, false],
      name,
    );
    t.is(outputSchema?.type, 'object', name);
  }
});

test('what runs dry first: the accounts of the API, empty ones first, then by what is left of the threshold', async (t) => {
  const state = (name: string, value: number, threshold?: number) =>
    accountState({ name, threshold }, { readings: [balance(value)] });
  const { ask, status } = await assistant(t, {
    snapshot: () =>
      snapshot({
        accounts: [
          state('without threshold', 5),
          state('plenty', 900, 100),
          state('low', 30, 100),
          state('empty', 0, 100),
          state('lower', 1, 10),
          accountState(
            { name: 'out of date', threshold: 100 },
            { readings: [balance(1)], lastSuccessAtMs: testNow - 5 * hour },
          ),
        ],
      }),
  });
  const { data, content } = await ask('what_runs_dry_first');
  const accounts = z
    .array(z.looseObject({ name: z.string(), threshold_ratio: z.number().optional() }))
    .parse(data['accounts']);
  t.deepEqual(
    accounts.map(({ name, threshold_ratio }) => [name, threshold_ratio]),
    [
      ['empty', 0],
      ['lower', 0.1],
      ['low', 0.3],
      ['plenty', 9],
      ['without threshold', undefined],
    ],
  );
  t.deepEqual(data['unknown'], ['out of date']);
  const known = new Map((await status()).accounts.map((account) => [account.name, account]));
  for (const { threshold_ratio: _, ...account } of accounts) t.deepEqual(account, known.get(account.name));
  t.deepEqual(JSON.parse(content[0]?.text ?? ''), data);
  t.is(names((await ask('what_runs_dry_first', { limit: 2 })).data['accounts']).length, 2);
});

test('where Prometheus is asked, accounts come by the days that are left, and those below a threshold before others', async (t) => {
  const days: Readonly<Record<string, number>> = { slow: 90.04, fast: 2.5, low: 40 };
  const { ask } = await assistant(t, {
    snapshot: () =>
      snapshot({
        accounts: ['slow', 'fast', 'unknown rate', 'low', 'old'].map((name) =>
          accountState(
            { name, threshold: 100 },
            {
              readings: [balance(name === 'low' ? 50 : 500)],
              ...(name === 'old' ? { lastSuccessAtMs: testNow - 5 * hour } : {}),
            },
          ),
        ),
      }),
    histories: async () => (name) => ({ daysLeft: days[name], points: [] }),
  });
  const { data } = await ask('what_runs_dry_first');
  t.deepEqual(
    z
      .array(z.object({ name: z.string(), days_left: z.number().optional() }))
      .parse(data['accounts'])
      .map(({ name, days_left }) => [name, days_left]),
    [
      ['low', 40],
      ['fast', 2.5],
      ['slow', 90],
      ['unknown rate', undefined],
    ],
  );
  t.deepEqual(data['unknown'], ['old']);
});

test('the state of one account is what the API says of it, and an unknown name is an error in words', async (t) => {
  const { ask, api, status } = await assistant(t);
  const { accounts } = await status();
  t.true(accounts.length > 5);
  for (const { name } of accounts) {
    const { data } = await ask('account_state', { name });
    t.deepEqual(data['account'], await api(`/api/v1/accounts/${encodeURIComponent(name)}`));
  }
  const unknown = await ask('account_state', { name: 'nobody' });
  t.deepEqual(
    [unknown.isError, unknown.content[0]?.text],
    [true, 'no enabled account is named "nobody"; what_runs_dry_first lists the names'],
  );
});

test('renewals of a period include the dates of the API and those after them, with sums by currency', async (t) => {
  const { ask, status } = await assistant(t, {
    snapshot: () =>
      snapshot({
        subscriptions: [
          subscription({ name: 'Monthly' }),
          subscription({ name: 'In yuan', price: { amount: 0.1, currency: 'CNY' } }),
          subscription({ name: 'Free', price: undefined }),
        ],
      }),
  });
  const { data } = await ask('renewals', { from: '2026-12-01', to: '2027-02-28' });
  t.deepEqual(
    z
      .array(z.object({ name: z.string(), date: z.string() }))
      .parse(data['renewals'])
      .map(({ name, date }) => `${date} ${name}`),
    ['2026-12-17', '2027-01-17', '2027-02-17'].flatMap((date) => [
      `${date} Monthly`,
      `${date} In yuan`,
      `${date} Free`,
    ]),
  );
  t.deepEqual(data['unpaid'], [
    { currency: 'CNY', amount: 0.3 },
    { currency: 'USD', amount: 600 },
  ]);
  const nextOf = z
    .array(z.object({ name: z.string(), date: z.string(), days: z.int() }))
    .parse((await ask('renewals')).data['renewals']);
  for (const { name, next, days } of (await status()).renewals) {
    t.true(
      nextOf.some((one) => one.name === name && one.date === next && one.days === days),
      name,
    );
  }
});

test('failing checks are the accounts and mailboxes of the API with a failure, and the errors of the account file', async (t) => {
  const { ask, status } = await assistant(t);
  const { data } = await ask('failing_checks');
  const { accounts, mailboxes, config } = await status();
  const failing = ({ failure, state }: { readonly failure?: object | undefined; readonly state: string }) =>
    failure !== undefined || state === 'stale';
  t.true(accounts.some(failing));
  t.deepEqual(data, {
    accounts: accounts.filter(failing),
    mailboxes: mailboxes.filter(failing),
    config_errors: config.errors,
    broken: [],
  });
});

test('a question that does not fit its schema is answered with what was expected', async (t) => {
  const { ask } = await assistant(t);
  for (const [tool, question, expected] of [
    ['what_runs_dry_first', { limit: 0 }, /limit/],
    ['account_state', {}, /name/],
    ['renewals', { from: 'tomorrow' }, /from/],
    ['failing_checks', { refresh: true }, /refresh/],
    ['top_up', {}, /top_up/],
  ] as const) {
    const { isError, content } = await ask(tool, question);
    t.true(isError, tool);
    t.regex(content[0]?.text ?? '', expected);
  }
});

/** Sends one message with headers of choice, which `fetch` does not allow; the status and the text of the answer. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  method = 'POST',
): Promise<readonly [number, string]> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/mcp`,
      {
        method,
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString('utf8');
        });
        response.on('end', () => resolve([response.statusCode ?? 0, text]));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('pages of other sites and names pointed to this server are refused, and allowed names are not', async (t) => {
  const { url } = await assistant(t, { allowedHosts: ['status.example.com'] });
  const { port } = new URL(url);
  const cases: readonly [Readonly<Record<string, string>>, number][] = [
    [{}, 200],
    [{ Origin: url }, 200],
    [{ Host: 'exporter:8080' }, 200],
    [{ Host: 'status.example.com' }, 200],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Host: 'evil.example', Origin: 'http://evil.example' }, 403],
    [{ Host: `evil.example:${port}` }, 403],
    [{ Host: 'status.example.com.evil.example' }, 403],
  ];
  for (const [headers, status] of cases) t.is((await send(url, headers))[0], status, JSON.stringify(headers));
});

test('a body that is too long, no JSON, or of another method is refused without an answer of a tool', async (t) => {
  const { url } = await assistant(t);
  const cases: readonly [body: string, method: string, status: number][] = [
    [`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(70_000)}"}`, 'POST', 413],
    ['{', 'POST', 400],
    ['null', 'POST', 400],
    ['', 'GET', 405],
    ['', 'DELETE', 405],
  ];
  for (const [body, method, status] of cases) {
    const [got, text] = await send(url, {}, body, method);
    t.is(got, status, `${method} ${body.slice(0, 40)}`);
    t.false(text.includes('result'), text);
  }
});

test('without the switch there is no such address', async (t) => {
  const served = await serve(
    createStatusApp({ snapshot: fullSnapshot, now: () => testNow, version: '1', links: {} }),
  );
  t.teardown(served.close);
  t.is((await send(served.url, {}))[0], 405);
  t.is((await fetch(`${served.url}/mcp`)).status, 404);
});
