import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { formatProblem } from '../../../exporter/config/located-yaml.ts';
import { readRelayText } from '../../../exporter/relay/config.ts';
import type { ManifestOptions, RelayOptions } from '../../../infra/render/kubernetes/options.ts';
import { image as imageSchema } from '../../../infra/settings/values.ts';
import type { Flags, ScriptUsage } from '../terminal/arguments.ts';
import { messageOf } from '../terminal/failure.ts';
import { intervalOf, labelOf, refuse, textIn, urlOf } from './flag-values.ts';

/** The flags of `scripts/manifests`, and what they ask for. */

export const manifestsUsage = {
  script: 'scripts/manifests',
  about:
    'Renders the exporter for Kubernetes as plain manifests: Deployment, Service, PersistentVolumeClaim, NetworkPolicy,\nServiceMonitor, PrometheusRules and dashboards, with a kustomization. Secrets are referred to, never rendered.',
  flags: {
    out: { kind: 'text', usage: '--out DIR', help: 'folder for the files' },
    image: {
      kind: 'text',
      usage: '--image NAME:TAG',
      help: 'image of the exporter in a registry, with a tag other than latest or a digest',
    },
    accounts: {
      kind: 'text',
      usage: '--accounts FILE',
      help: 'account file (default: balance-alert.yaml)',
    },
    namespace: { kind: 'text', usage: '--namespace NAME', help: 'namespace (default: balance-alert)' },
    secret: {
      kind: 'text',
      usage: '--secret NAME',
      help: 'Secret whose keys the account file refers to (default: balance-alert-secrets)',
    },
    shards: {
      kind: 'text',
      usage: '--shards COUNT',
      help: 'split the accounts over this many exporters (default: 1)',
    },
    'storage-size': {
      kind: 'text',
      usage: '--storage-size SIZE',
      help: 'size of the volume (default: 1Gi)',
    },
    'storage-class': {
      kind: 'text',
      usage: '--storage-class NAME',
      help: "StorageClass (default: the cluster's)",
    },
    interval: {
      kind: 'text',
      usage: '--interval DURATION',
      help: 'scrape interval from 15s to 2m (default: 60s)',
    },
    'prometheus-namespace': {
      kind: 'text',
      usage: '--prometheus-namespace NAME',
      help: 'namespace of Prometheus, which may scrape (default: monitoring)',
    },
    'grafana-namespace': {
      kind: 'text',
      usage: '--grafana-namespace NAME',
      help: "namespace in which Grafana's sidecar looks for dashboards (default: monitoring)",
    },
    'monitor-label': {
      kind: 'texts',
      usage: '--monitor-label KEY=VALUE',
      help: 'label that Prometheus selects ServiceMonitors and PrometheusRules by, such as release=prometheus; repeatable',
    },
    'without-operator': {
      kind: 'switch',
      usage: '--without-operator',
      help: 'no ServiceMonitor and PrometheusRules: the cluster has no Prometheus Operator',
    },
    'egress-port': {
      kind: 'texts',
      usage: '--egress-port PORT',
      help: 'TCP port besides 443 and 993 that the NetworkPolicy lets out, such as that of a proxy; repeatable',
    },
    relay: {
      kind: 'text',
      usage: '--relay FILE',
      help: 'also run the relay to group bots with this file; its weekly digest is part of it',
    },
    'alertmanager-namespace': {
      kind: 'text',
      usage: '--alertmanager-namespace NAME',
      help: 'namespace of Alertmanager, which may notify the relay (default: monitoring)',
    },
    language: {
      kind: 'text',
      usage: '--language en|zh',
      help: 'of dashboards and status page (default: en)',
    },
    'grafana-url': {
      kind: 'text',
      usage: '--grafana-url URL',
      help: 'Grafana that alerts and the status page link to (default: http://127.0.0.1:3000)',
    },
    'status-url': {
      kind: 'text',
      usage: '--status-url URL',
      help: 'status page whose runbooks alerts link to (default: http://127.0.0.1:8080)',
    },
  },
  notes: `Equal flags and files give equal bytes. Files that the script did not generate are never overwritten.
docs/anywhere.md says how to apply them. Exit codes: 0 success, 1 failure, 2 wrong usage or an invalid file.`,
} as const satisfies ScriptUsage<string>;

type Name = keyof typeof manifestsUsage.flags;

export interface ManifestsRequest {
  readonly options: ManifestOptions;
  readonly out: string;
}

/**
 * @param readFile the text of a file @throws the file system's error
 * @param nowMs milliseconds since the epoch, for the dates in the account file
 * @throws Failure (2) with everything that is wrong
 */
