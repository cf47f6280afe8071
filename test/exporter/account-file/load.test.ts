import test from 'ava';
import fc from 'fast-check';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { maskedConfig } from '../../../exporter/account-file/masked.ts';
import type { Config } from '../../../exporter/account-file/schema.ts';
import { formatProblem } from '../../../exporter/config/located-yaml.ts';
import { createRedactor } from '../../../exporter/config/redact.ts';

const now = Date.UTC(2026, 10, 24);

function load(text: string, secrets: Readonly<Record<string, string>> = {}) {
  return loadAccountFile({ file: 'accounts.yaml', text, resolveSecret: (name) => secrets[name], now });
}

function messages(text: string, secrets: Readonly<Record<string, string>> = {}): readonly string[] {
  const result = load(text, secrets);
  return result.ok ? [] : result.problems.map(formatProblem);
}

function config(text: string, secrets: Readonly<Record<string, string>> = {}): Config {
  const result = load(text, secrets);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

const nothing = 'expected at least one of accounts, subscriptions and mailboxes';

const mistakes: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', [`accounts.yaml:1:1: the file is empty: ${nothing}`]],
  ['a file of comments only', '# later\n', [`accounts.yaml:1:1: the file is empty: ${nothing}`]],
  ['a file without entries', 'accounts: []\n', [`accounts.yaml:1:1: nothing to watch: ${nothing}`]],
  ['a list instead of a file', '- a\n', ['accounts.yaml:1:1: expected an object, got a list']],
  [
    'an account without a provider',
    'accounts:\n  - name: a\n',
    ['accounts.yaml:2:5: accounts[0].provider: expected the id of a provider, got nothing'],
  ],
  [
    'a key that is misspelt at the top',
    'acounts: []\naccounts: [{ name: a, provider: demo }]\n',
    ['accounts.yaml:1:1: acounts: unknown key; did you mean accounts?'],
  ],
  [
    'a key that is misspelt in an account',
    'accounts:\n  - name: a\n    provider: demo\n    treshold: 5\n',
    ['accounts.yaml:4:5: accounts[0].treshold: unknown key; did you mean threshold?'],
  ],
  [
    'a key that is like none',
    'accounts: [{ name: a, provider: demo, colour: red }]\n',
    ['accounts.yaml:1:39: accounts[0].colour: unknown key'],
  ],
  [
    'an unknown option of a provider',
    'accounts: [{ name: a, provider: demo, options: { ful: 3 } }]\n',
    ['accounts.yaml:1:50: accounts[0].options.ful: unknown key; did you mean full?'],
  ],
  [
    'a name that is used twice, also where one is not enabled',
    'accounts:\n  - { name: a, provider: demo, enabled: false }\n  - { name: a, provider: demo }\n',
    ['accounts.yaml:3:7: accounts[1].name: expected a unique name, got "a", which accounts[0] already has'],
  ],
  [
    'an empty name',
    "accounts: [{ name: '', provider: demo }]\n",
    ['accounts.yaml:1:14: accounts[0].name: expected a name, got an empty one'],
  ],
  [
    'a provider that is misspelt',
    'accounts: [{ name: a, provider: dmo }]\n',
    [
      'accounts.yaml:1:23: accounts[0].provider: no provider "dmo"; did you mean demo? (`balance-alert providers` lists them)',
    ],
  ],
  [
    'a provider that is like none',
    'accounts: [{ name: a, provider: acme-cloud-billing }]\n',
    [
      'accounts.yaml:1:23: accounts[0].provider: no provider "acme-cloud-billing" (`balance-alert providers` lists them)',
    ],
  ],
  [
    'a threshold that is text',
    "accounts: [{ name: a, provider: demo, threshold: '12' }]\n",
    [
      'accounts.yaml:1:39: accounts[0].threshold: expected a number, or numbers by unit such as { CNY: 100, USD: 20 }',
    ],
  ],
  [
    'a key that is no text',
    'accounts: [{ name: a, provider: demo, options: { ? [b] : 1 } }]\n',
    ['accounts.yaml:1:52: expected a key that is text, got a list, an object or an alias'],
  ],
  [
    'a threshold for a currency that no reading names so',
    'accounts: [{ name: a, provider: demo, threshold: { usd: 20, requests: 5 }, budget: {} }]\n',
    [
      'accounts.yaml:1:52: accounts[0].threshold.usd: expected USD: readings name a currency by its code in capitals',
      'accounts.yaml:1:76: accounts[0].budget: expected a number for at least one unit, got none',
    ],
  ],
  [
    'a threshold that is no finite number',
    'accounts: [{ name: a, provider: demo, threshold: .nan }]\n',
    [
      'accounts.yaml:1:39: accounts[0].threshold: expected a number, or numbers by unit such as { CNY: 100, USD: 20 }',
    ],
  ],
  [
    'a duration without a unit',
    "accounts: [{ name: a, provider: demo, interval: '10' }]\n",
    ['accounts.yaml:1:39: accounts[0].interval: expected a duration such as 30s, 10m or 1h30m, got "10"'],
  ],
  [
    'an interval below what the vendor asks for',
    'accounts: [{ name: a, provider: json, interval: 5s, options: { url: "https://a.example/b", values: [{ type: balance, expr: a, unit: USD }] } }]\n',
    ['accounts.yaml:1:39: accounts[0].interval: expected at least 10s, which Any JSON API asks for, got 5s'],
  ],
  [
    'an age below the interval',
    'accounts: [{ name: a, provider: demo, interval: 10m, max_age: 5m }]\n',
    [
      'accounts.yaml:1:54: accounts[0].max_age: expected max_age to be at least the interval of 10m and the timeout of 30s together, got 5m: a reading would expire before the next',
    ],
  ],
  [
    'an age that ends while the next check runs',
    'defaults: { max_age: 2m }\naccounts:\n  - { name: a, provider: demo, interval: 1m, timeout: 1m }\n  - { name: b, provider: demo, interval: 2m }\n',
    [
      'accounts.yaml:4:5: accounts[1]: expected max_age to be at least the interval of 2m and the timeout of 30s together, got 2m: a reading would expire before the next',
    ],
  ],
  [
    'a time zone that does not exist',
    'timezone: Mars/Phobos\naccounts: [{ name: a, provider: demo }]\n',
    ['accounts.yaml:1:1: timezone: expected an IANA time zone such as Europe/Berlin, got "Mars/Phobos"'],
  ],
  [
    'a console that is no web address',
    'accounts: [{ name: a, provider: demo, console_url: "javascript:alert(1)" }]\n',
    ['accounts.yaml:1:39: accounts[0].console_url: expected an http or https URL'],
  ],
  [
    'a fault in the options beside one in another field',
    'accounts: [{ name: a, provider: deepseek, treshold: 5, options: { kee: x, key: { secret: LONG } } }]\n',
    [
      'accounts.yaml:1:43: accounts[0].treshold: unknown key; did you mean threshold?',
      'accounts.yaml:1:67: accounts[0].options.kee: unknown key; did you mean key?',
    ],
  ],
  [
    'an unknown provider beside a fault in another field',
    'accounts: [{ name: a, provider: deepsek, treshold: 5 }]\n',
    [
      'accounts.yaml:1:23: accounts[0].provider: no provider "deepsek"; did you mean deepseek? (`balance-alert providers` lists them)',
      'accounts.yaml:1:42: accounts[0].treshold: unknown key; did you mean threshold?',
    ],
  ],
  [
    'a duration without its unit',
    'accounts: [{ name: a, provider: demo, interval: 10 }]\n',
    ['accounts.yaml:1:39: accounts[0].interval: expected a duration such as 30s, 10m or 1h30m'],
  ],
  [
    'a password in the address of a console',
    'accounts: [{ name: a, provider: demo, console_url: "https://u:p@x.example" }]\n',
    ['accounts.yaml:1:39: accounts[0].console_url: expected a URL without user name and password'],
  ],
  [
    'a secret that is nowhere',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: NOPE } }]\n',
    [
      'accounts.yaml:1:42: mailboxes[0].password: secret NOPE was not found: expected a file of that name in the secrets folder, or an environment variable',
    ],
  ],
  [
    'a secret without a value',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: EMPTY } }]\n',
    ['accounts.yaml:1:42: mailboxes[0].password: secret EMPTY is empty'],
  ],
  [
    'a secret that is too short to be masked',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: SHORT } }]\n',
    [
      "accounts.yaml:1:42: mailboxes[0].password: secret SHORT is too short: expected at least 6 characters, since a shorter value can't be masked reliably",
    ],
  ],
  [
    'a secret that is written out',
    'mailboxes: [{ name: m, host: h, user: u, password: hunter2 }]\n',
    [
      'accounts.yaml:1:42: mailboxes[0].password: expected { secret: NAME }: a secret is named here, never written out',
    ],
  ],
  [
    'a secret that is left out',
    'accounts: [{ name: a, provider: deepseek, options: {} }]\n',
    ['accounts.yaml:1:43: accounts[0].options.key: expected { secret: NAME }, got nothing'],
  ],
  [
    'a secret whose name is a path',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: ../../etc/shadow } }]\n',
    [
      'accounts.yaml:1:54: mailboxes[0].password.secret: expected the name of a secret: letters, digits, "_", "." and "-"',
    ],
  ],
  [
    'a key that is misspelt under defaults',
    'defaults: { intervall: 3m }\naccounts: [{ name: a, provider: demo }]\n',
    ['accounts.yaml:1:13: defaults.intervall: unknown key; did you mean interval?'],
  ],
  [
    'an interval that no timer can hold',
    'accounts: [{ name: a, provider: demo, interval: 4w }]\n',
    ['accounts.yaml:1:39: accounts[0].interval: expected at most 1w, got 4w'],
  ],
  [
    'a time limit that is none',
    'accounts: [{ name: a, provider: demo, timeout: 1d }]\n',
    ['accounts.yaml:1:39: accounts[0].timeout: expected at most 1h, got 1d'],
  ],
  [
    'a choice that does not exist',
    'accounts: [{ name: a, provider: demo, options: { type: balanc } }]\n',
    [
      'accounts.yaml:1:50: accounts[0].options.type: expected one of balance, credits, quota, merchant, spend; did you mean balance?',
    ],
  ],
  [
    'a number out of range',
    'accounts: [{ name: a, provider: demo, options: { full: -1 } }]\n',
    ['accounts.yaml:1:50: accounts[0].options.full: expected a number of more than 0'],
  ],
  [
    'half a character in a name',
    'accounts: [{ name: "\\uD800", provider: demo }]\n',
    ['accounts.yaml:1:14: accounts[0].name: expected text, got half of a surrogate pair'],
  ],
  [
    'a name of the language itself as a key',
    'accounts: [{ name: a, provider: demo, __proto__: { enabled: false } }]\n',
    ['accounts.yaml:1:39: accounts[0].__proto__: unknown key'],
  ],
  [
    'entries that are no mappings',
    'accounts: [text, 3, null]\n',
    [
      'accounts.yaml:1:12: accounts[0]: expected an object, got text',
      'accounts.yaml:1:18: accounts[1]: expected an object, got a number',
      'accounts.yaml:1:21: accounts[2]: expected an object, got null',
    ],
  ],
  [
    'a secret of white space only',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: BLANK } }]\n',
    ['accounts.yaml:1:42: mailboxes[0].password: secret BLANK is empty'],
  ],
  [
    'a password in the address of a proxy',
    'defaults: { proxy: "http://u:p@proxy.example:3128" }\naccounts: [{ name: a, provider: demo }]\n',
    [
      'accounts.yaml:1:13: defaults.proxy: expected an http or https URL without credentials, or { secret: NAME } where it has some',
    ],
  ],
  [
    'a second document',
    'accounts: [{ name: a, provider: demo }]\n---\naccounts: []\n',
    ['accounts.yaml:2:1: expected one document, got another one after ---'],
  ],
  [
    'an alias that contains itself',
    'accounts: &all [*all]\n',
    ['accounts.yaml:1:17: not valid YAML: an alias that contains itself'],
  ],
];

