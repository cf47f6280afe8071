import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { dashboards, dataSourceUid, folderUid } from '../../dashboards/index.ts';
import { stackLabel } from '../../infra/render/names.ts';
import type { Report } from '../../scripts/lib/doctor/report.ts';
import { follow, Interruption, run } from '../../scripts/lib/terminal/process.ts';
import { blocksBelow } from '../support/documented.ts';
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
 * The whole stack by its own scripts, with the real CLI, providers and engine. One stack, step by step: each test
 * goes on from where the one before left it.
 */

const missing = await missingTools();

const step = stepsWith(missing);

const planted = {
  account: 'planted-account-secret-81c4',
  mailbox: 'planted-mailbox-secret-93d7',
  grafana: 'planted-grafana-secret-27f0',
  receiver: 'planted-receiver-secret-58b2',
};

const accounts = (threshold: number) => `accounts:
  - { name: first, provider: demo, options: { type: credits, full: 500 }, threshold: ${threshold} }
  - name: second
    provider: json
    options:
      url: https://127.0.0.1:9/balance
      auth: { type: bearer, token: { secret: ACCOUNT_TOKEN } }
      values: [{ type: balance, unit: USD, expr: balance }]
subscriptions:
  - { name: Domain, cycle: yearly, day: 03-15, amount: 12, currency: EUR }
mailboxes:
  - { name: billing, host: 127.0.0.1, user: billing@example.com, password: { secret: MAIL_PASSWORD } }
`;

let checkout: Checkout;

/** What a receiver outside the stack got, on every interface of this machine. */
const received: string[] = [];
const receiver = createServer(async (incoming, response) => {
  received.push(await text(incoming));
  response.end('{}');
});

const receiverUrl = async (): Promise<string> =>
  `${await urlForContainers(checkout, receiver)}/${planted.receiver}`;

const must = (t: ExecutionContext, ...args: Parameters<Checkout['script']>) =>
  runScript(t, checkout, ...args);

const ourContainers = () => containersOf(checkout);
const containerIds = () => containerIdsOf(checkout);

async function setConfig(
  t: ExecutionContext,
  key: string,
  value: string,
  ...flags: readonly string[]
): Promise<void> {
  await must(t, 'pulumi', 'config', 'set', ...flags, '--path', key, value, '--stack', checkout.stack);
}

async function getJson(url: string, password?: string): Promise<unknown> {
  const headers =
    password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

anyTest.before(async () => {
  if (missing.length > 0) return;
  checkout = await makeCheckout();
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(100));
});

anyTest.after.always('what a failed test left is removed', async (t) => {
  if (missing.length > 0) return;
  t.timeout(120_000);
  await removeAll(checkout);
  receiver.closeAllConnections();
  receiver.close();
});

step('a wrong account file stops it before anything is made', async (t) => {
  await writeFile(join(checkout.root, 'balance-alert.yaml'), 'accounts:\n  - { name: a, provider: dmo }\n');
  const { code, stderr } = await checkout.script('up', '--yes', '--stack', checkout.stack);
  t.is(code, 2);
  t.regex(
    stderr,
    /balance-alert\.yaml:2:16: accounts\[0\]\.provider: no provider "dmo"; did you mean demo\?/,
  );
  t.deepEqual(await ourContainers(), []);
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(100));
});

step('a dry run shows what would be made, and makes nothing', async (t) => {
  await setConfig(t, 'balance-alert:secrets.ACCOUNT_TOKEN', planted.account, '--secret');
  await setConfig(t, 'balance-alert:secrets.MAIL_PASSWORD', planted.mailbox, '--secret');
  await setConfig(t, 'balance-alert:grafana.adminPassword', planted.grafana, '--secret');
  const ops = 'balance-alert:alertmanager.receivers.ops';
  await setConfig(t, `${ops}.type`, 'discord');
  await setConfig(t, `${ops}.url`, await receiverUrl(), '--secret');
  const { stdout } = await must(t, 'up', '--dry-run', '--stack', checkout.stack);
  t.regex(stdout, /Container balance-alert-grafana-container create/);
  t.deepEqual(await ourContainers(), []);
});

step('one command ends with healthy containers, a target that is up, and panels that answer', async (t) => {
  const { stdout } = await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.regex(stdout, /Prometheus scrapes the exporter and has loaded \d+ rules/);
  t.regex(stdout, /Grafana answered all \d+ dashboard queries/);
  t.regex(stdout, /^Ready$/m);
  const containers = await ourContainers();
  t.is(containers.length, 4);
  for (const { name, status } of containers) t.regex(status, /\(healthy\)/, name);
});

