import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import test from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  accountFileJsonSchema,
  accountFileJsonSchemaText,
  schemaComment,
  schemaFileName,
} from '../../../exporter/account-file/json-schema.ts';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { everyProvider } from '../../../exporter/providers/registry.ts';
import { runProgram } from '../../support/program.ts';

/** The JSON Schema of the account file: editors see in it what the program sees. */

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

// All rules of the draft, in the strict reading of the library; a type may be one of several.
const validate = new Ajv({
  strict: true,
  allowUnionTypes: true,
  allErrors: true,
  strictRequired: false,
}).compile(accountFileJsonSchema());

function objections(text: string): readonly string[] {
  if (validate(parse(text, { merge: true }))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function isValid(text: string): boolean {
  return loadAccountFile({
    file: 'a.yaml',
    text,
    resolveSecret: () => 'http://proxy.example',
    now: Date.now(),
  }).ok;
}

/** Documents show single entries too. */
function asFile(block: string): string {
  if (!/^\s*- (\{ )?name:/.test(block)) return block;
  return `${/\bhost:/.test(block) ? 'mailboxes' : 'accounts'}:\n${block.replaceAll(/^/gm, '  ')}`;
}

/** Every account file, and every entry of one, in YAML blocks of the documents. */
const documented = ['*.md', 'docs/*.md', 'exporter/**/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }).sort())
  .flatMap((page) =>
    [...read(page).matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ''], index) => ({
      title: `${page}, block ${index + 1}`,
      text: asFile(text),
    })),
  )
  .filter(({ text }) => /^(accounts|subscriptions|mailboxes):/m.test(text));

test('there are account files in the documents', (t) => {
  t.true(documented.length >= 12, String(documented.length));
});

for (const { title, text } of documented) {
  test(`an account file of the documents is valid by the schema: ${title}`, (t) => {
    t.deepEqual(objections(text), []);
  });
}

for (const path of globSync('exporter/examples/*.yaml', { cwd: root })) {
  test(`an example is valid by the schema, and names it in its first line: ${path}`, (t) => {
    t.is(read(path).split('\n')[0], schemaComment);
    t.deepEqual(objections(read(path)), []);
  });
}

const account = (entry: string): string => `accounts: [{ name: a, ${entry} }]`;
const key = '{ secret: KEY }';

/** Each differs by one slip from a file that is valid. */
const slips: readonly (readonly [string, string, string])[] = [
  [
    'a list that is misspelt',
    'accounts: [{ name: a, provider: demo }]',
    'acounts: [{ name: a, provider: demo }]',
  ],
  [
    'a field that is misspelt',
    account('provider: demo, threshold: 5'),
    account('provider: demo, treshold: 5'),
  ],
  ['a provider that is misspelt', account('provider: demo'), account('provider: dmo')],
  [
    'an option that is misspelt',
    account(`provider: deepseek, options: { key: ${key} }`),
    account(`provider: deepseek, options: { kye: ${key} }`),
  ],
  [
    'an option of another provider',
    account(`provider: moonshot, options: { key: ${key}, region: cn }`),
    account(`provider: deepseek, options: { key: ${key}, region: cn }`),
  ],
  [
    'an option that is missing',
    account(`provider: twilio, options: { auth_token: ${key}, account_sid: AC1 }`),
    account(`provider: twilio, options: { auth_token: ${key} }`),
  ],
  [
    'options that are missing as a whole',
    account(`provider: tavily, options: { key: ${key} }`),
    account('provider: tavily'),
  ],
  [
    'a key that is written out',
    account(`provider: deepseek, options: { key: ${key} }`),
    account('provider: deepseek, options: { key: sk-0123456789 }'),
  ],
  [
    'a choice that there is not',
    account(`provider: moonshot, options: { key: ${key}, region: global }`),
    account(`provider: moonshot, options: { key: ${key}, region: us }`),
  ],
  [
    'a threshold in words',
    account('provider: demo, threshold: 5'),
    account('provider: demo, threshold: five'),
  ],
  [
    'a duration without its unit',
    account('provider: demo, interval: 10m'),
    account('provider: demo, interval: 10'),
  ],
  [
    'a duration that is none',
    account('provider: demo, interval: 10m'),
    account('provider: demo, interval: ten minutes'),
  ],
  [
    'an address without a scheme',
    account('provider: demo, console_url: "https://a.example"'),
    account('provider: demo, console_url: a.example'),
  ],
  [
    'an expression that is missing',
    account(
      'provider: json, options: { url: "https://a.example", values: [{ type: balance, expr: a, unit: USD }] }',
    ),
    account('provider: json, options: { url: "https://a.example", values: [{ type: balance, unit: USD }] }'),
  ],
  [
    'a day of the month that there is not',
    'subscriptions: [{ name: s, cycle: monthly, day: 31 }]',
    'subscriptions: [{ name: s, cycle: monthly, day: 32 }]',
  ],
  [
    'a yearly day as a number',
    'subscriptions: [{ name: s, cycle: yearly, day: 03-15 }]',
    'subscriptions: [{ name: s, cycle: yearly, day: 15 }]',
  ],
  [
    'a quarterly renewal without an anchor',
    'subscriptions: [{ name: s, cycle: quarterly, anchor: 2026-01-31 }]',
    'subscriptions: [{ name: s, cycle: quarterly, day: 31 }]',
  ],
  [
    'an amount without a currency',
    'subscriptions: [{ name: s, cycle: weekly, day: 1, amount: 5, currency: EUR }]',
    'subscriptions: [{ name: s, cycle: weekly, day: 1, amount: 5 }]',
  ],
  [
    'both marks of a renewal',
    'subscriptions: [{ name: s, cycle: weekly, day: 1, paid_through: 2026-01-05 }]',
    'subscriptions: [{ name: s, cycle: weekly, day: 1, paid_through: 2026-01-05, last_renewed: 2026-01-05 }]',
  ],
  [
    'a mailbox without a password',
    `mailboxes: [{ name: m, host: h.example, user: u, password: ${key} }]`,
    'mailboxes: [{ name: m, host: h.example, user: u }]',
  ],
  [
    'a topic that there is not',
    `mailboxes: [{ name: m, host: h.example, user: u, password: ${key}, terms: { extend: { bill: [due] } } }]`,
    `mailboxes: [{ name: m, host: h.example, user: u, password: ${key}, terms: { extend: { bills: [due] } } }]`,
  ],
];

for (const [title, good, bad] of slips) {
  test(`the schema and the program both refuse ${title}, and both accept it put right`, (t) => {
    t.deepEqual([objections(good), isValid(good)], [[], true]);
    t.deepEqual([objections(bad).length > 0, isValid(bad)], [true, false]);
  });
}

/** Ways of writing that the schema must not refuse, since the program takes them. */
const lenient: readonly (readonly [string, string])[] = [
  ['senders as a list of names', 'senders: [{ match: vendor.example, name: Vendor }]'],
  ['senders as an object', 'senders: { allow: [vendor.example], names: [{ match: a@b.example, name: B }] }'],
].map(([title = '', field]) => [
  title,
  `mailboxes: [{ name: m, host: h.example, user: u, password: ${key}, ${field} }]`,
]);

for (const [title, text] of [
  ...lenient,
  ['a proxy as a secret', account(`provider: demo, proxy: ${key}`)],
  ['a threshold for each unit', account('provider: demo, threshold: { USD: 5, CNY: 30 }')],
  [
    'a date of the month in an address',
    account(
      'provider: json, options: { url: "https://a.example/{month_start}", values: [{ type: balance, expr: a, unit: USD }] }',
    ),
  ],
  [
    'an entry that is shared',
    'defaults: &d { interval: 1h }\naccounts: [{ <<: *d, name: a, provider: demo }]',
  ],
] as const) {
  test(`the schema and the program both accept ${title}`, (t) => {
    t.deepEqual([objections(text), isValid(text)], [[], true]);
  });
}

test('the committed schema, the command and the registry agree, and so does every provider they name', async (t) => {
  t.is(read(`exporter/examples/${schemaFileName}`), accountFileJsonSchemaText(), 'run npm run generate');
  const [schema, listed] = await Promise.all([runProgram(['schema']), runProgram(['providers'])]);
  t.is(schema.stdout, accountFileJsonSchemaText());

  const ids = everyProvider().map(({ id }) => id);
  const inList = listed.stdout
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(' ')[0]);
  const inPage = [...read('docs/providers.md').matchAll(/^\| \[`([^`]+)`\]/gm)].map(([, id]) => id);
  const definitions = Object.keys(accountFileJsonSchema()['definitions'] ?? {});
  t.deepEqual(inList, ids);
  t.deepEqual(inPage, ids);
  t.deepEqual(
    definitions,
    ids.map((id) => `options-${id}`),
  );
});

test('every option that init looks for is one of its provider', (t) => {
  const strange = everyProvider().flatMap(({ id, variables = {}, options }) =>
    Object.keys(variables)
      .filter((option) => !(options instanceof z.ZodObject && Object.hasOwn(options.shape, option)))
      .map((option) => `${id}: ${option}`),
  );
  t.deepEqual(strange, []);
});
