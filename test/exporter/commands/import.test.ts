import test from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { accountFileSchema } from '../../../exporter/account-file/schema.ts';
import { accountSchema } from '../../../exporter/accounts/schema.ts';
import { runImport } from '../../../exporter/commands/import.ts';
import { resolveSecrets, secretSchema } from '../../../exporter/config/secret.ts';
import { mailboxSchema } from '../../../exporter/mail/schema.ts';
import { json } from '../../../exporter/providers/json/index.ts';
import { everyProvider } from '../../../exporter/providers/registry.ts';
import { resolveSubscription, subscriptionSchema } from '../../../exporter/subscriptions/schema.ts';
import { noon } from '../subscriptions/support.ts';

/** As the replaced system refers to a variable of its environment. */
const variable = (name: string) => `$` + `{${name}}`;

const now = noon('2026-11-22');

const providers = [
  { id: 'openrouter', options: z.strictObject({ key: secretSchema }) },
  {
    id: 'volcengine',
    options: z.strictObject({ access_key_id: secretSchema, access_key_secret: secretSchema }),
  },
  // A provider of the right name that wants something else.
  { id: 'aliyun', options: z.strictObject({ role: z.string() }) },
  json,
];

function run(source: unknown) {
  let file = '';
  let report = '';
  const code = runImport({
    text: typeof source === 'string' ? source : JSON.stringify(source),
    providers,
    now,
    write: (text) => (file += text),
    report: (text) => (report += text),
  });
  return { code, file, report };
}

/** The account file as the exporter reads it, its secrets replaced by their names. */
const wholeFileSchema = accountFileSchema.extend({
  accounts: z.array(accountSchema).default([]),
  subscriptions: z.array(subscriptionSchema).default([]),
  mailboxes: z.array(mailboxSchema).default([]),
});

function read(file: string) {
  const resolved = resolveSecrets(parse(file), (name) => `value of ${name}`);
  const parsed = wholeFileSchema.parse(resolved.document);
  for (const entry of parsed.subscriptions) {
    const result = resolveSubscription(entry, { defaultTimezone: parsed.timezone, now });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
  }
  return { ...parsed, secrets: resolved.secrets.map(({ name }) => name) };
}

const former = {
  settings: { balance_refresh_interval_seconds: 3600, max_concurrent_checks: 20 },
  webhook: { _comment: 'x', url: 'https://open.feishu.cn/hook/TOKEN-1', source: 'credit', type: 'feishu' },
  email: [
    {
      name: 'QQ邮箱',
      host: 'imap.qq.com',
      port: 993,
      username: 'ops@example.com',
      password: variable('EMAIL_PASSWORD'),
      use_ssl: true,
      enabled: false,
    },
    {
      name: '飞书邮箱',
      host: 'imap.feishu.cn',
      port: 143,
      username: 'a@b.example',
      password: 'hunter2',
      use_ssl: false,
    },
  ],
  subscriptions: [
    {
      name: '融云 - im - 授权',
      cycle_type: 'monthly',
      renewal_day: 17,
      alert_days_before: 3,
      amount: 3500.0,
      currency: 'CNY',
      last_renewed_date: '2026-11-15',
      enabled: true,
    },
    {
      name: '每周备份服务',
      cycle_type: 'weekly',
      renewal_day: 1,
      alert_days_before: 1,
      amount: 50,
      currency: 'CNY',
    },
  ],
  projects: [
    {
      name: 'OpenRouter',
      provider: 'openrouter',
      _comment: 'x',
      api_key: 'sk-or-1',
      threshold: 100,
      type: 'credits',
    },
    {
      name: 'Volc-火山引擎-云账号A',
      provider: 'volc',
      api_key: 'AK-1:SK-1',
      threshold: 7000,
      type: 'balance',
      enabled: false,
      owner_project: 'search',
    },
    { name: 'WxRank-微信公众号', provider: 'wxrank', api_key: variable('API_KEY'), threshold: 500 },
    { name: 'UniAPI', provider: 'uniapi', api_key: 'key-1', threshold: '5000' },
    { name: 'TikHub', provider: 'tikhub', api_key: 'key-2', threshold: 10 },
  ],
};

