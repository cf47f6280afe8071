#!/bin/sh
# What does SIGTERM do to a program that has a browser open by playwright-core 1.65.1?
# A good guess: `handleSIGTERM` (on unless turned off, "close the browser process on SIGTERM") closes the browser and the program
# ends, as it does by SIGINT (130) or without a browser (by the signal). Playwright's listener takes the place of what Node does
# by itself, closes the browser, and leaves the program running for as long as anything else keeps it, such as a server. A
# supervisor that sends SIGTERM and waits, as ava does with test files after its time limit, then waits for ever.
# Needs Chromium on PATH.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export browser

printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact playwright-core@1.65.1

cat >program.mjs <<'JS'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { chromium } from 'playwright-core';

const options = process.argv[2] === 'none' ? undefined : JSON.parse(process.argv[2]);
createServer().listen(0, '127.0.0.1');
if (options !== undefined) {
  const opened = await chromium.launch({ executablePath: process.env.browser, args: ['--headless', '--no-sandbox'], ...options });
  opened.once('disconnected', () => console.log('closed'));
}
console.log('ready');
JS
cat >ask.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const [signal, options] = process.argv.slice(2);
const child = spawn(process.execPath, ['program.mjs', options], { stdio: ['ignore', 'pipe', 'inherit'] });
let said = '';
child.stdout.on('data', (chunk) => { said += chunk; });
while (!said.includes('ready')) await delay(50);
const ended = once(child, 'exit');
child.kill(signal);
const [code, by] = (await Promise.race([ended, delay(5000)])) ?? [];
const how = code === undefined ? 'runs on after 5 s' : by === null ? `ended with ${code}` : `ended by ${by}`;
console.log(said.includes('closed') ? `${how}, browser closed` : how);
child.kill('SIGKILL');
JS

echo "Node $(node --version), playwright-core 1.65.1, $("$browser" --version --no-sandbox 2>/dev/null | head -n 1)"
{
  echo "SIGTERM, no browser: $(node ask.mjs SIGTERM none)"
  echo "SIGINT, a browser: $(node ask.mjs SIGINT '{}' | sed 's/, browser closed//')"
  echo "SIGTERM, a browser: $(node ask.mjs SIGTERM '{}')"
  echo "SIGTERM, a browser, handleSIGTERM false: $(node ask.mjs SIGTERM '{ "handleSIGTERM": false }')"
} | tee seen
cat >expected <<'TXT'
SIGTERM, no browser: ended by SIGTERM
SIGINT, a browser: ended with 130
SIGTERM, a browser: runs on after 5 s, browser closed
SIGTERM, a browser, handleSIGTERM false: ended by SIGTERM
TXT
cmp expected seen
