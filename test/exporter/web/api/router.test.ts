import type { ExecutionContext } from 'ava';
import test from 'ava';
import ICAL from 'ical.js';
import * as z from 'zod';
import type { ApiDependencies } from '../../../../exporter/web/api/router.ts';
import { createApiRouter } from '../../../../exporter/web/api/router.ts';
import { accountSchema, problemSchema, statusSchema } from '../../../../exporter/web/api/schema.ts';
import { createStatusApp } from '../../../../exporter/web/status/app.ts';
import { statusView } from '../../../../exporter/web/view/status.ts';
import { fullSnapshot } from '../../../page/sample.ts';
import { serve } from '../../../support/served.ts';
import {
  accountState,
  balance,
  minute,
  snapshot,
  spend,
  subscription,
  testNow,
} from '../../../support/snapshots.ts';

/** Serves the status port for one test, and gives what to ask it with. */
async function asking(t: ExecutionContext, changes: Partial<ApiDependencies> = {}) {
  const dependencies = { snapshot: fullSnapshot, now: () => testNow, version: '1.2.3', ...changes };
  const served = await serve(
    createStatusApp({ ...dependencies, links: {}, api: createApiRouter(dependencies) }),
  );
  t.teardown(served.close);
  return async (path: string, options: RequestInit = {}) => {
    const response = await fetch(served.url + path, options);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

const openApiSchema = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.object({ get: z.object({ responses: z.record(z.string(), z.unknown()) }) })),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

test('the status is what the page shows, in the shape that is published', async (t) => {
  const ask = await asking(t);
  const { status, headers, text } = await ask('/api/v1/status');
  t.is(status, 200);
  t.is(headers.get('content-type'), 'application/json; charset=utf-8');
  const body = z.strictObject(statusSchema.shape).parse(JSON.parse(text));
  const view = statusView(fullSnapshot(), testNow);
  t.is(body.attention_count, view.attentionCount);
  t.deepEqual(
    body.accounts.map(({ name, state }) => [name, state]),
    view.accounts.map(({ name, standing }) => [name, standing]),
  );
  t.deepEqual(
    body.renewals.map(({ name, next, days }) => [name, next, days]),
    view.renewals.map(({ name, next, days }) => [name, next, days]),
  );
  t.deepEqual(
    body.mailboxes.map(({ name, scanned }) => [name, scanned]),
    view.mailboxes.map(({ name, examined }) => [name, examined]),
  );
});

test('an account has its readings with their limits, and whether they are current', async (t) => {
  const account = { name: 'a/b c', threshold: { USD: 10 }, budget: 5, owner: 'team' };
  const state = accountState(account, { readings: [balance(5), spend(9)] });
  const path = `/api/v1/accounts/${encodeURIComponent('a/b c')}`;
  const ask = await asking(t, { snapshot: () => snapshot({ accounts: [state] }) });
  const { text } = await ask(path);
  const checked = new Date(testNow - 5 * minute).toISOString();
  t.deepEqual(accountSchema.parse(JSON.parse(text)), {
    name: 'a/b c',
    provider: 'openrouter',
    owner: 'team',
    state: 'low',
    current: true,
    readings: [
      { type: 'balance', unit: 'USD', value: 5, threshold: 10, state: 'low' },
      {
        type: 'spend',
        unit: 'USD',
        value: 9,
        period: 'month',
        period_start: '2026-11-01T00:00:00.000Z',
        period_end: '2026-12-01T00:00:00.000Z',
        budget: 5,
        state: 'over_budget',
      },
    ],
    last_check_at: checked,
    last_success_at: checked,
  });
  const later = await asking(t, {
    snapshot: () => snapshot({ accounts: [state] }),
    now: () => testNow + 60 * minute,
  });
  const old = accountSchema.parse(JSON.parse((await later(path)).text));
  t.deepEqual([old.current, old.state], [false, 'stale']);
});

test('what is not there is a problem in JSON, and nothing can be changed', async (t) => {
  const ask = await asking(t);
  for (const [method, path, status] of [
    ['GET', '/api/v1/accounts/nobody', 404],
    ['GET', '/api/v2/status', 404],
    ['GET', '/api/', 404],
    ['POST', '/api/v1/status', 405],
    ['DELETE', '/api/v1/accounts/openrouter-prod', 405],
  ] as const) {
    const response = await ask(path, { method });
    t.is(response.status, status, path);
    t.is(response.headers.get('content-type'), 'application/problem+json; charset=utf-8', path);
    t.is(problemSchema.parse(JSON.parse(response.text)).status, status);
  }
});

test('an answer that has not changed is 304, whatever the time, and one that has changed is sent', async (t) => {
  let now = testNow;
  let value = 50;
  const ask = await asking(t, {
    now: () => now,
    snapshot: () =>
      snapshot({
        accounts: [accountState({ name: 'a' }, { readings: [balance(value)] })],
        subscriptions: [subscription({ name: 'Domain' })],
      }),
  });
  for (const path of ['/api/v1/status', '/api/v1/accounts/a', '/api/v1/openapi.json', '/renewals.ics']) {
    now = testNow;
    const first = await ask(path);
    const tag = first.headers.get('etag') ?? '';
    t.regex(tag, /^"[\w-]{22}"$/, path);
    t.is(first.headers.get('cache-control'), 'no-cache', path);
    now = testNow + minute;
    const again = await ask(path, { headers: { 'If-None-Match': tag } });
    t.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', tag], path);
  }
  const tag = (await ask('/api/v1/status')).headers.get('etag') ?? '';
  value = 49;
  t.is((await ask('/api/v1/status', { headers: { 'If-None-Match': tag } })).status, 200);
});

test('nothing of a mailbox or an account that the page does not show is in the API', async (t) => {
  const ask = await asking(t);
  const { text } = await ask('/api/v1/status');
  for (const hidden of ['imap.example.com', 'billing@example.com', 'BILLING_IMAP', 'options', 'password']) {
    t.false(text.includes(hidden), hidden);
  }
});

test('the OpenAPI document describes every address that is served, and its schemas hold for the answers', async (t) => {
  const ask = await asking(t);
  const document = openApiSchema.parse(JSON.parse((await ask('/api/v1/openapi.json')).text));
  t.deepEqual(Object.keys(document.paths), [
    '/api/v1/status',
    '/api/v1/accounts/{name}',
    '/api/v1/openapi.json',
    '/renewals.ics',
  ]);
  for (const [path, { get }] of Object.entries(document.paths)) {
    const { status } = await ask(path.replace('{name}', 'openrouter-prod'));
    t.is(status, 200, path);
    t.true('200' in get.responses, path);
  }
  const { schemas } = document.components;
  t.deepEqual(Object.keys(schemas).sort(), ['Account', 'Mailbox', 'Problem', 'Reading', 'Renewal', 'Status']);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, target = '']) => target,
  );
  t.true(references.length > 5);
  for (const target of references) t.true(target.replace('#/components/schemas/', '') in schemas, target);

  // Read back as a JSON Schema by somebody who knows nothing of ours.
  const status = z.fromJSONSchema({
    ...JSON.parse(JSON.stringify(schemas['Status']).replaceAll('#/components/schemas/', '#/$defs/')),
    $defs: JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/')),
  });
  const answer: unknown = JSON.parse((await ask('/api/v1/status')).text);
  t.deepEqual(status.parse(answer), answer);
  t.false(status.safeParse({ ...(typeof answer === 'object' ? answer : {}), timezone: 5 }).success);
});

test('the renewals feed is a calendar that a library reads, without the entries that cannot be rendered', async (t) => {
  const faults: string[] = [];
  const ask = await asking(t, {
    snapshot: () =>
      snapshot({
        subscriptions: [
          subscription({ name: 'Domain, <b>"quoted"</b>' }),
          // Intl knows this zone, and Temporal does not.
          subscription({ name: 'broken', timezone: 'JST' }),
        ],
      }),
    onEntryFault: ({ name }) => faults.push(name),
  });
  const { status, headers, text } = await ask('/renewals.ics');
  t.is(status, 200);
  t.is(headers.get('content-type'), 'text/calendar; charset=utf-8');
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
  t.true(events.length > 0);
  for (const event of events) t.regex(event.summary, /Domain, <b>"quoted"<\/b>/);
  t.deepEqual(faults, ['broken']);
});