export function readManifestsRequest(
  flags: Flags<Name>,
  readFile: (path: string) => string,
  nowMs: number,
): ManifestsRequest {
  const problems: string[] = [];
  const text = textIn(flags);
  const label = (name: Name, otherwise: string) => labelOf(name, text(name) ?? otherwise, problems);
  const url = (name: Name, otherwise: string) => urlOf(name, text(name) ?? otherwise, problems);
  const count = (name: Name, value: string, maximum: number): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < 1 || number > maximum)
      problems.push(`--${name}: expected a whole number from 1 to ${maximum}, got ${value}`);
    return number;
  };

  if (text('out') === undefined) problems.push('--out DIR is needed');
  const image = imageOf(text('image'), problems);
  const scrapeIntervalSeconds = intervalOf(text('interval'), problems);
  const size = text('storage-size') ?? '1Gi';
  if (!/^[1-9]\d*(Mi|Gi|Ti|M|G|T)$/.test(size))
    problems.push(`--storage-size: expected a size such as 1Gi, got ${size}`);
  const language = text('language') ?? 'en';
  if (language !== 'en' && language !== 'zh') problems.push(`--language: expected en or zh, got ${language}`);
  const accounts = accountsOf(text('accounts') ?? 'balance-alert.yaml', readFile, nowMs, problems);
  const options: ManifestOptions = {
    namespace: label('namespace', 'balance-alert'),
    image,
    accounts: accounts.text,
    secretNames: accounts.secretNames,
    secret: label('secret', 'balance-alert-secrets'),
    storage: {
      size,
      ...(text('storage-class') === undefined ? {} : { className: text('storage-class') }),
    },
    shards: count('shards', text('shards') ?? '1', 100),
    scrapeIntervalSeconds,
    prometheusNamespace: label('prometheus-namespace', 'monitoring'),
    egressPorts: (text('egress-port')?.split(',') ?? []).map((port) => count('egress-port', port, 65_535)),
    language: language === 'zh' ? 'zh' : 'en',
    links: {
      grafana: url('grafana-url', 'http://127.0.0.1:3000'),
      status: url('status-url', 'http://127.0.0.1:8080'),
    },
    operator:
      flags['without-operator'] === true ? undefined : { labels: labelsOf(text('monitor-label'), problems) },
    grafanaNamespace: label('grafana-namespace', 'monitoring'),
    relay: relayOf(text('relay'), readFile, label('alertmanager-namespace', 'monitoring'), problems),
  };
  refuse(problems, 'wrong flags or files', manifestsUsage.script);
  return { options, out: text('out') ?? '' };
}

function imageOf(given: string | undefined, problems: string[]): string {
  const result = imageSchema.safeParse(given);
  if (result.success) return result.data;
  problems.push(
    given === undefined
      ? '--image NAME:TAG is needed: nodes pull the image from a registry'
      : `--image: ${result.error.issues[0]?.message ?? 'expected an image with a tag'}`,
  );
  return '';
}

function labelsOf(given: string | undefined, problems: string[]): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const one of given?.split(',') ?? []) {
    const [, key, value] = /^([A-Za-z0-9./_-]+)=([A-Za-z0-9._-]{0,63})$/.exec(one) ?? [];
    if (key === undefined || value === undefined)
      problems.push(`--monitor-label: expected KEY=VALUE such as release=prometheus, got ${one}`);
    else labels[key] = value;
  }
  return labels;
}

/** A value for every reference, so that all else in the file can be checked; none of them is looked at or rendered. */
const anySecret = 'https://not.a.secret.example/0123456789';

function accountsOf(
  file: string,
  readFile: (path: string) => string,
  nowMs: number,
  problems: string[],
): { readonly text: string; readonly secretNames: readonly string[] } {
  const text = readText(file, readFile, '--accounts', problems);
  if (text === undefined) return { text: '', secretNames: [] };
  const loaded = loadAccountFile({ file, text, resolveSecret: () => anySecret, now: nowMs });
  if (loaded.ok) return { text, secretNames: [...new Set(loaded.config.secrets.map(({ name }) => name))] };
  problems.push(...loaded.problems.map(formatProblem));
  return { text: '', secretNames: [] };
}

function relayOf(
  file: string | undefined,
  readFile: (path: string) => string,
  alertmanagerNamespace: string,
  problems: string[],
): RelayOptions | undefined {
  if (file === undefined) return undefined;
  const config = readText(file, readFile, '--relay', problems);
  if (config === undefined) return undefined;
  const read = readRelayText(file, config, () => anySecret);
  if (read.ok)
    return {
      config,
      secretNames: [...new Set(read.config.secrets.map(({ name }) => name))],
      alertmanagerNamespace,
    };
  problems.push(...read.errors);
  return undefined;
}

function readText(
  file: string,
  readFile: (path: string) => string,
  flag: string,
  problems: string[],
): string | undefined {
  try {
    return readFile(file);
  } catch (error) {
    problems.push(`${flag}: cannot read ${file}: ${messageOf(error)}`);
    return undefined;
  }
}
