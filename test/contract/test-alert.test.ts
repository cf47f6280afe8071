import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { hash } from 'bcryptjs';
import { stringify } from 'yaml';
import * as z from 'zod';
import {
  receiverNameFeature,
  renderAlertmanagerConfig,
  testIntervalSeconds,
} from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import { testChannels } from '../../scripts/lib/stack/test-alert.ts';
import { Failure } from '../../scripts/lib/terminal/failure.ts';
import { settingsOf } from '../infra/settings/source.ts';
import { httpReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { botSecret, botToken, startBot, textsOf } from '../support/bots.ts';
import { freePorts } from '../support/ports.ts';
import { needing, runTool } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { serve } from '../support/served.ts';
import { until } from '../support/until.ts';

/** What `scripts/test-alert` says of receivers, with a real Alertmanager and a real relay in between. */

const test = needing(ava, 'alertmanager', 'amtool');

const { stdout: version } = await runTool('amtool', ['--version']).catch(() => ({ stdout: '' }));
/** Of 0.27. */
const namesReceivers = !/version 0\.2[0-6]\./.test(version);

/** Answers every request with a status and words; undefined: with nothing at all. */
async function wrongReceiver(t: ExecutionContext, status: number | undefined): Promise<string> {
  const { url, close } = await serve((_request, response) => {
    if (status === undefined) return;
    response.statusCode = status;
    response.end('the room\n\u001b[31m is closed');
  });
  t.teardown(close);
  return `${url}/services/hook-0123456789abcdef`;
}

test('a test alert says of each receiver how far it came: delivered with its end, refused in its own words, or never answered', async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-test-alert-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await using good = await httpReceiver();
  const bot = await startBot('feishu', { signed: true });
  t.teardown(() => bot[Symbol.asyncDispose]());
  bot.answer({ body: { code: 19_024, msg: `Key Words Not Found ${botToken}` } });
  const relay = await startRelayProcess({ folder, language: 'zh', bots: [bot] });
  t.teardown(() => relay.stop());
  const receivers = {
    discord: { type: 'discord', url: `http://127.0.0.1:${good.port}/discord` },
    failing: { type: 'webhook', url: await wrongReceiver(t, 500) },
    feishu: { type: 'feishu', url: bot.webhook, secret: botSecret },
    // Owners and severities do not matter to a test.
    good: {
      type: 'webhook',
      url: `http://127.0.0.1:${good.port}/webhook`,
      severities: ['critical'],
      owners: ['finance'],
    },
    quiet: { type: 'webhook', url: `http://127.0.0.1:${good.port}/quiet`, sendResolved: false },
    silent: { type: 'webhook', url: await wrongReceiver(t, undefined) },
  };
  const settings = settingsOf(
    { alertmanager: { receivers }, language: 'zh' },
    { secretKeys: new Set(['balance-alert:alertmanager']) },
  );
  if (settings.alertmanager.mode !== 'managed') return t.fail();
  await using alertmanager = await startAlertmanager(
    {
      config: renderAlertmanagerConfig(settings.alertmanager)
        .replaceAll(`group_interval: ${testIntervalSeconds}s`, 'group_interval: 1s')
        .replaceAll(new URL(relayUrl('x')).host, relay.target),
      templates: messageTemplates('zh'),
    },
    { flags: namesReceivers ? [receiverNameFeature] : [] },
  );
  const run = async (options: { readonly channel?: string; readonly url?: string } = {}) => {
    const said: string[] = [];
    const print = (text: string) => void said.push(text);
    const error = await testChannels({
      settings: {
        ...settings,
        addresses: { ...settings.addresses, alertmanager: options.url ?? alertmanager.url },
      },
      console: { step: print, line: (text) => print(`  ${text}`), warn: (text) => print(`  ! ${text}`) },
      signal: new AbortController().signal,
      fetch,
      logs: async () => `${alertmanager.log()}${relay.log()}`.split('\n'),
      channel: options.channel,
      resolve: true,
      patienceMs: 30_000,
    }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const text = said.join('\n');
    t.log(text);
    return { text, error: error instanceof Failure ? error : undefined };
  };
  await alertmanager.post([{ labels: { alertname: 'BalanceAlertWatchdog', severity: 'none' } }]);

  const all = await run();
  t.regex(all.error?.message ?? '', /^not delivered: failing, feishu, silent$/);
  const about = (name: string) =>
    new RegExp(`^${name} \\(.*\\)\\n((?: .*\\n)*)`, 'm').exec(`${all.text}\n`)?.[1] ?? '';
  for (const name of ['discord', 'good'])
    t.regex(
      about(name),
      new RegExp(
        `^  accepted by Alertmanager\\n  routed to test/${name}\\n  delivered in \\d+\\.\\d s\\n  message about its end delivered in \\d+\\.\\d s\\n$`,
      ),
    );
  t.regex(about('quiet'), /delivered in \d.*\n {2}no message about its end: sendResolved is false\n$/);
  t.regex(about('failing'), /! not delivered: unexpected status code 500.*the room is closed/);
  t.regex(
    about('silent'),
    /! not delivered: no answer in time: .*(context deadline exceeded|Client\.Timeout)/,
  );
  t.regex(
    about('feishu'),
    /! not delivered: Feishu answered 19024: Key Words Not Found .* \(rejected: keyword\)\n$/,
  );
  t.false(all.text.includes('0123456789abcdef') || all.text.includes(botSecret), all.text);
  t.regex(all.text, /its alerts arrive: BalanceAlertWatchdog, last at 20/);

  const sent = good.received.filter(({ path }) => path === '/discord').map(({ body }) => body);
  t.is(sent.length, 2);
  t.regex(sent[0] ?? '', /测试告警 · discord/);
  t.regex(sent[1] ?? '', /已恢复：测试告警 · discord/);

  bot.answer(undefined);
  const repaired = await run({ channel: 'feishu' });
  t.is(repaired.error, undefined, repaired.text);
  t.is(bot.messages.length, 2);
  t.regex(textsOf(bot.messages[0]), /测试告警 · feishu\n(?:.*\n)+由 scripts\/test-alert 发送/);

  t.false(all.text.includes('\u001b'), 'a receiver writes to the terminal');

  const missing = await run({ channel: 'nobody' });
  t.is(missing.error?.exitCode, 2);
  t.regex(missing.error?.message ?? '', /there is no receiver nobody/);
  const [port = 0] = await freePorts(1);
  const away = await run({ url: `http://127.0.0.1:${port}` });
  t.is(away.error?.exitCode, 1);
  t.regex(
    away.error?.message ?? '',
    /Alertmanager does not answer at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
  );
});

test('an external Alertmanager behind a path and a password takes a test alert by its own routes, and says where one is missing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-external-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await using good = await httpReceiver();
  const webConfig = join(folder, 'web.yml');
  await writeFile(webConfig, stringify({ basic_auth_users: { prometheus: await hash('long password', 4) } }));
  const receiver = (name: string) => ({
    name,
    webhook_configs: [{ url: `http://127.0.0.1:${good.port}/${name}` }],
  });
  await using alertmanager = await startAlertmanager(
    {
      config: stringify({
        route: {
          receiver: 'other',
          group_wait: '0s',
          routes: [{ receiver: 'ops', matchers: ['severity="warning"'] }],
        },
        receivers: [receiver('other'), receiver('ops')],
      }),
      templates: [],
    },
    {
      flags: [`--web.config.file=${webConfig}`, '--web.route-prefix=/am'],
      path: '/am',
      authorization: `Basic ${Buffer.from('prometheus:long password').toString('base64')}`,
    },
  );
  const run = async (password: string, channel?: string) => {
    const settings = settingsOf(
      { alertmanager: { mode: 'external', url: alertmanager.url, username: 'prometheus', password } },
      { secretKeys: new Set(['balance-alert:alertmanager']) },
    );
    const said: string[] = [];
    const print = (text: string) => void said.push(text);
    const error = await testChannels({
      settings,
      console: { step: print, line: print, warn: print },
      signal: new AbortController().signal,
      fetch,
      logs: async () => undefined,
      channel,
      resolve: false,
      patienceMs: 20_000,
    }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    t.log(said.join('\n'));
    return { text: said.join('\n'), error: error instanceof Failure ? error : undefined };
  };
  await alertmanager.post([{ labels: { alertname: 'BalanceAlertWatchdog', severity: 'none' } }]);
  const delivered = await run('long password');
  t.is(delivered.error, undefined, delivered.text);
  t.regex(delivered.text, /routed to ops\ndelivered in \d/);
  t.true(good.received.some(({ path, body }) => path === '/ops' && body.includes('BalanceAlertTest')));
  const unrouted = await run('long password', 'other');
  t.regex(
    unrouted.text,
    /routed to ops and not to other: its configuration needs a route for \{alertname="BalanceAlertTest", channel="other"\}/,
  );
  t.is(unrouted.error?.exitCode, 1);
  const refused = await run('wrong password');
  t.regex(refused.error?.message ?? '', /api\/v2\/status answers 401/);
  t.false(JSON.stringify(refused).includes('wrong password'));
});

test('an interrupted test is ended in Alertmanager, so that nobody goes on being told of it', async (t) => {
  const settings = settingsOf(
    { alertmanager: { receivers: { ops: { type: 'webhook', url: await wrongReceiver(t, undefined) } } } },
    { secretKeys: new Set(['balance-alert:alertmanager']) },
  );
  if (settings.alertmanager.mode !== 'managed') return t.fail();
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig(settings.alertmanager),
    templates: messageTemplates('en'),
  });
  const stop = new AbortController();
  const running = async () => {
    const response = await fetch(`${alertmanager.url}/api/v2/alerts?filter=alertname="BalanceAlertTest"`);
    return z.array(z.unknown()).parse(await response.json()).length;
  };
  const print = (text: string) => {
    if (text.startsWith('routed to')) stop.abort();
  };
  await t.throwsAsync(
    testChannels({
      settings: { ...settings, addresses: { ...settings.addresses, alertmanager: alertmanager.url } },
      console: { step: print, line: print, warn: print },
      signal: stop.signal,
      fetch,
      logs: async () => undefined,
      channel: undefined,
      resolve: true,
      patienceMs: 30_000,
    }),
    { name: 'AbortError' },
  );
  await until(async () => (await running()) === 0);
  t.pass();
});

