import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import ICAL from 'ical.js';
import type { MarkFileResult } from '../../../../exporter/subscriptions/mark-file.ts';
import { markInFile } from '../../../../exporter/subscriptions/mark-file.ts';
import { PaidLinks } from '../../../../exporter/web/access/paid-links.ts';
import { createApiRouter } from '../../../../exporter/web/api/router.ts';
import { createStatusApp } from '../../../../exporter/web/status/app.ts';
import { serve } from '../../../support/served.ts';
import { snapshot, subscription, testNow } from '../../../support/snapshots.ts';

const silent = { info: () => undefined, error: () => undefined };
const accounts = (name: string) =>
  `# kept\nsubscriptions:\n  - { name: ${JSON.stringify(name)}, cycle: monthly, day: 17, amount: 12, currency: EUR, paid_through: 2026-10-17 }\n`;

interface Options {
  readonly name?: string;
  readonly mark?: (file: string) => Promise<MarkFileResult>;
  readonly showsPaidLinks?: boolean;
}

/** A status port whose account file has one subscription that is overdue since 17 November. */
async function overdue(t: ExecutionContext, { name = 'Domain', mark, showsPaidLinks = true }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-paid-page-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'accounts.yaml');
  writeFileSync(file, accounts(name));
  writeFileSync(join(folder, 'key'), 'k'.repeat(40));
  const links = new PaidLinks(join(folder, 'key'), 'https://ops.example/balances', silent);
  const marked: string[] = [];
  const notMarked: string[] = [];
  const dependencies = {
    snapshot: () => snapshot({ subscriptions: [subscription({ name, paidThrough: '2026-10-17' })] }),
    now: () => testNow,
    version: '1.2.3',
  };
  const served = await serve(
    createStatusApp({
      ...dependencies,
      links: {},
      api: createApiRouter({ ...dependencies, paidLinks: links }),
      paid: {
        links,
        allowedHosts: [],
        mark: (subject, date) => mark?.(file) ?? markInFile({ file, name: subject, date, now: testNow }),
        onMarked: (subject, date) => void marked.push(`${subject} ${date}`),
        onNotMarked: (subject, date, message) => void notMarked.push(`${subject} ${date}: ${message}`),
      },
      showsPaidLinks: () => showsPaidLinks,
    }),
  );
  t.teardown(served.close);
  const query = `${links.query({ name, date: '2026-11-17' }, testNow)}&confirm=yes`;
  const post = (
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number | undefined; readonly page: string }> =>
    new Promise((resolve, reject) => {
      const sent = request(served.url + path, { method: 'POST', headers }, (response) => {
        text(response).then((page) => resolve({ status: response.statusCode, page }), reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  const content = () => readFileSync(file, 'utf8');
  return { url: served.url, file, query, links, marked, notMarked, post, content };
}

const paid = '/renewals/paid?';

test('a link asks first and changes nothing, however often it is followed', async (t) => {
  const { url, query, content, marked } = await overdue(t);
  const before = content();
  for (const method of ['GET', 'HEAD', 'GET']) {
    const response = await fetch(`${url}${paid}${query}`, { method });
    t.is(response.status, 200);
    t.is(response.headers.get('cache-control'), 'no-store');
    t.is(response.headers.get('referrer-policy'), 'same-origin');
    if (method === 'GET')
      t.regex(await response.text(), /<form [^>]*method="post" action="\?name=[^"]*&amp;confirm=yes"/);
  }
  t.is(content(), before);
  t.deepEqual(marked, []);
});

test('the confirmation marks the renewal in the account file as the command does, and a second one changes nothing', async (t) => {
  const { query, content, marked, notMarked, post } = await overdue(t);
  const first = await post(`${paid}${query}`);
  t.is(first.status, 200);
  t.true(first.page.includes('is marked as paid'));
  t.is(content(), accounts('Domain').replace('paid_through: 2026-10-17', 'paid_through: 2026-11-17'));
  const second = await post(`${paid}${query}`);
  t.is(second.status, 200);
  t.true(second.page.includes('was already marked as paid'));
  t.deepEqual(marked, ['Domain 2026-11-17']);
  t.deepEqual(notMarked, []);
});

test('twenty confirmations at the same time are one mark', async (t) => {
  const { query, content, marked, post } = await overdue(t);
  const results = await Promise.all(Array.from({ length: 20 }, () => post(`${paid}${query}`)));
  t.deepEqual([...new Set(results.map(({ status }) => status))], [200]);
  t.deepEqual(marked, ['Domain 2026-11-17']);
  t.true(content().includes('paid_through: 2026-11-17'));
});

test('without the confirmation, with a wrong link, from another site and under a foreign name nothing is written', async (t) => {
  const { url, query, links, content, marked, notMarked, post } = await overdue(t);
  const before = content();
  const expired = `${links.query({ name: 'Domain', date: '2026-10-17' }, testNow - 90 * 86_400_000)}&confirm=yes`;
  for (const [status, path, headers] of [
    [200, `${paid}${query.replace('&confirm=yes', '')}`, {}],
    [200, `${paid}${query.replace('&confirm=yes', '&confirm=no')}`, {}],
    [403, paid, {}],
    [403, `${paid}${query.replace('2026-11-17', '2026-12-17')}`, {}],
    [410, `${paid}${expired}`, {}],
    [403, `${paid}${query}`, { origin: 'https://evil.example' }],
    [403, `${paid}${query}`, { origin: 'null' }],
    [403, `${paid}${query}`, { 'sec-fetch-site': 'cross-site' }],
    [403, `${paid}${query}`, { host: 'evil.example' }],
  ] as const) {
    t.is((await post(path, headers)).status, status, JSON.stringify([path, headers]));
  }
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    t.is((await fetch(`${url}${paid}${query}`, { method })).status, 405);
  t.is(content(), before);
  t.deepEqual(marked, []);
  // Nor is it told: a log that anyone can fill hides what is in it.
  t.deepEqual(notMarked, []);
});

test('the host of the links is accepted, with the origin of a page under it', async (t) => {
  const { query, post } = await overdue(t);
  const { status } = await post(`${paid}${query}`, { host: 'ops.example', origin: 'https://ops.example' });
  t.is(status, 200);
});

test('under an account file that cannot be written, the page says what to do instead, and the reason is told', async (t) => {
  const { query, post, marked, notMarked } = await overdue(t, {
    mark: async () => ({
      outcome: 'unwritable',
      message: "cannot lock /x: EROFS: read-only file system, open '/x.lock'",
    }),
  });
  const { status, page } = await post(`${paid}${query}`);
  t.is(status, 503);
  t.true(page.includes('balance-alert renewed &#39;Domain&#39; 2026-11-17'), page);
  t.true(page.includes('EROFS'));
  t.deepEqual(marked, []);
  t.deepEqual(notMarked, ["Domain 2026-11-17: cannot lock /x: EROFS: read-only file system, open '/x.lock'"]);
});

test('a file beside which no lock can be made is such a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-unlockable-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  // The longest name that there can be leaves no room for that of the lock; whoever runs the tests may write everywhere else.
  const file = join(folder, 'a'.repeat(255));
  writeFileSync(file, accounts('Domain'));
  const result = await markInFile({ file, name: 'Domain', date: '2026-11-17', now: testNow });
  t.is(result.outcome, 'unwritable');
  t.is(readFileSync(file, 'utf8'), accounts('Domain'));
});

test('a renewal that the file no longer has is refused with the reason, which is told, too', async (t) => {
  const { file, query, post, notMarked } = await overdue(t);
  writeFileSync(file, accounts('Domain').replace('day: 17', 'day: 20').replace('-10-17', '-10-20'));
  const { status, page } = await post(`${paid}${query}`);
  t.is(status, 409);
  t.true(page.includes('2026-11-20'), page);
  t.is(notMarked.length, 1);
  t.regex(notMarked[0] ?? '', /^Domain 2026-11-17: .*2026-11-20/);
});

test('names with HTML, quotes, line breaks and right-to-left marks stay text on the page and one parameter of the link', async (t) => {
  const name = '<script>alert(1)</script>"\r\nSet-Cookie: x=1\r\n\u202Efdp.exe';
  const { url, query, post } = await overdue(t, {
    name,
    mark: async () => ({ outcome: 'unwritable', message: 'x' }),
  });
  const asked = await fetch(`${url}${paid}${query}`);
  t.is(asked.status, 200);
  t.is(asked.headers.get('set-cookie'), null);
  for (const page of [await asked.text(), (await post(`${paid}${query}`)).page]) {
    t.false(page.includes('<script>'));
    t.true(page.includes('&lt;script&gt;'));
  }
});

test('the feed has the link in the text of what is not paid and near, and without the feature none', async (t) => {
  const { url, links } = await overdue(t);
  const calendar = new ICAL.Component(ICAL.parse(await (await fetch(`${url}/renewals.ics`)).text()));
  const texts = calendar
    .getAllSubcomponents('vevent')
    .map((event) =>
      [event.getFirstPropertyValue('dtstart'), event.getFirstPropertyValue('description')].map(String),
    );
  const [first = []] = texts;
  const [, link = ''] = /^Mark as paid: (.*)$/m.exec(first[1] ?? '') ?? [];
  t.is(first[0], '2026-11-17');
  t.is(link, links.url({ name: 'Domain', date: '2026-11-17' }, testNow));
  t.deepEqual(
    texts.filter(([, description]) => description?.includes('Mark as paid')).map(([date]) => date),
    ['2026-11-17', '2026-12-17', '2027-01-17'],
  );
});

test('the page has the link only where a password is required, in both languages', async (t) => {
  const closed = await overdue(t);
  const open = await overdue(t, { showsPaidLinks: false });
  for (const [language, words] of [
    ['en', 'Mark as paid'],
    ['zh', '标记为已付款'],
  ] as const) {
    const page = await (await fetch(`${closed.url}/?lang=${language}`)).text();
    const [, href = ''] = /href="(\.\/renewals\/paid\?[^"]+)"/.exec(page) ?? [];
    t.true(page.includes(words));
    const question = await fetch(new URL(href.replaceAll('&amp;', '&'), `${closed.url}/`));
    t.is(question.status, 200);
    t.false((await (await fetch(`${open.url}/?lang=${language}`)).text()).includes('renewals/paid'));
  }
});