step('a test alert reaches the receiver in less than a minute, and so does its end', async (t) => {
  const started = performance.now();
  const { stdout } = await must(t, 'test-alert', '--resolve', '--stack', checkout.stack);
  t.log(stdout);
  t.true(performance.now() - started < 60_000);
  t.regex(
    stdout,
    /^ops \(discord\)\n {2}accepted by Alertmanager\n {2}routed to test\/ops\n {2}delivered in \d/m,
  );
  t.regex(stdout, /^ {2}message about its end delivered in \d/m);
  t.regex(stdout, /^ {2}its alerts arrive: BalanceAlertWatchdog/m);
  const about = (words: string) => received.filter((body) => body.includes(words)).length;
  t.is(about('✅ Resolved: Test alert · ops'), 1);
  t.is(about('🟠 Test alert · ops'), 1);
  const refused = await checkout.script('test-alert', '--channel', 'nobody', '--stack', checkout.stack);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /there is no receiver nobody\n {2}receivers: ops/);
});

step('data source, folder and dashboards are there by their fixed uids', async (t) => {
  const grafana = `http://127.0.0.1:${checkout.ports.grafana}`;
  await t.notThrowsAsync(getJson(`${grafana}/api/datasources/uid/${dataSourceUid}`, planted.grafana));
  await t.notThrowsAsync(getJson(`${grafana}/api/folders/${folderUid}`, planted.grafana));
  for (const { uid } of dashboards('en')) {
    await t.notThrowsAsync(getJson(`${grafana}/api/dashboards/uid/${uid}`, planted.grafana));
  }
  await t.throwsAsync(getJson(`${grafana}/api/org`, 'admin'), { message: /answers 401$/ });
});

step('right after it, nothing is left to change', async (t) => {
  const flags = ['--expect-no-changes', '--refresh', '--non-interactive', '--stack', checkout.stack];
  const { stdout } = await must(t, 'pulumi', 'preview', ...flags);
  t.regex(stdout, /\d+ unchanged/);
});

step('a second run changes nothing', async (t) => {
  const before = await containerIds();
  const { stdout } = await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.regex(stdout, /\d+ unchanged/);
  t.notRegex(stdout, /\d+ (created|updated|replaced|deleted)/);
  t.deepEqual(await containerIds(), before);
});

/** What `scripts/doctor` reports: the exit code, and the ids of broken links in their order. */
async function examined(): Promise<{ readonly code: number; readonly broken: readonly string[] }> {
  const { code, stdout, stderr } = await checkout.script('doctor', '--json', '--stack', checkout.stack);
  try {
    const { checks } = JSON.parse(stdout) as Report;
    return { code, broken: checks.filter(({ status }) => status === 'broken').map(({ id }) => id) };
  } catch {
    throw new Error(`no report (${code}): ${stdout}${stderr}`);
  }
}

step('the doctor finds nothing broken but what has no server, within ten seconds', async (t) => {
  const started = performance.now();
  const { code, broken } = await examined();
  const seconds = (performance.now() - started) / 1000;
  t.deepEqual(broken, ['vendors', 'mailboxes']);
  t.is(code, 1);
  t.true(seconds < 10, `${seconds} s`);
  t.log(`${seconds.toFixed(1)} s`);
});

step('a changed threshold replaces the exporter and nothing else', async (t) => {
  const before = await containerIds();
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(123));
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.deepEqual(replaced(before, await containerIds()), ['exporter']);
  const metrics = await (await fetch(`http://127.0.0.1:${checkout.ports.metrics}/metrics`)).text();
  t.regex(metrics, /^balance_alert_threshold\{.*project="first".*\} 123$/m);
});

step('a changed rule replaces Prometheus and nothing else, and keeps its data', async (t) => {
  const before = await containerIds();
  const file = join(checkout.root, 'rules/pipeline.ts');
  const source = await readFile(file, 'utf8');
  await writeFile(file, source.replace(/alert: '(BalanceAlertWatchdog)'/, "alert: 'RenamedWatchdog'"));
  t.not(await readFile(file, 'utf8'), source);
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.deepEqual(replaced(before, await containerIds()), ['prometheus']);
  const prometheus = `http://127.0.0.1:${checkout.ports.prometheus}`;
  t.true(JSON.stringify(await getJson(`${prometheus}/api/v1/rules`)).includes('RenamedWatchdog'));
  // Scraped only before the threshold changed, so by the Prometheus that is gone.
  const old = await getJson(
    `${prometheus}/api/v1/query?query=${encodeURIComponent('count_over_time(balance_alert_threshold[1h])')}`,
  );
  t.true(JSON.stringify(old).includes('"project":"first"'));
});

