import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { alertmanagerFlags, renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import { prometheusFlags } from '../../infra/render/prometheus.ts';
import { renderRules } from '../../rules/index.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { blocksBelow } from '../support/documented.ts';
import { startDemoExporter } from '../support/exporter-process.ts';
import { freePorts } from '../support/ports.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { needing, toolPath } from '../support/promtool.ts';
import { serve } from '../support/served.ts';
import { until } from '../support/until.ts';

/** The documented reverse proxies in front of the servers, with the flags that the stack gives them, below one name. */

const heading = '## Behind nginx or Caddy';

interface Upstreams {
  /** By the port that the document has. */
  readonly addresses: Readonly<Record<number, string>>;
  /** What Grafana was asked: path and Host. */
  readonly grafana: readonly (readonly [path: string, host: string])[];
}

/** The flags of the stack that say where a server is seen from outside. */
const external = (flags: readonly string[]) =>
  flags.filter((flag) => flag.startsWith('--web.external-url=') || flag.startsWith('--web.route-prefix='));

async function upstreams(t: ExecutionContext, proxy: string): Promise<Upstreams> {
  const exporter = await startDemoExporter(t);
  const prometheus = await startPrometheus({
    scrape: { 'balance-alert': exporter.target },
    rules: renderRules(),
    flags: external(prometheusFlags(undefined, `${proxy}/prometheus`)),
  });
  t.teardown(prometheus.stop);
  const config = renderAlertmanagerConfig({ receivers: {}, quietHours: undefined, heartbeatUrl: undefined });
  const alertmanager = await startAlertmanager(
    { config, templates: messageTemplates('en') },
    { flags: external(alertmanagerFlags(`${proxy}/alertmanager`, '')) },
  );
  t.teardown(() => alertmanager[Symbol.asyncDispose]());
  const asked: [string, string][] = [];
  const grafana = await serve((request, response) => {
    asked.push([request.url ?? '', request.headers.host ?? '']);
    response.end('grafana');
  });
  t.teardown(grafana.close);
  const host = (url: string) => new URL(url).host;
  return {
    addresses: {
      8080: exporter.status,
      9090: host(prometheus.url),
      9093: host(alertmanager.url),
      3000: host(grafana.url),
    },
    grafana: asked,
  };
}

function withAddresses(text: string, { addresses }: Upstreams): string {
  return Object.entries(addresses).reduce(
    (changed, [port, address]) => changed.replaceAll(`127.0.0.1:${port}`, address),
    text,
  );
}

const authorization = `Basic ${Buffer.from('ops:hunter2-of-ops').toString('base64')}`;

/** What must hold behind every proxy. */
async function serveBelow(t: ExecutionContext, proxy: string, { grafana }: Upstreams): Promise<void> {
  const ask = (path: string, headers: Readonly<Record<string, string>> = { authorization }) =>
    fetch(`${proxy}${path}`, { headers, redirect: 'manual' });
  await until(async () => (await ask('/balances/')).ok);
  for (const path of ['/balances/', '/prometheus/api/v1/status/buildinfo', '/alertmanager/api/v2/status'])
    t.is((await ask(path, {})).status, 401, `${path} without a password`);

  // The page's links are relative, so they stay below the path.
  const page = await (await ask('/balances/')).text();
  for (const [, link = ''] of page.matchAll(/(?:href|src)="([^"#]*)"/g)) t.false(link.startsWith('/'), link);
  t.is((await ask('/balances')).headers.get('location')?.replace(proxy, ''), '/balances/');
  t.is((await ask('/balances/api/v1/status')).status, 200);
  t.is((await ask('/balances/renewals.ics')).status, 200);
  t.is((await ask('/balances/runbooks/BalanceLow')).status, 200);

  t.is((await ask('/prometheus/api/v1/rules')).status, 200);
  // Prometheus leads to its first page, and Alertmanager's has relative links.
  const start = await ask('/prometheus/');
  t.regex(start.headers.get('location') ?? '/prometheus/', /^(http:\/\/127\.0\.0\.1:\d+)?\/prometheus\//);
  t.is((await ask('/alertmanager/')).status, 200);
  t.is((await ask('/alertmanager/api/v2/alerts')).status, 200);

  // Grafana has users of its own, and compares Host with the Origin.
  t.is(await (await ask('/grafana/api/health', {})).text(), 'grafana');
  t.deepEqual(grafana.at(-1)?.[0], '/api/health');
  t.true(['127.0.0.1', new URL(proxy).host].includes(grafana.at(-1)?.[1] ?? ''), grafana.at(-1)?.[1]);
}

/** A program that ends with the test. */
function start(
  t: ExecutionContext,
  command: string,
  args: readonly string[],
  environment = {},
): () => string {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return () => said;
}

needing(
  ava,
  'nginx',
  'prometheus',
  'alertmanager',
)('nginx with the documented configuration serves everything below one name', async (t) => {
  const [block = ''] = blocksBelow('docs/operations.md', heading, 'nginx');
  const [port = 0] = await freePorts(1);
  const proxy = `http://127.0.0.1:${port}`;
  const servers = await upstreams(t, proxy);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-nginx-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ops.htpasswd'), 'ops:{PLAIN}hunter2-of-ops\n');
  // Everything but the certificate, whose host is not this machine.
  const server = withAddresses(block, servers)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/ +ssl_certificate.*\n/g, '')
    .replace('/etc/nginx/ops.htpasswd', join(folder, 'ops.htpasswd'));
  t.false(server.includes('/etc/nginx'), server);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n');
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off;\nmaster_process off;\npid ${join(folder, 'pid')};\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${paths}\n${server}}\n`,
  );
  const said = start(t, toolPath('nginx'), ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']);
  await serveBelow(t, proxy, servers).catch((error: unknown) => {
    throw new Error(`nginx said: ${said()}`, { cause: error });
  });
});

needing(
  ava,
  'caddy',
  'prometheus',
  'alertmanager',
)('Caddy with the documented configuration serves everything below one name', async (t) => {
  const [block = ''] = blocksBelow('docs/operations.md', heading, 'caddy');
  const [port = 0] = await freePorts(1);
  const proxy = `http://127.0.0.1:${port}`;
  const servers = await upstreams(t, proxy);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-caddy-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const hash = await hashOf('hunter2-of-ops');
  const site = withAddresses(block, servers)
    .replace('ops.example {', `http://127.0.0.1:${port} {`)
    .replace('$2a$14$...', hash);
  await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
  const said = start(
    t,
    toolPath('caddy'),
    ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  );
  await serveBelow(t, proxy, servers).catch((error: unknown) => {
    throw new Error(`Caddy said: ${said()}`, { cause: error });
  });
});

/** By Caddy's own command, with less work than the default. */
async function hashOf(password: string): Promise<string> {
  const { hash } = await import('bcryptjs');
  return hash(password, 6);
}
