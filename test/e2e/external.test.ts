import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { dashboardSources, folderUid } from '../../infra/render/content.ts';
import { renderRules } from '../../rules/index.ts';
import type { FakeGrafana } from '../support/grafana-api.ts';
import { adminRights, roles, serveGrafana } from '../support/grafana-api.ts';
import type { RunningPrometheus } from '../support/prometheus.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { findTool } from '../support/promtool.ts';
import { until } from '../support/until.ts';
import type { Checkout } from './checkout.ts';
import { makeCheckout, missingTools } from './checkout.ts';
import {
  containerIdsOf,
  containersOf,
  removeAll,
  replaced,
  runScript,
  stepsWith,
  urlForContainers,
} from './steps.ts';

/**
 * A stack with a Prometheus and a Grafana that others run, by the real scripts, CLI, providers and engine. Prometheus is a
 * real one outside of the engine. Each test goes on from the one before.
 */

const missing = [
  ...(await missingTools()),
  ...(findTool('prometheus') === undefined ? ['a Prometheus server'] : []),
];

const step = stepsWith(missing);

let checkout: Checkout;
let prometheus: RunningPrometheus;
let grafana: FakeGrafana;

const token = 'glsa_planted-token-of-grafana-3c81';
/** Of the same Grafana, made by others. */
const foreign = { dataSource: 'loki', folder: 'team', dashboard: 'sales' };
const rules = renderRules();
const ownDashboards = dashboardSources('en').map(({ uid }) => uid);

const must = (t: ExecutionContext, ...args: Parameters<Checkout['script']>) =>
  runScript(t, checkout, ...args, '--stack', checkout.stack);

const up = async (): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  checkout.script('up', '--yes', '--stack', checkout.stack);

const setConfig = (t: ExecutionContext, key: string, value: string, ...flags: readonly string[]) =>
  must(t, 'pulumi', 'config', 'set', ...flags, '--path', `balance-alert:${key}`, value);

const accounts = (threshold: number) =>
  `accounts: [{ name: first, provider: demo, options: { type: credits, full: 500 }, threshold: ${threshold} }]\n`;

/** The server that others run starts again with what they added to it, at another address. */
async function restart(t: ExecutionContext, options: Parameters<typeof startPrometheus>[0]): Promise<void> {
  await prometheus.stop();
  prometheus = await startPrometheus(options);
  await setConfig(t, 'prometheus.url', prometheus.url);
  if (grafana.content.datasources.has('balance-alert-prometheus'))
    await setConfig(t, 'grafana.dataSourceUrl', prometheus.url);
}

const scrapeConfigs = z.array(z.record(z.string(), z.unknown()));

/** The entry for `scrape_configs` that the stack puts out. */
const jobs = async (t: ExecutionContext) =>
  scrapeConfigs.parse(parse((await must(t, 'pulumi', 'stack', 'output', 'scrapeConfig')).stdout));

/** All that the stack asks for of a Prometheus of others. */
const complete = async (t: ExecutionContext) => ({
  scrapeConfigs: await jobs(t),
  rules,
  alertmanager: `127.0.0.1:${checkout.ports.alertmanager}`,
});

anyTest.before(async () => {
  if (missing.length > 0) return;
  checkout = await makeCheckout({ config: { 'balance-alert:prometheus': { mode: 'external' } } });
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(100));
  prometheus = await startPrometheus({});
  grafana = await serveGrafana({
    token,
    rights: adminRights,
    dataSources: { [foreign.dataSource]: { name: 'Logs', type: 'loki' } },
    folders: [foreign.folder],
    dashboards: [foreign.dashboard],
  });
});

anyTest.after.always('what a failed test left is removed', async (t) => {
  if (missing.length > 0) return;
  t.timeout(120_000);
  await removeAll(checkout);
  await prometheus.stop();
  await grafana.close();
});

step('a token that may not do enough is named before anything is made', async (t) => {
  await must(t, 'pulumi', 'stack', 'init');
  await setConfig(t, 'prometheus.url', prometheus.url);
  const weak = await serveGrafana({ token, rights: roles.Viewer });
  t.teardown(weak.close);
  await setConfig(t, 'grafana.mode', 'external');
  await setConfig(t, 'grafana.url', weak.url);
  await setConfig(t, 'grafana.dataSourceUrl', prometheus.url);
  await setConfig(t, 'grafana.auth', token, '--secret');
  const { code, stderr } = await up();
  t.is(code, 1);
  t.regex(stderr, /the token may not folders:create, .*: give its service account the role Admin/);
  t.false(stderr.includes(token));
  t.deepEqual(await containersOf(checkout), []);
});

