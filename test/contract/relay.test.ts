import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import type { Receiver } from '../../infra/settings/receivers.ts';
import { renderRules } from '../../rules/index.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import type { StandInBot } from '../support/bots.ts';
import { botSecret, botToken, startBot, textsOf } from '../support/bots.ts';
import { startExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing } from '../support/promtool.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';
import { startVendor, vendorAccount } from '../support/vendor.ts';

/** The whole way of an alert to a group bot, with nothing in between replaced but the vendor and the bot. */

const wholeWay = needing(ava, 'prometheus', 'alertmanager');

/** The rules, without the waits that spare people false alarms. */
const quickRules = renderRules().map(({ name, yaml }) => ({
  name,
  yaml: yaml
    .replaceAll(/^( +)(for|keep_firing_for): .*$/gm, '$1$2: 1s')
    .replaceAll(/^( +)interval: .*$/gm, '$1interval: 1s'),
}));

const receiverOf = ({ type, webhook }: StandInBot): Receiver => {
  const common = { severities: ['warning' as const], sendResolved: true, url: webhook };
  return type === 'wecom_bot' ? { ...common, type } : { ...common, type, secret: botSecret };
};

/** As rendered for the stack, without the waits that gather alerts. */
const configFor = (bots: readonly StandInBot[], relay: string) =>
  renderAlertmanagerConfig({
    receivers: Object.fromEntries(bots.map((bot) => [bot.type, receiverOf(bot)])),
  })
    .replaceAll('group_wait: 30s', 'group_wait: 10ms')
    .replaceAll('group_interval: 5m', 'group_interval: 1s')
    .replaceAll(new URL(relayUrl('x')).host, relay);

const words = {
  en: {
    low: 'Balance is below its threshold · gateway',
    resolved: '✅ Resolved: Balance is below its threshold',
  },
  zh: { low: '余额低于阈值 · gateway', resolved: '✅ 已恢复：余额低于阈值' },
} as const;

for (const language of ['en', 'zh'] as const) {
  wholeWay(
    `a balance below its threshold in a running exporter reaches each bot once in ${language}, through a real Prometheus, a real Alertmanager and the relay, and so does its end`,
    async (t) => {
      t.timeout(180_000);
      const folder = await mkdtemp(join(tmpdir(), 'balance-alert-whole-way-'));
      t.teardown(() => rm(folder, { recursive: true }));
      await using vendor = await startVendor();
      vendor.answer('/gateway', '{"left":42.5}');
      const accounts = join(folder, 'accounts.yaml');
      const account = vendorAccount(vendor, 'gateway', 'threshold: 100, owner: platform, interval: 10s, ');
      await writeFile(accounts, `accounts:\n${account}`);
      const exporter = await startExporter(accounts);
      t.teardown(exporter.stop);
      const bots = [
        await startBot('feishu', { signed: true, keyword: 'balance-alert' }),
        await startBot('dingtalk', { signed: true, keyword: 'balance-alert' }),
        await startBot('wecom_bot'),
      ];
      for (const bot of bots) t.teardown(() => bot[Symbol.asyncDispose]());
      const relay = await startRelayProcess({ folder, language, bots });
      t.teardown(() => relay.stop());
      await using alertmanager = await startAlertmanager({
        config: configFor(bots, relay.target),
        templates: messageTemplates(language),
      });
      const prometheus = await startPrometheus({
        scrape: { 'balance-alert': exporter.target, 'balance-alert-relay': relay.target },
        rules: quickRules,
        alertmanager: new URL(alertmanager.url).host,
      });
      t.teardown(prometheus.stop);

      const about = (bot: StandInBot, text: string): readonly string[] =>
        bot.messages.map((one) => textsOf(one).replaceAll('\\', '')).filter((said) => said.includes(text));
      for (const bot of bots) {
        const [said] = await until(() => {
          const found = about(bot, words[language].low);
          return found.length > 0 && found;
        });
        t.log(`${language} ${bot.type}:\n${said}`);
        t.regex(said ?? '', /42\.50/);
        t.regex(said ?? '', /platform/);
      }
      vendor.answer('/gateway', '{"left":500}');
      for (const bot of bots) {
        const [said] = await until(() => {
          const found = about(bot, words[language].resolved);
          return found.length > 0 && found;
        });
        t.log(`${language} ${bot.type}:\n${said}`);
      }
      for (const bot of bots) {
        t.is(about(bot, words[language].resolved).length, 1, 'resolved more than once');
        t.is(
          about(bot, words[language].low).filter((said) => !said.includes(words[language].resolved)).length,
          1,
        );
      }
      const delivered = await until(async () => {
        const found = await prometheus.query(
          'balance_alert_relay_notifications_total{job="balance-alert-relay",result="delivered"} >= 2',
        );
        return found.length === 3 && found;
      });
      t.deepEqual(delivered.map(({ labels }) => labels['channel']).toSorted(), [
        'dingtalk',
        'feishu',
        'wecom_bot',
      ]);
      t.false(relay.log().includes(botToken) || relay.log().includes(botSecret), relay.log());
    },
  );
}

needing(ava, 'alertmanager')(
  'nothing is lost while the bot is away and the relay is killed: Alertmanager comes back until it is delivered, and then no more',
  async (t) => {
    t.timeout(180_000);
    const folder = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const bot = await startBot('feishu', { signed: true });
    t.teardown(() => bot[Symbol.asyncDispose]());
    bot.answer({ body: { code: 11_232, msg: 'frequency limited' }, status: 500 });
    const [port = 0] = await freePorts(1);
    const options = { folder, language: 'en', bots: [bot], port } as const;
    const first = await startRelayProcess(options);
    await using alertmanager = await startAlertmanager({
      config: configFor([bot], first.target),
      templates: messageTemplates('en'),
    });
    await alertmanager.post([
      { labels: { alertname: 'BalanceLow', severity: 'warning', project: 'gateway', provider: 'p' } },
    ]);
    await until(() => bot.requests() >= 2);
    await first.stop('SIGKILL');
    bot.answer(undefined);
    const second = await startRelayProcess(options);
    t.teardown(() => second.stop());
    const said = await bot.said(1);
    t.true(said.includes('gateway'), said);
    await alertmanager.post([
      { labels: { alertname: 'BalanceLow', severity: 'warning', project: 'other', provider: 'p' } },
    ]);
    await bot.said(2);
    t.is(bot.messages.filter((one) => !textsOf(one).includes('other')).length, 1, 'sent twice');
  },
);
