import type {
  DiscoveryServer,
  ScrapeAccess,
  ScrapeTarget,
  ScrapeTls,
} from '../../../infra/render/scrape/target.ts';
import type { Flags, ScriptUsage } from '../terminal/arguments.ts';
import { exitCodes, Failure } from '../terminal/failure.ts';
import { intervalOf, labelOf, refuse, textIn, urlOf } from './flag-values.ts';

/** The flags of `scripts/scrape-config`, and what they ask for. */

export const scenarios = [
  'same-host',
  'other-server',
  'docker',
  'kubernetes',
  'consul',
  'file',
  'http',
] as const;
type Scenario = (typeof scenarios)[number];

const dockerWays = ['network', 'desktop', 'linux', 'discovery'] as const;

export const scrapeConfigUsage = {
  script: 'scripts/scrape-config',
  about:
    'Prints the scrape job of the exporter for a Prometheus that the stack does not run. With --out, also writes the rules\nand what the discovery needs.',
  flags: {
    scenario: {
      kind: 'text',
      usage: '--scenario NAME',
      help: `where Prometheus finds the exporter: ${scenarios.join(', ')}`,
    },
    target: {
      kind: 'texts',
      usage: '--target HOST:PORT',
      help: 'metrics address of the exporter; repeatable (file and consul: what is put into the file)',
    },
    docker: {
      kind: 'text',
      usage: '--docker WAY',
      help: 'docker: network (default), desktop, linux (Prometheus in a container, exporter on the host), discovery',
    },
    network: {
      kind: 'text',
      usage: '--network NAME',
      help: 'docker: network of the exporter (default: balance-alert)',
    },
    namespace: {
      kind: 'text',
      usage: '--namespace NAME',
      help: 'kubernetes: namespace of the exporter (default: balance-alert)',
    },
    service: {
      kind: 'text',
      usage: '--service NAME',
      help: 'kubernetes, consul: name of the service (default: balance-alert)',
    },
    server: {
      kind: 'text',
      usage: '--server URL',
      help: 'kubernetes: API server (default: the one of the cluster Prometheus runs in); consul: agent (default: http://127.0.0.1:8500);\ndocker discovery: engine (default: unix:///var/run/docker.sock)',
    },
    'server-token-file': {
      kind: 'text',
      usage: '--server-token-file PATH',
      help: 'kubernetes, consul: file with the token for that server',
    },
    'server-ca-file': {
      kind: 'text',
      usage: '--server-ca-file PATH',
      help: 'kubernetes, consul: certificate authority of that server',
    },
    source: {
      kind: 'text',
      usage: '--source PATH|URL',
      help: 'file: path of the target file; http: URL that lists the targets',
    },
    interval: {
      kind: 'text',
      usage: '--interval DURATION',
      help: 'scrape interval from 15s to 2m (default: 60s)',
    },
    path: {
      kind: 'text',
      usage: '--path PATH',
      help: 'path of the metrics (default: /metrics)',
    },
    username: {
      kind: 'text',
      usage: '--username NAME',
      help: 'user of the exporter (basic authentication), with --password-file',
    },
    'password-file': {
      kind: 'text',
      usage: '--password-file PATH',
      help: "file with that user's password",
    },
    'token-file': {
      kind: 'text',
      usage: '--token-file PATH',
      help: 'file with a bearer token, for a proxy that asks for one',
    },
    tls: { kind: 'switch', usage: '--tls', help: 'the exporter is served over HTTPS' },
    'ca-file': {
      kind: 'text',
      usage: '--ca-file PATH',
      help: "HTTPS: certificate authority of the exporter's certificate",
    },
    'server-name': {
      kind: 'text',
      usage: '--server-name NAME',
      help: 'HTTPS: name in that certificate, if it is not the host of the target',
    },
    'cert-file': {
      kind: 'text',
      usage: '--cert-file PATH',
      help: 'HTTPS: client certificate, with --key-file',
    },
    'key-file': { kind: 'text', usage: '--key-file PATH', help: 'HTTPS: key of the client certificate' },
    'grafana-url': {
      kind: 'text',
      usage: '--grafana-url URL',
      help: 'rules: Grafana that alerts link to (default: http://127.0.0.1:3000)',
    },
    'status-url': {
      kind: 'text',
      usage: '--status-url URL',
      help: 'rules: status page whose runbooks alerts link to (default: http://127.0.0.1:8080)',
    },
    out: {
      kind: 'text',
      usage: '--out DIR',
      help: 'write the files into this folder instead of printing the job',
    },
  },
  notes: `All paths are paths on Prometheus' machine. Passwords and tokens are never part of the output: only the files that hold them.
Files that the script did not generate are never overwritten. docs/anywhere.md describes each scenario.
Exit codes: 0 success, 1 failure, 2 wrong usage.`,
} as const satisfies ScriptUsage<string>;

