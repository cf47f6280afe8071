import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { renderRules } from '../../rules/index.ts';
import { configurationHash } from '../../scripts/lib/doctor/checks/alertmanager.ts';
import type { Report } from '../../scripts/lib/doctor/report.ts';
import { samplesOf } from '../../scripts/lib/stack/samples.ts';
import { run } from '../../scripts/lib/terminal/process.ts';
import type { RunningAlertmanager } from '../support/alertmanager.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import type { RunningExporter } from '../support/exporter-process.ts';
import { demoExporterOf, startDemoExporter } from '../support/exporter-process.ts';
import type { PrometheusOptions, RunningPrometheus } from '../support/prometheus.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing, needingAtOnce } from '../support/promtool.ts';
import { realClockEnvironment } from '../support/real-clock.ts';
import { serve } from '../support/served.ts';
import { until } from '../support/until.ts';

/** `scripts/doctor` on real servers: the exporter, Prometheus with the rules, Alertmanager; each broken in turn. */
const test = needingAtOnce(ava, 'prometheus', 'alertmanager');
const demoExporter = demoExporterOf(ava);

const rules = renderRules();
const configuration = renderAlertmanagerConfig({
  receivers: {},
  quietHours: undefined,
  heartbeatUrl: undefined,
});
const root = join(import.meta.dirname, '../..');

interface Chain {
  readonly exporter: RunningExporter;
  readonly prometheus: RunningPrometheus;
  readonly alertmanager: RunningAlertmanager;
}

async function chain(
  t: ExecutionContext,
  change: (options: PrometheusOptions) => PrometheusOptions = (options) => options,
  config = configuration,
  exporter: Promise<RunningExporter> = demoExporter(),
): Promise<Chain> {
  const alertmanager = await startAlertmanager({ config, templates: messageTemplates('en') });
  t.teardown(() => alertmanager[Symbol.asyncDispose]());
  const { target } = await exporter;
  const prometheus = await startPrometheus(
    change({
      scrape: { 'balance-alert': target },
      rules,
      flags: ['--rules.alert.resend-delay=1s'],
      alertmanager: new URL(alertmanager.url).host,
    }),
  );
  t.teardown(prometheus.stop);
  return { exporter: await exporter, prometheus, alertmanager };
}

/** The script as people run it. */
async function doctor({
  exporter,
  prometheus,
  alertmanager,
}: Chain): Promise<{ code: number; report: Report }> {
  const { code, stdout, stderr } = await run(
    join(root, 'scripts/doctor'),
    [
      '--json',
      ...['--exporter', `http://${exporter.target}`, '--prometheus', prometheus.url],
      ...['--alertmanager', alertmanager.url],
    ],
    { cwd: tmpdir(), environment: realClockEnvironment() },
  );
  try {
    return { code, report: JSON.parse(stdout) as Report };
  } catch {
    throw new Error(`no report (${code}): ${stdout}${stderr}`);
  }
}

/** It fires before Prometheus has found its Alertmanager, and is sent again after a second here. */
async function watchdogArrived({ alertmanager }: Chain): Promise<void> {
  await until(
    async () =>
      (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).text()).includes('BalanceAlertWatchdog'),
    {
      intervalMs: 200,
    },
  );
}

// By itself: its time is looked at.
needing(
  ava,
  'prometheus',
  'alertmanager',
)('real servers that are set up as documented are sound, within ten seconds', async (t) => {
  const servers = await chain(t);
  await watchdogArrived(servers);
  await until(async () => (await servers.prometheus.query('up{job="balance-alert"} == 1')).length > 0);
  const startedAt = performance.now();
  const { code, report } = await doctor(servers);
  const seconds = (performance.now() - startedAt) / 1000;
  t.deepEqual(
    report.checks.filter(({ status }) => status === 'broken'),
    [],
  );
  t.is(code, 0);
  t.is(
    report.checks.find(({ id }) => id === 'rules')?.detail,
    `all ${rules.flatMap(({ groups }) => groups.flatMap(({ rules: its }) => its)).length} rules are loaded, as in this checkout`,
  );
  t.is(report.checks.find(({ id }) => id === 'alerting')?.status, 'ok');
  t.true(seconds < 10, `${seconds} s`);
  t.log(`${seconds.toFixed(1)} s`);
});

