import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { runRelay } from '../../../exporter/commands/relay.ts';
import { readRelayConfig } from '../../../exporter/relay/config.ts';

const environment = {
  OPS_URL: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc-0123456789',
  OPS_SECRET: 'SEC0123456789',
  NO_URL: 'not-a-url-at-all',
};

async function written(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'relay.yaml');
  await writeFile(file, text);
  return file;
}

const ops = '{ name: ops, type: feishu, url: { secret: OPS_URL }, secret: { secret: OPS_SECRET } }';

ava('a file with channels and a digest is read, with every secret masked', async (t) => {
  const file = await written(
    t,
    `language: zh
channels: [${ops}]
digest: { day: monday, hour: 9, timezone: Asia/Shanghai, channels: [ops] }
prometheus: { url: http://prometheus:9090 }
`,
  );
  const result = readRelayConfig(file, undefined, environment);
  if (!result.ok) return t.fail(result.errors.join('\n'));
  t.like(result.config, { language: 'zh', digest: { day: 'monday', hour: 9 } });
  t.is(result.config.secrets.length, 2);
  t.false(JSON.stringify(result.config).includes('0123456789'));
});

for (const [what, text, expected] of [
  ['no channels', 'channels: []', /:1:1: channels: .*at least one channel/],
  ['an unknown key', `channels: [${ops}]\nchanels: []`, /unknown key; did you mean channels/],
  [
    'an unknown type',
    'channels: [{ name: a, type: slack, url: { secret: OPS_URL } }]',
    /channels\[0\]\.type/,
  ],
  [
    'a literal URL',
    'channels: [{ name: a, type: feishu, url: https://x.example/secret-token }]',
    /\{ secret: NAME \}/,
  ],
  [
    'a secret that is no URL',
    'channels: [{ name: a, type: feishu, url: { secret: NO_URL } }]',
    /http or https URL/,
  ],
  [
    'a secret that is missing',
    'channels: [{ name: a, type: feishu, url: { secret: NOWHERE } }]',
    /NOWHERE was not found/,
  ],
  [
    'a name with a slash',
    'channels: [{ name: a/b, type: feishu, url: { secret: OPS_URL } }]',
    /letters, digits/,
  ],
  ['a name twice', `channels: [${ops}, ${ops}]`, /channels\[1\]\.name: expected a unique name/],
  [
    'a secret for WeCom',
    'channels: [{ name: a, type: wecom_bot, url: { secret: OPS_URL }, secret: { secret: OPS_SECRET } }]',
    /no signature/,
  ],
  [
    'a digest without Prometheus',
    `channels: [${ops}]\ndigest: { day: monday, hour: 9, timezone: UTC, channels: [ops] }`,
    /prometheus: expected the url/,
  ],
  [
    'a digest to nobody',
    `channels: [${ops}]\nprometheus: { url: http://p }\ndigest: { day: monday, hour: 9, timezone: UTC, channels: [x] }`,
    /expected one of the channels: ops/,
  ],
  [
    'hour 24',
    `channels: [${ops}]\nprometheus: { url: http://p }\ndigest: { day: monday, hour: 24, timezone: UTC, channels: [ops] }`,
    /digest\.hour/,
  ],
  [
    'an address of the status page that is none',
    `channels: [${ops}]\nmark_paid: { key_file: key, external_url: status.example }`,
    /mark_paid\.external_url: .*http or https URL/,
  ],
  [
    'an address of the status page with a password',
    `channels: [${ops}]\nmark_paid: { key_file: key, external_url: "https://me:secret-token@status.example" }`,
    /mark_paid\.external_url: .*without user name and password/,
  ],
  [
    'links without a key',
    `channels: [${ops}]\nmark_paid: { external_url: https://status.example }`,
    /mark_paid\.key_file/,
  ],
  [
    'a key file that is missing',
    `channels: [${ops}]\nmark_paid: { key_file: /nowhere/key, external_url: https://status.example }`,
    /\/nowhere\/key: cannot read the key of the links/,
  ],
  [
    'a key file with a weak key',
    `channels: [${ops}]\nmark_paid: { key_file: ${import.meta.filename}, external_url: https://status.example }`,
    /config\.test\.ts:1: expected 32 to 512 letters/,
  ],
  ['no YAML', 'channels: [', /not valid YAML/],
] as const) {
  ava(`${what} is refused with its place, and no secret is told`, async (t) => {
    const file = await written(t, text);
    let log = '';
    const code = await runRelay(
      {
        configFile: file,
        checkOnly: true,
        printDigest: false,
        secretsDirectory: undefined,
        storagePath: undefined,
        listenAddresses: [],
        webConfigFile: undefined,
        allowUnauthenticated: false,
        logLevel: 'info',
        logFormat: 'logfmt',
      },
      {
        variables: environment,
        now: Date.now,
        write: (line) => t.fail(line),
        log: (line) => {
          log += line;
        },
        watchIntervalMs: 2000,
        terminated: Promise.resolve('SIGTERM'),
      },
    );
    t.is(code, 2);
    t.regex(log, expected);
    t.notRegex(log, /0123456789|not-a-url|secret-token/);
  });
}