type Name = keyof typeof scrapeConfigUsage.flags;

export interface ScrapeRequest {
  readonly target: ScrapeTarget;
  readonly access: ScrapeAccess;
  readonly scrapeIntervalSeconds: number;
  readonly addresses: readonly string[];
  readonly links: { readonly grafana: string; readonly status: string };
  readonly out: string | undefined;
}

/** Flags that only some scenarios take. */
const takenBy: Readonly<Partial<Record<Name, readonly Scenario[]>>> = {
  target: ['same-host', 'other-server', 'docker', 'consul', 'file'],
  docker: ['docker'],
  network: ['docker'],
  namespace: ['kubernetes'],
  service: ['kubernetes', 'consul'],
  server: ['docker', 'kubernetes', 'consul'],
  'server-token-file': ['kubernetes', 'consul'],
  'server-ca-file': ['kubernetes', 'consul'],
  source: ['file', 'http'],
};

/** @throws Failure (2) with everything that is wrong */
export function readScrapeRequest(flags: Flags<Name>): ScrapeRequest {
  const problems: string[] = [];
  const text = textIn(flags);
  const scenario = scenarios.find((one) => one === text('scenario'));
  if (scenario === undefined) {
    throw new Failure(
      `expected --scenario ${scenarios.join('|')}, got ${text('scenario') ?? 'nothing'}`,
      [`${scrapeConfigUsage.script} --help describes them`],
      exitCodes.usage,
    );
  }
  for (const [name, its] of Object.entries(takenBy)) {
    if (flags[name as Name] !== undefined && !its.includes(scenario))
      problems.push(`--${name} is for ${its.join(', ')}, not for ${scenario}`);
  }
  const addresses = addressesOf(text('target'), problems);
  const request: ScrapeRequest = {
    target: targetOf(scenario, text, addresses, problems),
    access: accessOf(text, flags.tls === true, problems),
    scrapeIntervalSeconds: intervalOf(text('interval'), problems),
    addresses,
    links: {
      grafana: urlOf('grafana-url', text('grafana-url') ?? 'http://127.0.0.1:3000', problems),
      status: urlOf('status-url', text('status-url') ?? 'http://127.0.0.1:8080', problems),
    },
    out: text('out'),
  };
  refuse(problems, 'wrong flags', scrapeConfigUsage.script);
  return request;
}

type Text = (name: Name) => string | undefined;

function targetOf(
  scenario: Scenario,
  text: Text,
  addresses: readonly string[],
  problems: string[],
): ScrapeTarget {
  const [first, ...more] = addresses;
  const single = (otherwise: string): string => {
    if (more.length > 0)
      problems.push(`--target: expected one address for ${scenario}, got ${addresses.length}`);
    return first ?? otherwise;
  };
  switch (scenario) {
    case 'same-host': {
      const { hostname, port } = new URL(`http://${single('127.0.0.1:9100')}`);
      if (!['127.0.0.1', 'localhost'].includes(hostname))
        problems.push(`--target: ${hostname} is not this host: use --scenario other-server`);
      return { kind: 'same-host', port: Number(port || '80') };
    }
    case 'other-server':
      if (first === undefined) problems.push('--scenario other-server needs --target HOST:PORT');
      return { kind: 'other-server', addresses };
    case 'docker':
      return dockerTarget(text, single, problems);
    case 'kubernetes': {
      const server = serverOf(text, undefined, problems);
      return {
        kind: 'kubernetes',
        namespace: labelOf('namespace', text('namespace') ?? 'balance-alert', problems),
        service: labelOf('service', text('service') ?? 'balance-alert', problems),
        portName: 'metrics',
        ...(server === undefined ? {} : { server }),
      };
    }
    case 'consul':
      return {
        kind: 'consul',
        service: labelOf('service', text('service') ?? 'balance-alert', problems),
        server: serverOf(text, 'http://127.0.0.1:8500', problems) ?? { url: '' },
      };
    case 'file': {
      const path = text('source') ?? '/etc/prometheus/balance-alert.targets.yaml';
      // Prometheus' own rule, which it says with a regular expression.
      if (!/^[^*]*(\*[^/]*)?\.(json|yml|yaml)$/i.test(path) || path.includes('*/'))
        problems.push(
          `--source: expected a path that ends in .yaml, .yml or .json, with at most one * in its last part, got ${path}`,
        );
      return { kind: 'file', path };
    }
    case 'http':
      if (text('source') === undefined) problems.push('--scenario http needs --source URL');
      return { kind: 'http', url: urlOf('source', text('source') ?? 'http://unset', problems) };
  }
}