step(
  'everything but the two is made; what that Prometheus lacks is named with what to add, and the exit code is 1',
  async (t) => {
    await setConfig(t, 'grafana.url', grafana.url);
    const { code, stdout, stderr } = await up();
    t.log(stdout, stderr);
    t.is(code, 1);
    t.true(stderr.includes(`the external Prometheus at ${prometheus.url} is not set up completely`));
    t.regex(stderr, /it has no job balance-alert; add this to its scrape_configs/);
    t.regex(stderr, /it sends alerts to no Alertmanager, so that nobody is notified; add this/);
    for (const { name } of rules.flatMap(({ groups }) => groups))
      t.true(stderr.includes(`the rule group ${name} is missing`), name);
    t.deepEqual(
      (await containersOf(checkout)).map(({ name }) => name.slice(checkout.prefix.length + 1)).toSorted(),
      ['alertmanager', 'exporter'],
    );
    const { datasources, folders, dashboards } = grafana.content;
    t.deepEqual([...datasources.keys()].toSorted(), ['balance-alert-prometheus', foreign.dataSource]);
    t.deepEqual([...folders.keys()].toSorted(), [folderUid, foreign.folder].toSorted());
    t.deepEqual([...dashboards.keys()].toSorted(), [...ownDashboards, foreign.dashboard].toSorted());
  },
);

step('with the job of the stack’s output and the rules beside it, all of it is well', async (t) => {
  await restart(t, await complete(t));
  const { stdout } = await must(t, 'up', '--yes');
  t.log(stdout);
  t.regex(stdout, /Prometheus scrapes the exporter and has loaded \d+ rules/);
  t.regex(stdout, /Grafana answered all \d+ dashboard queries/);
  const [series] = await prometheus.query('up{job="balance-alert"}');
  t.is(series?.values[0]?.[1], 1);
  t.log((await must(t, 'doctor')).stdout);
});

step('right after it, nothing is left to change, and nobody else’s resources were written', async (t) => {
  const flags = ['--expect-no-changes', '--refresh', '--non-interactive'];
  await must(t, 'pulumi', 'preview', ...flags);
  const writes = grafana.asked.filter((one) => !/^(GET|POST \/api\/ds\/query)/.test(one));
  t.true(writes.length > 0);
  t.deepEqual(
    writes.filter((one) => Object.values(foreign).some((uid) => one.endsWith(`/${uid}`))),
    [],
  );
});

step('a changed threshold replaces the exporter, and nothing is written to Grafana', async (t) => {
  const before = await containerIdsOf(checkout);
  const { length } = grafana.asked;
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(123));
  await must(t, 'up', '--yes');
  t.deepEqual(replaced(before, await containerIdsOf(checkout)), ['exporter']);
  t.deepEqual(
    grafana.asked.slice(length).filter((one) => !/^(GET|POST \/api\/ds\/query)/.test(one)),
    [],
  );
});

step('another target in the job is refused before anything is changed', async (t) => {
  const [own = {}] = await jobs(t);
  const other = await startPrometheus({});
  t.teardown(other.stop);
  const targets = [`127.0.0.1:${checkout.ports.metrics}`, new URL(other.url).host];
  // Its own interval of a minute is longer than what is waited for below.
  const often = { scrape_interval: '2s', scrape_timeout: '2s' };
  await restart(t, { scrapeConfigs: [{ ...own, ...often, static_configs: [{ targets }] }], rules });
  await until(async () => (await prometheus.query('up{job="balance-alert"} == 1')).length === 2);
  const before = await containerIdsOf(checkout);
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(99));
  const { code, stderr } = await up();
  t.is(code, 1);
  t.true(
    stderr.includes(`the job balance-alert of the external Prometheus also scrapes ${targets[1]}`),
    stderr,
  );
  t.deepEqual(replaced(before, await containerIdsOf(checkout)), []);
});

step('a managed Grafana reads the external Prometheus by the URL that its container reaches', async (t) => {
  await restart(t, { ...(await complete(t)), host: '0.0.0.0' });
  await must(t, 'pulumi', 'config', 'rm', 'balance-alert:grafana');
  const port = Number(new URL(prometheus.url).port);
  await setConfig(t, 'prometheus.containerUrl', await urlForContainers(checkout, port));
  const { stdout } = await must(t, 'up', '--yes');
  t.log(stdout);
  t.regex(stdout, /Grafana answered all \d+ dashboard queries/);
  const { datasources, folders, dashboards } = grafana.content;
  t.deepEqual([...datasources.keys()], [foreign.dataSource]);
  t.deepEqual([...folders.keys()], [foreign.folder]);
  t.deepEqual([...dashboards.keys()], [foreign.dashboard]);
});

step('taken away with everything, nothing of it is left', async (t) => {
  await must(t, 'down', '--yes', '--purge');
  t.deepEqual(await containersOf(checkout), []);
});
