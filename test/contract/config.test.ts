import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { extraRulesFolder, renderPrometheusConfig, rulesFolder } from '../../infra/render/prometheus.ts';
import { renderAlertingSnippet, renderScrapeSnippet } from '../../infra/render/scrape/job.ts';
import { renderRules } from '../../rules/index.ts';
import { findTools, needing, runTool } from '../support/promtool.ts';

const test = needing(ava, 'promtool');

test('promtool accepts the configuration of the stack with the rules in their place', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-config-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'rules'));
  await mkdir(join(folder, 'extra'));
  for (const { name, yaml } of renderRules()) {
    await writeFile(join(folder, 'rules', name), yaml);
  }
  const config = renderPrometheusConfig(
    {
      scrapeIntervalSeconds: 60,
      extraScrapeConfigs: [{ job_name: 'node', static_configs: [{ targets: ['node:9100'] }] }],
    },
    { mode: 'external', url: 'https://ops.example/alertmanager' },
  )
    .replaceAll(rulesFolder, join(folder, 'rules'))
    .replaceAll(extraRulesFolder, join(folder, 'extra'));
  await writeFile(join(folder, 'prometheus.yml'), config);
  const { code, stdout, stderr } = await runTool('promtool', [
    'check',
    'config',
    join(folder, 'prometheus.yml'),
  ]);
  t.is(code, 0, stdout + stderr);
  t.regex(stdout, new RegExp(`${renderRules().length} rule files found`));
});

test('the retention is accepted where the release has a field for it, and the configuration without it by every release', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-config-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const check = async (promtool: string, retention: boolean): Promise<string> => {
    const file = join(folder, 'prometheus.yml');
    const options = { scrapeIntervalSeconds: 60, extraScrapeConfigs: [] };
    const text = renderPrometheusConfig(
      options,
      { mode: 'none' },
      retention ? { retention: '45d', retentionSize: '2GB' } : undefined,
    );
    await writeFile(file, text);
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'config', '--syntax-only', file], {
      encoding: 'utf8',
    });
    return status === 0 ? 'accepted' : stdout + stderr;
  };
  for (const promtool of findTools('promtool')) {
    t.is(await check(promtool, false), 'accepted', promtool);
    // Releases before 3.16 name the field; all others take it.
    const answer = await check(promtool, true);
    t.regex(answer, /^accepted$|field retention not found in type config/, promtool);
  }
});

test('promtool accepts the snippets in another Prometheus configuration', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-config-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'prometheus.yml');
  await writeFile(
    file,
    `scrape_configs:\n${renderScrapeSnippet({ kind: 'other-server', addresses: ['exporter.example:9100'] }, 60)}${renderAlertingSnippet(
      'alertmanager.example:9093',
      {
        tls: { caFile: 'ca.crt' },
        credentials: { kind: 'basic', username: 'admin', passwordFile: 'password' },
      },
    )}`,
  );
  await writeFile(join(folder, 'ca.crt'), '');
  await writeFile(join(folder, 'password'), 'x');
  for (const promtool of findTools('promtool')) {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'config', file], { encoding: 'utf8' });
    t.is(status, 0, stdout + stderr);
  }
});