for (const [title, text, expected] of mistakes) {
  test(`${title} is reported with its position`, (t) => {
    t.deepEqual(messages(text, { EMPTY: '', BLANK: ' \t ', SHORT: 'abc12', LONG: 'long enough' }), expected);
  });
}

test('invalid YAML is reported with its position', (t) => {
  t.deepEqual(messages('accounts:\n  - name: [a\n'), [
    'accounts.yaml:3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ]);
});

test('a duplicate key is reported with its place', (t) => {
  t.deepEqual(messages('accounts: []\naccounts: []\n'), [
    'accounts.yaml:2:1: not valid YAML: Map keys must be unique',
  ]);
});

test('aliases that expand without bound are rejected', (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= 6; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  t.deepEqual(messages(`${lines.join('\n')}\n`), [
    'accounts.yaml:1:1: not valid YAML: Excessive alias count indicates a resource exhaustion attack',
  ]);
});

test('aliases can be used in each of ten thousand accounts', (t) => {
  const lines = Array.from(
    { length: 10_000 },
    (_, index) =>
      `  - { name: a${index}, provider: demo, options: ${index === 0 ? '&options { full: 5 }' : '*options'} }\n`,
  );
  t.is(config(`accounts:\n${lines.join('')}`).accounts.length, 10_000);
});

test('a file that is nested too deeply is rejected, whichever part fails first', (t) => {
  for (const text of [
    `accounts: ${'['.repeat(20_000)}`,
    `accounts: ${'['.repeat(5000)}${']'.repeat(5000)}`,
  ]) {
    const [first = ''] = messages(text);
    t.regex(first, /^accounts\.yaml:1:\d+: (not valid YAML: |the file is nested too deeply)/);
    t.true(messages(text).length < 5);
  }
});

test('all errors of every kind are reported at once, in the order of the lines', (t) => {
  const text = [
    'timezone: Nowhere',
    'accounts:',
    '  - { name: a, provider: jsn }',
    '  - { name: b, provider: demo, threshold: many }',
    'subscriptions:',
    '  - { name: s, cycle: weekly, day: 31 }',
    'mailboxes:',
    '  - { name: m, host: h, user: u, password: plain }',
    '',
  ].join('\n');
  t.deepEqual(
    messages(text).map((message) => message.split(': ', 2).join(': ')),
    [
      'accounts.yaml:1:1: timezone',
      'accounts.yaml:3:16: accounts[0].provider',
      'accounts.yaml:4:32: accounts[1].threshold',
      'accounts.yaml:6:31: subscriptions[0].day',
      'accounts.yaml:8:34: mailboxes[0].password',
    ],
  );
});

test('defaults are filled in, and an account’s own values override them', (t) => {
  const { accounts, timezone } = config(
    [
      'defaults: { interval: 20m, timeout: 5s }',
      'accounts:',
      '  - { name: a, provider: demo }',
      '  - { name: b, provider: demo, interval: 1m, max_age: 2m, timeout: 1s, owner: o }',
      '  - { name: c, provider: demo, enabled: false }',
    ].join('\n'),
  );
  t.is(timezone, 'UTC');
  t.deepEqual(
    accounts.map(({ name, intervalSeconds, maxAgeSeconds, timeoutSeconds, owner }) => ({
      name,
      intervalSeconds,
      maxAgeSeconds,
      timeoutSeconds,
      owner,
    })),
    [
      { name: 'a', intervalSeconds: 1200, maxAgeSeconds: 7200, timeoutSeconds: 5, owner: undefined },
      { name: 'b', intervalSeconds: 60, maxAgeSeconds: 120, timeoutSeconds: 1, owner: 'o' },
    ],
  );
});

test('a short interval still serves its readings for an hour, and a slow check has the one before served until it is over', (t) => {
  const maxAge = (fields: string) =>
    config(`accounts: [{ name: a, provider: demo, ${fields} }]`).accounts[0]?.maxAgeSeconds;
  t.is(maxAge('interval: 10s'), 3600);
  t.is(maxAge('interval: 10m, timeout: 1h'), 4200);
});

test('a default interval is raised to the minimum of a provider', (t) => {
  const text =
    'defaults: { interval: 1s }\naccounts: [{ name: a, provider: json, options: { url: "https://a.example/b", values: [{ type: balance, expr: a, unit: USD }] } }]';
  t.is(config(text).accounts[0]?.intervalSeconds, 10);
});

test("the masked configuration uses the file's syntax, with readable durations", (t) => {
  const text =
    'accounts: [{ name: a, provider: demo, max_age: 3h, ca_file: /ca.pem, console_url: "https://c.example/", options: { also: { maxAge: 3 } } }]';
  const masked = maskedConfig(config(text));
  for (const line of [
    'interval: 10m',
    'max_age: 3h',
    'timeout: 30s',
    'ca_file: /ca.pem',
    'console_url: https://c.example/',
  ]) {
    t.true(masked.includes(`\n    ${line}\n`), line);
  }
  t.true(masked.includes('\n        maxAge: 3\n'));
});

test('a secret in a proxy is masked as well', (t) => {
  const text = 'defaults: { proxy: { secret: PROXY } }\naccounts: [{ name: a, provider: demo }]\n';
  const { accounts, secrets } = config(text, { PROXY: 'http://u:p@proxy.example' });
  t.is(String(accounts[0]?.proxy), '[secret PROXY]');
  t.deepEqual(
    secrets.map(({ name }) => name),
    ['PROXY'],
  );
});

test('names are any text', (t) => {
  const names = ['say "hi"', 'two\nlines', '余额', '<script>', '\\', ' '];
  const text = `accounts:\n${names.map((name) => `  - { name: ${JSON.stringify(name)}, provider: demo }\n`).join('')}`;
  t.deepEqual(
    config(text).accounts.map(({ name }) => name),
    names,
  );
});

test('ten thousand accounts are read', (t) => {
  const lines = Array.from(
    { length: 10_000 },
    (_, index) => `  - { name: account-${index}, provider: demo }\n`,
  );
  const started = performance.now();
  t.is(config(`accounts:\n${lines.join('')}`).accounts.length, 10_000);
  t.log(`${Math.round(performance.now() - started)} ms`);
});

test('secrets are resolved in options of a provider', (t) => {
  const text =
    'accounts: [{ name: a, provider: json, options: { url: "https://a.example/b", auth: { type: bearer, token: { secret: KEY } }, values: [{ type: balance, expr: a, unit: USD }] } }]';
  const { secrets } = config(text, { KEY: 'the value' });
  t.deepEqual(
    secrets.map((secret) => [secret.name, secret.reveal(), String(secret), JSON.stringify(secret)]),
    [['KEY', 'the value', '[secret KEY]', '"[secret KEY]"']],
  );
});

const secretValue = fc
  .string({ minLength: 6 })
  .filter((value) => value.trim().length >= 6 && !/^\w*$/.test(value));

test('no value of a secret is in the masked configuration, nor in a message', (t) => {
  fc.assert(
    fc.property(secretValue, (value) => {
      const good = 'mailboxes: [{ name: m, host: h, user: u, password: { secret: KEY } }]\n';
      const masked = maskedConfig(config(good, { KEY: value }));
      const reported = messages(`${good}nonsense: 1\n`, { KEY: value }).join('\n');
      t.false(masked.includes(value));
      t.false(reported.includes(value));
      t.true(masked.includes('[secret KEY]'));
      const redact = createRedactor(config(good, { KEY: value }).secrets);
      t.false(redact(`before ${value} after ${encodeURIComponent(value)}`).includes(value));
    }),
  );
});

for (const [value, isTaken] of [
  ['k-123', true],
  ['sk-01x', true],
  ['short', false],
  ['12345', false],
  ['ab123', false],
  ['k-12', false],
] as const) {
  test(`the secret ${value} ${isTaken ? 'can be masked' : 'is too short to be masked'}`, (t) => {
    const result = loadAccountFile({
      file: 'accounts.yaml',
      text: 'accounts: [{ name: a, provider: deepseek, options: { key: { secret: KEY } } }]',
      resolveSecret: () => value,
      now: Date.now(),
    });
    t.is(result.ok, isTaken);
  });
}
