import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Snapshot } from '../../exporter/snapshot/snapshot.ts';
import type { Histories } from '../../exporter/web/history/histories.ts';
import { createStatusApp } from '../../exporter/web/status/app.ts';
import { readRunbooks } from '../../exporter/web/status/runbooks.ts';
import { languages } from '../../exporter/web/status/text/language.ts';
import { chromiumPath, launchChromium, newPage } from '../support/chromium.ts';
import { serve } from '../support/served.ts';
import { accountState, balance, snapshot, testNow } from '../support/snapshots.ts';
import {
  audit,
  badges,
  cardLabels,
  drawings,
  focused,
  groundColour,
  interactive,
  intruders,
  texts,
  width,
} from './in-browser.ts';
import { fullSnapshot, hostileNames, hostileSnapshot, sampleHistories } from './sample.ts';

/** The page in a real browser. Without one on PATH these tests are skipped, under their names. */
const pageTest = chromiumPath === undefined ? test.skip : test;

const runbooks = readRunbooks(readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8'));

let browser: Browser | undefined;

test.before(async () => {
  if (chromiumPath !== undefined) browser = await launchChromium();
});
test.after.always(async () => {
  await browser?.close();
});

interface Opened {
  readonly page: Page;
  readonly url: string;
  /** Messages of the console, errors of the page and requests to elsewhere. */
  readonly complaints: readonly string[];
  readonly goTo: (path: string) => Promise<void>;
}

/** A browser's page on a status page of its own. */
async function open(
  t: ExecutionContext,
  shown: Snapshot,
  options: BrowserContextOptions = {},
  histories?: () => Promise<Histories | undefined>,
): Promise<Opened> {
  if (browser === undefined) throw new Error('no browser was started');
  const served = await serve(
    createStatusApp({
      snapshot: () => shown,
      now: () => testNow,
      links: { dashboard: 'https://grafana.example/d/overview' },
      version: '1.2.3',
      runbooks,
      histories,
    }),
  );
  const page = await newPage(browser, options);
  t.teardown(async () => {
    await page.context().close();
    await served.close();
  });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${served.url}/`)) complaints.push(`elsewhere: ${request.url()}`);
  });
  const goTo = async (path: string): Promise<void> => {
    await page.goto(served.url + path, { waitUntil: 'load' });
  };
  return { page, url: served.url, complaints, goTo };
}

/** Follows a link to its end: a click or a key is over when the next page begins, not when all of it is there. */
async function wholePage(page: Page, following: Promise<void>): Promise<void> {
  await following;
  await page.waitForLoadState('domcontentloaded');
}

pageTest('the page has its headings in order, and the browser reports no errors', async (t) => {
  const { page, complaints, goTo } = await open(t, fullSnapshot());
  await goTo('/');
  t.is(await page.title(), '(12) Balances and renewals');
  const headings = (level: number): Promise<string[]> => page.locator(`h${level}`).allInnerTexts();
  t.deepEqual(await headings(1), ['Balances and renewals']);
  t.deepEqual(await headings(2), [
    'Needs attention 12',
    'Accounts',
    'Renewals',
    'Mailboxes',
    'About this data',
  ]);
  t.deepEqual((await headings(3)).slice(0, 4), [
    'The account file could not be reloaded',
    'sms-gateway',
    'Cursor Team',
    'deepseek-batch',
  ]);
  t.deepEqual(complaints, []);
});

pageTest('the page is complete without scripts', async (t) => {
  const { page, goTo } = await open(t, fullSnapshot(), { javaScriptEnabled: false });
  await goTo('/?lang=en');
  t.is(await page.getByRole('rowheader', { name: 'openrouter-prod' }).count(), 1);
  t.is(await page.getByText('12.40 USD left, below the threshold of 100.00 USD.').count(), 1);
});

pageTest('the browser asked for Chinese gets it, and a link switches and stays', async (t) => {
  const { page, complaints, goTo } = await open(t, fullSnapshot(), { locale: 'zh-CN' });
  await goTo('/');
  t.is(await page.locator('html').getAttribute('lang'), 'zh-Hans');
  t.deepEqual(await page.locator('h2').allInnerTexts(), ['需要处理 12', '账户', '续费', '邮箱', '数据说明']);
  await page.getByRole('link', { name: 'English', exact: true }).click();
  t.is(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('link', { name: 'Runbooks' }).click();
  t.is(await page.locator('h1').textContent(), 'Runbooks');
  await page.getByRole('link', { name: 'BalanceLow' }).click();
  t.is(await page.locator('h1').textContent(), 'BalanceLow');
  await page.getByRole('link', { name: 'Back to the status page' }).click();
  t.is(await page.locator('h1').textContent(), 'Balances and renewals');
  t.deepEqual(complaints, []);
});

pageTest('by keyboard, the first stop skips to what needs attention', async (t) => {
  const { page, goTo } = await open(t, fullSnapshot());
  await goTo('/?lang=en');
  await page.keyboard.press('Tab');
  const stop = await page.evaluate(focused);
  t.is(stop?.text, 'Skip to what needs attention');
  t.true(stop?.seen);
  await page.keyboard.press('Enter');
  t.is((await page.evaluate(focused))?.id, 'attention');
});

for (const wide of [1280, 360]) {
  pageTest(`by keyboard, everything is reached in its order and seen to be, ${wide} wide`, async (t) => {
    const { page, goTo } = await open(t, fullSnapshot(), { viewport: { width: wide, height: 900 } });
    await goTo('/?lang=en');
    const expected = await page.evaluate(interactive);
    t.true(expected.length > 25, `${expected.length}`);
    const reached: string[] = [];
    for (const _ of expected) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(focused);
      t.true(stop?.seen, stop?.html);
      reached.push(stop?.html ?? '');
    }
    t.deepEqual(reached, [...expected]);
  });
}

pageTest('by keyboard, an account is found', async (t) => {
  const { page, goTo } = await open(t, fullSnapshot());
  await goTo('/?lang=en');
  await page.getByRole('searchbox', { name: 'Find accounts' }).focus();
  await page.keyboard.type('finance');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=finance&show=attention#accounts$/);
  t.is(await page.getByRole('status').textContent(), '1 of 12 accounts matches. Show all accounts');
  t.deepEqual(await page.evaluate(texts, '.accounts tbody th > bdi'), ['openai-org']);
  await wholePage(page, page.getByRole('link', { name: 'Show all accounts' }).press('Enter'));
  t.is(await page.locator('.accounts tbody').count(), 12);
});

pageTest('a long table is read page by page', async (t) => {
  const accounts = Array.from({ length: 450 }, (_, index) =>
    accountState({ name: `account-${index}` }, { readings: [balance(50)] }),
  );
  const { page, goTo } = await open(t, snapshot({ accounts }));
  await goTo('/?lang=en');
  const names = (): Promise<readonly string[]> => page.evaluate(texts, '.accounts tbody th > bdi');
  const pages = page.getByRole('navigation', { name: 'Pages of Accounts' });
  t.is((await names())[0], 'account-0');
  await wholePage(page, pages.getByRole('link', { name: 'Next' }).click());
  t.is((await names())[0], 'account-200');
  await wholePage(page, pages.getByRole('link', { name: 'Page 3' }).click());
  t.deepEqual([(await names())[0], (await names()).length], ['account-400', 50]);
  t.is(await pages.getByRole('link', { name: 'Page 3' }).getAttribute('aria-current'), 'page');
  t.is(await pages.getByRole('link', { name: 'Next' }).count(), 0);
});

for (const [title, shown] of [
  ['a bad day', fullSnapshot()],
  ['hostile names', hostileSnapshot()],
] as const) {
  for (const language of languages) {
    pageTest(`nothing is wider than the window, from a phone to a desk: ${title}, ${language}`, async (t) => {
      const { page, goTo } = await open(t, shown);
      await goTo(`/?lang=${language}`);
      for (const wide of [320, 360, 768, 1024, 1152, 1280]) {
        await page.setViewportSize({ width: wide, height: 900 });
        t.deepEqual(await page.evaluate(width), { beyond: [], page: wide });
      }
    });
  }
}

pageTest(
  'on a phone, tables are cards: each value has its heading, and missing ones are left out',
  async (t) => {
    const { page, goTo } = await open(t, fullSnapshot(), { viewport: { width: 360, height: 800 } });
    await goTo('/?lang=en');
    t.deepEqual(await page.evaluate(cardLabels, 'anthropic-org'), [
      '"State"',
      '"Remaining"',
      '"Threshold"',
      '"Last checked"',
      '"Owner"',
    ]);
    t.is(await page.getByRole('table').count(), 3);
    t.is(await page.getByRole('rowheader', { name: 'anthropic-org' }).count(), 1);
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  for (const wide of [1280, 360]) {
    pageTest(
      `the rules of WCAG 2.2 AA hold, contrast among them: ${colorScheme}, ${wide} wide`,
      async (t) => {
        const { page, goTo } = await open(
          t,
          fullSnapshot(),
          { colorScheme, viewport: { width: wide, height: 900 } },
          async () => sampleHistories,
        );
        await page.addInitScript({ content: axe.source });
        for (const path of [
          '/?lang=en',
          '/?lang=zh',
          '/?q=finance',
          '/?sort=days&state=low',
          '/?q=nothing',
          '/runbooks/',
          '/runbooks/AccountCheckFailing',
          '/nowhere',
        ]) {
          await goTo(path);
          const { breaches, held, unknownContrasts } = await page.evaluate(audit);
          t.deepEqual(breaches, [], path);
          t.deepEqual(unknownContrasts, [], path);
          t.true(held.includes('color-contrast'), path);
        }
      },
    );
  }
}

pageTest('the table is sorted and cut down to a state by links, which are addresses to share', async (t) => {
  const { page, url, goTo } = await open(t, fullSnapshot(), {}, async () => sampleHistories);
  await goTo('/?lang=en');
  const names = () => page.evaluate(texts, '.accounts tbody th > bdi');
  const byName = await names();
  const follow = (name: string) => wholePage(page, page.getByRole('link', { name, exact: true }).click());
  await follow('days left');
  t.is(page.url(), `${url}/?lang=en&sort=days#accounts`);
  const byDays = await names();
  t.deepEqual([...byDays].sort(), [...byName].sort());
  t.notDeepEqual(byDays, byName);
  const days = (await page.evaluate(texts, '.accounts .history .note')).map((words) =>
    words.startsWith('less') ? 0 : Number(/\d+/.exec(words)?.[0]),
  );
  t.deepEqual(
    days,
    [...days].sort((a, b) => a - b),
  );
  t.true(days.length > 2);
  t.deepEqual(await page.evaluate(texts, '.order [aria-current]'), [`All (${byName.length})`, 'days left']);
  await follow('Low (2)');
  t.is(page.url(), `${url}/?lang=en&state=low&sort=days#accounts`);
  t.deepEqual(await page.evaluate(texts, '.accounts tbody tr:first-child .badge:first-child'), [
    'Low',
    'Low',
  ]);
  await follow('Show all accounts');
  t.deepEqual(await names(), byDays);
  await goTo('/?lang=en&q=finance');
  const states = (await page.evaluate(texts, '.order a')).filter((words) => /\(\d+\)$/.test(words));
  const counts = states.map((words) => Number(/\d+/.exec(words)?.[0]));
  const found = (await names()).length;
  t.true(found < byName.length);
  t.is(counts[0], found);
  t.is(
    counts.slice(1).reduce((sum, count) => sum + count, 0),
    found,
  );
  await goTo('/?lang=en&q=nothing&state=low');
  t.deepEqual(await page.evaluate(texts, '.order [aria-current]'), ['Low (0)', 'name']);
});

