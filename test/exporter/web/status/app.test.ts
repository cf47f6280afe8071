import { request } from 'node:http';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Reading } from '../../../../exporter/readings/reading.ts';
import type { StatusDependencies } from '../../../../exporter/web/status/app.ts';
import { createStatusApp, rootFrom } from '../../../../exporter/web/status/app.ts';
import { readRunbooks } from '../../../../exporter/web/status/runbooks.ts';
import { fullSnapshot } from '../../../page/sample.ts';
import { serve } from '../../../support/served.ts';
import {
  accountState,
  balance,
  mailboxState,
  snapshot,
  testNow,
  untried,
} from '../../../support/snapshots.ts';

const runbooks = readRunbooks('## BalanceLow\n\nTop it up.\n\n## AccountCheckFailing\n\nLook at the key.\n');

/** Serves the application for one test, and gives what to ask it with. */
async function asking(t: ExecutionContext, changes: Partial<StatusDependencies> = {}) {
  const served = await serve(
    createStatusApp({
      snapshot: fullSnapshot,
      now: () => testNow,
      links: {},
      version: '1.2.3',
      runbooks,
      ...changes,
    }),
  );
  t.teardown(served.close);
  return async (path: string, options: RequestInit = {}) => {
    const response = await fetch(served.url + path, { redirect: 'manual', ...options });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

/** The page's text as a reader sees it, in one line. */
function words(page: string): string {
  return page
    .replace(/^[\s\S]*<main/, '<main')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/[\s\u00a0]+/g, ' ');
}

for (const [language, said] of [
  ['en', 'No limit'],
  ['zh', '不限量'],
]) {
  test(`where the vendor sets no limit the page says ${said}`, async (t) => {
    const unlimited: Reading = { kind: 'unlimited', type: 'quota', unit: 'requests', window: 'month' };
    const state = accountState({ threshold: 5 }, { readings: [unlimited] });
    const ask = await asking(t, { snapshot: () => snapshot({ accounts: [state] }) });
    const { status, text } = await ask(`/?lang=${language}`);
    t.is(status, 200);
    t.true(words(text).includes(said ?? ''), words(text));
  });
}

test('the page is HTML that nothing keeps, frames, sniffs or runs scripts in', async (t) => {
  const ask = await asking(t);
  const { status, headers } = await ask('/');
  t.is(status, 200);
  t.is(headers.get('content-type'), 'text/html; charset=utf-8');
  t.is(headers.get('cache-control'), 'no-store');
  t.is(
    headers.get('content-security-policy'),
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  t.is(headers.get('x-content-type-options'), 'nosniff');
  t.is(headers.get('referrer-policy'), 'no-referrer');
  t.is(headers.get('x-frame-options'), 'DENY');
  t.is(headers.get('x-powered-by'), null);
  t.is(headers.get('etag'), null);
});

test('every answer has the strict headers, whatever it is', async (t) => {
  const ask = await asking(t);
  for (const path of ['/', '/-/healthy', '/runbooks/', '/runbooks/BalanceLow', '/nowhere', '/%E0%A4%A']) {
    const { headers } = await ask(path);
    t.regex(headers.get('content-security-policy') ?? '', /^default-src 'none'/, path);
    t.is(headers.get('x-content-type-options'), 'nosniff', path);
    t.is(headers.get('cache-control'), 'no-store', path);
  }
});

test('no page holds a script, an inline style or an address of elsewhere to load from', async (t) => {
  const ask = await asking(t);
  for (const path of ['/', '/runbooks/', '/runbooks/BalanceLow', '/nowhere']) {
    const { text } = await ask(path);
    t.notRegex(text, /<script|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
    for (const [, url] of text.matchAll(/<(?:link|img|iframe|use)\b[^>]*(?:href|src)="([^"]*)"/g)) {
      t.regex(url ?? '', /^(\.|#)/, path);
    }
  }
});

test('style and icon have their content in their names and may be kept for good', async (t) => {
  const ask = await asking(t);
  const { text } = await ask('/');
  for (const [pattern, type] of [
    [/href="\.(\/style-[0-9a-f]{16}\.css)"/, 'text/css; charset=utf-8'],
    [/href="\.(\/icon-[0-9a-f]{16}\.svg)"/, 'image/svg+xml; charset=utf-8'],
  ] as const) {
    const [, path] = pattern.exec(text) ?? [];
    const asset = await ask(path ?? '');
    t.is(asset.status, 200);
    t.is(asset.headers.get('content-type'), type);
    t.is(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  }
});

test('the language is the one asked for, else the first that the browser accepts, else the default', async (t) => {
  const english = await asking(t);
  const chinese = await asking(t, { language: 'zh' });
  const language = async (ask: typeof english, path: string, accept?: string) => {
    const { headers } = await ask(
      path,
      accept === undefined ? {} : { headers: { 'Accept-Language': accept } },
    );
    return headers.get('content-language');
  };
  t.is(await language(english, '/?lang=zh', 'en'), 'zh-Hans');
  t.is(await language(english, '/?lang=fr', 'zh-CN,zh;q=0.9'), 'zh-Hans');
  t.is(await language(english, '/', 'zh-TW'), 'zh-Hans');
  t.is(await language(english, '/', 'de;q=1, en-GB;q=0.8, zh;q=0.3'), 'en');
  t.is(await language(chinese, '/', 'de'), 'zh-Hans');
  t.is(await language(english, '/', 'de'), 'en');
  t.is(await language(chinese, '/', '*'), 'zh-Hans');
  t.is((await english('/')).headers.get('vary'), 'Accept-Language');
});

test('the page has the same content in both languages', async (t) => {
  const ask = await asking(t);
  const en = await ask('/?lang=en');
  const zh = await ask('/?lang=zh');
  t.regex(en.text, /<html lang="en">/);
  t.regex(zh.text, /<html lang="zh-Hans">/);
  t.true(words(en.text).includes('12.40 USD left, below the threshold of 100.00 USD.'));
  t.true(words(zh.text).includes('剩余 12.40 USD，低于阈值 100.00 USD。'));
  const rows = (text: string): number => [...text.matchAll(/<tr role="row">/g)].length;
  t.is(rows(en.text), rows(zh.text));
});

test('reasons of failures are shown in words, with the time of the last success', async (t) => {
  const ask = await asking(t);
  const page = words((await ask('/?lang=en')).text);
  t.true(
    page.includes(
      'The latest reading is older than 1 hour. The credentials are valid but lack permission to read the balance. Details: HTTP 400 NotAuthorized: the RAM user lacks bss:DescribeAcccount Last known: 10,523.10 CNY, 9 hours ago .',
    ),
  );
  t.true(
    page.includes(
      'The vendor did not respond in time. Details: no answer within 10 s of sending the request Last successful check 11 minutes ago .',
    ),
  );
  t.true(page.includes('No check has succeeded yet.'));
  t.true(page.includes('Was due on Tue, Nov 17, 2026 (200.00 USD) and is not marked as paid.'));
  t.true(page.includes('Renewal due in 2 days, on Thu, Nov 26, 2026 (12.00 EUR).'));
  t.true(page.includes('The mail server rejected the user name or password.'));
  t.true(page.includes('Arrears: 2 mails in total, the latest 7 hours ago .'));
  t.true(page.includes('balance-alert.yaml:14:16: accounts[2].threshold: expected a number'));
});

test('a value that is too old is not shown as what is left', async (t) => {
  const old = accountState(
    { name: 'old', threshold: 100 },
    { readings: [balance(4321)], lastSuccessAtMs: testNow - 3_600_001 },
  );
  const ask = await asking(t, { snapshot: () => snapshot({ accounts: [old] }) });
  const { text } = await ask('/?lang=en');
  t.notRegex(text, /class="amount"/);
  t.notRegex(words(text), /4,321\.00 USD left/);
  t.true(words(text).includes('No current value Last known: 4,321.00 USD, 1 hour ago .'));
});

test('an account that was not checked yet is marked as such, and the page does not report that all is well', async (t) => {
  const ask = await asking(t, {
    snapshot: () => snapshot({ accounts: [accountState({ name: 'new' }, untried)] }),
  });
  const page = words((await ask('/?lang=en')).text);
  t.true(page.includes('Nothing needs attention so far; 1 account has not been checked yet.'));
  t.false(page.includes('Nothing needs attention.'));
});

test('an empty file and a calm day each have their words', async (t) => {
  const empty = await asking(t, { snapshot: () => snapshot() });
  const page = words((await empty('/?lang=en')).text);
  t.true(page.includes('The account file has no enabled accounts.'));
  t.true(page.includes('The account file has no active subscriptions.'));
  t.true(page.includes('The account file has no enabled mailboxes.'));
  const calm = await asking(t, {
    snapshot: () => snapshot({ accounts: [accountState({}, { readings: [balance(5)] })] }),
  });
  t.true(words((await calm('/?lang=en')).text).includes('Nothing needs attention.'));
});

test('links to other views appear where their addresses are known and safe', async (t) => {
  const bare = await asking(t, { runbooks: undefined });
  t.notRegex((await bare('/')).text, /class="views"/);
  const linked = await asking(t, {
    links: {
      dashboard: 'https://grafana.example/d/overview?a=1&b="2"',
      prometheus: 'javascript:alert(1)',
    },
  });
  const { text } = await linked('/?lang=en');
  t.true(text.includes('<a href="https://grafana.example/d/overview?a=1&amp;b=&quot;2&quot;">Dashboard</a>'));
  t.true(text.includes('<a href="./runbooks/?lang=en">Runbooks</a>'));
  t.false(text.includes('javascript:'));
  const relative = await asking(t, { links: { prometheus: '/prometheus' } });
  t.true((await relative('/?lang=en')).text.includes('<a href="/prometheus">Prometheus</a>'));
});

test('nothing of a mailbox but its name, state, topics and counts is on the page', async (t) => {
  const ask = await asking(t, {
    snapshot: () => snapshot({ mailboxes: [mailboxState({ owner: 'finance' })] }),
  });
  const { text } = await ask('/');
  for (const hidden of [
    'imap.example.com',
    'billing@example.com',
    'BILLING_IMAP',
    'not shown anywhere',
    'INBOX',
  ]) {
    t.false(text.includes(hidden), hidden);
  }
});

test('accounts are found by name, provider or owner, in any case and width', async (t) => {
  const accounts = ['Alpha', 'beta', '<gamma>'].map((name) =>
    accountState({
      name,
      provider: name === 'beta' ? 'deepseek' : 'json',
      owner: name === 'Alpha' ? 'Finance' : undefined,
    }),
  );
  const ask = await asking(t, { snapshot: () => snapshot({ accounts }) });
  const found = async (search: string): Promise<string[]> => {
    const { text } = await ask(`/?lang=en&${search}`);
    return [...text.matchAll(/scope="rowgroup"><bdi>(.*?)<\/bdi>/g)].map(([, name]) => name ?? '');
  };
  t.deepEqual(await found('q=ALPHA'), ['Alpha']);
  t.deepEqual(await found('q=%EF%BD%82eta'), ['beta']);
  t.deepEqual(await found('q=deepseek'), ['beta']);
  t.deepEqual(await found('q=finance'), ['Alpha']);
  t.deepEqual(await found(`q=${encodeURIComponent('<gamma>')}`), ['&lt;gamma&gt;']);
  t.deepEqual(await found('q=nothing'), []);
  t.deepEqual(await found('show=attention'), []);
  const { text } = await ask(`/?lang=en&q=${encodeURIComponent('"><script>')}`);
  t.true(text.includes('value="&quot;&gt;&lt;script&gt;"'));
  t.true(words(text).includes('No accounts match.'));
});

test('ten thousand accounts stay pages of two hundred, with what is low before them', async (t) => {
  const accounts = Array.from({ length: 10_000 }, (_, index) =>
    accountState(
      { name: `account-${index}`, threshold: index === 9876 ? 100 : 5 },
      { readings: [balance(50)] },
    ),
  );
  const ask = await asking(t, { snapshot: () => snapshot({ accounts }) });
  const { text } = await ask('/?lang=en');
  t.is([...text.matchAll(/scope="rowgroup"/g)].length, 200);
  t.true(words(text).includes('1 to 200 of 10,000, sorted by name'));
  t.regex(text, /<h3><bdi>account-9876<\/bdi><\/h3>/);
  const last = await ask('/?lang=en&page=50');
  t.true(words(last.text).includes('9,801 to 10,000 of 10,000, sorted by name'));
  t.regex(last.text, /scope="rowgroup"><bdi>account-9999<\/bdi>/);
  t.true(text.length < 400_000, `${text.length} characters`);
});

test('when everything fails, the first fifty are listed and the rest is a link away', async (t) => {
  const accounts = Array.from({ length: 1200 }, (_, index) =>
    accountState({ name: `account-${index}` }, { failure: { reason: 'network', message: 'refused' } }),
  );
  const ask = await asking(t, { snapshot: () => snapshot({ accounts }) });
  const { text } = await ask('/?lang=en');
  t.is([...text.matchAll(/<h3>/g)].length, 50);
  t.true(words(text).includes('and 1,150 more items: Accounts'));
  t.true(text.includes('href="./?lang=en&amp;show=attention#accounts"'));
});

test('the page refreshes itself only where asked to', async (t) => {
  const ask = await asking(t);
  t.notRegex((await ask('/')).text, /http-equiv/);
  t.regex((await ask('/?refresh=on')).text, /<meta http-equiv="refresh" content="60">/);
});

test('runbooks are listed and shown, and their links stay within them', async (t) => {
  const ask = await asking(t);
  const list = await ask('/runbooks/?lang=zh');
  t.is(list.status, 200);
  t.true(list.text.includes('<a href="BalanceLow?lang=zh">BalanceLow</a>'));
  const one = await ask('/runbooks/BalanceLow');
  t.is(one.status, 200);
  t.true(one.text.includes('<article class="prose" lang="en"><p>Top it up.</p>'));
  t.is((await ask('/runbooks/Unknown')).status, 404);
  t.is((await ask('/runbooks/constructor')).status, 404);
  const moved = await ask('/runbooks?lang=zh');
  t.is(moved.status, 308);
  t.is(moved.headers.get('location'), 'runbooks/?lang=zh');
});

test('without runbooks there are no pages and no links for them', async (t) => {
  const ask = await asking(t, { runbooks: undefined });
  for (const path of ['/runbooks', '/runbooks/', '/runbooks/BalanceLow']) t.is((await ask(path)).status, 404);
  t.false((await ask('/')).text.includes('runbooks'));
});

test('a thing that needs attention links to its runbook where there is one', async (t) => {
  const ask = await asking(t);
  const { text } = await ask('/?lang=en');
  t.true(text.includes('href="./runbooks/BalanceLow?lang=en"'));
  t.true(text.includes('href="./runbooks/AccountCheckFailing?lang=en"'));
  t.false(text.includes('runbooks/SubscriptionOverdue'));
});

test('health is plain text', async (t) => {
  const ask = await asking(t);
  const { status, headers, text } = await ask('/-/healthy');
  t.is(status, 200);
  t.is(headers.get('content-type'), 'text/plain; charset=utf-8');
  t.is(text, 'balance-alert is healthy.\n');
});

test('an unknown address gets an error page with a link back', async (t) => {
  const ask = await asking(t);
  for (const [path, root] of [
    ['/nowhere', './'],
    ['/a/b/c', '../../'],
    ['/-/ready/', '../../'],
  ] as const) {
    const { status, text } = await ask(`${path}?lang=en`);
    t.is(status, 404, path);
    t.true(text.includes('<h1>Page not found</h1>'), path);
    t.true(text.includes(`<a href="${root}">Back to the status page</a>`), path);
    t.true(text.includes(`href="${root}style-`), path);
  }
  t.regex((await ask('/nowhere?lang=zh')).text, /页面不存在/);
});

test('the page is read-only: other methods are rejected with a message', async (t) => {
  const ask = await asking(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const path of ['/', '/-/healthy', '/nowhere']) {
      const { status, headers, text } = await ask(`${path}?lang=en`, { method });
      t.is(status, 405, `${method} ${path}`);
      t.is(headers.get('allow'), 'GET, HEAD');
      t.true(text.includes('<h1>Method not allowed</h1>'));
    }
  }
});

test('HEAD answers as GET does, without the page', async (t) => {
  const ask = await asking(t);
  const { status, headers, text } = await ask('/', { method: 'HEAD' });
  t.is(status, 200);
  t.is(headers.get('content-type'), 'text/html; charset=utf-8');
  t.is(text, '');
});

test('an address that cannot be decoded is a client error with a message', async (t) => {
  const errors: unknown[] = [];
  const ask = await asking(t, { onError: (error) => errors.push(error) });
  const { status, text } = await ask('/runbooks/%E0%A4%A?lang=en');
  t.is(status, 400);
  t.true(text.includes('<h1>Bad request</h1>'));
  t.deepEqual(errors, []);
});

test('an internal error is logged, and the page shows only that there was one', async (t) => {
  const errors: unknown[] = [];
  const error = new Error('with a path and a secret in it');
  const ask = await asking(t, {
    snapshot: () => {
      throw error;
    },
    onError: (caught) => errors.push(caught),
  });
  const { status, text } = await ask('/?lang=en');
  t.is(status, 500);
  t.true(text.includes('<h1>Internal error</h1>'));
  t.false(text.includes('secret'));
  t.deepEqual(errors, [error]);
});

test('an address with a host, a backslash or doubled slashes in it leads nowhere else', async (t) => {
  const served = await serve(
    createStatusApp({ snapshot: fullSnapshot, now: () => testNow, links: {}, version: '1', runbooks }),
  );
  t.teardown(served.close);
  for (const path of ['//elsewhere.example/runbooks', '/\\elsewhere.example', '//elsewhere.example/..']) {
    const [status, location] = await new Promise<readonly [number | undefined, string | undefined]>(
      (resolve, reject) => {
        request(served.url, { path }, (response) => {
          response.resume();
          resolve([response.statusCode, response.headers.location]);
        })
          .on('error', reject)
          .end();
      },
    );
    t.is(status, 404, path);
    t.is(location, undefined, path);
  }
});

test('the way back from an address climbs as deep as it lies', (t) => {
  t.deepEqual(['/', '/x', '/x/', '/x/y', '/x/y/z'].map(rootFrom), ['./', './', '../', '../', '../../']);
});
