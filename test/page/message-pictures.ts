import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { languages } from '../../exporter/relay/words.ts';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import type { Receiver } from '../../infra/settings/receivers.ts';
import type { PostedAlert } from '../support/alertmanager.ts';
import { httpReceiver, mailReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { botSecret, startBot } from '../support/bots.ts';
import { builtInReceivers, decodeMail } from '../support/channels.ts';
import { launchChromium } from '../support/chromium.ts';
import { readOptions } from '../support/options.ts';
import { realNowMs } from '../support/real-clock.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';
import type { Payload } from './message-drawing.ts';
import { draw } from './message-drawing.ts';

readOptions(
  `Usage: npm run pictures

Draws docs/pictures/messages-*.png: what every channel gets, from what a real Alertmanager and the relay send to loopback.
Needs an Alertmanager that knows all types (0.35) and a browser on PATH.

  --help  show this text
`,
  {},
  () => undefined,
);

const pictures = resolve(import.meta.dirname, '../../docs/pictures');

const low: PostedAlert = {
  labels: {
    alertname: 'BalanceLow',
    severity: 'warning',
    project: 'llm-gateway',
    provider: 'openrouter',
    type: 'credits',
    unit: 'USD',
    account_owner: 'platform',
  },
  annotations: {
    summary: 'A balance is below its threshold.',
    description: 'llm-gateway (openrouter) has 42.50 USD left, below its threshold of 100.00.',
    left: '42.50',
    threshold: '100.00',
    days_left: '3.2',
    runs_dry: '2026-11-30',
    dashboard_url: 'https://grafana.example/d/balance-alert-accounts?var-project=llm-gateway',
    runbook_url: 'https://status.example/runbooks/BalanceLow',
    console_url: 'https://openrouter.example/credits',
  },
};

/** By channel, of an alert and then of its end. */
async function payloads(language: (typeof languages)[number]): Promise<readonly Payload[]> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-pictures-'));
  await using http = await httpReceiver();
  await using smtp = await mailReceiver();
  const bots = [await startBot('feishu'), await startBot('dingtalk'), await startBot('wecom_bot')];
  const relay = await startRelayProcess({ folder, language, bots });
  const receivers: Record<string, Receiver> = { ...builtInReceivers(http.port, smtp.port) };
  for (const { type, webhook } of bots) {
    const common = { severities: ['warning' as const], sendResolved: true, url: webhook };
    receivers[type] = type === 'wecom_bot' ? { ...common, type } : { ...common, type, secret: botSecret };
  }
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig({ receivers })
      .replaceAll('group_wait: 30s', 'group_wait: 10ms')
      .replaceAll('group_interval: 5m', 'group_interval: 1s')
      .replaceAll(new URL(relayUrl('x')).host, relay.target),
    templates: messageTemplates(language),
  });
  const sent = (name: string): readonly string[] => {
    const bot = bots.find(({ type }) => type === name);
    if (bot !== undefined) return bot.messages.map((one) => JSON.stringify(one));
    return name === 'email'
      ? smtp.received.map(({ body }) => decodeMail(body))
      : http.received.flatMap(({ path, body }) => (path.startsWith(`/${name}`) && body !== '' ? [body] : []));
  };
  try {
    await alertmanager.post([low]);
    const names = Object.keys(receivers);
    for (const name of names) await until(() => sent(name).length >= 1);
    await alertmanager.post([{ ...low, endsAt: new Date(realNowMs() - 1000).toISOString() }]);
    for (const name of names) await until(() => sent(name).length >= 2);
    return names.map((channel) => ({
      channel,
      firing: sent(channel)[0] ?? '',
      resolved: sent(channel)[1] ?? '',
    }));
  } finally {
    await relay.stop();
    for (const bot of bots) await bot[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}

const browser = await launchChromium();
for (const language of languages) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 600 }, deviceScaleFactor: 1 });
  await page.setContent(draw(await payloads(language), language));
  const file = join(pictures, `messages-${language}.png`);
  await writeFile(file, await page.screenshot({ fullPage: true }));
  process.stdout.write(`wrote ${file}\n`);
}
await browser.close();
