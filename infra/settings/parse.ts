import { basename, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { loadAccountFile } from '../../exporter/account-file/load.ts';
import { parseDuration } from '../../exporter/config/duration.ts';
import { formatProblem } from '../../exporter/config/located-yaml.ts';
import { nearestWord } from '../../exporter/config/parse.ts';
import { isNotFound, messageOf } from '../../exporter/errors.ts';
import type { AlertOptions, RuleFile } from '../render/content.ts';
import { httpUrl, reachableAddress, remoteHostOf } from '../render/hosts.ts';
import { checkAlerts, checkExposure, checkPorts, checkSecrecy } from './checks.ts';
import type { EngineSettings } from './engine.ts';
import { parseEngine } from './engine.ts';
import type { StackDocument } from './schema.ts';
import { objectKeys, stackSchema } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';
import { decode, problemsOf } from './source.ts';

/** The whole configuration of a stack, checked, with every default filled in. */
export interface Settings {
  /** Name of the Pulumi stack; a label on everything that is made. */
  readonly stack: string;
  readonly engine: EngineSettings;
  /** The engine's own id, where whoever starts the program has asked for it. */
  readonly engineId: string | undefined;
  readonly namePrefix: string;
  readonly language: 'en' | 'zh';
  readonly bindAddress: string;
  readonly ports: StackDocument['ports'];
  /** Without a slash at the end. What people and links use. */
  readonly publicUrls: { readonly status: string; readonly prometheus: string; readonly grafana: string };
  /** How the machine that runs Pulumi reaches what is published, past any proxy. Without a slash at the end. */
  readonly addresses: { readonly status: string; readonly metrics: string; readonly prometheus: string };
  readonly accounts: {
    readonly text: string;
    /** Those that the account file refers to, by name. */
    readonly secrets: Readonly<Record<string, string>>;
  };
  readonly images: {
    readonly exporter: ExporterImage;
    readonly prometheus: string;
    readonly grafana: string;
  };
  readonly prometheus: {
    readonly retention: string;
    readonly retentionSize: string | undefined;
    /** Seconds. */
    readonly scrapeInterval: number;
    readonly extraScrapeConfigs: readonly Readonly<Record<string, unknown>>[];
    readonly extraRules: readonly RuleFile[];
    readonly healthcheck: readonly string[] | undefined;
    /** Whether something in here is secret, so that what is rendered from it is secret too. */
    readonly secret: boolean;
  };
  readonly grafana: {
    /** Made at random when undefined. */
    readonly adminPassword: string | undefined;
    readonly anonymous: boolean;
    /** How the machine that runs Pulumi reaches Grafana. */
    readonly apiUrl: string;
  };
  readonly alerts: AlertOptions;
  readonly keepData: boolean;
  readonly resources: Readonly<Record<'exporter' | 'prometheus' | 'grafana', Limits>>;
}

export type ExporterImage =
  | { readonly kind: 'given'; readonly reference: string }
  | { readonly kind: 'built'; readonly base: string; readonly platform: string };

export interface Limits {
  /** MiB, of memory and of memory and swap together. */
  readonly memory: number;
  readonly cpus: number | undefined;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const namespace = 'balance-alert';

/** Where `npm run build` puts the exporter, relative to the checkout; the image copies it. */
export const bundlePath = 'dist/balance-alert.mjs';

/** Checks everything and reports all problems at once. */
export function parseSettings(source: ConfigSource): SettingsResult {
  const { engine, problems: engineProblems } = parseEngine(source);
  const { document, problems: undecodable } = decode(source, namespace, objectKeys);
  const problems: Problem[] = [...engineProblems, ...undecodable];

  const { stack, wrong, issues } = parseStack(document, source);
  problems.push(
    ...issues,
    ...checkSecrecy(source, stack),
    ...checkPorts(stack),
    ...checkExposure(stack, engine),
    ...checkAlerts(stack),
  );
  // Where it is, and its secrets, can't be known where these were not understood.
  const accounts =
    wrong.has('accountsFile') || wrong.has('secrets') || undecodable.length > 0
      ? undefined
      : readAccounts(source, stack, problems);
  const extraRules = readRules(source, stack, problems);
  if (
    stack.images.exporter === undefined &&
    !wrong.has('images') &&
    !source.fileExists(resolve(source.root, bundlePath))
  ) {
    problems.push({
      key: `${namespace}:images.exporter`,
      message: `unset, and there is no ${bundlePath} to build the image from: run \`npm run build\`, or set an image`,
    });
  }
  if (problems.length > 0 || accounts === undefined) return { ok: false, problems };

  const published = remoteHostOf(engine.host) ?? reachableAddress(stack.bindAddress);
  return {
    ok: true,
    settings: {
      stack: source.stack,
      engine,
      engineId: source.environment[engineIdVariable] || undefined,
      namePrefix: stack.namePrefix,
      language: stack.language,
      bindAddress: stack.bindAddress,
      ports: stack.ports,
      publicUrls: {
        status: stack.publicUrls.status ?? httpUrl(published, stack.ports.status),
        prometheus: stack.publicUrls.prometheus ?? httpUrl(published, stack.ports.prometheus),
        grafana: stack.publicUrls.grafana ?? httpUrl(published, stack.ports.grafana),
      },
      addresses: {
        status: httpUrl(published, stack.ports.status),
        metrics: httpUrl(published, stack.ports.metrics),
        prometheus: httpUrl(published, stack.ports.prometheus),
      },
      accounts,
      images: {
        exporter:
          stack.images.exporter === undefined
            ? {
                kind: 'built',
                base: stack.exporterBaseImage,
                platform: stack.images.platform ?? platformOf(source.architecture),
              }
            : { kind: 'given', reference: stack.images.exporter },
        prometheus: stack.images.prometheus,
        grafana: stack.images.grafana,
      },
      prometheus: {
        retention: stack.prometheus.retention,
        retentionSize: stack.prometheus.retentionSize,
        scrapeInterval: parseDuration(stack.prometheus.scrapeInterval) ?? 0,
        extraScrapeConfigs: stack.prometheus.extraScrapeConfigs,
        extraRules,
        healthcheck: stack.prometheus.healthcheck,
        secret: source.secretKeys.has(`${namespace}:prometheus`),
      },
      grafana: {
        adminPassword: stack.grafana.adminPassword,
        anonymous: stack.grafana.anonymous,
        apiUrl: stack.grafana.url ?? httpUrl(published, stack.ports.grafana),
      },
      alerts: alertOptions(stack),
      keepData: stack.keepData,
      resources: {
        exporter: limitsOf(stack.resources.exporter),
        prometheus: limitsOf(stack.resources.prometheus),
        grafana: limitsOf(stack.resources.grafana),
      },
    },
  };
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
  const parsed = stackSchema.safeParse(document);
  if (parsed.success) return { stack: parsed.data, wrong: new Set(), issues: [] };
  const wrong = new Set(
    parsed.error.issues.flatMap((issue) =>
      issue.path.length === 0 && issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])],
    ),
  );
  return {
    stack: stackSchema.parse(Object.fromEntries(Object.entries(document).filter(([key]) => !wrong.has(key)))),
    wrong,
    issues: problemsOf(parsed.error, namespace, source, (key, path) => nearestWord(key, keysAt(path))),
  };
}

