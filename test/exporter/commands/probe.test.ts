import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { runProbe } from '../../../exporter/commands/probe.ts';
import { runProgram } from '../../support/program.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-probe-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

function account(name: string, url: string, path = '/'): string {
  return `  - { name: ${name}, provider: json, threshold: 50, options: { url: "${url}${path}", auth: { type: bearer, token: { secret: KEY } }, allow_http: true, values: [{ type: balance, expr: left, unit: USD }] } }\n`;
}

async function probe(entries: string, { concurrency = 20, isTerminal = false } = {}) {
  const loaded = loadAccountFile({
    file: 'a.yaml',
    text: `accounts:\n${entries}`,
    resolveSecret: () => 'sk-planted-0123456789',
    now: Date.now(),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  let written = '';
  let warned = '';
  const code = await runProbe({
    config: loaded.config,
    concurrency,
    now: Date.now,
    write: (text) => {
      written += text;
    },
    warn: (text) => {
      warned += text;
    },
    isTerminal,
    signal: new AbortController().signal,
  });
  return { code, written: written.replace(/\d+\.\d\d s/g, 'T'), warned };
}

test('every account is asked once, and each has its line in a table', async (t) => {
  await using vendor = await startScriptedVendor((request, response) => {
    if (request.url === '/wrong')
      answer(401, { error: 'no such key sk-planted-0123456789' })(request, response);
    else answer(200, { left: 42.5 })(request, response);
  });
  const { code, written, warned } = await probe(
    account('good', vendor.url) + account('bad', vendor.url, '/wrong'),
  );
  t.is(code, 1);
  t.is(warned, '');
  t.is(vendor.requests.length, 2);
  const [header, good, bad, total] = written.split('\n');
  t.regex(header ?? '', /^ACCOUNT +PROVIDER +STATUS +TIME +RESULT$/);
  t.regex(good ?? '', /^good +json +ok +T +balance: 42\.5 USD, threshold 50$/);
  t.regex(bad ?? '', /^bad +json +failed +T +auth: .*\[secret KEY\]/);
  t.is(total, 'probed 2, failed 1');
  t.notRegex(written, /planted/);
});

test('200 accounts keep to the concurrency and to the share of a vendor, and show how far they are on a terminal', async (t) => {
  let [open, most] = [0, 0];
  const waiting: (() => void)[] = [];
  await using vendor = await startScriptedVendor((request, response) => {
    open += 1;
    most = Math.max(most, open);
    // Answered in threes, or when nothing more can come: so that several are under way at a time.
    waiting.push(() => {
      open -= 1;
      answer(200, { left: 1 })(request, response);
    });
    if (waiting.length >= 2 || vendor.requests.length > 198) for (const go of waiting.splice(0)) go();
  });
  const names = Array.from({ length: 200 }, (_, index) => `a${index}`);
  const { code, written, warned } = await probe(names.map((name) => account(name, vendor.url)).join(''), {
    concurrency: 8,
    isTerminal: true,
  });
  t.is(code, 0);
  t.is(vendor.requests.length, 200);
  // A quarter of the places for one vendor.
  t.is(most, 2);
  t.deepEqual(
    written
      .split('\n')
      .slice(1, 201)
      .map((line) => line.split(' ')[0]),
    names,
  );
  t.regex(written, /probed 200, failed 0\n$/);
  t.true(warned.includes('\rasked 199 of 200'));
  t.regex(warned, /\r +\r$/);
});

test('--probe runs after the check of the file, and not without it', async (t) => {
  const good = join(folder, 'good.yaml');
  const bad = join(folder, 'bad.yaml');
  writeFileSync(
    good,
    'accounts: [{ name: a, provider: demo }, { name: b, provider: demo, options: { fail: auth } }]\n',
  );
  writeFileSync(bad, 'accounts: [{ name: a, provider: dmo }]\n');
  const probed = await runProgram(['--config.check', '--probe', '--config.file', good]);
  t.is(probed.code, 1);
  t.regex(
    probed.stdout,
    /^.*good\.yaml: valid \(accounts: 2.*\nACCOUNT.*\na .*\bok\b.*\nb .*\bfailed\b.* auth: .*\nprobed 2, failed 1\n$/,
  );
  t.is((await runProgram(['--config.check', '--probe', '--config.file', bad])).code, 2);
  const alone = await runProgram(['--probe', '--config.file', good]);
  t.deepEqual([alone.code, alone.stderr], [2, 'error: --probe belongs to --config.check\n']);
});
