import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { renderPrometheusConfig } from '../../infra/render/prometheus.ts';
import { remoteWriteConfig, remoteWriteSecrets, secretsFolder } from '../../infra/render/remote-write.ts';
import type { RemoteWrite } from '../../infra/settings/remote-write.ts';
import { startExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { findTools, needing, runTool, toolPath } from '../support/promtool.ts';
import { serve } from '../support/served.ts';
import { unpackSnappy } from '../support/snappy.ts';
import { until } from '../support/until.ts';

/** Samples that Prometheus sends to other storages: accepted by promtool, and seen to arrive. */

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-remote-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** The configuration as in the container, with its secrets in a folder of the test's. */
async function configIn(
  folder: string,
  entries: readonly RemoteWrite[],
): Promise<Readonly<Record<string, unknown>>> {
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { recursive: true });
  for (const { path, content } of remoteWriteSecrets(entries))
    await writeFile(path.replace(secretsFolder, secrets), content);
  return JSON.parse(JSON.stringify(remoteWriteConfig(entries)).replaceAll(secretsFolder, secrets));
}

const mimir: RemoteWrite = {
  url: 'https://mimir.example/api/v1/push',
  protocol: '1.0',
  tenant: 'ops',
  username: 'u',
  password: 'p',
};
const thanos: RemoteWrite = {
  url: 'https://thanos.example/api/v1/receive',
  protocol: '1.0',
  bearerToken: 'bearer-token',
};
const victoria: RemoteWrite = { url: 'http://victoria.example:8428/api/v1/write', protocol: '1.0' };

for (const promtool of findTools('promtool')) {
  needing(ava, 'promtool')(
    `remote write to Mimir, Thanos and VictoriaMetrics is accepted by ${promtool.includes('.cache') ? 'the packaged promtool' : promtool}`,
    async (t) => {
      const folder = await folderFor(t);
      const file = join(folder, 'prometheus.yml');
      const check = async (entries: readonly RemoteWrite[]) => {
        await configIn(folder, entries);
        const config = renderPrometheusConfig(
          { scrapeIntervalSeconds: 60, extraScrapeConfigs: [], remoteWrite: entries },
          { mode: 'none' },
        );
        await writeFile(file, config.replaceAll(secretsFolder, join(folder, 'secrets')));
        return runTool('promtool', ['check', 'config', file], folder, promtool);
      };
      const { code, stdout, stderr } = await check([mimir, thanos, victoria]);
      t.is(code, 0, stdout + stderr);
      // Releases before 2.54 do not know any other version.
      const second = await check([{ ...mimir, protocol: '2.0' }]);
      if (second.code !== 0) t.regex(second.stderr, /field protobuf_message not found/);
    },
  );
}

async function demoExporter(t: ExecutionContext, folder: string): Promise<string> {
  const accounts = join(folder, 'accounts.yaml');
  await writeFile(accounts, 'accounts:\n  - { name: a, provider: demo, threshold: 5 }\n');
  const exporter = await startExporter(accounts);
  t.teardown(exporter.stop);
  return exporter.target;
}

needing(ava, 'prometheus')(
  'a receiver gets our series by version 1.0 of the protocol, with tenant and credentials',
  async (t) => {
    const folder = await folderFor(t);
    const target = await demoExporter(t, folder);
    const requests: { readonly headers: IncomingHttpHeaders; readonly text: string }[] = [];
    const receiver = await serve(async (request, response) => {
      const text = unpackSnappy(await buffer(request)).toString('latin1');
      requests.push({ headers: request.headers, text });
      response.writeHead(204).end();
    });
    t.teardown(receiver.close);
    const prometheus = await startPrometheus({
      scrape: { 'balance-alert': target },
      settings: await configIn(folder, [{ ...mimir, url: `${receiver.url}/api/v1/push` }]),
    });
    t.teardown(prometheus.stop);
    // Strings of the message stand in it as they are.
    const ours = await until(() => requests.find(({ text }) => text.includes('balance_alert_balance')));
    t.is(ours.headers['x-prometheus-remote-write-version'], '0.1.0');
    t.is(ours.headers['content-type'], 'application/x-protobuf');
    // Debian's build of 2.42 leaves `headers` of remote write out; Prometheus' own 2.42 sends them.
    const dropsHeaders = /\+ds\b/.test(ours.headers['user-agent'] ?? '');
    for (const header of ['x-scope-orgid', 'thanos-tenant'])
      t.is(ours.headers[header], dropsHeaders ? undefined : 'ops', header);
    t.is(ours.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
  },
);

needing(
  ava,
  'prometheus',
  'victoria-metrics',
)('VictoriaMetrics keeps what is sent to it, and answers for it', async (t) => {
  const folder = await folderFor(t);
  const target = await demoExporter(t, folder);
  const [port = 0] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(
    toolPath('victoria-metrics'),
    [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(folder, 'data')}`],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await until(async () => (await fetch(`${address}/health`)).ok);
  const prometheus = await startPrometheus({
    scrape: { 'balance-alert': target },
    settings: await configIn(folder, [{ ...victoria, url: `${address}/api/v1/write` }]),
  });
  t.teardown(prometheus.stop);
  const query = new URLSearchParams({ query: 'balance_alert_balance{project="a"}', latency_offset: '1s' });
  const answer = await until(async () => {
    const text = await (await fetch(`${address}/api/v1/query?${query}`)).text();
    return text.includes('"project":"a"') ? text : undefined;
  });
  t.true(answer.includes('"job":"balance-alert"'));
});