step('a changed health check replaces its container and nothing else', async (t) => {
  const before = await containerIds();
  await setConfig(t, 'balance-alert:prometheus.healthcheck[0]', 'CMD-SHELL');
  await setConfig(
    t,
    'balance-alert:prometheus.healthcheck[1]',
    'wget -q -O /dev/null http://127.0.0.1:9090/-/ready',
  );
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.deepEqual(replaced(before, await containerIds()), ['prometheus']);
});

step('containers that were removed by hand come back, Grafana with what is in it', async (t) => {
  const before = await containerIds();
  for (const service of ['grafana', 'exporter'])
    await checkout.engine.removeContainer(before[service] ?? '', 1);
  t.deepEqual((await examined()).broken.slice(0, 2), ['container-exporter', 'container-grafana']);
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.deepEqual(replaced(before, await containerIds()).toSorted(), ['exporter', 'grafana']);
});

/** Sends a request to the engine for bytes, which the scripts never need. */
async function engineBytes(path: string): Promise<Buffer> {
  const socketPath = checkout.engine.host.replace(/^unix:\/\//, '');
  return new Promise((resolve, reject) => {
    request({ socketPath, path, headers: { host: 'docker' } }, (response) => {
      buffer(response).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });
}

step('no secret stands in state, containers, image, logs or pages', async (t) => {
  const places = new Map<string, Buffer | string>();
  places.set('the state', (await must(t, 'pulumi', 'stack', 'export', '--stack', checkout.stack)).stdout);
  places.set(
    'the outputs',
    (await must(t, 'pulumi', 'stack', 'output', '--json', '--stack', checkout.stack)).stdout,
  );
  places.set('the stack file', await readFile(join(checkout.root, `Pulumi.${checkout.stack}.yaml`)));
  for (const { id, name } of await ourContainers()) {
    places.set(`inspect ${name}`, await engineBytes(`/containers/${id}/json`));
    places.set(`logs ${name}`, await checkout.engine.logs(id, 100_000));
  }
  const image = `${checkout.prefix}-exporter:local`;
  places.set('the image', await engineBytes(`/images/${image}/get`));
  places.set('the image’s history', await engineBytes(`/images/${image}/history`));
  const { ports } = checkout;
  const pages = [
    `http://127.0.0.1:${ports.status}/`,
    `http://127.0.0.1:${ports.metrics}/`,
    `http://127.0.0.1:${ports.metrics}/metrics`,
    `http://127.0.0.1:${ports.metrics}/config`,
    `http://127.0.0.1:${ports.prometheus}/api/v1/status/config`,
    `http://127.0.0.1:${ports.prometheus}/api/v1/status/flags`,
    `http://127.0.0.1:${ports.grafana}/login`,
  ];
  for (const page of pages) places.set(page, await (await fetch(page)).text());

  for (const [place, content] of places) {
    t.true(content.length > 0, place);
    for (const secret of Object.values(planted)) t.false(content.includes(secret), `${secret} in ${place}`);
  }
});

step('what a killed run left is named, and repaired on request', async (t) => {
  await writeFile(join(checkout.root, 'balance-alert.yaml'), accounts(99));
  // Killed while it waits for the new container, with everything that it started.
  const killer = new AbortController();
  await follow(join(checkout.root, 'scripts/up'), ['--yes', '--stack', checkout.stack], {
    cwd: checkout.root,
    environment: checkout.environment,
    interruption: new Interruption(() => undefined),
    onLine: (line) => {
      if (!/exporter-container creating replacement/.test(line) || killer.signal.aborted) return;
      killer.abort();
      void killPulumiOf(checkout.root);
    },
  });
  t.true(killer.signal.aborted);
  const refused = await checkout.script('up', '--yes', '--stack', checkout.stack);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /pending operation \(creating\): balance-alert-exporter-container/);
  t.regex(refused.stderr, /a killed run left these behind: run scripts\/up --repair/);
  const { stdout } = await must(t, 'up', '--yes', '--repair', '--stack', checkout.stack);
  t.regex(stdout, /removed the container balance-alert-e2e-\w+-exporter/);
  await must(t, 'pulumi', 'preview', '--expect-no-changes', '--non-interactive', '--stack', checkout.stack);
});

/** SIGKILL for the CLI that works in a folder, a moment after it began to make a container. */
async function killPulumiOf(root: string): Promise<void> {
  await delay(1500);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const [cwd, command] = await Promise.all([
        readlink(`/proc/${pid}/cwd`),
        readFile(`/proc/${pid}/cmdline`, 'utf8'),
      ]);
      if (cwd === root && /\/pulumi\0up\0/.test(command)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Ended in the meantime, or someone else's.
    }
  }
}

step('another password replaces Grafana, provisioned as before', async (t) => {
  const before = await containerIds();
  await setConfig(t, 'balance-alert:grafana.adminPassword', `${planted.grafana}-2`, '--secret');
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.deepEqual(replaced(before, await containerIds()), ['grafana']);
  const grafana = `http://127.0.0.1:${checkout.ports.grafana}`;
  await t.notThrowsAsync(getJson(`${grafana}/api/datasources/uid/${dataSourceUid}`, `${planted.grafana}-2`));
});

step('with keepData the volumes stay when the stack goes, and are taken over again', async (t) => {
  await setConfig(t, 'balance-alert:keepData', 'true');
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  const { stdout } = await must(t, 'down', '--yes', '--stack', checkout.stack);
  t.regex(stdout, /kept: the volume balance-alert-e2e-\w+-exporter/);
  t.regex(stdout, /kept: the volume balance-alert-e2e-\w+-prometheus/);
  t.notRegex(stdout, /kept: the volume balance-alert-e2e-\w+-grafana/);
  t.deepEqual(await ourContainers(), []);
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  const history = await getJson(
    `http://127.0.0.1:${checkout.ports.prometheus}/api/v1/query?query=${encodeURIComponent('count_over_time(balance_alert_threshold{project="first"}[1h])')}`,
  );
  const [, count] = /"value":\[[\d.]+,"(\d+)"\]/.exec(JSON.stringify(history)) ?? [];
  t.true(Number(count) > 2, `samples of before: ${count}`);
});

/** The documented commands with this stack's names, in the checkout. */
async function runDocumented(t: ExecutionContext, text: string | undefined): Promise<void> {
  const commands = (text ?? '')
    .replaceAll(/balance-alert-(?=exporter|prometheus|alertmanager|restore|\$1)/g, `${checkout.prefix}-`)
    .replaceAll('balance-alert.stack=local', `balance-alert.stack=${checkout.stack}`)
    .replaceAll('Pulumi.local.yaml', `Pulumi.${checkout.stack}.yaml`)
    .replaceAll('/path/to/backup', join(checkout.root, 'backup'));
  const { code, stdout, stderr } = await run('sh', ['-eu', '-c', commands], {
    cwd: checkout.root,
    environment: { ...checkout.environment, DOCKER_HOST: checkout.engine.host },
  });
  if (code !== 0) throw new Error(`${commands}\n${stdout}${stderr}`);
  t.pass();
}

step('the documented backup of data, files and state brings everything back', async (t) => {
  await mkdir(join(checkout.root, 'backup'));
  for (const block of blocksBelow('docs/operations.md', '### Backup', 'sh')) await runDocumented(t, block);
  await must(t, 'down', '--yes', '--purge', '--stack', checkout.stack);
  await rm(join(checkout.environment['XDG_STATE_HOME'] ?? '', 'balance-alert'), { recursive: true });
  await rm(join(checkout.root, `Pulumi.${checkout.stack}.yaml`));

  const [files, volumes] = blocksBelow('docs/operations.md', '### Restore', 'sh');
  await runDocumented(t, files);
  await runDocumented(t, volumes);
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  const history = await getJson(
    `http://127.0.0.1:${checkout.ports.prometheus}/api/v1/query?query=${encodeURIComponent('count_over_time(balance_alert_threshold{project="first"}[1h])')}`,
  );
  const [, count] = /"value":\[[\d.]+,"(\d+)"\]/.exec(JSON.stringify(history)) ?? [];
  t.true(Number(count) > 2, `samples of before: ${count}`);
  t.deepEqual((await examined()).broken, ['vendors', 'mailboxes']);
});

step('the passphrase is replaced by the documented commands', async (t) => {
  const [block] = blocksBelow('docs/operations.md', '## Rotating secrets', 'sh');
  const passphrase = join(checkout.environment['XDG_STATE_HOME'] ?? '', 'balance-alert/passphrase');
  const before = await readFile(passphrase, 'utf8');
  await runDocumented(
    t,
    block?.replace('/path/to/checkout', checkout.root).replace('--stack local', `--stack ${checkout.stack}`),
  );
  t.not(await readFile(passphrase, 'utf8'), before);
  t.deepEqual((await examined()).broken, ['vendors', 'mailboxes']);
});

step('taken away with everything, nothing of it is left', async (t) => {
  await must(t, 'down', '--yes', '--purge', '--stack', checkout.stack);
  const { engine, prefix, stack } = checkout;
  const objects = [...(await engine.containers()), ...(await engine.volumes()), ...(await engine.networks())];
  t.deepEqual(
    objects.filter(({ name, labels }) => name.startsWith(prefix) || labels[stackLabel] === stack),
    [],
  );
  t.false(await engine.hasImage(`${prefix}-exporter:local`));
  t.false((await must(t, 'pulumi', 'stack', 'ls', '--json')).stdout.includes(stack));
});
