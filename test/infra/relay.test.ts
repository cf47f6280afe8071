import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import anyTest from 'ava';
import { readRelayConfig } from '../../exporter/relay/config.ts';
import { MonitoringStack } from '../../infra/components/monitoring-stack.ts';
import { renderPrometheusConfig } from '../../infra/render/prometheus.ts';
import { botReceivers, relayFiles } from '../../infra/render/relay.ts';
import { clear, registrationsOf } from './registrations.ts';
import { problemsOf, settingsOf } from './settings/source.ts';

/** One process has one monitor, so these run one after the other. */
const test = anyTest.serial;

const secretKeys = new Set(['balance-alert:alertmanager']);
const bots = {
  ops: {
    type: 'feishu',
    url: 'https://open.feishu.cn/open-apis/bot/v2/hook/feishu-token',
    secret: 'SEC-feishu',
  },
  'on-call': {
    type: 'dingtalk',
    url: 'https://oapi.dingtalk.com/robot/send?access_token=ding-token',
    secret: 'SEC-dingtalk',
  },
  finance: { type: 'wecom_bot', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=wecom-token' },
};
const settings = (receivers: unknown, more: Readonly<Record<string, unknown>> = {}) =>
  settingsOf({ alertmanager: { receivers }, ...more }, { secretKeys });

const registered = (receivers: unknown, more: Readonly<Record<string, unknown>> = {}) =>
  registrationsOf(() => {
    new MonitoringStack('s', { settings: settings(receivers, more), rules: [], dashboards: [] });
  });

test('a relay runs only where a receiver is a group bot, with the exporter’s image, and publishes no port', async (t) => {
  const without = await registered({ a: { type: 'discord', url: 'https://discord.example/x' } });
  t.false(without.some(({ name }) => name.startsWith('s-relay')));
  const all = await registered(bots);
  const container = all.find(({ name }) => name === 's-relay-container')?.inputs ?? {};
  t.is(container['image'], 'sha256:built');
  t.deepEqual(container['ports'], []);
  t.is(container['user'], '10001:10001');
  t.deepEqual(container['command'], [
    'relay',
    '--config.file=/etc/balance-alert/relay.yaml',
    '--web.listen-address=:9110',
  ]);
});

test('tokens and secrets of bots are secret in the state, and in no file but their own', async (t) => {
  const all = await registered(bots);
  const container = all.find(({ name }) => name === 's-relay-container')?.inputs;
  const text = JSON.stringify(clear(container));
  t.true(text.includes('/run/secrets/ops.url') && text.includes('/run/secrets/on-call.secret'), text);
  for (const word of ['feishu-token', 'SEC-feishu', 'ding-token', 'SEC-dingtalk', 'wecom-token']) {
    t.true(JSON.stringify(container).includes(word), word);
    t.false(text.includes(word), word);
  }
  const alertmanager = JSON.stringify(all.find(({ name }) => name === 's-alertmanager-container')?.inputs);
  t.true(alertmanager.includes('http://relay:9110/notify/on-call'));
  t.false(alertmanager.includes('ding-token'));
});

test('the relay itself reads the file that is rendered for it, and finds every secret', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const files = relayFiles(botReceivers(settings(bots).alertmanager), 'zh');
  for (const { path, content } of files) await writeFile(join(folder, basename(path)), content);
  const result = readRelayConfig(join(folder, 'relay.yaml'), folder, {});
  if (!result.ok) return t.fail(result.errors.join('\n'));
  t.is(result.config.language, 'zh');
  t.deepEqual(
    result.config.channels.map(({ name, type, url, secret }) => [name, type, url.reveal(), secret?.reveal()]),
    [
      ['finance', 'wecom_bot', bots.finance.url, undefined],
      ['on-call', 'dingtalk', bots['on-call'].url, 'SEC-dingtalk'],
      ['ops', 'feishu', bots.ops.url, 'SEC-feishu'],
    ],
  );
});

test('the digest is made from the stack’s Prometheus, and goes to receivers that are bots only', async (t) => {
  const digest = { day: 'monday', hour: 9, timeZone: 'Asia/Shanghai', channels: ['ops', 'finance'] };
  const all = await registered(bots, { digest });
  const container = JSON.stringify(all.find(({ name }) => name === 's-relay-container')?.inputs);
  for (const part of ['day: monday', 'timezone: Asia/Shanghai', 'url: http://prometheus:9090'])
    t.true(container.includes(part), part);
  const said = (digest: unknown) => problemsOf({ digest, alertmanager: { receivers: bots } }, { secretKeys });
  t.deepEqual(said({ ...digest, channels: ['nobody'] }), [
    'balance-alert:digest.channels[0]: expected a receiver of the type feishu, dingtalk or wecom_bot, got "nobody"; there are ops, on-call, finance',
  ]);
  t.regex(said({ ...digest, hour: 24 }).join(), /digest\.hour: expected a whole number from 0 to 23/);
  t.regex(said({ ...digest, day: 'Mon' }).join(), /digest\.day: expected a day of the week such as monday/);
  t.regex(said({ ...digest, timeZone: 'JST' }).join(), /digest\.timeZone: expected an IANA time zone/);
});

test('Prometheus scrapes the relay under the job of the rules, where there is one', (t) => {
  const configOf = (receivers: unknown) => {
    const { prometheus, alertmanager } = settings(receivers);
    return renderPrometheusConfig(prometheus, alertmanager);
  };
  t.regex(
    configOf(bots),
    /job_name: balance-alert-relay\n {4}static_configs:\n {6}- targets:\n {10}- relay:9110/,
  );
  t.notRegex(configOf({}), /balance-alert-relay/);
});