function dockerTarget(text: Text, single: (otherwise: string) => string, problems: string[]): ScrapeTarget {
  const way = dockerWays.find((one) => one === (text('docker') ?? 'network'));
  const network = text('network') ?? 'balance-alert';
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(network))
    problems.push(`--network: expected the name of a Docker network, got ${network}`);
  if (way !== 'discovery' && text('server') !== undefined)
    problems.push('--server is for --docker discovery, where Prometheus asks the engine');
  switch (way) {
    case 'network':
      return { kind: 'docker-network', network, address: single('exporter:9100') };
    case 'desktop':
    case 'linux':
      return { kind: 'docker-host', engine: way, address: single('host.docker.internal:9100') };
    case 'discovery': {
      const engineHost = text('server') ?? 'unix:///var/run/docker.sock';
      if (!/^(unix|tcp|http|https):\/\/\S+$/.test(engineHost))
        problems.push(
          `--server: expected the engine's address such as unix:///var/run/docker.sock, got ${engineHost}`,
        );
      const { port } = new URL(`http://${single('exporter:9100')}`);
      return { kind: 'docker-discovery', engineHost, network, port: Number(port || '80') };
    }
    case undefined:
      problems.push(`--docker: expected ${dockerWays.join(', ')}, got ${text('docker')}`);
      return { kind: 'docker-network', network, address: '' };
  }
}

function accessOf(text: Text, tls: boolean, problems: string[]): ScrapeAccess {
  const [username, passwordFile, tokenFile] = [text('username'), text('password-file'), text('token-file')];
  if ((username === undefined) !== (passwordFile === undefined))
    problems.push('--username and --password-file go together');
  if (username !== undefined && tokenFile !== undefined)
    problems.push('expected --username or --token-file, got both');
  const path = text('path');
  if (path !== undefined && !/^\/[^\s?#]*$/.test(path))
    problems.push(`--path: expected a path such as /metrics, got ${path}`);
  const secured = tlsOf(text, problems);
  if (!tls && secured !== undefined)
    problems.push('--ca-file, --server-name, --cert-file and --key-file need --tls');
  return {
    ...(path === undefined ? {} : { path }),
    ...(username !== undefined && passwordFile !== undefined
      ? { credentials: { kind: 'basic', username, passwordFile } }
      : tokenFile !== undefined
        ? { credentials: { kind: 'bearer', tokenFile } }
        : {}),
    ...(tls ? { tls: secured ?? {} } : {}),
  };
}

/** Undefined where no flag speaks of TLS. */
function tlsOf(text: Text, problems: string[]): ScrapeTls | undefined {
  const [caFile, serverName] = [text('ca-file'), text('server-name')];
  const [certFile, keyFile] = [text('cert-file'), text('key-file')];
  if ((certFile === undefined) !== (keyFile === undefined))
    problems.push('--cert-file and --key-file go together');
  if ([caFile, serverName, certFile, keyFile].every((one) => one === undefined)) return undefined;
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(certFile === undefined || keyFile === undefined ? {} : { client: { certFile, keyFile } }),
  };
}

function serverOf(
  text: Text,
  otherwise: string | undefined,
  problems: string[],
): DiscoveryServer | undefined {
  const [given, tokenFile, caFile] = [text('server'), text('server-token-file'), text('server-ca-file')];
  const url = given ?? otherwise;
  if (url === undefined) {
    if (tokenFile !== undefined || caFile !== undefined)
      problems.push('--server-token-file and --server-ca-file need --server');
    return undefined;
  }
  return {
    url: urlOf('server', url, problems),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/** `HOST:PORT` in lower case, as URLs have them; a port is always there. */
function addressesOf(text: string | undefined, problems: string[]): readonly string[] {
  const addresses: string[] = [];
  for (const one of text?.split(',') ?? []) {
    const found = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i.exec(one.trim());
    const port = Number(found?.[2]);
    if (found === null || port < 1 || port > 65_535 || !URL.canParse(`http://${one.trim()}`))
      problems.push(
        `--target: expected HOST:PORT such as exporter.example:9100, without a scheme and a path, got ${one}`,
      );
    else if (addresses.includes(one.trim())) problems.push(`--target: ${one.trim()} is given twice`);
    else addresses.push(one.trim());
  }
  return addresses;
}
