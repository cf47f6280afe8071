import { ruleGroups } from '../../rules/index.ts';
import type { EngineSettings } from './engine.ts';
import { isLoopback, remoteHostOf } from './hosts.ts';
import { credentialFields, isBot } from './receivers.ts';
import type { StackDocument } from './schema.ts';
import { namespace } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';
import { isOutOfReach, tunnelsOf } from './tunnels.ts';

/** Checks across several keys. */

/** Whether the alerts that are to change exist, in these severities; the rules themselves know. */
export function checkAlerts({ alerts }: StackDocument): Problem[] {
  try {
    ruleGroups(alerts);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message.split('\n').map((sentence) => {
      const [, key = '', message = sentence] = /^(?:alerts\.?)?([^:]*): (.*)$/s.exec(sentence) ?? [];
      const path =
        key === 'runwayDays' ? ['alerts', key] : ['alerts', 'changes', ...(key === '' ? [] : [key])];
      return { key: `${namespace}:${path.join('.')}`, message };
    });
  }
}

/**
 * Secrets that were set without `--secret` are stored in plain text in the stack's file, and would be in its state.
 */
export function checkSecrecy(source: ConfigSource, stack: StackDocument): Problem[] {
  const problems: Problem[] = [];
  const plain = (key: string) => !source.secretKeys.has(`${namespace}:${key}`);
  for (const name of plain('secrets') ? Object.keys(stack.secrets) : []) {
    problems.push({
      key: `${namespace}:secrets.${name}`,
      message:
        'stored in plain text in the stack file: set it again with --secret, and rotate it at the vendor',
    });
  }
  for (const key of plain('alertmanager') ? alertmanagerCredentials(stack) : []) {
    problems.push({
      key: `${namespace}:alertmanager.${key}`,
      message: 'stored in plain text in the stack file: set it again with --secret, and rotate it',
    });
  }
  for (const part of ['prometheus', 'grafana'] as const) {
    if (stack[part].auth !== undefined && plain(part))
      problems.push({
        key: `${namespace}:${part}.auth`,
        message: 'stored in plain text in the stack file: set it again with --secret, and rotate it',
      });
  }
  for (const [index, { password, bearerToken }] of plain('prometheus')
    ? stack.prometheus.remoteWrite.entries()
    : []) {
    if (password !== undefined || bearerToken !== undefined)
      problems.push({
        key: `${namespace}:prometheus.remoteWrite[${index}]`,
        message:
          'credentials stored in plain text in the stack file: set them again with --secret, and rotate them',
      });
  }
  if (stack.exporter.feedToken !== undefined && plain('exporter')) {
    problems.push({
      key: `${namespace}:exporter.feedToken`,
      message: 'stored in plain text in the stack file: set another one with --secret',
    });
  }
  if (stack.grafana.adminPassword !== undefined && plain('grafana')) {
    problems.push({
      key: `${namespace}:grafana.adminPassword`,
      message: 'stored in plain text in the stack file: set another one with --secret',
    });
  }
  return problems;
}

function alertmanagerCredentials({ alertmanager }: StackDocument): readonly string[] {
  const keys = Object.entries(alertmanager.receivers).flatMap(([name, receiver]) =>
    Object.keys(receiver)
      .filter((field) => credentialFields.has(field))
      .map((field) => `receivers.${name}.${field}`),
  );
  const own = (['heartbeatUrl', 'password', 'bearerToken'] as const).filter(
    (key) => alertmanager[key] !== undefined,
  );
  return [...keys, ...own];
}

/** Whether the digest goes to receivers that the relay knows. */
export function checkDigest({ digest, alertmanager }: StackDocument): Problem[] {
  const bots = Object.entries(alertmanager.receivers).flatMap(([name, one]) => (isBot(one) ? [name] : []));
  return (digest?.channels ?? []).flatMap((name, index) =>
    bots.includes(name)
      ? []
      : [
          {
            key: `${namespace}:digest.channels[${index}]`,
            message: `expected a receiver of the type feishu, dingtalk or wecom_bot, got ${JSON.stringify(name)}${bots.length === 0 ? '' : `; there are ${bots.join(', ')}`}`,
          },
        ],
  );
}

/** Ports of what the stack runs. The exporter is always there. */
export type PublishedPorts = Pick<StackDocument['ports'], 'status' | 'metrics'> &
  Partial<StackDocument['ports']>;

export function publishedPorts({
  ports: { status, metrics, prometheus, alertmanager, grafana },
  ...parts
}: StackDocument): PublishedPorts {
  return {
    status,
    metrics,
    ...(parts.prometheus.mode === 'managed' ? { prometheus } : {}),
    ...(parts.alertmanager.mode === 'managed' ? { alertmanager } : {}),
    ...(parts.grafana.mode === 'managed' ? { grafana } : {}),
  };
}

export function checkPorts(stack: StackDocument): Problem[] {
  const problems: Problem[] = [];
  const holders = new Map<number, string>();
  for (const [name, port] of Object.entries(publishedPorts(stack))) {
    const holder = holders.get(port);
    if (holder === undefined) holders.set(port, name);
    else
      problems.push({
        key: `${namespace}:ports.${name}`,
        message: `port ${port} is already used by ports.${holder}: set another one`,
      });
  }
  return problems;
}

/**
 * Without `tls`, neither the exporter's pages nor Prometheus require a password, so they are bound to loopback by default; on another
 * machine, Grafana's API then takes a tunnel.
 */
export function checkExposure(
  stack: StackDocument,
  engine: EngineSettings,
  tunnelsAreOpen: boolean,
): Problem[] {
  const problems: Problem[] = [];
  if (!isLoopback(stack.bindAddress) && !stack.allowOpen && !stack.tls) {
    problems.push({
      key: `${namespace}:bindAddress`,
      message: `${stack.bindAddress} exposes balances and Prometheus to others without a password: set balance-alert:tls to true, or balance-alert:allowOpen if this is intended`,
    });
  }
  if (stack.tls && stack.grafana.mode === 'managed' && stack.grafana.url?.startsWith('http:')) {
    problems.push({
      key: `${namespace}:grafana.url`,
      message: `expected an https URL, since balance-alert:tls is true, got ${JSON.stringify(stack.grafana.url)}`,
    });
  }
  if (stack.grafana.mode !== 'managed' || stack.grafana.url !== undefined) return problems;
  const listens = `unset, and Grafana listens on the loopback interface of`;
  if (isOutOfReach(stack, engine)) {
    problems.push({
      key: `${namespace}:grafana.url`,
      message: `${listens} ${remoteHostOf(engine.host)}: set balance-alert:tunnel to ssh://USER@HOST, through which scripts/up reaches it; or set the URL under which this machine reaches it, for example through an SSH tunnel of your own`,
    });
  } else if (!tunnelsAreOpen && tunnelsOf(stack, engine, {}) !== undefined) {
    problems.push({
      key: `${namespace}:grafana.url`,
      message: `${listens} another machine: use scripts/up and scripts/pulumi, which open an SSH tunnel to it; or set the URL under which this machine reaches it`,
    });
  }
  return problems;
}