test('converts accounts, renewals and mailboxes into a file that the exporter accepts', (t) => {
  const { code, file } = run(former);
  t.is(code, 0);
  const config = read(file);
  t.is(config.defaults.interval, 3600);
  t.deepEqual(
    config.accounts.map(({ name, provider, threshold, enabled, owner }) => [
      name,
      provider,
      threshold,
      enabled,
      owner,
    ]),
    [
      ['OpenRouter', 'openrouter', 100, true, undefined],
      ['Volc-火山引擎-云账号A', 'volcengine', 7000, false, 'search'],
      ['WxRank-微信公众号', 'json', 500, true, undefined],
      ['UniAPI', 'json', 5000, true, undefined],
      ['TikHub', 'json', 10, true, undefined],
    ],
  );
  for (const { provider, options } of config.accounts) {
    t.true(providers.find(({ id }) => id === provider)?.options.safeParse(options).success);
  }
  t.like(config.subscriptions, [
    {
      name: '融云 - im - 授权',
      cycle: 'monthly',
      day: 17,
      amount: 3500,
      currency: 'CNY',
      alert_days_before: 3,
      last_renewed: '2026-11-15',
    },
    { name: '每周备份服务', cycle: 'weekly', day: 1, amount: 50, currency: 'CNY', alert_days_before: 1 },
  ]);
  t.like(config.mailboxes, [
    { name: 'QQ邮箱', host: 'imap.qq.com', starttls: false, user: 'ops@example.com', enabled: false },
    { name: '飞书邮箱', host: 'imap.feishu.cn', starttls: true, user: 'a@b.example', enabled: true },
  ]);
});

test('names each secret by its owner, and lists what to set', (t) => {
  const { file, report } = run(former);
  const names = [
    'OPENROUTER_KEY',
    'VOLC_A_ACCESS_KEY_ID',
    'VOLC_A_ACCESS_KEY_SECRET',
    'WXRANK_KEY',
    'UNIAPI_KEY',
    'TIKHUB_KEY',
    'QQ_PASSWORD',
    'MAILBOX_PASSWORD',
  ];
  t.deepEqual(read(file).secrets, names);
  t.true(
    report.startsWith(
      [
        'Secrets to set, as files in the secrets folder or as environment variables:',
        '  OPENROUTER_KEY: api_key of "OpenRouter"',
        '  VOLC_A_ACCESS_KEY_ID: what stands before the colon in api_key of "Volc-火山引擎-云账号A"',
        '  VOLC_A_ACCESS_KEY_SECRET: what stands behind it in api_key of "Volc-火山引擎-云账号A"',
        `  WXRANK_KEY: api_key of "WxRank-微信公众号", which said ${variable('API_KEY')}`,
        '  UNIAPI_KEY: api_key of "UniAPI"',
        '  TIKHUB_KEY: api_key of "TikHub"',
        `  QQ_PASSWORD: password of "QQ邮箱", which said ${variable('EMAIL_PASSWORD')}`,
        '  MAILBOX_PASSWORD: password of "飞书邮箱"',
        '',
      ].join('\n'),
    ),
  );
});

test('lists what it did not import', (t) => {
  const { report } = run({ ...former, history: {}, _comment: 'x' });
  t.is(
    report.slice(report.indexOf('To look at:')),
    [
      'To look at:',
      '  OpenRouter: needs a management key: an ordinary one is refused, or answers for itself only',
      '  飞书邮箱: was read without TLS; here STARTTLS is a must: see that its server offers it',
      '  timezone: UTC until you set it; the replaced system used the zone of its process (TZ)',
      '  webhook (feishu): not carried; make it a receiver of Alertmanager, alertmanager.receivers in the stack',
      '  settings: not carried: max_concurrent_checks',
      '  not carried: history',
      '',
      'Carried: 5 of 5 accounts, 2 of 2 subscriptions, 2 of 2 mailboxes.',
      '',
    ].join('\n'),
  );
});

test('writes no secret, neither into the file nor into the report', (t) => {
  const { file, report } = run(former);
  for (const secret of ['sk-or-1', 'AK-1', 'SK-1', 'key-1', 'key-2', 'hunter2', 'TOKEN-1']) {
    t.false(file.includes(secret));
    t.false(report.includes(secret));
  }
});

test('an account without a matching provider becomes a comment', (t) => {
  const { code, file, report } = run({
    projects: [
      { name: 'Grok', provider: 'xai', api_key: 'k', threshold: 20 },
      { name: 'GLM', provider: 'GLM', api_key: 'k', threshold: 20 },
      { name: 'Own', provider: 'own\nthing', api_key: 'k', threshold: 20 },
      { name: 'Aliyun', provider: 'aliyun', api_key: 'i:s', threshold: 0 },
    ],
  });
  t.is(code, 0);
  t.deepEqual(read(file).accounts, []);
  t.is(
    file.slice(file.indexOf('accounts:')),
    [
      'accounts: []',
      '  # no provider here stands for "xai" of the replaced system',
      '  # - name: Grok',
      '  #   provider: xai',
      '  #   threshold: 20',
      '  # no provider here stands for "glm" of the replaced system',
      '  # - name: GLM',
      '  #   provider: glm',
      '  #   threshold: 20',
      '  # no provider here stands for "own\\nthing" of the replaced system',
      '  # - name: Own',
      '  #   provider: |-',
      '  #     own',
      '  #     thing',
      '  #   threshold: 20',
      '  # no provider here stands for "aliyun" of the replaced system',
      '  # has no threshold above 0, and so never alerted: set one',
      '  # - name: Aliyun',
      '  #   provider: aliyun',
      '',
    ].join('\n'),
  );
  t.true(
    report.includes(
      '  Grok: left out as a comment: no provider here stands for "xai" of the replaced system\n',
    ),
  );
  t.true(report.includes('Carried: 0 of 4 accounts, 0 of 0 subscriptions, 0 of 0 mailboxes.\n'));
  t.false(report.includes('Secrets to set'));
});

