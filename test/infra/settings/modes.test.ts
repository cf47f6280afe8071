import test from 'ava';
import { problemsOf, settingsOf } from './source.ts';

const secretKeys = new Set([
  'balance-alert:prometheus',
  'balance-alert:grafana',
  'balance-alert:alertmanager',
]);

const prometheus = { mode: 'external', url: 'https://prometheus.example/' };
const grafana = { mode: 'external', url: 'https://grafana.example', auth: 'glsa_token' };

test('an external Prometheus is asked where it is, and its port is not published', (t) => {
  const settings = settingsOf(
    { prometheus: { ...prometheus, auth: { username: 'u', password: 'p' } } },
    { secretKeys },
  );
  t.deepEqual(settings.prometheus.external, {
    url: 'https://prometheus.example',
    containerUrl: 'https://prometheus.example',
    auth: { kind: 'basic', username: 'u', password: 'p' },
  });
  t.is(settings.addresses.prometheus, 'https://prometheus.example');
  t.is(settings.publicUrls.prometheus, 'https://prometheus.example');
  t.false('prometheus' in settings.ports);
});

test('an external Grafana is linked to where it is, and its port is free for others', (t) => {
  const settings = settingsOf(
    { grafana: { ...grafana, dataSourceUid: 'theirs' }, ports: { status: 3000 } },
    { secretKeys },
  );
  t.is(settings.publicUrls.grafana, 'https://grafana.example');
  t.is(settings.addresses.grafana, 'https://grafana.example');
  t.false('grafana' in settings.ports);
});

/** What is set, and what is said about it. */
const wrong: readonly (readonly [
  string,
  Readonly<Record<string, unknown>>,
  readonly string[],
  ReadonlySet<string>?,
])[] = [
  [
    'external without a URL',
    { prometheus: { mode: 'external' }, grafana: { mode: 'external' } },
    [
      'balance-alert:prometheus.url: expected the URL of the external Prometheus, got nothing',
      'balance-alert:grafana.url: expected the URL of the external Grafana, got nothing',
      'balance-alert:grafana.auth: expected the token of a service account of the external Grafana, got nothing',
    ],
  ],
  [
    'keys of the other mode',
    {
      prometheus: { ...prometheus, retentionSize: '2GB', extraScrapeConfigs: [{ job_name: 'x' }] },
      grafana: { dataSourceUid: 'x', dataSourceUrl: 'http://x' },
    },
    [
      'balance-alert:prometheus.retentionSize: only used with mode managed, and the mode is external',
      'balance-alert:prometheus.extraScrapeConfigs: only used with mode managed, and the mode is external',
      'balance-alert:grafana.dataSourceUid: only used with mode external, and the mode is managed',
      'balance-alert:grafana.dataSourceUrl: only used with mode external, and the mode is managed',
    ],
  ],
  [
    'credentials in plain text',
    {
      prometheus: { ...prometheus, auth: { bearerToken: 't' } },
      grafana: { ...grafana, dataSourceUid: 'x' },
    },
    [
      'balance-alert:prometheus.auth: stored in plain text in the stack file: set it again with --secret, and rotate it',
      'balance-alert:grafana.auth: stored in plain text in the stack file: set it again with --secret, and rotate it',
    ],
    new Set(),
  ],
  [
    'half of the credentials',
    { prometheus: { ...prometheus, auth: { username: 'u' } } },
    ['balance-alert:prometheus.auth: expected username and password together'],
  ],
  [
    'two kinds of credentials',
    { prometheus: { ...prometheus, auth: { username: 'u', password: 'p', bearerToken: 't' } } },
    ['balance-alert:prometheus.auth: expected either username and password or bearerToken, not both'],
  ],
  [
    'no credentials in the place for them',
    { prometheus: { ...prometheus, auth: {} } },
    ['balance-alert:prometheus.auth: expected username and password, or bearerToken'],
  ],
  [
    'credentials in the URL',
    { prometheus: { mode: 'external', url: 'https://u:p@prometheus.example' } },
    ['balance-alert:prometheus.url: expected a URL without user name and password'],
  ],
  [
    'a Prometheus on loopback, which is the container itself for Grafana',
    { prometheus: { mode: 'external', url: 'http://127.0.0.1:9090' } },
    [
      "balance-alert:prometheus.containerUrl: expected the URL under which Grafana's container reaches Prometheus: 127.0.0.1 is the container itself",
    ],
  ],
  [
    'an external Grafana elsewhere that cannot reach the managed Prometheus',
    { grafana },
    [
      'balance-alert:grafana.dataSourceUrl: expected the URL under which the external Grafana reaches Prometheus, which listens on the loopback interface of another machine',
    ],
  ],
  [
    'a data source that is found and made',
    { grafana: { ...grafana, dataSourceUid: 'x', dataSourceUrl: 'http://p:9090' } },
    [
      'balance-alert:grafana.dataSourceUrl: only used for a data source that is created, and dataSourceUid names one',
    ],
  ],
  [
    'nothing to show',
    { prometheus: { mode: 'none' } },
    ['balance-alert:grafana.mode: managed needs a Prometheus, and prometheus.mode is none'],
  ],
  [
    'a data source without a Prometheus',
    { prometheus: { mode: 'none' }, grafana },
    [
      'balance-alert:grafana.dataSourceUrl: expected the URL under which the external Grafana reaches Prometheus, or dataSourceUid, since prometheus.mode is none',
    ],
  ],
];

