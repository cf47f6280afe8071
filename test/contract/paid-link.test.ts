import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { relayUrl } from '../../infra/render/receivers.ts';
import { renderRules } from '../../rules/index.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { startBot, textsOf } from '../support/bots.ts';
import { startExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';

const test = needing(ava, 'prometheus', 'alertmanager');

/** The rules, without the waits that spare people false alarms. */
const quickRules = renderRules()
  .filter(({ name }) => name.includes('subscriptions'))
  .map(({ name, yaml }) => ({
    name,
    yaml: yaml.replaceAll(/^( +)(for|keep_firing_for): .*$/gm, '$1$2: 1s'),
  }));

const dateAt = (days: number): string => new Date(realNowMs() + days * 86_400_000).toISOString().slice(0, 10);

test('an overdue renewal reaches a group bot through a real Prometheus, Alertmanager and relay with a link of the day’s key, which marks it, ends the reminder and is in no log', async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-paid-link-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const accounts = join(folder, 'accounts.yaml');
  const name = 'Domain (a) "b" & 域名';
  await writeFile(
    accounts,
    `subscriptions:\n  - { name: ${JSON.stringify(name)}, cycle: { every: 30, unit: days }, anchor: ${dateAt(-50)}, paid_through: ${dateAt(-50)}, timezone: UTC }\n`,
  );
  const keyFile = join(folder, 'key');
  const [oldKey, newKey] = ['o'.repeat(40), 'n'.repeat(40)];
  await writeFile(keyFile, `${oldKey}\n`);
  const [port = 0] = await freePorts(1);
  const pageUrl = `http://127.0.0.1:${port}`;
  const bot = await startBot('feishu', { signed: true });
  t.teardown(() => bot[Symbol.asyncDispose]());
  const relay = await startRelayProcess({
    folder,
    language: 'en',
    bots: [bot],
    extra: { mark_paid: { key_file: keyFile, external_url: pageUrl } },
  });
  t.teardown(() => relay.stop());
  // The exporter starts with the key that the relay is about to read again.
  await writeFile(keyFile, `${newKey}\n`);
  await until(() => /mark renewals as paid reloaded/.test(relay.log()));
  const exporter = await startExporter(accounts, [
    `--web.status-address=127.0.0.1:${port}`,
    `--web.mark-paid-key-file=${keyFile}`,
    `--web.external-url=${pageUrl}`,
  ]);
  t.teardown(exporter.stop);
  await using alertmanager = await startAlertmanager({
    config: renderAlertmanagerConfig({
      receivers: {
        feishu: {
          type: 'feishu',
          url: bot.webhook,
          severities: ['critical'],
          sendResolved: true,
          secret: '',
        },
      },
    })
      .replaceAll('group_wait: 30s', 'group_wait: 10ms')
      .replaceAll('group_interval: 5m', 'group_interval: 1s')
      .replaceAll(new URL(relayUrl('x')).host, relay.target),
    templates: messageTemplates('en'),
  });
  const prometheus = await startPrometheus({
    scrape: { 'balance-alert': exporter.target },
    rules: quickRules,
    alertmanager: new URL(alertmanager.url).host,
  });
  t.teardown(prometheus.stop);

  const said = await bot.said(1);
  t.true(said.includes(`Overdue since: ${dateAt(-20)}`), said);
  const [, address = '""'] = /"url":("http:[^"]*paid[^"]*")/.exec(said) ?? [];
  const url = String(JSON.parse(address));
  t.true(url.startsWith(`${pageUrl}/renewals/paid?`), url);
  const signature = new URL(url).searchParams.get('signature') ?? '';
  t.is(signature.length, 43);

  const question = await (await fetch(url)).text();
  t.true(question.includes('Has the renewal of'), question);
  const answer = await fetch(`${url}&confirm=yes`, { method: 'POST' });
  t.is(answer.status, 200);
  t.true((await readFile(accounts, 'utf8')).includes(`paid_through: ${dateAt(-20)}`));
  await until(() => bot.messages.some((one) => textsOf(one).includes('✅ Resolved')));
  t.is((await fetch(`${url}&confirm=yes`, { method: 'POST' })).status, 200, 'once more changes nothing');
  t.false(relay.log().includes(signature), relay.log());
  const alerts = await (await fetch(`${alertmanager.url}/api/v2/alerts?inhibited=true`)).text();
  const series = await (await fetch(`http://${exporter.target}/metrics`)).text();
  t.false((alerts + series).includes(signature));
});
