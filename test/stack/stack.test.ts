import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ava from 'ava';
import { dashboards } from '../../dashboards/index.ts';
import { isAlert, ruleGroups } from '../../rules/index.ts';
import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { filledIn } from '../support/dashboard-queries.ts';
import { blocksBelow } from '../support/documented.ts';
import { ask, engineMissing, field, openEngine } from '../support/engine.ts';
import { freePorts } from '../support/ports.ts';
import type { Registration } from '../support/program-run.ts';
import { runProgram } from '../support/program-run.ts';
import {
  createNetwork,
  createVolume,
  logsOf,
  startContainer,
  untilHealthy,
} from '../support/stack-on-engine.ts';
import { provideImage } from '../support/stand-ins.ts';
import { tarFolder } from '../support/tar.ts';
import { until } from '../support/until.ts';

/** On a real engine: exactly what the Pulumi program registers, without Pulumi. */

const root = resolve(import.meta.dirname, '../..');
const prefix = `balance-alert-test-${randomBytes(3).toString('hex')}`;
const planted = `planted-${randomBytes(12).toString('hex')}`;
const baseImage = 'node:24-bookworm-slim';

const missing = await engineMissing();
const running = missing === undefined ? await openEngine() : undefined;
const grafanaThere =
  running !== undefined && (await provideImage(running.engine, 'grafana/grafana:13.2.3')) !== undefined;

function withEngine(
  title: string,
  check: (t: import('ava').ExecutionContext, engine: Engine) => Promise<void>,
): void {
  if (running === undefined) ava.serial.skip(`${title} [needs ${missing}]`, () => undefined);
  else
    ava.serial(title, async (t) => {
      t.timeout(180_000);
      await check(t, running.engine);
    });
}

const made: { readonly kind: 'containers' | 'volumes' | 'networks' | 'images'; readonly name: string }[] = [];
const files = mkdtempSync(join(tmpdir(), 'balance-alert-stack-'));

ava.after.always(async () => {
  rmSync(files, { recursive: true, force: true });
  if (running === undefined) return;
  for (const { kind, name } of made.toReversed()) {
    await running.engine
      .call('DELETE', `/${kind}/${encodeURIComponent(name)}?force=1&v=1`)
      .catch(() => undefined);
  }
  await running[Symbol.asyncDispose]();
});

let registrations: readonly Registration[] = [];
/** By the id that the test's monitor gave to an image. */
const images = new Map<string, string>();
const urls = { status: '', metrics: '', prometheus: '', alertmanager: '', grafana: '' };
const names = {
  exporter: `${prefix}-exporter`,
  prometheus: `${prefix}-prometheus`,
  alertmanager: `${prefix}-alertmanager`,
  grafana: `${prefix}-grafana`,
};
const exporterImage = `${prefix}:test`;
let baseMade = false;

