import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { renderAlertmanagerConfig } from '../../../infra/render/alertmanager.ts';
import { dashboardSources, ruleFiles } from '../../../infra/render/content.ts';
import { configurationHash } from '../../../scripts/lib/doctor/checks/alertmanager.ts';
import { runDoctor } from '../../../scripts/lib/doctor/doctor.ts';
import { tarFiles } from '../../support/tar.ts';
import type { Answer } from '../docker/http.ts';
import type { CliAnswers, TestSession } from '../stack/session-support.ts';
import { testSession } from '../stack/session-support.ts';
import type { Examined, World } from './world.ts';
import { examined, loadedGroups, soundWorld, standingNow } from './world.ts';

/** A stack that Pulumi made, all sound: the servers, the engine with its containers, the state, the settings. */

export const grafanaPassword = 'password-of-grafana';
export const vendorKey = 'key-of-a-vendor';

const accounts =
  'accounts:\n  - { name: first, provider: openrouter, options: { key: { secret: VENDOR_KEY } } }\n';

export interface StackWorld extends World {
  /** What a test changes before the stack is examined. */
  readonly given: {
    accounts: string;
    config: Record<string, string>;
    secretKeys: string[];
    cli: Record<string, CliAnswers[string]>;
    engine: Record<string, Answer>;
    containers: Record<string, ContainerOnEngine>;
    /** Whether the state knows the containers; also their inputs. */
    state: { readonly type: string; readonly name: string; id: string; inputs?: Record<string, unknown> }[];
    outputs: Record<string, unknown>;
    /** Of the exporter's container. */
    files: { config: string; secrets: Record<string, string> };
    passphrase: string | undefined;
    /** Where the state's keys are, in Pulumi's words. */
    secretsProvider: string;
  };
}

/** As the engine inspects it; a test changes it. */
export interface ContainerOnEngine {
  Id: string;
  Image: string;
  RestartCount: number;
  State: { Status: string; OOMKilled: boolean; ExitCode: number; Error: string; Health?: unknown };
  Config: { Env: string[]; Cmd: string[]; Labels: Record<string, string> };
  HostConfig: { Memory: number; PortBindings: Record<string, { HostIp: string; HostPort: string }[]> };
  NetworkSettings: { Networks: Record<string, { Aliases: string[] }> };
  Mounts: unknown[];
}

const parts = ['exporter', 'prometheus', 'alertmanager', 'grafana'] as const;
const internal = { exporter: 9100, prometheus: 9090, alertmanager: 9093, grafana: 3000 };

