import { resolve } from 'node:path';
import type { AccountSettings, AccountsRead } from './accounts.ts';
import { readAccounts } from './accounts.ts';
import type { PublishedPorts } from './checks.ts';
import {
  checkAlerts,
  checkDigest,
  checkExposure,
  checkPorts,
  checkSecrecy,
  publishedPorts,
} from './checks.ts';
import type { EngineSettings } from './engine.ts';
import { parseEngine } from './engine.ts';
import { httpUrl, isLoopback, reachableAddress, remoteHostOf } from './hosts.ts';
import type { HttpAuth } from './http-auth.ts';
import { checkModes, checkReach } from './modes.ts';
import type { HttpCredentials } from './receivers.ts';
import type { RuleFile } from './rule-files.ts';
import { readRules } from './rule-files.ts';
import type { StackDocument } from './schema.ts';
import { groupKeys, namespace, stackSchema } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';
import { check, decode } from './source.ts';
import type { Tunnels } from './tunnels.ts';
import { tunnelsOf } from './tunnels.ts';
import type { Limits } from './values.ts';

type Service = keyof StackDocument['ports'];

/**
 * The whole configuration of a stack, checked, with every default filled in. What is not listed here is as the schema
 * makes it, so that a new key needs no line in this file.
 */
export interface Settings
  extends Omit<
    StackDocument,
    | 'accountsFile'
    | 'secrets'
    | 'allowOpen'
    | 'tls'
    | 'tunnel'
    | 'exporterBaseImage'
    | 'ports'
    | 'publicUrls'
    | 'images'
    | 'resources'
    | 'prometheus'
    | 'alertmanager'
    | 'grafana'
  > {
  /** Name of the Pulumi stack; a label on everything that is made. */
  readonly stack: string;
  readonly engine: EngineSettings;
  /** The engine's own id, where whoever starts the program has asked for it. */
  readonly engineId: string | undefined;
  /**
   * Whether a health check may come sooner while a container starts: from API version 1.44 on, and the client refuses it
   * before. Undefined where nobody has asked the engine: then containers stay as they are.
   */
  readonly hasStartInterval: boolean | undefined;
  /** Where published ports can be reached through ssh only. */
  readonly tunnels?: Tunnels;
  /** Those that are published. */
  readonly ports: PublishedPorts;
  /** Without a slash at the end. What people and links use. */
  readonly publicUrls: Readonly<Record<keyof StackDocument['publicUrls'], string>>;
  /**
   * How the machine that runs Pulumi reaches what is published, past any proxy: with tunnels, their ends on this machine. Without a
   * slash at the end.
   */
  readonly addresses: Readonly<Record<Service, string>>;
  /** Undefined: plain HTTP, and no password but Grafana's. */
  readonly tls: TlsSettings | undefined;
  readonly accounts: AccountSettings;
  readonly resources: Readonly<Record<keyof StackDocument['resources'], Limits>>;
  readonly images: Omit<StackDocument['images'], 'exporter' | 'platform'> & {
    readonly exporter: ExporterImage;
  };
  readonly prometheus: PrometheusSettings;
  readonly alertmanager: AlertmanagerSettings;
  readonly grafana: GrafanaSettings;
}

/** What certificates are made for. */
export interface TlsSettings {
  /** Names and addresses by which what the stack runs is called from outside. */
  readonly hosts: readonly string[];
  /** When the settings were read, in milliseconds since the epoch: certificates that end soon are renewed. */
  readonly nowMs: number;
}

export type PrometheusSettings = Omit<
  StackDocument['prometheus'],
  'extraRules' | 'url' | 'containerUrl' | 'auth'
> & {
  readonly port: number;
  /** With mode external. */
  readonly external?: ExternalPrometheus;
  readonly extraRules: readonly RuleFile[];
  /** Whether something in here is secret, so that what is rendered from it is secret too. */
  readonly secret: boolean;
};

/** A Prometheus that the stack asks and does not run. URLs are without a slash at the end. */
export interface ExternalPrometheus {
  /** How the machine that runs Pulumi reaches it. */
  readonly url: string;
  /** How the stack's containers reach it. */
  readonly containerUrl: string;
  readonly auth: HttpAuth | undefined;
}

export type GrafanaSettings =
  | ({
      readonly mode: 'managed';
      readonly port: number;
      /** How the machine that runs Pulumi reaches Grafana. */
      readonly apiUrl: string;
    } & Pick<StackDocument['grafana'], 'adminPassword' | 'anonymous'>)
  | ({
      readonly mode: 'external';
      readonly apiUrl: string;
      /** Of a service account; secret. */
      readonly token: string;
    } & Pick<StackDocument['grafana'], 'dataSourceUid' | 'dataSourceUrl'>)
  | { readonly mode: 'none' };

