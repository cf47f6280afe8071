#!/bin/sh
# Which `Origin` does Chromium send with a form that a page posts to its own origin?
# A good guess: the page's origin, whatever its `Referrer-Policy`, since the policy is about `Referer`, and `fetch` does send the
# origin. With `no-referrer`, which hardening guides recommend, it is `null` for a form (Fetch standard, "append a request
# `Origin` header": anything but CORS follows the policy). A server that compares `Origin` with its own address against forged
# requests then refuses its own pages. `same-origin` and `strict-origin-when-cross-origin` keep it.
# Needs Chromium on PATH.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export browser

printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact playwright-core@1.65.1

cat >ask.mjs <<'JS'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

let policy = '';
let origin = '';
const server = createServer((request, response) => {
  if (request.method === 'POST') origin = request.headers.origin ?? 'none';
  response.setHeader('content-type', 'text/html');
  response.setHeader('referrer-policy', policy);
  response.end('<!doctype html><title>x</title><form method="post"><button>send</button></form>');
});
await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
const own = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.browser, args: ['--headless', '--no-sandbox'] });
const shown = () => (origin === own ? 'its own' : origin);
for (policy of ['no-referrer', 'same-origin', 'strict-origin-when-cross-origin']) {
  const page = await browser.newPage();
  await page.goto(own);
  await page.evaluate(() => fetch('/', { method: 'POST' }));
  const byFetch = shown();
  await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST'), page.click('button')]);
  console.log(`${policy}: fetch ${byFetch}, form ${shown()}`);
  await page.close();
}
await browser.close();
server.close();
JS

echo "$("$browser" --version --no-sandbox 2>/dev/null | head -n 1)"
node ask.mjs | tee seen
cat >expected <<'TXT'
no-referrer: fetch its own, form null
same-origin: fetch its own, form its own
strict-origin-when-cross-origin: fetch its own, form its own
TXT
cmp expected seen
