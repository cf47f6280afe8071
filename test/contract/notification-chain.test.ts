import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { renderRules } from '../../rules/index.ts';
import { httpReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { startProgram } from '../support/program.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing } from '../support/promtool.ts';

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
  await using exporter = await startProgram([`--config.file=${accounts}`]);
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
    rules: renderRules().map(({ name, yaml }) => ({ name, yaml: yaml.replaceAll(/^ +for: .*\n/gm, '') })),
    alertmanager: alertmanager.url.replace('http://', ''),
  });
  t.teardown(() => prometheus.stop());
  const { body } = await http.until(({ body: sent }) => sent.includes('余额低于阈值'));
  t.regex(body, /余额低于阈值 · prod \(demo\)/);
  t.regex(body, /剩余：\d+\.\d\d USD \(阈值 1000000\.00\)/);
  t.regex(body, /负责人：platform/);
  t.regex(body, /\[控制台\]\(https:\/\/console\.example\/\)/);
  t.false(http.received.some(({ path }) => path === '/finance'));
});
