import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { onPath } from './on-path.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The browser on PATH, under the names that distributions give it; undefined where there is none. */
export const chromiumPath = onPath(...names);

/** For what a page has to do, as on a machine that runs other tests besides. Playwright's own 30 s are too short there. */
const patienceMs = 120_000;

/** Without a window, a profile, or any talk with its maker. */
export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`no browser on PATH: looked for ${names.join(', ')}`);
  return await chromium.launch({
    executablePath: chromiumPath,
    // Playwright (1.65) takes SIGTERM to close the browser and then lets this process run on; without that, both end.
    handleSIGTERM: false,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A new page in a context of its own, which the caller closes: `page.context().close()`. */
export async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  return context.newPage();
}