test('a silenced test alert is said to be silenced, by whom', async (t) => {
  await using good = await httpReceiver();
  const settings = settingsOf(
    { alertmanager: { receivers: { ops: { type: 'discord', url: `http://127.0.0.1:${good.port}/` } } } },
    { secretKeys: new Set(['balance-alert:alertmanager']) },
  );
  if (settings.alertmanager.mode !== 'managed') return t.fail();
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig(settings.alertmanager),
    templates: messageTemplates('en'),
  });
  const now = realNowMs();
  const response = await fetch(`${alertmanager.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: '.+', isRegex: true, isEqual: true }],
      startsAt: new Date(now - 1000).toISOString(),
      endsAt: new Date(now + 600_000).toISOString(),
      createdBy: 't',
      comment: 't',
    }),
  });
  const { silenceID }: { silenceID: string } = JSON.parse(await response.text());
  const said: string[] = [];
  const print = (text: string) => void said.push(text);
  await t.throwsAsync(
    testChannels({
      settings: { ...settings, addresses: { ...settings.addresses, alertmanager: alertmanager.url } },
      console: { step: print, line: print, warn: print },
      signal: new AbortController().signal,
      fetch,
      logs: async () => undefined,
      channel: undefined,
      resolve: false,
      patienceMs: 1000,
    }),
    { message: /not delivered: ops/ },
  );
  t.true(
    said.some((line) => line.startsWith(`not routed: silenced by ${silenceID} `)),
    said.join('\n'),
  );
  t.deepEqual(good.received, []);
});
