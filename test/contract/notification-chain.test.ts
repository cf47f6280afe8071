import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import { renderRules } from '../../rules/index.ts';
import { httpReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { botSecret, startBot } from '../support/bots.ts';
import { startProgram } from '../support/program.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing } from '../support/promtool.ts';
import { realClock } from '../support/real-clock.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';

const test = needing(ava, 'prometheus', 'alertmanager');

test('a balance below its threshold in a running exporter becomes a message to its owner’s channel, with what is left', async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-chain-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const accounts = join(folder, 'accounts.yaml');
  await writeFile(
    accounts,
    `accounts:
  - { name: prod, provider: demo, threshold: 1000000, owner: platform, console_url: "https://console.example/" }
`,
  );
  await using exporter = await startProgram([`--config.file=${accounts}`], realClock);
  await exporter.ready();
  await using http = await httpReceiver();
  const receiver = (path: string, owners: string[]) => ({
    type: 'discord' as const,
    url: `http://127.0.0.1:${http.port}/${path}`,
    severities: ['critical' as const, 'warning' as const],
    sendResolved: true,
    owners,
  });
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig({
      receivers: { platform: receiver('platform', ['platform']), finance: receiver('finance', ['finance']) },
    }).replaceAll('group_wait: 30s', 'group_wait: 1s'),
    templates: messageTemplates('zh'),
  });
  const prometheus = await startPrometheus({
    scrape: { 'balance-alert': exporter.url.replace('http://', '') },
    // At the pace of a test; the conditions stay as they are.
    rules: renderRules().map(({ name, yaml }) => ({
      name,
      yaml: yaml.replaceAll(/^ +for: .*\n/gm, '').replaceAll(/^( +)interval: .*$/gm, '$1interval: 1s'),
    })),
    alertmanager: alertmanager.url.replace('http://', ''),
    // What fires before it knows its Alertmanager is sent again after this long.
    flags: ['--rules.alert.resend-delay=1s'],
  });
  t.teardown(() => prometheus.stop());
  const { body } = await http.until(({ body: sent }) => sent.includes('余额低于阈值'));
  t.regex(body, /余额低于阈值 · prod \(demo\)/);
  t.regex(body, /剩余：\d+\.\d\d USD \(阈值 1000000\.00\)/);
  t.regex(body, /负责人：platform/);
  t.regex(body, /\[控制台\]\(https:\/\/console\.example\/\)/);
  // What comes to the other channel is its own only.
  const own = { alertname: 'BalanceLow', severity: 'warning', project: 'own-of-finance', provider: 'p' };
  await alertmanager.post([{ labels: { ...own, account_owner: 'finance' } }]);
  await http.until(({ path }) => path === '/finance');
  for (const { path, body: sent } of http.received) {
    if (path === '/finance') t.true(sent.includes('own-of-finance') && !sent.includes('prod'), sent);
  }
});

test('a channel that refuses everything is reported by the other one, by Alertmanager’s metrics and by the relay’s, and the heartbeat is called meanwhile', async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-chain-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await using http = await httpReceiver();
  const bot = await startBot('feishu', { signed: true });
  t.teardown(() => bot[Symbol.asyncDispose]());
  bot.answer({ body: { code: 19_024, msg: 'Key Words Not Found' } });
  const relay = await startRelayProcess({ folder, language: 'en', bots: [bot] });
  t.teardown(() => relay.stop());
  const common = { severities: ['critical' as const, 'warning' as const], sendResolved: true };
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig({
      receivers: {
        feishu: { ...common, type: 'feishu', url: bot.webhook, secret: botSecret },
        other: { ...common, type: 'discord', url: `http://127.0.0.1:${http.port}/discord` },
      },
      heartbeatUrl: `http://127.0.0.1:${http.port}/heartbeat`,
    })
      .replaceAll('group_wait: 30s', 'group_wait: 10ms')
      .replaceAll('group_interval: 5m', 'group_interval: 1s')
      .replaceAll(new URL(relayUrl('x')).host, relay.target),
    templates: messageTemplates('en'),
  });
  const prometheus = await startPrometheus({
    scrape: { alertmanager: new URL(alertmanager.url).host, 'balance-alert-relay': relay.target },
    rules: renderRules().map(({ name, yaml }) => ({
      name,
      yaml: yaml
        .replaceAll(/^( +)(for|keep_firing_for): .*$/gm, '$1$2: 1s')
        .replaceAll(/^( +)interval: .*$/gm, '$1interval: 1s'),
    })),
    alertmanager: new URL(alertmanager.url).host,
  });
  t.teardown(() => prometheus.stop());
  // A first failure only counts as one where the counter was seen at 0.
  await until(async () => (await prometheus.query('alertmanager_notifications_failed_total')).length > 0);
  await until(
    async () =>
      (await prometheus.query('balance_alert_relay_notifications_total{reason="keyword"}')).length > 0,
  );
  await alertmanager.post([
    { labels: { alertname: 'BalanceLow', severity: 'warning', project: 'gateway', provider: 'p' } },
    // Prometheus' own comes within a minute: what fires before it knows an Alertmanager is sent again only then.
    { labels: { alertname: 'BalanceAlertWatchdog', severity: 'none' } },
  ]);
  for (const words of ['Notifications are failing', 'Chat relay cannot deliver']) {
    const { path, body } = await http.until((one) => one.body.includes(words));
    t.is(path, '/discord');
    t.log(body);
  }
  t.is(bot.messages.length, 0);
  const { body } = await http.until(({ path }) => path === '/heartbeat');
  t.true(body.includes('BalanceAlertWatchdog'), body);
});