for (const [title, values, problems, keys = secretKeys] of wrong) {
  test(`refused: ${title}`, (t) => {
    t.deepEqual(problemsOf(values, { secretKeys: keys }), problems);
  });
}

test('what reaches each other is accepted', (t) => {
  for (const values of [
    { prometheus: { mode: 'external', url: 'http://127.0.0.1:9090', containerUrl: 'http://10.0.0.1:9090' } },
    // Both on this machine.
    { grafana: { ...grafana, url: 'http://127.0.0.1:3001' } },
    { grafana: { ...grafana, dataSourceUrl: 'http://10.0.0.5:9090' } },
    { grafana, bindAddress: '10.0.0.5', allowOpen: 'true' },
    { prometheus, grafana },
    { prometheus: { mode: 'external', url: 'http://127.0.0.1:9090' }, grafana: { mode: 'none' } },
    { prometheus: { mode: 'none' }, grafana: { mode: 'none' } },
    { prometheus: { mode: 'none' }, grafana: { ...grafana, dataSourceUid: 'theirs' } },
  ]) {
    t.notThrows(() => settingsOf(values, { secretKeys }), JSON.stringify(values));
  }
});

test('with an engine elsewhere, an external Grafana does not have to be on it', (t) => {
  t.notThrows(() =>
    settingsOf(
      { 'docker:host': 'ssh://me@host.example', grafana: { ...grafana, dataSourceUid: 'theirs' } },
      { secretKeys },
    ),
  );
});

test('storages that samples are sent to are checked: a URL with a path, once each, and credentials as secrets', (t) => {
  const write = (...remoteWrite: readonly unknown[]) => ({ prometheus: { remoteWrite } });
  const url = 'https://mimir.example/api/v1/push';
  t.deepEqual(settingsOf(write({ url, tenant: 'ops' })).prometheus.remoteWrite, [
    { url, tenant: 'ops', protocol: '1.0' },
  ]);
  for (const [values, said, keys = new Set<string>()] of [
    [
      write({ url: 'https://mimir.example' }),
      'balance-alert:prometheus.remoteWrite[0].url: expected a URL with the path of the storage, such as /api/v1/push (Mimir), /api/v1/receive (Thanos) or /api/v1/write (VictoriaMetrics), got "https://mimir.example"',
    ],
    [
      write({ url }, { url }),
      'balance-alert:prometheus.remoteWrite[1].url: expected each URL once: samples would be written twice',
    ],
    [
      write({ url, protocol: '3.0' }),
      'balance-alert:prometheus.remoteWrite[0].protocol: expected 1.0 or 2.0, got "3.0"',
    ],
    [
      write({ url, bearerToken: 'token' }),
      'balance-alert:prometheus.remoteWrite[0]: credentials stored in plain text in the stack file: set them again with --secret, and rotate them',
    ],
    [
      write({ url, username: 'u' }),
      'balance-alert:prometheus.remoteWrite[0]: expected username and password together',
      secretKeys,
    ],
    [
      { prometheus: { ...prometheus, remoteWrite: [{ url }] } },
      'balance-alert:prometheus.remoteWrite: only used with mode managed, and the mode is external',
    ],
  ] as const)
    t.deepEqual(problemsOf(values, { secretKeys: keys }), [said]);
});
