import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import type { Checkout } from './checkout.ts';
import { makeCheckout, missingTools } from './checkout.ts';
import { containersOf, removeAll, runScript, stepsWith, urlForContainers } from './steps.ts';

/** A stack with `tls: true`, by the real scripts, CLI, providers and engine. Each test goes on from the one before. */

const missing = await missingTools();

const step = stepsWith(missing);

let checkout: Checkout;

/** A group bot outside of the stack. */
const received: string[] = [];
const bot = createServer(async (incoming, response) => {
  received.push(await text(incoming));
  response.end('{"errcode":0,"errmsg":"ok"}');
});

const botUrl = async (): Promise<string> =>
  `${await urlForContainers(checkout, bot)}/cgi-bin/webhook/send?key=planted-bot-key-58b2`;

const must = (t: ExecutionContext, ...args: Parameters<Checkout['script']>) =>
  runScript(t, checkout, ...args);

const setConfig = (t: ExecutionContext, key: string, value: string, ...flags: readonly string[]) =>
  must(t, 'pulumi', 'config', 'set', ...flags, '--path', key, value, '--stack', checkout.stack);

const output = async (t: ExecutionContext, name: string): Promise<string> =>
  (
    await must(t, 'pulumi', 'stack', 'output', name, '--show-secrets', '--stack', checkout.stack)
  ).stdout.trim();

const containers = () => containersOf(checkout);

anyTest.before(async () => {
  if (missing.length > 0) return;
  checkout = await makeCheckout();
  await writeFile(
    `${checkout.root}/balance-alert.yaml`,
    'accounts:\n  - { name: first, provider: demo, options: { type: credits, full: 500 }, threshold: 100 }\n',
  );
});

anyTest.after.always('what a failed test left is removed', async (t) => {
  if (missing.length > 0) return;
  t.timeout(120_000);
  await removeAll(checkout);
  bot.closeAllConnections();
  bot.close();
});

step('one knob closes the stack, whose own checks, health checks and panels go on working', async (t) => {
  await must(t, 'pulumi', 'stack', 'init', checkout.stack);
  await setConfig(t, 'balance-alert:tls', 'true');
  const receiver = 'balance-alert:alertmanager.receivers.ops';
  await setConfig(t, `${receiver}.type`, 'wecom_bot');
  await setConfig(t, `${receiver}.url`, await botUrl(), '--secret');
  const { stdout } = await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.log(stdout);
  t.regex(stdout, /Prometheus scrapes the exporter and has loaded \d+ rules/);
  t.regex(stdout, /Grafana answered all \d+ dashboard queries/);
  t.regex(stdout, /status page {3}https:\/\/127\.0\.0\.1:/);
  t.regex(stdout, /certificates expire on \d{4}-\d{2}-\d{2}; scripts\/up renews them/);
  const running = await containers();
  t.is(running.length, 5);
  for (const { name, status } of running) t.regex(status, /\(healthy\)/, name);
});

step(
  'with the authority and the password everything answers, and without the password nothing does',
  async (t) => {
    setDefaultCACertificates([...getCACertificates('default'), `${await output(t, 'caCertificate')}\n`]);
    const authorization = `Basic ${btoa(`admin:${await output(t, 'webPassword')}`)}`;
    const { ports } = checkout;
    for (const [port, ...paths] of [
      [ports.status, '/', '/api/v1/status', '/renewals.ics'],
      [ports.metrics, '/metrics', '/config'],
      [ports.prometheus, '/api/v1/query?query=up', '/metrics', '/-/healthy'],
      [ports.alertmanager, '/api/v2/status', '/metrics', '/-/healthy'],
    ] as const) {
      for (const path of paths) {
        const url = `https://127.0.0.1:${port}${path}`;
        t.is((await fetch(url)).status, 401, url);
        t.is((await fetch(url, { headers: { authorization } })).status, 200, url);
      }
    }
    t.is((await fetch(`https://127.0.0.1:${ports.grafana}/api/org`)).status, 401);
    t.is((await fetch(`https://localhost:${ports.grafana}/api/health`)).status, 200);
    const up = await fetch(`https://127.0.0.1:${ports.prometheus}/api/v1/query?query=up`, {
      headers: { authorization },
    });
    const { data }: { data: { result: { metric: { job: string }; value: [number, string] }[] } } = JSON.parse(
      await up.text(),
    );
    t.deepEqual(data.result.map(({ metric, value }) => `${metric.job} ${value[1]}`).toSorted(), [
      'alertmanager 1',
      'balance-alert 1',
      'balance-alert-relay 1',
      'prometheus 1',
    ]);
  },
);

step('a test alert reaches the bot through the closed Alertmanager and the closed relay', async (t) => {
  const { stdout } = await must(t, 'test-alert', '--resolve', '--stack', checkout.stack);
  t.regex(stdout, /^ {2}delivered in \d/m);
  t.regex(stdout, /^ {2}its alerts arrive: BalanceAlertWatchdog/m);
  t.true(received.some((body) => body.includes('Test alert')));
});

step('right after it, nothing is left to change, and a second run changes nothing', async (t) => {
  const flags = ['--expect-no-changes', '--refresh', '--non-interactive', '--stack', checkout.stack];
  await must(t, 'pulumi', 'preview', ...flags);
  const { stdout } = await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.notRegex(stdout, /\d+ (created|updated|replaced|deleted)/);
});

step(
  'no key and no password stands in clear in the state, in what the engine shows, or in a log',
  async (t) => {
    const password = await output(t, 'webPassword');
    const places = [
      (await must(t, 'pulumi', 'stack', 'export', '--stack', checkout.stack)).stdout,
      (await must(t, 'pulumi', 'stack', 'output', '--json', '--stack', checkout.stack)).stdout,
    ];
    for (const { id } of await containers()) {
      const { body } = await checkout.engine.call('GET', `/containers/${id}/json`);
      places.push(body.toString('utf8'), await checkout.engine.logs(id, 100_000));
    }
    for (const content of places) {
      t.true(content.length > 0);
      for (const word of ['PRIVATE KEY', password, '$2a$10$']) t.false(content.includes(word), word);
    }
  },
);

step('it is opened again and taken away like any other', async (t) => {
  await setConfig(t, 'balance-alert:tls', 'false');
  await must(t, 'up', '--yes', '--stack', checkout.stack);
  t.is((await fetch(`http://127.0.0.1:${checkout.ports.metrics}/metrics`)).status, 200);
  await must(t, 'down', '--yes', '--purge', '--stack', checkout.stack);
  t.deepEqual(await containers(), []);
});
