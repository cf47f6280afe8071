import { execFile, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import ava from 'ava';
import { hashSync } from 'bcryptjs';
import { createHttpClient } from '../../exporter/providers/http.ts';
import { prometheusClient, queryAt } from '../../exporter/relay/digest/prometheus.ts';
import { createHistorySource } from '../../exporter/web/history/source.ts';
import { alertmanagerHealthcheck, renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { extraRulesFolder, renderPrometheusConfig, rulesFolder } from '../../infra/render/prometheus.ts';
import { serviceUser, webUser } from '../../infra/render/tls/client.ts';
import { closedFiles } from '../../infra/render/tls/files.ts';
import { issueCertificates } from '../../infra/render/tls/issue.ts';
import type { Receiver } from '../../infra/settings/receivers.ts';
import { settingsOf } from '../infra/settings/source.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { startBot } from '../support/bots.ts';
import { startExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { findTools, needing, toolPath } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { until } from '../support/until.ts';

/** The files of a stack with `tls: true`, read by the programs that they are for. */

const closedStack = needing(ava, 'prometheus', 'alertmanager', 'amtool');
const run = promisify(execFile);

const passwords = { people: 'password-of-people', services: 'password-of-services' };
const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`;
const people = basic(webUser, passwords.people);

const hosts = ['localhost', '127.0.0.1'];
const names = { exporter: hosts, prometheus: hosts, alertmanager: hosts, relay: hosts, grafana: hosts };
const createdAtMs = Math.min(Date.now(), realNowMs());
/** @param days that have passed since the stack was made */
const accessAfter = (days: number) => ({
  issued: issueCertificates({
    seed: Buffer.alloc(32, 5),
    createdAtMs: createdAtMs - days * 86_400_000,
    nowMs: createdAtMs,
    title: 'test CA',
    names,
  }),
  servicePassword: passwords.services,
  users: { [webUser]: hashSync(passwords.people, 4), [serviceUser]: hashSync(passwords.services, 4) },
});
const access = accessAfter(0);
const components = ['exporter', 'prometheus', 'alertmanager', 'relay'] as const;

/** Writes what each container would hold, each into a folder of its own. @returns the folder of a component */
async function writeContainers(folder: string) {
  const place = (component: string) => join(folder, component);
  for (const component of components) {
    await mkdir(place(component), { recursive: true });
    for (const { path, content } of closedFiles(component)) {
      await writeFile(inPlace(path, place(component)), inPlace(content(access), place(component)));
    }
  }
  return place;
}

const inPlace = (text: string, folder: string) => text.replaceAll('/etc/balance-alert/tls', folder);

async function startClosedPrometheus(folder: string, config: string, rules: string) {
  const [port = 0] = await freePorts(1);
  await mkdir(join(folder, 'rules'));
  await writeFile(join(folder, 'rules/test.yaml'), rules);
  const file = join(folder, 'prometheus.yml');
  await writeFile(
    file,
    inPlace(config, folder)
      .replaceAll('127.0.0.1:9090', `127.0.0.1:${port}`)
      .replaceAll(rulesFolder, join(folder, 'rules'))
      .replaceAll(extraRulesFolder, join(folder, 'none'))
      // A scrape may take as long as its interval: longer than a busy machine needs to compare a password.
      .replaceAll('scrape_interval: 1m', 'scrape_interval: 3s')
      .replaceAll('evaluation_interval: 1m', 'evaluation_interval: 1s'),
  );
  const child = spawn(
    toolPath('prometheus'),
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.config.file=${join(folder, 'web.yml')}`,
      // What fires before Alertmanager is discovered is sent again after this long.
      '--rules.alert.resend-delay=1s',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const ended = once(child, 'close');
  const url = `https://127.0.0.1:${port}`;
  const query = async (expression: string): Promise<readonly (readonly [string, number])[]> => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`, {
      headers: { authorization: people },
    });
    if (!response.ok) throw new Error(`${response.status}\n${log}`);
    const { data }: { data: { result: { metric: { job?: string }; value: [number, string] }[] } } =
      JSON.parse(await response.text());
    return data.result.map(({ metric, value }) => [metric.job ?? '', Number(value[1])]);
  };
  return {
    url,
    query,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const rule = `groups:
  - name: test
    rules:
      - alert: BalanceLow
        expr: vector(1)
        labels: { severity: warning, project: closed, provider: demo, type: credits, unit: USD }
        annotations: { summary: Low., description: Low. }
`;

/** Serial number of the certificate that a port serves now. */
async function servedSerial(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'secureConnect');
  const serial = socket.getPeerCertificate().serialNumber;
  socket.destroy();
  return serial;
}

closedStack(
  'a closed stack works as a whole: Prometheus scrapes everything with TLS and a password, an alert goes through Alertmanager and the relay, nobody gets in without a password, and certificates are rotated without a failed scrape',
  async (t) => {
    t.timeout(180_000);
    const folder = await mkdtemp(join(tmpdir(), 'balance-alert-closed-stack-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    setDefaultCACertificates([...getCACertificates('default'), access.issued.authority]);
    // Children of this process trust the authority only where their files say so.
    const place = await writeContainers(folder);

    const accounts = join(folder, 'accounts.yaml');
    await writeFile(
      accounts,
      'accounts:\n  - { name: closed, provider: demo, options: { type: credits, full: 500 } }\n',
    );
    const exporter = await startExporter(accounts, [`--web.config.file=${place('exporter')}/web.yml`]);
    t.teardown(exporter.stop);
    const bot = await startBot('wecom_bot');
    t.teardown(() => bot[Symbol.asyncDispose]());
    const relay = await startRelayProcess({
      folder: place('relay'),
      language: 'en',
      bots: [bot],
      flags: [`--web.config.file=${place('relay')}/web.yml`],
    });
    t.teardown(() => relay.stop());
    const receiver: Receiver = {
      type: 'wecom_bot',
      url: bot.webhook,
      severities: ['warning'],
      sendResolved: true,
    };
    await using alertmanager = await startAlertmanager(
      {
        config: inPlace(
          renderAlertmanagerConfig({ receivers: { wecom_bot: receiver } }, true)
            .replaceAll('group_wait: 30s', 'group_wait: 10ms')
            .replaceAll('relay:9110', relay.target),
          place('alertmanager'),
        ),
        templates: messageTemplates('en'),
      },
      {
        scheme: 'https',
        authorization: people,
        flags: [`--web.config.file=${place('alertmanager')}/web.yml`],
      },
    );
    const settings = settingsOf(
      { tls: 'true', alertmanager: { receivers: { wecom_bot: { type: 'wecom_bot', url: bot.webhook } } } },
      { secretKeys: new Set(['balance-alert:alertmanager']) },
    );
    const config = renderPrometheusConfig(settings.prometheus, settings.alertmanager, undefined, true)
      .replaceAll('exporter:9100', exporter.target)
      .replaceAll('alertmanager:9093', new URL(alertmanager.url).host)
      .replaceAll('relay:9110', relay.target);
    const prometheus = await startClosedPrometheus(place('prometheus'), config, rule);
    t.teardown(prometheus.stop);

    const all = ['alertmanager', 'balance-alert', 'balance-alert-relay', 'prometheus'];
    const up = async () => (await prometheus.query('up == 1')).map(([job]) => job).toSorted();
    await until(async () => (await up()).length === all.length);
    t.deepEqual(await up(), all);
    t.true((await bot.said(1)).includes('closed'));

    // Each path of each server, without a password and with a wrong one.
    const servers = {
      [`https://${exporter.target}`]: [
        '/',
        '/metrics',
        '/config',
        '/-/reload',
        '//-/healthy',
        '/-/healthy/../metrics',
      ],
      [`https://${exporter.status}`]: [
        '/',
        '/api/v1/status',
        '/renewals.ics',
        '/runbooks/',
        '/mcp',
        '/assets/x',
      ],
      [`https://${relay.target}`]: ['/notify/wecom_bot', '/metrics'],
      [prometheus.url]: [
        '/',
        '/metrics',
        '/-/healthy',
        '/-/ready',
        '/-/reload',
        '/api/v1/query?query=up',
        '/graph',
      ],
      [alertmanager.url]: ['/', '/metrics', '/-/healthy', '/api/v2/alerts', '/api/v2/silences'],
    };
    for (const [url, paths] of Object.entries(servers)) {
      for (const path of paths) {
        for (const authorization of [
          undefined,
          basic(webUser, 'wrong'),
          basic('nobody', passwords.people),
          `Bearer ${passwords.people}`,
        ]) {
          const { status } = await fetch(`${url}${path}`, {
            redirect: 'manual',
            headers: authorization === undefined ? {} : { authorization },
          });
          t.is(status, 401, `${url}${path}`);
        }
      }
      await t.throwsAsync(
        fetch(url.replace('https:', 'http:'), { headers: { authorization: people } }).then(({ status }) => {
          if (status === 400) throw new Error('Client sent an HTTP request to an HTTPS server');
        }),
      );
    }

    // How the containers are asked whether they are healthy, by the tool of the older release.
    const amtool = alertmanagerHealthcheck(true)
      .at(-1)
      ?.replace('amtool', toolPath('amtool'))
      .replace('127.0.0.1:9093', new URL(alertmanager.url).host);
    const health = async (command: string) =>
      run('sh', ['-c', command]).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    t.is(await health(inPlace(amtool?.split(' || ')[0] ?? '', place('alertmanager'))), 0);
    const wrongClient = join(folder, 'wrong.yml');
    await writeFile(
      wrongClient,
      (await readFile(join(place('alertmanager'), 'client.yml'), 'utf8')).replace(
        /password_file: .*/,
        'password: wrong',
      ),
    );
    t.not(
      await health(
        inPlace(amtool?.split(' || ')[0] ?? '', place('alertmanager')).replace(
          join(place('alertmanager'), 'client.yml'),
          wrongClient,
        ),
      ),
      0,
    );
    for (const promtool of findTools('promtool')) {
      const known = await health(`${promtool} check healthy --help`);
      if (known === 0)
        t.is(
          await health(
            `${promtool} check healthy --url=${prometheus.url} --http.config.file=${join(place('prometheus'), 'client.yml')}`,
          ),
          0,
          promtool,
        );
    }

    // The page's history and the relay's digest, each by the file of its container.
    const configFile = join(place('exporter'), 'client.yml');
    const warnings: unknown[] = [];
    const histories = createHistorySource({
      prometheus: { url: prometheus.url, configFile },
      accounts: () => ['closed'],
      now: realNowMs,
      logger: { warn: (_message, fields) => void warnings.push(fields) },
    });
    t.not(await until(histories), undefined);
    t.deepEqual(warnings, []);
    const client = prometheusClient({
      url: prometheus.url,
      http_config_file: join(place('relay'), 'client.yml'),
    });
    const http = createHttpClient({
      timeout: 5000,
      signal: AbortSignal.timeout(5000),
      caFile: client.caFile,
    });
    const ask = queryAt(realNowMs(), { url: prometheus.url, authorization: client.authorization }, http);
    t.is((await ask('up{job="balance-alert"}'))[0]?.value, 1);

    // Certificates of the next period, half-way first: the certificate, then its key.
    const next = accessAfter(306);
    const rotated = ['exporter', 'relay'] as const;
    const ports = {
      exporter: Number(exporter.target.split(':')[1]),
      relay: Number(relay.target.split(':')[1]),
    };
    // Each server has a certificate of its own.
    const before = {
      exporter: await servedSerial(ports.exporter),
      relay: await servedSerial(ports.relay),
    };
    t.not(before.exporter, before.relay);
    let requests = 0;
    let isOver = false;
    /** Between two requests: none while certificates change, so that they do in the midst of requests. */
    let pauseMs = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const response = await fetch(`https://${exporter.target}/metrics`, {
          headers: { authorization: people, connection: 'close' },
        });
        await response.text();
        if (response.status === 200) requests += 1;
        else throw new Error(`${response.status}`);
        if (pauseMs > 0) await pause(pauseMs);
      }
    });
    const countBefore = (await prometheus.query('sum_over_time(up{job="balance-alert"}[5m])'))[0]?.[1] ?? 0;
    for (const component of rotated) {
      const { certificate } = next.issued.servers[component];
      await writeFile(join(place(component), 'server.crt'), certificate);
    }
    const asked = requests;
    await until(() => requests > asked + 50);
    for (const component of rotated) {
      await writeFile(join(place(component), 'server.key'), next.issued.servers[component].key);
    }
    for (const component of rotated) {
      await until(async () => (await servedSerial(ports[component])) !== before[component]);
    }
    const served = requests;
    await until(() => requests > served + 50);
    pauseMs = 100;
    await until(async () => {
      const [[, count] = ['', 0]] = await prometheus.query('sum_over_time(up{job="balance-alert"}[5m])');
      return count > countBefore + 3;
    });
    isOver = true;
    await Promise.all(load);
    t.deepEqual(
      (await prometheus.query('min_over_time(up{job=~"balance-alert.*"}[5m])')).map(([, least]) => least),
      [1, 1],
    );
    for (const component of rotated) {
      t.is(
        await servedSerial(ports[component]),
        new X509Certificate(next.issued.servers[component].certificate).serialNumber,
        component,
      );
    }
    const end = Math.floor(next.issued.notAfterMs / 1000);
    await until(async () => {
      const [found] = await prometheus.query(
        'balance_alert_web_certificate_expiry_timestamp_seconds{job="balance-alert"}',
      );
      return found?.[1] === end;
    });
    t.log(`${requests} requests during the rotation, none failed`);
  },
);
