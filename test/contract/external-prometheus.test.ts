import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { renderAlertingSnippet, renderScrapeSnippet } from '../../infra/render/scrape/job.ts';
import type { ExternalPrometheus } from '../../infra/settings/parse.ts';
import { renderRules } from '../../rules/index.ts';
import type { Wanted } from '../../scripts/lib/stack/external-prometheus.ts';
import { checkExternalPrometheus, prometheusProblems } from '../../scripts/lib/stack/external-prometheus.ts';
import { exporterTargets } from '../../scripts/lib/stack/verify.ts';
import { Failure } from '../../scripts/lib/terminal/failure.ts';
import { demoExporterOf } from '../support/exporter-process.ts';
import type { PrometheusOptions } from '../support/prometheus.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needingAtOnce } from '../support/promtool.ts';
import { serve } from '../support/served.ts';
import { until } from '../support/until.ts';

/** What `scripts/up` says about a Prometheus that the stack does not run, of a real one. */
const test = needingAtOnce(ava, 'prometheus');
const demoExporter = demoExporterOf(ava);

const options = { fetch, signal: new AbortController().signal };
const rules = renderRules();
/** Nothing listens there: whether it is reached is not asked. */
const alertmanager = '127.0.0.1:9';

async function external(t: ExecutionContext, given: PrometheusOptions): Promise<ExternalPrometheus> {
  const prometheus = await startPrometheus(given);
  t.teardown(prometheus.stop);
  return { url: prometheus.url, containerUrl: prometheus.url, auth: undefined };
}

function wanted(target: string): Wanted {
  return {
    scrapeConfig: renderScrapeSnippet({ kind: 'other-server', addresses: [target] }, 60),
    alertingConfig: renderAlertingSnippet('alertmanager.example:9093'),
    rules: rules.map(({ name, yaml, groups }) => ({ file: name, text: yaml, groups })),
    timeoutSeconds: 30,
  };
}

/** The lines below the failure's heading. */
async function lacking(prometheus: ExternalPrometheus, target: string): Promise<readonly string[]> {
  try {
    await checkExternalPrometheus(prometheus, wanted(target), options, () => undefined);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.hints.slice(0, -1);
  }
}

test('one that scrapes the exporter and has the rules is complete', async (t) => {
  const { target } = await demoExporter();
  const prometheus = await external(t, { scrape: { 'balance-alert': target }, rules, alertmanager });
  t.deepEqual(await prometheusProblems(prometheus, options), []);
  // Prometheus lists no target for the first five seconds.
  await until(async () => (await exporterTargets(prometheus.url, options)).length > 0);
  t.deepEqual(await lacking(prometheus, target), []);
});

test('one without the job is told the job, one without a rule file its group, and one with an older file the rules that it lacks', async (t) => {
  const { target } = await demoExporter();
  const [first, ...others] = rules;
  const older = others.map(({ name, yaml }) => ({
    name,
    yaml: name === 'balance-alert.mail.yaml' ? yaml.replace('alert: BillingMail', 'alert: FormerName') : yaml,
  }));
  const prometheus = await external(t, { rules: older, alertmanager });
  const lines = await lacking(prometheus, target);
  t.regex(lines[0] ?? '', /^it has no job balance-alert; add this to its scrape_configs/);
  t.deepEqual(lines.slice(1, 6), [
    '  - job_name: balance-alert',
    '    static_configs:',
    '      - targets:',
    `          - ${target}`,
    '    scrape_interval: 1m',
  ]);
  t.deepEqual(lines.slice(6), [
    `the rule group ${first?.name.replace('.yaml', '')} is missing: add ${first?.name} to its rule_files`,
    'the rule group balance-alert.mail is of another version, without BillingMail: replace balance-alert.mail.yaml',
  ]);
});

test('one that sends alerts nowhere is told the Alertmanager of the stack, unless the stack runs none', async (t) => {
  const { target } = await demoExporter();
  const prometheus = await external(t, { scrape: { 'balance-alert': target }, rules });
  await until(async () => (await exporterTargets(prometheus.url, options)).length > 0);
  t.deepEqual(await lacking(prometheus, target), [
    'it sends alerts to no Alertmanager, so that nobody is notified; add this to its configuration, with an address that it reaches:',
    '  alerting:',
    '    alertmanagers:',
    '      - static_configs:',
    '          - targets:',
    '              - alertmanager.example:9093',
  ]);
  const without = { ...wanted(target), alertingConfig: undefined };
  t.true((await checkExternalPrometheus(prometheus, without, options, () => undefined)) > 0);
});

test('a target that is down is reported with Prometheus’ own words', async (t) => {
  const closed = await serve((_request, response) => response.end());
  await closed.close();
  const prometheus = await external(t, { scrape: { 'balance-alert': new URL(closed.url).host }, rules });
  await until(async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=up{job="balance-alert"}`);
    return (await answer.text()).includes('"0"');
  });
  const error = await t.throwsAsync(
    checkExternalPrometheus(prometheus, { ...wanted('x:1'), timeoutSeconds: 0 }, options, () => undefined),
    { instanceOf: Failure },
  );
  t.regex(error.hints[0] ?? '', /did not scrape the exporter within 0 s: .*connection refused/);
});

test('another job of the same name is noticed before anything is changed', async (t) => {
  const other = await serve((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end('other_service_up 1\n');
  });
  t.teardown(other.close);
  const { host } = new URL(other.url);
  const prometheus = await external(t, { scrape: { 'balance-alert': host } });
  const problems = await until(async () => {
    const found = await prometheusProblems(prometheus, options);
    return found.length > 0 ? found : undefined;
  });
  t.deepEqual(problems, [
    `the job balance-alert of the external Prometheus also scrapes ${host}, which is no exporter of balance-alert: rules and alerts would take it for one; rename that job`,
  ]);
});
