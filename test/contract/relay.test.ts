import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import type { Receiver } from '../../infra/settings/receivers.ts';
import { renderRules } from '../../rules/index.ts';
import type { PostedAlert, RunningAlertmanager } from '../support/alertmanager.ts';
import { httpReceiver, mailReceiver, startAlertmanager } from '../support/alertmanager.ts';
import type { StandInBot } from '../support/bots.ts';
import { botSecret, botToken, startBot, textsOf } from '../support/bots.ts';
import { builtInReceivers, textsSentTo } from '../support/channels.ts';
import { startExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing, needingAtOnce } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import type { RunningRelay } from '../support/relay-process.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';
import { startVendor, vendorAccount } from '../support/vendor.ts';

/** The whole way of an alert to a group bot, with nothing in between replaced but the vendor and the bot. */

const wholeWay = needingAtOnce(ava, 'prometheus', 'alertmanager');

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
const configFor = (
  bots: readonly StandInBot[],
  relay: string,
  others: Readonly<Record<string, Receiver>> = {},
) =>
  renderAlertmanagerConfig({
    receivers: { ...Object.fromEntries(bots.map((bot) => [bot.type, receiverOf(bot)])), ...others },
  })
    .replaceAll('group_wait: 30s', 'group_wait: 10ms')
    .replaceAll('group_interval: 5m', 'group_interval: 1s')
    .replaceAll(new URL(relayUrl('x')).host, relay);

const words = {
  en: {
    low: 'Balance is below its threshold',
    resolved: '✅ Resolved: Balance is below its threshold',
  },
  zh: { low: '余额低于阈值', resolved: '✅ 已恢复：余额低于阈值' },
} as const;