export function alertOptions({ alerts }: StackDocument): AlertOptions {
  return { alerts: alerts.changes, runwayDays: alerts.runwayDays };
}

/** Set by the scripts, which ask the engine; the program itself talks to no engine. */
export const engineIdVariable = 'BALANCE_ALERT_ENGINE_ID';

/** All problems as one text for people. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(({ key, message }) => `  ${key}: ${message.replaceAll('\n', '\n    ')}`).join('\n');
}

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = stackSchema;
  for (const part of path) {
    if (typeof part !== 'string') return [];
    schema = shapeOf(schema)?.[part];
  }
  return Object.keys(shapeOf(schema) ?? {});
}

/** The fields of an object's schema, whatever default is wrapped around it. */
function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('shape' in schema && typeof schema.shape === 'object' && schema.shape !== null)
    return { ...schema.shape };
  if ('unwrap' in schema && typeof schema.unwrap === 'function') return shapeOf(schema.unwrap());
  return undefined;
}

function readAccounts(
  source: ConfigSource,
  stack: StackDocument,
  problems: Problem[],
): Settings['accounts'] | undefined {
  const key = `${namespace}:accountsFile`;
  const path = resolve(source.root, stack.accountsFile);
  let text: string;
  try {
    text = source.readFile(path);
  } catch (error) {
    problems.push({
      key,
      message: isNotFound(error)
        ? `no file ${path}: \`scripts/up\` makes one with demo accounts, or name another`
        : `can't read ${path}: ${messageOf(error)}`,
    });
    return undefined;
  }
  const loaded = loadAccountFile({
    file: stack.accountsFile,
    text,
    // Own keys only: a secret called "constructor" is not found on the prototype.
    resolveSecret: (name) => (Object.hasOwn(stack.secrets, name) ? stack.secrets[name] : undefined),
    now: source.now,
  });
  if (!loaded.ok) {
    const lines = loaded.problems.map(formatProblem);
    const needsSecret = loaded.problems.some(({ message }) => message.startsWith('secret '));
    if (needsSecret) {
      lines.push(
        "in a stack, secrets are set with: scripts/pulumi config set --secret --path 'balance-alert:secrets.NAME'",
      );
    }
    problems.push({ key, message: `${lines.length === 1 ? '' : '\n'}${lines.join('\n')}` });
    return undefined;
  }
  const names = [...new Set(loaded.config.secrets.map((secret) => secret.name))].sort();
  return { text, secrets: Object.fromEntries(names.map((name) => [name, stack.secrets[name] ?? ''])) };
}

function readRules(source: ConfigSource, stack: StackDocument, problems: Problem[]): readonly RuleFile[] {
  const files: RuleFile[] = [];
  for (const [index, given] of stack.prometheus.extraRules.entries()) {
    const key = `${namespace}:prometheus.extraRules[${index}]`;
    const file = basename(given);
    if (files.some((other) => other.file === file)) {
      problems.push({ key, message: `expected a file name of its own, got ${file} again` });
      continue;
    }
    let text: string;
    try {
      text = source.readFile(resolve(source.root, given));
    } catch (error) {
      problems.push({ key, message: `can't read it: ${messageOf(error)}` });
      continue;
    }
    const problem = problemOfRules(text);
    if (problem === undefined) files.push({ file, text });
    else problems.push({ key, message: `${given}: ${problem}` });
  }
  return files;
}

/** Only the frame of a rule file is checked here: what is inside is Prometheus's to judge (`promtool check rules`). */
function problemOfRules(text: string): string | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) return `not valid YAML: ${first.message}`;
  const plain: unknown = document.toJS();
  const groups = typeof plain === 'object' && plain !== null && 'groups' in plain ? plain.groups : undefined;
  return Array.isArray(groups) ? undefined : 'expected a rule file: a mapping with a list of `groups`';
}

/** Node's names of architectures as Docker writes them; what Node doesn't rename, Docker doesn't either. */
function platformOf(architecture: string): string {
  const docker: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm/v7' };
  return `linux/${docker[architecture] ?? architecture}`;
}

function limitsOf(limits: { memory: number; cpus?: number | undefined }): Limits {
  return { memory: limits.memory, cpus: limits.cpus };
}
