import test from 'ava';
import { problemsOf, settingsOf } from './source.ts';

const secretKeys = new Set(['balance-alert:alertmanager']);

/** What is said of an Alertmanager's settings, set with `--secret`. */
const said = (alertmanager: unknown): readonly string[] =>
  problemsOf({ alertmanager }, { secretKeys }).map((problem) =>
    problem.replace('balance-alert:alertmanager.', ''),
  );

const receiver = (one: unknown): readonly string[] => said({ receivers: { ops: one } });

const url = 'https://chat.example/hooks/abc';
const mail = {
  type: 'email',
  to: 'ops@example.com',
  from: 'alerts@example.com',
  smarthost: 'smtp.example.com:587',
};

/** A right receiver of each type. */
const right: Readonly<Record<string, unknown>> = {
  email: { ...mail, to: ['ops@example.com', 'finance@example.com'], username: 'alerts', password: 'a b' },
  slack: { type: 'slack', url, channel: '#ops' },
  telegram: { type: 'telegram', botToken: '123456:ABC-def_1', chatId: '-1001234567890' },
  msteams: { type: 'msteams', url },
  discord: { type: 'discord', url },
  mattermost: { type: 'mattermost', url },
  pagerduty: { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' },
  webhook: { type: 'webhook', url, bearerToken: 'token' },
  wecom: { type: 'wecom', corpId: 'ww0123456789abcdef', agentId: 1_000_002, secret: 's', toParty: '2' },
  feishu: { type: 'feishu', url, secret: 'SEC0123' },
  dingtalk: { type: 'dingtalk', url, secret: 'SEC0123' },
  wecom_bot: { type: 'wecom_bot', url },
};

test('a receiver of each type is taken, and told of all severities and of what is resolved', (t) => {
  const { alertmanager } = settingsOf({ alertmanager: { receivers: right } }, { secretKeys });
  t.is(alertmanager.mode, 'managed');
  if (alertmanager.mode !== 'managed') return;
  t.deepEqual(Object.keys(alertmanager.receivers), Object.keys(right));
  for (const one of Object.values(alertmanager.receivers)) {
    t.deepEqual(one.severities, ['critical', 'warning', 'info']);
    t.true(one.sendResolved);
  }
});

/** One wrong receiver each, and what is said after its name. The value is a secret key's, so it is not repeated. */
const wrong: readonly [unknown, string][] = [
  ['slack', ': expected a receiver: an object with a type'],
  [
    {},
    '.type: expected a type: email, slack, telegram, msteams, discord, mattermost, pagerduty, webhook, wecom, feishu, dingtalk or wecom_bot',
  ],
  [
    { type: 'sms' },
    '.type: expected a type: email, slack, telegram, msteams, discord, mattermost, pagerduty, webhook, wecom, feishu, dingtalk or wecom_bot',
  ],
  [{ type: 'slack' }, '.url: expected the URL of an incoming webhook, an http or https URL'],
  [
    { type: 'slack', url: 'hooks.slack.com/x' },
    '.url: expected the URL of an incoming webhook, an http or https URL',
  ],
  [
    { type: 'slack', url: 'https://hooks.slack.com/services/' },
    '.url: expected the URL of an incoming webhook with everything after /services/',
  ],
  [{ type: 'slack', url, channel: 'two words' }, '.channel: expected a channel such as #ops'],
  [{ type: 'slack', url, channel: '{{ x }}' }, '.channel: expected a channel such as #ops'],
  [{ type: 'slack', url, chanel: '#ops' }, '.chanel: unknown key; did you mean channel?'],
  [
    { type: 'telegram', botToken: 'abc', chatId: 1 },
    '.botToken: expected a bot token such as 123456:ABC-DEF',
  ],
  [{ type: 'telegram', botToken: '1:a', chatId: '@ops' }, '.chatId: expected the numeric id of a chat'],
  [
    { type: 'telegram', botToken: '1:a', chatId: 0 },
    '.chatId: expected the numeric id of a chat, such as -1001234567890',
  ],
  [{ type: 'msteams', url: 'x' }, '.url: expected the URL of a Teams workflow, an http or https URL'],
  [{ type: 'discord', url: 'x' }, '.url: expected the URL of a Discord webhook, an http or https URL'],
  [{ type: 'mattermost', url: 'x' }, '.url: expected the URL of an incoming webhook, an http or https URL'],
  [
    { type: 'pagerduty', routingKey: 'short' },
    '.routingKey: expected an integration key (Events API v2) of 32 characters',
  ],
  [{ type: 'webhook', url, username: 'u' }, ': expected username and password together'],
  [
    { type: 'webhook', url, username: 'u', password: 'p', bearerToken: 't' },
    ': expected either username and password or bearerToken, not both',
  ],
  [
    { type: 'wecom', corpId: 'ww1', agentId: 'x', secret: 's', toUser: '@all' },
    '.agentId: expected the numeric agent id, such as 1000002',
  ],
  [
    { type: 'wecom', corpId: 'ww1', agentId: 1, secret: 's' },
    ': expected at least one of toUser, toParty and toTag; toUser "@all" means everybody',
  ],
  [{ ...mail, to: 'ops' }, '.to: expected mail addresses'],
  [{ ...mail, to: [] }, '.to: expected mail addresses'],
  [
    { ...mail, from: 'Alerts <alerts@example.com>' },
    '.from: expected a mail address such as ops@example.com',
  ],
  [
    { ...mail, smarthost: 'smtp.example.com' },
    '.smarthost: expected HOST:PORT of the mail server, such as smtp.example.com:587',
  ],
  [{ ...mail, smarthost: 'smtp.example.com:99999' }, '.smarthost: expected a port from 1 to 65535'],
  [{ ...mail, username: 'u' }, ': expected username and password together'],
  [
    { type: 'discord', url, severities: ['loud'] },
    '.severities: expected severities: critical, warning, info',
  ],
  [{ type: 'discord', url, severities: [] }, '.severities: expected severities: critical, warning, info'],
  [{ type: 'discord', url, owners: [] }, '.owners: expected owners'],
  [{ type: 'feishu', url: 'x' }, '.url: expected the URL of a Feishu bot, an http or https URL'],
  [
    { type: 'dingtalk', url, secret: 'SEC' },
    '.secret: expected the secret of the bot, of 6 characters or more',
  ],
  [{ type: 'wecom_bot', url, secret: 'SEC0123' }, '.secret: unknown key'],
];

for (const [one, problem] of wrong) {
  test(`the receiver ${JSON.stringify(one)} is refused`, (t) => {
    t.deepEqual(receiver(one), [`receivers.ops${problem}`]);
  });
}

test('the name of a receiver fits a label and a path, and is none that is taken', (t) => {
  for (const name of ['two words', 'a/b', '', 'null', 'heartbeat', '-x']) {
    t.regex(
      said({ receivers: { [name]: right['discord'] } }).join(),
      /expected a name of 1 to 63 letters/,
      name,
    );
  }
});

test('quiet hours have a known time zone and two different times of day', (t) => {
  const hours = { timeZone: 'Asia/Shanghai', start: '22:00', end: '08:00' };
  t.deepEqual(said({ quietHours: { ...hours, timeZone: 'Shanghai' } }), [
    'quietHours.timeZone: expected a time zone such as Asia/Shanghai',
  ]);
  t.deepEqual(said({ quietHours: { ...hours, start: '24:00' } }), [
    'quietHours.start: expected a time of day such as 22:00',
  ]);
  t.deepEqual(said({ quietHours: { ...hours, end: '22:00' } }), [
    'quietHours: expected start and end to differ',
  ]);
});

test('credentials in plain text are refused, each by its key and without its value', (t) => {
  const problems = problemsOf({
    alertmanager: { receivers: { a: right['slack'], b: right['telegram'] }, heartbeatUrl: url },
  });
  const rest = 'stored in plain text in the stack file: set it again with --secret, and rotate it';
  t.deepEqual(problems, [
    `balance-alert:alertmanager.receivers.a.url: ${rest}`,
    `balance-alert:alertmanager.receivers.b.botToken: ${rest}`,
    `balance-alert:alertmanager.heartbeatUrl: ${rest}`,
  ]);
});

test('a mail server without a password needs no secret', (t) => {
  t.is(settingsOf({ alertmanager: { receivers: { ops: mail } } }).alertmanager.mode, 'managed');
});

test('an external Alertmanager needs a URL, has no receivers here, and publishes no port', (t) => {
  const external = { mode: 'external', url: 'https://ops.example/alertmanager/' };
  t.deepEqual(said({ mode: 'external' }), [
    'url: expected the URL of the external Alertmanager, got nothing',
  ]);
  t.deepEqual(said({ url: 'https://ops.example' }), [
    'url: only used with mode external, and the mode is managed',
  ]);
  t.deepEqual(said({ ...external, receivers: right }), [
    'receivers: only used with mode managed, and the mode is external',
  ]);
  t.deepEqual(said({ mode: 'off' }), ['mode: expected managed, external or none']);
  const settings = settingsOf({ alertmanager: external });
  t.deepEqual(settings.alertmanager, { mode: 'external', url: 'https://ops.example/alertmanager' });
  t.is(settings.publicUrls.alertmanager, 'https://ops.example/alertmanager');
  t.false('alertmanager' in settings.ports);
});

test('credentials of an external Alertmanager are whole, secret, and for an external one only', (t) => {
  const external = { mode: 'external', url: 'https://ops.example' };
  t.deepEqual(said({ ...external, username: 'u' }), [
    'balance-alert:alertmanager: expected username and password together',
  ]);
  t.deepEqual(said({ ...external, username: 'u', password: 'p', bearerToken: 't' }), [
    'balance-alert:alertmanager: expected either username and password or bearerToken, not both',
  ]);
  t.deepEqual(said({ ...external, bearerToken: 'two words' }), [
    'bearerToken: expected a bearer token, without white space',
  ]);
  t.deepEqual(said({ bearerToken: 't' }), [
    'bearerToken: only used with mode external, and the mode is managed',
  ]);
  t.deepEqual(said({ mode: 'none', username: 'u', password: 'p' }), [
    'username: only used with mode external, and the mode is none',
    'password: only used with mode external, and the mode is none',
  ]);
  t.deepEqual(problemsOf({ alertmanager: { ...external, bearerToken: 'planted-token' } }), [
    'balance-alert:alertmanager.bearerToken: stored in plain text in the stack file: set it again with --secret, and rotate it',
  ]);
  t.deepEqual(
    settingsOf({ alertmanager: { ...external, username: 'u', password: 'p' } }, { secretKeys }).alertmanager,
    {
      ...external,
      username: 'u',
      password: 'p',
    },
  );
});

test('without an Alertmanager its port may be used by another service', (t) => {
  const ports = { grafana: 9093 };
  t.deepEqual(problemsOf({ ports }), [
    'balance-alert:ports.grafana: port 9093 is already used by ports.alertmanager: set another one',
  ]);
  t.is(settingsOf({ ports, alertmanager: { mode: 'none' } }).ports.grafana, 9093);
});