test('Alertmanager’s hash of its configuration is the one that is calculated', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-doctor-'));
  t.teardown(() => rm(folder, { recursive: true }));
  // As it lies on this machine, where the templates have another path.
  const config = configuration.replace(/^templates:\n( +- .*\n)+/m, '');
  await using alertmanager = await startAlertmanager({ config, templates: [] });
  const samples = samplesOf(await (await fetch(`${alertmanager.url}/metrics`)).text());
  t.is(samples.find(({ name }) => name === 'alertmanager_config_hash')?.value, configurationHash(config));
});

test('an exporter that was stopped is named first, and its target after it', async (t) => {
  const servers = await chain(t, (options) => options, configuration, startDemoExporter(t));
  await until(async () => (await servers.prometheus.query('up{job="balance-alert"} == 1')).length > 0);
  await servers.exporter.stop();
  await until(async () => (await servers.prometheus.query('up{job="balance-alert"} == 0')).length > 0);
  const { code, report } = await doctor(servers);
  t.is(code, 1);
  t.is(report.first_broken, 'exporter');
  const target = report.checks.find(({ id }) => id === 'target');
  t.is(target?.status, 'broken');
  t.regex(target?.detail ?? '', /connection refused/);
});

test('a rule file of another version is named with each rule', async (t) => {
  const servers = await chain(t, (options) => ({
    ...options,
    rules: rules.map(({ name, yaml }) => ({
      name,
      yaml: yaml.replaceAll('alert: BillingMail', 'alert: FormerName'),
    })),
  }));
  const { report } = await doctor(servers);
  const found = report.checks.find(({ id }) => id === 'rules');
  t.is(found?.status, 'warning');
  t.regex(found?.detail ?? '', /balance-alert\.mail \/ BillingMail: missing/);
});

test('rules that are not loaded are named, and a job of another name', async (t) => {
  const servers = await chain(t, ({ scrape, ...options }) => ({
    ...options,
    rules: [],
    scrape: { 'credit-monitor': scrape?.['balance-alert'] ?? '' },
  }));
  await until(async () => (await servers.prometheus.query('up{job="credit-monitor"} == 1')).length > 0);
  const { code, report } = await doctor(servers);
  t.is(code, 1);
  t.is(report.first_broken, 'target');
  t.regex(
    report.checks.find(({ id }) => id === 'target')?.detail ?? '',
    /is scraped by the job credit-monitor/,
  );
  t.is(report.checks.find(({ id }) => id === 'rules')?.status, 'broken');
});

test('another job of the same name is named', async (t) => {
  const other = await serve((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end('other_service_up 1\n');
  });
  t.teardown(other.close);
  const servers = await chain(t, ({ scrape, ...options }) => ({
    ...options,
    scrapeConfigs: [
      {
        job_name: 'balance-alert',
        static_configs: [{ targets: [scrape?.['balance-alert'], new URL(other.url).host] }],
      },
    ],
  }));
  await until(async () => (await servers.prometheus.query('up{job="balance-alert"} == 1')).length > 1);
  const { code, report } = await doctor(servers);
  t.is(code, 1);
  t.is(report.first_broken, 'job');
});

test('a receiver that takes nothing is named, with Alertmanager’s own counters', async (t) => {
  const closed = await serve((_request, response) => response.end());
  await closed.close();
  const servers = await chain(
    t,
    (options) => options,
    `route: { receiver: ops, group_wait: 0s, group_interval: 1s }
receivers: [{ name: ops, webhook_configs: [{ url: "${closed.url}" }] }]
`,
  );
  await servers.alertmanager.post([{ labels: { alertname: 'Any' } }]);
  // It tries for ten seconds, and gives up then.
  await until(async () =>
    samplesOf(await (await fetch(`${servers.alertmanager.url}/metrics`)).text()).some(
      ({ name, value }) => name === 'alertmanager_notifications_failed_total' && value > 0,
    ),
  );
  const { report } = await doctor(servers);
  const found = report.checks.find(({ id }) => id === 'channels');
  t.is(found?.status, 'broken');
  t.regex(
    found?.detail ?? '',
    /^notifications are not delivered:\nwebhook: \d+ notifications? failed of \d+/,
  );
});

test('an Alertmanager that was stopped is named', async (t) => {
  const servers = await chain(t);
  await until(async () => (await servers.prometheus.query('up{job="balance-alert"} == 1')).length > 0);
  await servers.alertmanager.kill();
  const { code, report } = await doctor(servers);
  t.is(code, 1);
  t.is(report.first_broken, 'alertmanager');
});