/** An external one is only addressed: its receivers are its own. */
export type AlertmanagerSettings =
  | ({ readonly mode: 'managed'; readonly port: number } & Pick<
      StackDocument['alertmanager'],
      'receivers' | 'quietHours' | 'heartbeatUrl'
    >)
  | ({ readonly mode: 'external'; readonly url: string } & HttpCredentials)
  | { readonly mode: 'none' };

export type ExporterImage =
  | { readonly kind: 'given'; readonly reference: string }
  | { readonly kind: 'built'; readonly base: string; readonly platform: string };

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Where `npm run build` puts the exporter, relative to the checkout; the image copies it. */
const bundlePath = 'dist/balance-alert.mjs';

/** Set by the scripts, which ask the engine; the program itself talks to no engine. */
export const engineIdVariable = 'BALANCE_ALERT_ENGINE_ID';

/** The highest version of its API, such as 1.51; set like the id. */
export const engineApiVariable = 'BALANCE_ALERT_ENGINE_API';

/** Set by the scripts as well: the platform of the engine, such as `linux/arm64`, for which the image is built. */
export const enginePlatformVariable = 'BALANCE_ALERT_ENGINE_PLATFORM';

/** Set by the scripts while the tunnels of `Settings` are open. */
export const tunnelsVariable = 'BALANCE_ALERT_TUNNELS';

/** Checks everything and reports all problems at once. */
export function parseSettings(source: ConfigSource): SettingsResult {
  const { engine, problems: engineProblems } = parseEngine(source);
  const { document, problems: undecodable } = decode(source, namespace, groupKeys);
  const problems: Problem[] = [...engineProblems, ...undecodable];

  const { stack, wrong, issues } = parseStack(document, source);
  problems.push(
    ...issues,
    ...checkSecrecy(source, stack),
    ...checkPorts(stack),
    ...checkDigest(stack),
    ...checkModes(stack),
    ...checkReach(stack, engine),
    ...checkExposure(stack, engine, (source.environment[tunnelsVariable] ?? '') !== ''),
    ...checkAlerts(stack),
  );
  // Without a valid path and valid secrets, whatever is said about the account file would be wrong.
  const read =
    wrong.has('accountsFile') || wrong.has('secrets') || undecodable.length > 0
      ? undefined
      : readAccounts(source, stack, problems);
  const extraRules = readRules(source, stack.prometheus.extraRules, problems);
  if (
    stack.images.exporter === undefined &&
    !wrong.has('images') &&
    !source.fileExists(resolve(source.root, bundlePath))
  ) {
    problems.push({
      key: `${namespace}:images.exporter`,
      message: `unset, and ${bundlePath}, from which the image is built, does not exist: run \`npm run build\`, or set an image`,
    });
  }
  if (problems.length > 0 || read === undefined) return { ok: false, problems };
  return { ok: true, settings: settingsOf(source, stack, { engine, ...read, extraRules }) };
}

function settingsOf(
  source: ConfigSource,
  stack: StackDocument,
  parts: Pick<Settings, 'engine'> & AccountsRead & Pick<PrometheusSettings, 'extraRules'>,
): Settings {
  const {
    accountsFile: _file,
    secrets: _secrets,
    allowOpen: _allowOpen,
    tunnel: _tunnel,
    exporterBaseImage,
    ...rest
  } = stack;
  const { exporter, platform, ...images } = stack.images;
  const { url, containerUrl, auth, ...prometheus } = stack.prometheus;
  // What listens on a loopback interface has no other name: there, or here with a tunnel to the same port.
  const host =
    (isLoopback(stack.bindAddress) ? undefined : remoteHostOf(parts.engine.host)) ??
    reachableAddress(stack.bindAddress);
  const scheme = stack.tls ? 'https' : 'http';
  const publishedOf = (service: Service) => httpUrl(host, stack.ports[service], scheme);
  const tunnels = tunnelsOf(stack, parts.engine, publishedPorts(stack));
  const addressOf = (service: Service) => {
    const forward = tunnels?.forwards[service];
    return forward === undefined ? publishedOf(service) : httpUrl('127.0.0.1', forward.localPort, scheme);
  };
  return {
    ...rest,
    stack: source.stack,
    engine: parts.engine,
    engineId: source.environment[engineIdVariable] || undefined,
    hasStartInterval: reachesApi(source.environment[engineApiVariable], 44),
    ...(tunnels === undefined ? {} : { tunnels }),
    ports: publishedPorts(stack),
    publicUrls: {
      status: stack.publicUrls.status ?? publishedOf('status'),
      prometheus: stack.publicUrls.prometheus ?? url ?? publishedOf('prometheus'),
      alertmanager: stack.publicUrls.alertmanager ?? stack.alertmanager.url ?? publishedOf('alertmanager'),
      grafana: stack.publicUrls.grafana ?? externalUrl(stack.grafana) ?? publishedOf('grafana'),
    },
    addresses: {
      status: addressOf('status'),
      metrics: addressOf('metrics'),
      prometheus: url ?? addressOf('prometheus'),
      alertmanager: addressOf('alertmanager'),
      grafana: stack.grafana.url ?? addressOf('grafana'),
    },
    tls: stack.tls ? { hosts: hostsOf(stack, host), nowMs: source.now } : undefined,
    accounts: parts.accounts,
    resources: resourcesOf(stack, parts.count),
    images: {
      ...images,
      exporter:
        exporter === undefined
          ? { kind: 'built', base: exporterBaseImage, platform: platform ?? platformOf(source) }
          : { kind: 'given', reference: exporter },
    },
    prometheus: {
      ...prometheus,
      port: stack.ports.prometheus,
      ...(prometheus.mode === 'external' && url !== undefined
        ? { external: { url, containerUrl: containerUrl ?? url, auth } }
        : {}),
      extraRules: parts.extraRules,
      secret: source.secretKeys.has(`${namespace}:prometheus`),
    },
    alertmanager: alertmanagerOf(stack),
    grafana: grafanaOf(stack, addressOf('grafana')),
  };
}