pageTest(
  'the line of the last days has words for those who do not see it, and is not there without Prometheus',
  async (t) => {
    const { page, goTo } = await open(t, fullSnapshot(), {}, async () => sampleHistories);
    await goTo('/?lang=en');
    const lines = page.getByRole('img', { name: /^Last 30 days: between .+ and .+$/ });
    t.true((await lines.count()) > 2);
    // A gap of one day parts the line in two.
    t.is(await lines.first().locator('polyline').count(), 2);
    for (const histories of [undefined, async () => undefined]) {
      const without = await open(t, fullSnapshot(), {}, histories);
      await without.goTo('/?lang=en');
      t.is(await without.page.locator('.spark, .history').count(), 0);
      t.is(await without.page.getByRole('link', { name: 'days left' }).count(), 0);
    }
  },
);

pageTest(
  'on paper, tables stay tables within the page, dark on white, without what only a screen can do',
  async (t) => {
    const { page, goTo } = await open(
      t,
      fullSnapshot(),
      // A4 less its margins, at 96 dots an inch.
      { colorScheme: 'dark', viewport: { width: 718, height: 1047 } },
      async () => sampleHistories,
    );
    await goTo('/?lang=en');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    t.is(await page.evaluate(groundColour), 'rgb(255, 255, 255)');
    const crowded = await page.locator('.item').evaluateAll((items) =>
      items.flatMap((item) => {
        const [badge, heading] = [item.querySelector('.badge'), item.querySelector('h3')];
        const gap =
          (heading?.getBoundingClientRect().left ?? 0) - (badge?.getBoundingClientRect().right ?? 0);
        return gap < 4 ? [badge?.textContent] : [];
      }),
    );
    t.deepEqual(crowded, []);
    t.deepEqual(await page.evaluate(width), { beyond: [], page: 718 });
    t.is(
      await page.locator('.accounts thead').evaluate((head) => head.getBoundingClientRect().height > 5),
      true,
    );
    for (const gone of ['.languages', '.order', '.links'])
      t.false(await page.locator(gone).first().isVisible(), gone);
  },
);