function container(part: (typeof parts)[number], port: string): ContainerOnEngine {
  return {
    Id: `id-${part}`,
    Image: `sha256:${part}`,
    RestartCount: 0,
    State: {
      Status: 'running',
      OOMKilled: false,
      ExitCode: 0,
      Error: '',
      Health: { Status: 'healthy', Log: [] },
    },
    Config: { Env: ['A=1', 'PATH=/bin'], Cmd: ['run'], Labels: { 'balance-alert.stack': 'test' } },
    HostConfig: {
      Memory: 384 * 1024 * 1024,
      PortBindings: { [`${internal[part]}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: port }] },
    },
    NetworkSettings: { Networks: { 'balance-alert': { Aliases: [part, `id-${part}`] } } },
    Mounts: [],
  };
}

/** All servers, and the settings that lead to them. */
export async function soundStack(t: ExecutionContext): Promise<StackWorld> {
  const world = await soundWorld(t);
  const { exporter, status, prometheus, alertmanager, grafana } = world;
  const portOf = (url: string) => Number(new URL(url).port);
  const ports = {
    status: portOf(status.url),
    metrics: portOf(exporter.url),
    prometheus: portOf(prometheus.url),
    alertmanager: portOf(alertmanager.url),
    grafana: portOf(grafana.url),
  };
  grafana.authorization = `Basic ${Buffer.from(`admin:${grafanaPassword}`).toString('base64')}`;
  const links = { status: status.url, grafana: grafana.url };
  const own = ruleFiles(links).flatMap(({ groups }) => groups);
  // The links of this stack are in its annotations.
  prometheus.pages.set('/api/v1/rules', {
    data: {
      groups: loadedGroups().map((group, index) => ({
        ...group,
        rules: group.rules.map((rule, position) => ({
          ...rule,
          annotations: own[index]?.rules[position]?.annotations ?? {},
        })),
      })),
    },
  });
  for (const { uid, json } of dashboardSources('en', {}, 'balance-alert-prometheus'))
    grafana.pages.set(`/api/dashboards/uid/${uid}`, { dashboard: JSON.parse(json), meta: {} });
  const configuration = renderAlertmanagerConfig({
    receivers: {},
    quietHours: undefined,
    heartbeatUrl: undefined,
  });
  alertmanager.pages.set(
    '/metrics',
    `alertmanager_config_hash ${configurationHash(configuration)}\nalertmanager_notifications_total{integration="slack"} 0\n`,
  );
  const portsByPart = { ...ports, exporter: ports.metrics };
  const containers = Object.fromEntries(
    parts.map((part) => [part, container(part, String(portsByPart[part]))]),
  );
  return {
    ...world,
    given: {
      accounts,
      config: {
        'balance-alert:ports': JSON.stringify(ports),
        'balance-alert:secrets': JSON.stringify({ VENDOR_KEY: vendorKey }),
      },
      secretKeys: ['balance-alert:secrets'],
      cli: { 'stack output --json --show-secrets': { stdout: JSON.stringify({ grafanaPassword }) } },
      engine: {},
      containers,
      state: parts.map((part) => ({
        type: 'docker:index/container:Container',
        name: part,
        id: `id-${part}`,
        inputs: {
          image: `sha256:${part}`,
          envs: ['A=1'],
          command: ['run'],
          memory: 384,
          ports: [
            { internal: internal[part], external: portsByPart[part], ip: '127.0.0.1', protocol: 'tcp' },
          ],
        },
      })),
      outputs: { engine: { host: 'unix:///x', id: 'ENGINE' } },
      files: { config: accounts, secrets: { VENDOR_KEY: vendorKey } },
      passphrase: 'passphrase',
      secretsProvider: 'passphrase',
    },
  };
}

const pinned = {
  exporter: 'registry.example/balance-alert:1',
  prometheus: 'prom/prometheus:v3.16.0',
  alertmanager: 'prom/alertmanager:v0.35.0',
  grafana: 'grafana/grafana:13.2.3',
};

/** The state as `pulumi stack export` writes it. */
function exported({ state, outputs }: StackWorld['given'], pending: readonly unknown[]): string {
  return JSON.stringify({
    deployment: {
      resources: [
        {
          urn: 'urn:pulumi:test::balance-alert::pulumi:pulumi:Stack::test',
          type: 'pulumi:pulumi:Stack',
          outputs,
        },
        ...state.map(({ type, name, id, inputs }) => ({
          urn: `urn:pulumi:test::balance-alert::${type}::${name}`,
          type,
          id,
          inputs,
        })),
      ],
      pending_operations: pending,
    },
  });
}

async function engineAnswers({ given }: StackWorld): Promise<Record<string, Answer>> {
  const { containers, files } = given;
  const answers: Record<string, Answer> = {
    'GET /containers/json?all=true': {
      body: Object.entries(containers).map(([part, { Id, Config, State }]) => ({
        Id,
        Names: [`/balance-alert-${part}`],
        Labels: Config.Labels,
        State: State.Status,
        Status: 'Up',
        Ports: [],
      })),
    },
  };
  for (const [part, inspected] of Object.entries(containers))
    answers[`GET /containers/balance-alert-${part}/json`] = { body: inspected };
  for (const [part, reference] of Object.entries(pinned))
    answers[`GET /images/${reference}/json`] = { body: { Id: `sha256:${part}` } };
  const archive = async (path: string, content: Readonly<Record<string, string>>) => {
    answers[`GET /containers/id-exporter/archive?path=${encodeURIComponent(path)}`] = {
      body: await tarFiles(
        Object.entries(content).map(([name, text]) => ({ path: name, content: text, mode: 0o444 })),
      ),
    };
  };
  await archive('/etc/balance-alert/config.yaml', { 'config.yaml': files.config });
  await archive(
    '/run/secrets',
    Object.fromEntries(Object.entries(files.secrets).map(([name, text]) => [`secrets/${name}`, text])),
  );
  return { ...answers, ...given.engine };
}

export interface StackExamined extends Examined {
  readonly session: TestSession;
}

/** What `scripts/doctor` reports of the stack. */
export async function examineStack(
  t: ExecutionContext,
  world: StackWorld,
  {
    pending = [],
    now = standingNow,
  }: { readonly pending?: readonly unknown[]; readonly now?: () => number } = {},
): Promise<StackExamined> {
  const { given } = world;
  const session = await testSession(t, {
    accounts: given.accounts,
    config: given.config,
    secretKeys: given.secretKeys,
    engine: await engineAnswers(world),
    cli: {
      'stack export': { stdout: exported(given, pending) },
      ...given.cli,
    },
  });
  const { options } = session;
  const folder = join(options.environment['XDG_STATE_HOME'] ?? '', 'balance-alert');
  const stacks = join(folder, '.pulumi/stacks/balance-alert');
  await mkdir(stacks, { recursive: true });
  await writeFile(
    join(stacks, 'local.json'),
    JSON.stringify({ checkpoint: { latest: { secrets_providers: { type: given.secretsProvider } } } }),
  );
  if (given.passphrase !== undefined) await writeFile(join(folder, 'passphrase'), given.passphrase);
  let json = '';
  const code = await runDoctor({
    ...options,
    fetch,
    now,
    writeJson: (text) => {
      json += text;
    },
    target: { kind: 'stack', stack: undefined, probe: false, cli: async () => options.cli },
  });
  return { ...examined(code, json), session };
}