/** The address that is bound, the one that is called, and the hosts of all URLs that lead to the stack. */
function hostsOf({ bindAddress, publicUrls, grafana }: StackDocument, host: string): readonly string[] {
  const urls = [...Object.values(publicUrls), grafana.mode === 'managed' ? grafana.url : undefined];
  const named = urls.flatMap((url) =>
    url === undefined ? [] : [new URL(url).hostname.replace(/^\[|\]$/g, '')],
  );
  return [...new Set([host, reachableAddress(bindAddress), ...named])];
}

/**
 * Memory of Prometheus for so many accounts, in MiB: the first 4,000 fit into a GiB. Measured at 10,000 with a month of
 * history: 1.7 GB with 3.16 and 2.2 GB with 2.42.
 */
function prometheusMemory(accounts: number): number {
  return Math.max(1024, Math.ceil(accounts / 1000) * 256);
}

function resourcesOf({ resources }: StackDocument, accounts: number): Settings['resources'] {
  const { memoryMebibytes = prometheusMemory(accounts), cpus } = resources.prometheus;
  return { ...resources, prometheus: { memoryMebibytes, cpus } };
}

function externalUrl({ mode, url }: StackDocument['grafana']): string | undefined {
  return mode === 'external' ? url : undefined;
}

function grafanaOf({ grafana, ports }: StackDocument, address: string): GrafanaSettings {
  const {
    mode,
    url: apiUrl = address,
    auth,
    dataSourceUid,
    dataSourceUrl,
    adminPassword,
    anonymous,
  } = grafana;
  if (mode === 'none') return { mode };
  return mode === 'managed'
    ? { mode, port: ports.grafana, apiUrl, adminPassword, anonymous }
    : { mode, apiUrl, token: auth ?? '', dataSourceUid, dataSourceUrl };
}

function alertmanagerOf({ alertmanager, ports }: StackDocument): AlertmanagerSettings {
  const { mode, url, username, password, bearerToken, ...managed } = alertmanager;
  if (mode === 'external') {
    return {
      mode,
      url: url ?? '',
      ...(username === undefined ? {} : { username, password }),
      ...(bearerToken === undefined ? {} : { bearerToken }),
    };
  }
  return mode === 'none' ? { mode } : { mode, port: ports.alertmanager, ...managed };
}

/**
 * Reads the document, with the default in place of each key that is wrong, so that what depends on the others can be
 * checked as well.
 */
function parseStack(
  document: Readonly<Record<string, unknown>>,
  source: ConfigSource,
): {
  readonly stack: StackDocument;
  readonly wrong: ReadonlySet<string>;
  readonly issues: readonly Problem[];
} {
  const { value, problems } = check(stackSchema, document, namespace, source);
  if (value !== undefined) return { stack: value, wrong: new Set(), issues: [] };
  const wrong = new Set(problems.map(({ topKey }) => topKey));
  return {
    stack: stackSchema.parse(Object.fromEntries(Object.entries(document).filter(([key]) => !wrong.has(key)))),
    wrong,
    issues: problems.map(({ key, message }) => ({ key, message })),
  };
}

/**
 * The engine's, else this machine's: Node's names of architectures as Docker writes them; what Node doesn't rename, Docker
 * doesn't either.
 */
function platformOf({ environment, architecture }: ConfigSource): string {
  const ofEngine = environment[enginePlatformVariable] ?? '';
  if (ofEngine !== '') return ofEngine;
  const docker: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm/v7' };
  return `linux/${docker[architecture] ?? architecture}`;
}

/** Whether a version of Docker's API is 1.`minor` or later; undefined where it is unknown. */
export function reachesApi(version: string | undefined, minor: number): boolean | undefined {
  const [, first, second] = /^(\d+)\.(\d+)$/.exec(version ?? '') ?? [];
  return first === undefined ? undefined : Number(first) > 1 || Number(second) >= minor;
}