function registeredAs(type: string): readonly Registration[] {
  return registrations.filter((one) => one.type.endsWith(`:${type}`));
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

const query = (expression: string) =>
  json(`${urls.prometheus}/api/v1/query?${new URLSearchParams({ query: expression })}`);

withEngine(
  'the exporter’s image is built from the bundle and its base alone, and adds less than 5 MB',
  async (t, engine) => {
    baseMade = (await provideImage(engine, baseImage)) === 'made';
    if (baseMade) made.push({ kind: 'images', name: baseImage });
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts')]);
    const context = join(files, 'context');
    cpSync(join(root, 'dist'), context, { recursive: true });
    cpSync(join(root, 'exporter/Dockerfile'), join(context, 'Dockerfile'));
    const args = encodeURIComponent(JSON.stringify({ BASE_IMAGE: baseImage }));
    const { status, body } = await engine.call('POST', `/build?t=${exporterImage}&buildargs=${args}&rm=1`, {
      type: 'application/x-tar',
      content: tarFolder(context),
    });
    t.is(status, 200);
    t.false(body.toString('utf8').includes('"error"'), body.toString('utf8'));
    made.push({ kind: 'images', name: exporterImage });
    const size = async (name: string) =>
      Number(field(await ask(engine, 'GET', `/images/${encodeURIComponent(name)}/json`), 'Size'));
    const added = (await size(exporterImage)) - (await size(baseImage));
    t.true(added > 0 && added < 5e6, `${added} bytes`);
    t.log(`${(added / 1e6).toFixed(2)} MB more than the base`);
  },
);

withEngine(
  'the image runs alone, with a read-only root, as a user without rights, and keeps its state',
  async (t, engine) => {
    const name = `${prefix}-alone`;
    const volume = `${prefix}-alone-data`;
    made.push({ kind: 'volumes', name: volume }, { kind: 'containers', name });
    const config = join(files, 'alone.yaml');
    writeFileSync(config, 'accounts: [{ name: a, provider: demo, interval: 1h }]\n', { mode: 0o644 });
    await ask(engine, 'POST', `/containers/create?name=${name}`, {
      Image: exporterImage,
      HostConfig: {
        ReadonlyRootfs: true,
        Binds: [`${config}:/etc/balance-alert/config.yaml:ro`, `${volume}:/var/lib/balance-alert`],
      },
    });
    await ask(engine, 'POST', `/containers/${name}/start`);
    await untilHealthy(engine, name);
    const inspected = await ask(engine, 'GET', `/containers/${name}/json`);
    t.is(field(inspected, 'Config', 'User'), '10001:10001');
    await ask(engine, 'POST', `/containers/${name}/restart?t=10`);
    await untilHealthy(engine, name);
    await ask(engine, 'POST', `/containers/${name}/stop?t=10`);
    t.is(field(await ask(engine, 'GET', `/containers/${name}/json`), 'State', 'ExitCode'), 0);
    const logs = await logsOf(engine, name);
    t.is(logs.match(/msg=started/g)?.length, 2, logs);
    t.false(logs.includes('writing to storage failed'), logs);
  },
);

withEngine('all containers that the program registers get healthy', async (t, engine) => {
  const [status, metrics, prometheus, alertmanager, grafana] = await freePorts(5);
  const accounts = join(files, 'accounts.yaml');
  writeFileSync(
    accounts,
    `accounts:
  - { name: rich, provider: demo, threshold: 1 }
  - { name: failing, provider: demo, options: { fail: auth } }
subscriptions:
  - { name: Weekly, cycle: weekly, day: 1, amount: 5, currency: USD }
mailboxes:
  - { name: billing, host: 127.0.0.1, port: 1, user: billing@example.com, password: { secret: MAIL_PASSWORD } }
`,
  );
  const program = await runProgram({
    values: {
      'balance-alert:accountsFile': accounts,
      'balance-alert:namePrefix': prefix,
      'balance-alert:secrets': JSON.stringify({ MAIL_PASSWORD: planted }),
      'balance-alert:ports': JSON.stringify({ status, metrics, prometheus, alertmanager, grafana }),
      // Nothing listens there: the notification fails, and must not say where to.
      'balance-alert:alertmanager': JSON.stringify({
        receivers: { ops: { type: 'slack', url: `http://127.0.0.1:9/${planted}` } },
        quietHours: { timeZone: 'Asia/Shanghai', start: '22:00', end: '08:00' },
      }),
      'balance-alert:prometheus': JSON.stringify({ scrapeInterval: '15s' }),
    },
    secretKeys: ['balance-alert:secrets', 'balance-alert:alertmanager'],
  });
  t.is(program.exitCode, 0, program.said);
  ({ registrations } = program);
  for (const [name, port] of Object.entries({ status, metrics, prometheus, alertmanager, grafana })) {
    Object.assign(urls, { [name]: `http://127.0.0.1:${port}` });
  }

  for (const network of registeredAs('Network').filter(({ inputs }) => inputs['name'] !== undefined)) {
    made.push({ kind: 'networks', name: String(network.inputs['name']) });
    await createNetwork(engine, network);
  }
  for (const volume of registeredAs('Volume')) {
    made.push({ kind: 'volumes', name: String(volume.inputs['name']) });
    await createVolume(engine, volume);
  }
  images.set(`sha256:balance-alert-exporter-image`, exporterImage);
  for (const { name, inputs } of registeredAs('RemoteImage')) {
    const reference = String(inputs['name']);
    if (reference.startsWith('grafana/') && !grafanaThere) continue;
    if ((await provideImage(engine, reference)) === 'made') made.push({ kind: 'images', name: reference });
    images.set(`sha256:${name}`, reference);
  }
  for (const container of registeredAs('Container')) {
    const image = images.get(String(container.inputs['image']));
    if (image === undefined) continue;
    made.push({ kind: 'containers', name: String(container.inputs['name']) });
    await startContainer(engine, container, image);
  }
  await Promise.all(
    [names.exporter, names.prometheus, names.alertmanager].map((name) => untilHealthy(engine, name)),
  );
  t.pass();
});

withEngine('Prometheus scrapes the exporter, Alertmanager and itself', async (t) => {
  const up = await until(async () => {
    const answer = await json(`${urls.prometheus}/api/v1/targets`);
    const targets = field(answer, 'data', 'activeTargets');
    if (!Array.isArray(targets) || targets.length < 3) return undefined;
    const healthy = targets.filter((target: unknown) => field(target, 'health') === 'up');
    return healthy.length === targets.length ? targets : undefined;
  });
  t.deepEqual(up.map((target: unknown) => field(target, 'labels', 'job')).toSorted(), [
    'alertmanager',
    'balance-alert',
    'prometheus',
  ]);
});

withEngine('the watchdog of Prometheus arrives in Alertmanager, and silences can be set there', async (t) => {
  const found = await until(
    async () => {
      const alerts = await json(`${urls.alertmanager}/api/v2/alerts`);
      return Array.isArray(alerts)
        ? alerts.find((alert: unknown) => field(alert, 'labels', 'alertname') === 'BalanceAlertWatchdog')
        : undefined;
      // An alert that fires before Prometheus knows its Alertmanager is only sent again after a minute.
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  t.is(field(found, 'status', 'state'), 'active');
  const response = await fetch(`${urls.alertmanager}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: 'BalanceLow', isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 60_000).toISOString(),
      createdBy: 'test',
      comment: 'test',
    }),
  });
  t.is(response.status, 200, await response.text());
});

withEngine('all rules are loaded, and none is broken', async (t) => {
  const expected = ruleGroups().flatMap(({ name, rules }) =>
    rules.map((rule) => `${name}/${isAlert(rule) ? rule.alert : rule.record}`),
  );
  const groups = field(await json(`${urls.prometheus}/api/v1/rules`), 'data', 'groups');
  const found = (Array.isArray(groups) ? groups : []).flatMap((group: unknown) => {
    const rules = field(group, 'rules');
    return (Array.isArray(rules) ? rules : []).map((rule: unknown) => ({
      name: `${String(field(group, 'name'))}/${String(field(rule, 'name'))}`,
      error: field(rule, 'lastError'),
    }));
  });
  t.deepEqual(found.map(({ name }) => name).toSorted(), expected.toSorted());
  t.deepEqual(
    found.filter(({ error }) => error !== undefined && error !== ''),
    [],
  );
});

withEngine('every query of every dashboard is answered', async (t) => {
  const now = Math.floor(Date.now() / 1000);
  let answers = 0;
  for (const { title, queries } of dashboards('en')) {
    for (const query of queries) {
      const parameters = new URLSearchParams({ query: filledIn(query) });
      if (query.kind === 'range') {
        for (const [name, value] of [
          ['start', now - 600],
          ['end', now],
          ['step', 60],
        ] as const)
          parameters.set(name, String(value));
      }
      const answer = await json(
        `${urls.prometheus}/api/v1/${query.kind === 'range' ? 'query_range' : 'query'}?${parameters}`,
      );
      t.is(field(answer, 'status'), 'success', `${title}: ${query.expr}`);
      const result = field(answer, 'data', 'result');
      if (Array.isArray(result) && result.length > 0) answers += 1;
    }
  }
  t.true(answers > 10, `only ${answers} queries have data`);
});

const grafanaTitle = 'Grafana is healthy and takes the password of its file, and no other';
if (running !== undefined && !grafanaThere) {
  ava.serial.skip(`${grafanaTitle} [needs the image of Grafana]`, () => undefined);
} else {
  withEngine(grafanaTitle, async (t, engine) => {
    await untilHealthy(engine, names.grafana);
    const status = async (password: string) =>
      (
        await fetch(`${urls.grafana}/api/org`, {
          headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
        })
      ).status;
    t.is(await status('made-by-random'), 200);
    t.is(await status('admin'), 401);
  });
}

withEngine('a planted secret is in no inspection, no layer, no log, and on no page', async (t, engine) => {
  // The mailbox was tried, so that the secret has been used.
  await until(async () =>
    (await (await fetch(`${urls.metrics}/metrics`)).text()).includes('balance_alert_mailbox_up{')
      ? true
      : undefined,
  );
  const places: Record<string, string> = {
    metrics: await (await fetch(`${urls.metrics}/metrics`)).text(),
    configuration: await (await fetch(`${urls.metrics}/config`)).text(),
    'status page': await (await fetch(urls.status)).text(),
    'exporter log': await logsOf(engine, names.exporter),
    'prometheus log': await logsOf(engine, names.prometheus),
    'alertmanager configuration': JSON.stringify(await json(`${urls.alertmanager}/api/v2/status`)),
    'alertmanager log': await logsOf(engine, names.alertmanager),
    'alertmanager inspected': JSON.stringify(
      await engine.call('GET', `/containers/${names.alertmanager}/json`),
    ),
    'exporter inspected': JSON.stringify(await ask(engine, 'GET', `/containers/${names.exporter}/json`)),
    'prometheus inspected': JSON.stringify(await ask(engine, 'GET', `/containers/${names.prometheus}/json`)),
    'image layers': (
      await engine.call('GET', `/images/${encodeURIComponent(exporterImage)}/get`)
    ).body.toString('latin1'),
  };
  t.true(places['configuration']?.includes('[secret MAIL_PASSWORD]'));
  for (const [place, said] of Object.entries(places)) {
    t.true(said.length > 0, `${place} is empty`);
    t.false(said.includes(planted), `${place} has the secret`);
  }
});

const restoreTitle =
  'the documented commands back the data up, and restore it into a stack that is made again';
if (running !== undefined && spawnSync('docker', ['--version']).status !== 0) {
  ava.serial.skip(`${restoreTitle} [needs the Docker CLI]`, () => undefined);
} else {
  withEngine(restoreTitle, async (t, engine) => {
    const folder = mkdtempSync(join(files, 'backup-'));
    /** As a person runs them, with this stack's names. */
    const runBlock = async (text: string | undefined): Promise<void> => {
      const commands = (text ?? '').replaceAll('balance-alert-', `${prefix}-`);
      await promisify(execFile)('sh', ['-eu', '-c', commands], {
        cwd: folder,
        env: { ...process.env, DOCKER_HOST: engine.host },
      });
    };
    const scrapes = async () =>
      Number(
        field(await query('count_over_time(up{job="balance-alert"}[1h])'), 'data', 'result', 0, 'value', 1),
      );
    const checks = async () =>
      Number(
        /^balance_alert_account_checks_total\{project="rich".* (\d+)$/m.exec(
          await (await fetch(`${urls.metrics}/metrics`)).text(),
        )?.[1],
      );
    const silences = async () => JSON.stringify(await json(`${urls.alertmanager}/api/v2/silences`));
    const before = await until(async () => ((await scrapes()) >= 3 ? await scrapes() : undefined));
    const checked = await checks();
    t.true(checked >= 1);

    const [backup] = blocksBelow('docs/operations.md', '### Backup', 'sh');
    await runBlock(backup);
    const containers = registeredAs('Container').filter(({ inputs }) => images.has(String(inputs['image'])));
    for (const { inputs } of containers) await engine.removeContainer(String(inputs['name']), 10);
    for (const volume of registeredAs('Volume')) await engine.removeVolume(String(volume.inputs['name']));

    const restore = blocksBelow('docs/operations.md', '### Restore', 'sh').find((text) =>
      text.startsWith('restore()'),
    );
    await runBlock(restore);
    const labels = (await engine.volumes()).find(({ name }) => name === names.prometheus)?.labels;
    t.deepEqual(labels, { 'balance-alert.stack': 'local', 'balance-alert.component': 'prometheus' });
    for (const container of containers)
      await startContainer(engine, container, images.get(String(container.inputs['image'])) ?? '');
    await Promise.all(
      [names.exporter, names.prometheus, names.alertmanager].map((name) => untilHealthy(engine, name)),
    );
    t.true((await until(async () => (await scrapes()) || undefined)) >= before, 'the history is gone');
    // Every start checks each account, so a counter that begins anew is 1.
    t.true(await until(async () => (await checks()) > checked), 'the counters are gone');
    t.true((await silences()).includes('"BalanceLow"'), 'the silences are gone');
  });
}

withEngine('SIGTERM ends the exporter cleanly, well before it would be killed', async (t, engine) => {
  await ask(engine, 'POST', `/containers/${names.exporter}/stop?t=10`);
  const state = field(await ask(engine, 'GET', `/containers/${names.exporter}/json`), 'State');
  t.deepEqual([field(state, 'Status'), field(state, 'ExitCode')], ['exited', 0]);
  t.regex(await logsOf(engine, names.exporter), /msg="shutting down" signal=SIGTERM/);
});