pageTest('light and dark are what the reader prefers', async (t) => {
  const ground = async (colorScheme: 'light' | 'dark'): Promise<string> => {
    const { page, goTo } = await open(t, fullSnapshot(), { colorScheme });
    await goTo('/');
    return await page.evaluate(groundColour);
  };
  t.is(await ground('light'), 'rgb(247, 247, 245)');
  t.is(await ground('dark'), 'rgb(20, 23, 26)');
});

pageTest('without colours, each state still has its word and a symbol of its own shape', async (t) => {
  const { page, goTo } = await open(t, fullSnapshot());
  await goTo('/?lang=en');
  const shown = await page.evaluate(badges);
  t.true(shown.length > 20, `${shown.length}`);
  for (const { word, symbol, drawn } of shown) t.true(drawn && word !== '' && symbol !== '', word);
  const shapes = await page.evaluate(drawings);
  t.is(new Set(shapes).size, shapes.length);
  const symbols = new Map(shown.map(({ word, symbol }) => [word, symbol]));
  symbols.delete('Reload failed'); // shares the sign of a failing check, which it is
  t.is(new Set(symbols.values()).size, symbols.size);
});

pageTest('hostile names are text, wherever they stand, and change nothing around them', async (t) => {
  const { page, complaints, goTo } = await open(t, hostileSnapshot());
  await goTo('/?lang=en');
  t.is(await page.title(), '(28) Balances and renewals');
  t.deepEqual(await page.evaluate(intruders), { scripts: 0, images: 0 });
  const expected = [...hostileNames].sort();
  for (const table of ['accounts', 'renewals', 'mailboxes']) {
    const names = await page.evaluate(texts, `.${table} tbody th > bdi`);
    t.deepEqual([...names].sort(), expected, table);
  }
  t.deepEqual(await page.evaluate(texts, '.errors bdi'), [...hostileNames]);
  t.deepEqual([...new Set(await page.evaluate(texts, '.items h3 > bdi'))].sort(), expected);
  t.deepEqual(complaints, []);
});
