import { readFileSync } from 'node:fs';
import test from 'ava';
import { loadAccountFile } from '../../exporter/account-file/load.ts';
import { runCheck } from '../../exporter/commands/check.ts';
import { answer, startScriptedVendor } from '../support/scripted-vendor.ts';

/** docs/providers.md says only what is so. */

const page = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8');

/** Fenced blocks, in their order. */
const blocks = [...page.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

function load(entry: string) {
  return loadAccountFile({
    file: 'a.yaml',
    text: `accounts:\n${entry}`,
    resolveSecret: () => 'k-0123456789',
    now: Date.now(),
  });
}

const accounts = blocks.filter(({ language }) => language === 'yaml');

for (const { text } of accounts) {
  const name = /name: (\S+)/.exec(text)?.[1] ?? 'without a name';
  test(`the account ${name} in the documents is a valid one`, (t) => {
    const result = load(text);
    t.deepEqual(result.ok ? [] : result.problems, []);
  });
}

/** An answer, the account that reads it, and what `check` prints. */
const examples = blocks.flatMap(({ language, text }, index) => {
  const account = blocks[index + 1];
  const printed = blocks[index + 2];
  const isAnswer = language === 'json' || language === 'xml';
  return isAnswer && account?.language === 'yaml' && printed?.language === 'text'
    ? [{ body: text, account: account.text, printed: printed.text }]
    : [];
});

test('there are examples', (t) => {
  t.true(examples.length >= 6);
});

for (const { body, account, printed } of examples) {
  const name = /name: (\S+)/.exec(account)?.[1] ?? '';
  test(`the documented example ${name} gives the documented result`, async (t) => {
    await using vendor = await startScriptedVendor(answer(200, body));
    const result = load(account.replace(/url: https:\/\/[^/]+/, `url: ${vendor.url}`));
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    let written = '';
    await runCheck({
      config: result.config,
      name,
      now: Date.now,
      write: (said) => {
        written += said;
      },
      warn: () => undefined,
    });
    const readings = written
      .split('\n')
      .filter((line) => /^(balance|credits|quota|merchant|spend)/.test(line));
    t.is(`${readings.join('\n')}\n`, printed);
  });
}