for (const language of ['en', 'zh'] as const) {
  wholeWay(
    `a balance below its threshold in a running exporter reaches every channel once in ${language}, through a real Prometheus, a real Alertmanager and, for bots, the relay, and so does its end`,
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
      await using http = await httpReceiver();
      await using smtp = await mailReceiver();
      const others = builtInReceivers(http.port, smtp.port);
      await using alertmanager = await startAlertmanager({
        config: configFor(bots, relay.target, others),
        templates: messageTemplates(language),
      });
      const prometheus = await startPrometheus({
        scrape: { 'balance-alert': exporter.target, 'balance-alert-relay': relay.target },
        rules: quickRules,
        alertmanager: new URL(alertmanager.url).host,
      });
      t.teardown(prometheus.stop);

      /** What each channel was told, by its name; the webhook gets Alertmanager's own JSON. */
      const told = (name: string): readonly string[] => {
        const bot = bots.find(({ type }) => type === name);
        return bot === undefined
          ? textsSentTo(name, http, smtp)
          : bot.messages.map((one) => textsOf(one).replaceAll('\\', ''));
      };
      const { low, resolved } = words[language];
      /** PagerDuty's end of an incident has its key and no text; the webhook has Alertmanager's own words. */
      const isEnd = (name: string, text: string): boolean => {
        if (name === 'webhook') return text.includes('\nresolved\n');
        if (name !== 'pagerduty') return text.includes(resolved);
        const [, key = ''] =
          told(name)
            .find((one) => one.includes(low))
            ?.split('\n') ?? [];
        return text.includes('\nresolve\n') && text.includes(`\n${key}\n`);
      };
      const isAbout = (name: string, text: string): boolean =>
        text.includes(name === 'webhook' ? 'BalanceLow\n' : low);
      const firing = (name: string) => told(name).filter((text) => isAbout(name, text) && !isEnd(name, text));
      const ends = (name: string) =>
        told(name).filter((text) => isEnd(name, text) && (name === 'pagerduty' || isAbout(name, text)));
      const names = [...Object.keys(others), ...bots.map(({ type }) => type)];
      for (const name of names) {
        const [text = ''] = await until(() => firing(name).length > 0 && firing(name));
        t.log(`${language} ${name}:\n${text}`);
        for (const part of ['gateway', '42.50', 'platform']) t.true(text.includes(part), `${name}\n${text}`);
      }
      vendor.answer('/gateway', '{"left":500}');
      for (const name of names) {
        const [text] = await until(() => ends(name).length > 0 && ends(name));
        t.log(`${language} ${name}:\n${text}`);
      }
      for (const name of names) {
        t.is(firing(name).length, 1, `${name} was told more than once`);
        t.is(ends(name).length, 1, `${name} was told of the end more than once`);
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

const withAlertmanager = needing(ava, 'alertmanager');

/** An alert of a group of its own. */
const lowAt = (provider: string): PostedAlert => ({
  labels: { alertname: 'BalanceLow', severity: 'warning', project: `at-${provider}`, provider },
  // As Prometheus has it at every evaluation: the time at which it began to fire.
  startsAt: startOfTest,
});

const startOfTest = new Date(realNowMs() - 60_000).toISOString();

/** Notifications that Alertmanager began so far, of all receivers. */
async function notificationsOf(alertmanager: RunningAlertmanager): Promise<{ all: number; failed: number }> {
  const page = await (await fetch(`${alertmanager.url}/metrics`)).text();
  const sum = (name: string) =>
    [...page.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    all: sum('alertmanager_notifications_total'),
    failed: sum('alertmanager_notifications_failed_total'),
  };
}

interface Scene {
  readonly folder: string;
  readonly bot: StandInBot;
  readonly relay: RunningRelay;
  readonly start: () => Promise<RunningAlertmanager>;
  /** Messages about an account. */
  readonly about: (account: string) => number;
}

/** A bot, the relay, and an Alertmanager that keeps its storage when it ends. */
async function scene(t: ExecutionContext, bot: StandInBot): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
  t.teardown(() => rm(folder, { recursive: true }));
  t.teardown(() => bot[Symbol.asyncDispose]());
  const relay = await startRelayProcess({ folder, language: 'en', bots: [bot] });
  t.teardown(() => relay.stop());
  const [port = 0] = await freePorts(1);
  return {
    folder,
    bot,
    relay,
    start: () =>
      startAlertmanager(
        { config: configFor([bot], relay.target), templates: messageTemplates('en') },
        { storage: join(folder, 'alertmanager'), port },
      ),
    about: (account) => bot.messages.filter((one) => textsOf(one).includes(`${account} (`)).length,
  };
}

withAlertmanager(
  'nothing is lost and nothing comes twice when Alertmanager is restarted in the middle, or killed before it has written down what it sent',
  async (t) => {
    t.timeout(120_000);
    const { start, about, bot } = await scene(t, await startBot('feishu', { signed: true }));
    {
      await using alertmanager = await start();
      await alertmanager.post([lowAt('a')]);
      await bot.said(1);
    }
    const second = await start();
    await second.post([lowAt('a'), lowAt('b')]);
    await until(() => about('at-b') > 0);
    await second.kill();
    await using third = await start();
    await third.post([lowAt('a'), lowAt('b'), lowAt('c')]);
    await until(() => about('at-c') > 0);
    // It sends b once more, since it knows nothing of it; the relay does.
    await until(async () => (await notificationsOf(third)).all >= 2);
    await third.post([lowAt('d')]);
    await until(() => about('at-d') > 0);
    t.deepEqual(['at-a', 'at-b', 'at-c', 'at-d'].map(about), [1, 1, 1, 1]);
  },
);

needingAtOnce(ava, 'alertmanager')(
  'a bot that is out of reach for many rounds of Alertmanager, by broken connections and by silence, gets what still fires once it is back, and what ended meanwhile not at all',
  async (t) => {
    t.timeout(120_000);
    const { start, about, bot } = await scene(t, await startBot('dingtalk', { signed: true }));
    await using alertmanager = await start();
    bot.answer('drop');
    await alertmanager.post([lowAt('a'), lowAt('over')]);
    // Each round is given up after ten seconds, as each is after five minutes in the stack.
    await until(async () => (await notificationsOf(alertmanager)).failed >= 2);
    await alertmanager.post([{ ...lowAt('over'), endsAt: new Date(realNowMs() - 1000).toISOString() }]);
    bot.answer('silent');
    await until(async () => (await notificationsOf(alertmanager)).failed >= 3);
    t.is(bot.messages.length, 0);
    bot.answer(undefined);
    await until(() => about('at-a') > 0);
    await alertmanager.post([lowAt('b')]);
    await until(() => about('at-b') > 0);
    t.deepEqual(['at-a', 'at-b', 'at-over'].map(about), [1, 1, 0]);
  },
);

withAlertmanager(
  '300 alerts at once, each in a group of its own, come from Alertmanager as few messages within the bot’s limit, and all are counted',
  async (t) => {
    t.timeout(120_000);
    const { start, bot, relay } = await scene(
      t,
      await startBot('wecom_bot', { limit: { messages: 20, periodMs: 60_000 } }),
    );
    await using alertmanager = await start();
    await alertmanager.post(Array.from({ length: 300 }, (_, index) => lowAt(`p${index}`)));
    const counted = async () => {
      const page = await (await fetch(`http://${relay.target}/metrics`)).text();
      return {
        delivered: Number(
          /^balance_alert_relay_notifications_total\{.*"delivered".*\} (\d+)$/m.exec(page)?.[1],
        ),
        failed: [
          ...page.matchAll(/^balance_alert_relay_notifications_total\{.*"(?:retry|rejected)".*\} [1-9]/gm),
        ],
      };
    };
    await until(async () => (await counted()).delivered >= 300);
    const alerts = bot.messages.map((one) => Number(/\((\d+)\)<\/font>/.exec(textsOf(one))?.[1] ?? 1));
    t.log(`messages: ${alerts.join(' + ')}`);
    t.is(
      alerts.reduce((sum, one) => sum + one, 0),
      300,
    );
    t.true(alerts.length <= 20);
    t.deepEqual((await counted()).failed, []);
    t.is(bot.requests(), bot.messages.length, 'the bot refused some');
  },
);
