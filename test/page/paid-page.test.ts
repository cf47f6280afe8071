import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { MarkFileResult } from '../../exporter/subscriptions/mark-file.ts';
import { PaidLinks } from '../../exporter/web/access/paid-links.ts';
import { createStatusApp } from '../../exporter/web/status/app.ts';
import { languages } from '../../exporter/web/status/text/language.ts';
import { chromiumPath, launchChromium, newPage } from '../support/chromium.ts';
import { silentLogger } from '../support/logger.ts';
import { serve } from '../support/served.ts';
import { snapshot, subscription, testNow } from '../support/snapshots.ts';
import { audit, focused, groundColour, intruders, width } from './in-browser.ts';
import { hostileNames } from './sample.ts';

/** Marking a renewal as paid in a real browser. Without one on PATH these tests are skipped, under their names. */
const pageTest = chromiumPath === undefined ? test.skip : test;

let browser: Browser | undefined;

test.before(async () => {
  if (chromiumPath !== undefined) browser = await launchChromium();
});
test.after.always(async () => {
  await browser?.close();
});

const unwritable: MarkFileResult = {
  outcome: 'unwritable',
  message: `cannot write /etc/balance-alert/${'long-'.repeat(20)}balance-alert.yaml: EROFS: read-only file system`,
};
const already: MarkFileResult = { outcome: 'unchanged', message: 'already paid' };

/** A status page on which every renewal of `names` is overdue since 17 November, and a browser's page on it. */
async function open(
  t: ExecutionContext,
  {
    names = ['Domain'],
    result = already,
    ...options
  }: BrowserContextOptions & { readonly names?: readonly string[]; readonly result?: MarkFileResult } = {},
) {
  if (browser === undefined) throw new Error('no browser was started');
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-paid-page-'));
  writeFileSync(join(folder, 'key'), 'k'.repeat(40));
  const links = new PaidLinks(join(folder, 'key'), 'https://ops.example', silentLogger);
  const marked: string[] = [];
  const served = await serve(
    createStatusApp({
      snapshot: () =>
        snapshot({ subscriptions: names.map((name) => subscription({ name, paidThrough: '2026-10-17' })) }),
      now: () => testNow,
      links: {},
      version: '1.2.3',
      paid: {
        links,
        allowedHosts: [],
        mark: async (name, date) => {
          marked.push(`${name} ${date}`);
          return result;
        },
        onMarked: () => undefined,
        onNotMarked: () => undefined,
      },
      showsPaidLinks: () => true,
    }),
  );
  const page = await newPage(browser, options);
  t.teardown(async () => {
    await page.context().close();
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const link = (name: string): string =>
    `${served.url}/renewals/paid?${links.query({ name, date: '2026-11-17' }, testNow)}`;
  return { page, url: served.url, link, marked };
}

for (const javaScriptEnabled of [true, false]) {
  pageTest(
    `a browser may send the confirmation: from the status page to the result, in the language that was chosen, ${javaScriptEnabled ? 'with' : 'without'} scripts`,
    async (t) => {
      const { page, url, link, marked } = await open(t, { javaScriptEnabled });
      await page.goto(`${url}/?lang=zh`);
      await page.locator('.renewals a[href*="renewals/paid"]').click();
      t.deepEqual(marked, [], 'only asked so far');
      t.is(await page.locator('html').getAttribute('lang'), 'zh-Hans');
      // A link of a reminder says no language, and the browser's is English.
      await page.goto(link('Domain'));
      t.is(await page.locator('html').getAttribute('lang'), 'en');
      await page.getByRole('link', { name: '中文', exact: true }).click();
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'POST'),
        page.getByRole('button', { name: '标记为已付款' }).click(),
      ]);
      t.is(answer.status(), 200);
      t.is(answer.request().headers()['origin'], url);
      await page.getByText('此前已标记为已付款').waitFor();
      t.deepEqual(marked, ['Domain 2026-11-17']);
      await page.getByRole('link', { name: '返回状态页' }).click();
      t.is(await page.locator('html').getAttribute('lang'), 'zh-Hans');
    },
  );
}

pageTest(
  'the confirmation of a page of another origin is refused by what a browser sends of it',
  async (t) => {
    const { page, link, marked } = await open(t);
    const elsewhere = await serve((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<form method="post" action="${link('Domain').replaceAll('&', '&amp;')}&amp;confirm=yes"><button>win</button></form>`,
      );
    });
    t.teardown(elsewhere.close);
    await page.goto(elsewhere.url);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.getByRole('button', { name: 'win' }).click(),
    ]);
    t.is(answer.status(), 403);
    t.deepEqual(marked, []);
  },
);

pageTest(
  'by keyboard, the first stop skips the languages, and the button comes before the way back',
  async (t) => {
    const { page, link, marked } = await open(t);
    await page.goto(link('Domain'));
    await page.keyboard.press('Tab');
    t.is((await page.evaluate(focused))?.text, 'Skip to main content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    t.is(stop?.text, 'Mark as paid');
    t.true(stop?.seen);
    await Promise.all([page.waitForURL(/confirm=yes/), page.keyboard.press('Enter')]);
    t.deepEqual(marked, ['Domain 2026-11-17']);
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  pageTest(
    `with hostile names, the question and each answer fit from a phone to a desk, and hold the rules of WCAG 2.2 AA: ${colorScheme}`,
    async (t) => {
      t.timeout(180_000);
      const { page, link, url } = await open(t, { colorScheme, result: unwritable, names: hostileNames });
      await page.addInitScript({ content: axe.source });
      const check = async (what: string): Promise<void> => {
        for (const wide of [360, 768, 1280]) {
          await page.setViewportSize({ width: wide, height: 900 });
          t.deepEqual(await page.evaluate(width), { beyond: [], page: wide }, what);
        }
        const { breaches, held, unknownContrasts } = await page.evaluate(audit);
        t.deepEqual([breaches, unknownContrasts], [[], []], what);
        t.true(held.includes('color-contrast'), what);
        t.deepEqual(await page.evaluate(intruders), { scripts: 0, images: 0 }, what);
      };
      for (const [index, name] of hostileNames.entries()) {
        const language = languages[index % languages.length] ?? 'en';
        await page.goto(`${link(name)}&lang=${language}`);
        t.is(await page.locator('strong bdi').textContent(), name);
        await check(`question ${name}`);
        await page.locator('button[type=submit]').click();
        await page.locator('code').first().waitFor();
        await check(`answer ${name}`);
      }
      await page.goto(`${url}/renewals/paid?name=x`);
      await check('wrong link');
    },
  );
}

pageTest(
  'on paper, the question is dark on white, and the status page has no links that mark as paid',
  async (t) => {
    const { page, link, url } = await open(t, {
      colorScheme: 'dark',
      viewport: { width: 718, height: 1047 },
    });
    await page.goto(link('Domain'));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    t.is(await page.evaluate(groundColour), 'rgb(255, 255, 255)');
    t.deepEqual(await page.evaluate(width), { beyond: [], page: 718 });
    await page.goto(`${url}/`);
    // Under what needs attention and in the table.
    t.is(await page.locator('a[href*="signature="]').count(), 2);
    t.is(await page.locator('a[href*="signature="]:visible').count(), 0);
    await page.emulateMedia({ media: 'screen' });
    t.is(await page.locator('a[href*="signature="]:visible').count(), 2);
  },
);