test('accepts a provider that the replaced system did not have', (t) => {
  const found = [{ id: 'searchapi', options: z.strictObject({ key: secretSchema }) }];
  let file = '';
  runImport({
    text: '{"projects":[{"name":"S","provider":"searchapi","threshold":1}]}',
    providers: found,
    now,
    write: (text) => (file += text),
    report: () => undefined,
  });
  t.deepEqual(read(file).secrets, ['S_KEY']);
});

test('converts vendors to presets', (t) => {
  const projects = ['UniAPI', 'WxRank', 'TikHub', 'GLM'].map((name) => ({
    name,
    provider: name.toLowerCase(),
    api_key: 'k',
    threshold: 1,
  }));
  let file = '';
  runImport({
    text: JSON.stringify({ projects }),
    providers: everyProvider(),
    now,
    write: (text) => (file += text),
    report: () => undefined,
  });
  const { accounts } = accountFileSchema.parse(parse(file));
  t.deepEqual(
    accounts.map((account) => accountSchema.parse(account).provider),
    ['uniapi', 'wxrank', 'tikhub', 'zhipu'],
  );
});

const renewals: readonly (readonly [
  title: string,
  item: object,
  carried: object | undefined,
  remarks: readonly string[],
])[] = [
  [
    'a month and day as a number',
    { cycle_type: 'yearly', renewal_day: 315 },
    { cycle: 'yearly', day: '03-15' },
    [],
  ],
  [
    'a late month as a number',
    { cycle_type: 'yearly', renewal_day: 1231 },
    { cycle: 'yearly', day: '12-31' },
    [],
  ],
  [
    'a month and day as text',
    { cycle_type: 'Yearly', renewal_day: '3-15' },
    { cycle: 'yearly', day: '03-15' },
    [],
  ],
  ['29 February', { cycle_type: 'yearly', renewal_day: '0229' }, { cycle: 'yearly', day: '02-29' }, []],
  [
    'a day of the year without month, paid in the window',
    { cycle_type: 'yearly', renewal_day: 1, last_renewed_date: '2025-12-30' },
    { cycle: 'yearly', day: '01-01', last_renewed: '2025-12-30' },
    ['renewal_day 1 has no month: taken as 01-01, which was paid on 2025-12-30; check it'],
  ],
  [
    'a day of the year without month, never paid',
    { cycle_type: 'yearly', renewal_day: 15 },
    undefined,
    ['left out as a comment: day: expected month and day with leading zeros such as 03-15, got 15'],
  ],
  ['no cycle, which meant monthly', { renewal_day: '9' }, { cycle: 'monthly', day: 9 }, []],
  [
    'a cycle that ran as monthly unseen',
    { cycle_type: 'quarterly', renewal_day: 9 },
    undefined,
    [
      'left out as a comment: cycle_type "quarterly" ran as monthly in the replaced system: set the cycle that it has',
    ],
  ],
  [
    'a lunar year',
    { cycle_type: 'lunar_yearly', renewal_day: 101 },
    undefined,
    [
      'left out as a comment: cycle_type "lunar_yearly" ran as monthly in the replaced system: set the cycle that it has',
    ],
  ],
  [
    'a day that no month has',
    { cycle_type: 'monthly', renewal_day: 45 },
    undefined,
    ['left out as a comment: day: expected a day from 1 to 31, got 45'],
  ],
  [
    'a window that is too long',
    { cycle_type: 'weekly', renewal_day: 1, alert_days_before: 7 },
    { cycle: 'weekly', day: 1, alert_days_before: 6 },
    ['alert_days_before 7 reaches back to the renewal before: 6 now'],
  ],
  [
    'an amount without currency',
    { renewal_day: 1, amount: 3500 },
    { amount: undefined, currency: undefined },
    ['the amount 3500 has no currency code: set amount and currency'],
  ],
  ['no amount, as 0', { renewal_day: 1, amount: 0 }, { amount: undefined, currency: undefined }, []],
  [
    'a payment in the future',
    { renewal_day: 1, last_renewed_date: '2027-01-01' },
    { last_renewed: undefined },
    ['last_renewed_date 2027-01-01 lies in the future'],
  ],
  [
    'a payment on a day that does not exist',
    { renewal_day: 1, last_renewed_date: '2026-02-30' },
    { last_renewed: undefined },
    ['last_renewed_date "2026-02-30" is no date such as 2026-10-31'],
  ],
  [
    'what came later',
    {
      renewal_day: 1,
      snoozed_until: '2026-12-01',
      timezone: 'Asia/Shanghai',
      owner_project: 'im',
      _note: 'x',
    },
    { timezone: 'Asia/Shanghai', owner: 'im' },
    ['not carried: snoozed_until'],
  ],
  [
    'an unknown zone',
    { renewal_day: 1, timezone: 'Mars' },
    { timezone: undefined },
    ['timezone "Mars" is unknown: the zone of the file holds'],
  ],
  ['one that is switched off', { renewal_day: 1, enabled: false }, { enabled: false }, []],
];
for (const [title, item, carried, remarks] of renewals) {
  test(`a subscription with ${title}`, (t) => {
    const { file, report } = run({ subscriptions: [{ name: 'S', ...item }] });
    const [entry] = read(file).subscriptions;
    if (carried === undefined) t.is(entry, undefined);
    else t.like(entry, carried);
    const said = report.split('\n').flatMap((line) => (line.startsWith('  S: ') ? [line.slice(5)] : []));
    t.deepEqual(said, remarks);
  });
}

test('duplicate names are made unique, and those of secrets too', (t) => {
  const { file, report } = run({
    projects: [
      { name: 'A-b', provider: 'openrouter', threshold: 1 },
      { name: 'A-b', provider: 'openrouter', threshold: 1 },
      { name: 'A b', provider: 'openrouter', threshold: 1 },
      { name: '阿里', provider: 'openrouter', threshold: 1 },
      { name: '2nd', provider: 'openrouter', threshold: 1 },
    ],
    subscriptions: [
      { name: 'S', renewal_day: 1 },
      { name: 'S', renewal_day: 2 },
    ],
  });
  const config = read(file);
  t.deepEqual(
    config.accounts.map(({ name }) => name),
    ['A-b', 'A-b (2)', 'A b', '阿里', '2nd'],
  );
  t.deepEqual(config.secrets, ['A_B_KEY', 'A_B_KEY_2', 'A_B_KEY_3', 'OPENROUTER_KEY', 'OPENROUTER_2ND_KEY']);
  t.deepEqual(
    config.subscriptions.map(({ name }) => name),
    ['S', 'S (2)'],
  );
  t.true(report.includes('  A-b (2): renamed to "A-b (2)", as names are unique here\n'));
});

test('a mailbox without host is left as a comment', (t) => {
  const { file, report } = run({ email: [{ username: 'a@b.example', password: 'p' }] });
  t.deepEqual(read(file).mailboxes, []);
  t.true(report.includes('  a@b.example: left out as a comment: host: '));
});

test('names with line breaks cannot break the file', (t) => {
  const { file, report } = run({
    subscriptions: [
      { name: 'S\naccounts: []', renewal_day: 45 },
      { name: 'T\n- x', renewal_day: 1, 'evil\nkey: 1': 1 },
    ],
  });
  t.deepEqual(
    read(file).subscriptions.map(({ name }) => name),
    ['T\n- x'],
  );
  t.true(report.includes('  S accounts: []: left out as a comment: '));
});

const badFiles: readonly (readonly [title: string, text: string, message: string])[] = [
  ['no JSON', 'api_key: sk-secret', 'expected a JSON file, got something else'],
  [
    'JSON with a slip',
    '{\n "projects": [\n {"api_key": "sk-secret" "x": 1}]}',
    'expected a JSON file, got something else in line 3',
  ],
  ['nothing', '', 'expected a JSON file, got something else'],
  [
    'something else',
    '{"accounts": []}',
    'expected an object with the lists that the replaced system has in its config.json: projects, subscriptions, email, mailboxes',
  ],
  [
    'a list',
    '[]',
    'expected an object with the lists that the replaced system has in its config.json: projects, subscriptions, email, mailboxes',
  ],
  ['projects that are no list', '{"projects": {"a": 1}}', 'projects: expected a list of objects'],
  [
    'a project that is text',
    '{"subscriptions": [], "projects": ["sk-secret"]}',
    'projects: expected a list of objects',
  ],
];
for (const [title, text, message] of badFiles) {
  test(`refuses a file with ${title}, and quotes nothing of it`, (t) => {
    t.deepEqual(run(text), { code: 2, file: '', report: `${message}\n` });
  });
}
