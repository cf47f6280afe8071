import { alertProblems } from '../render/content.ts';
import { isLoopback, remoteHostOf } from '../render/hosts.ts';
import type { EngineSettings } from './engine.ts';
import { alertOptions, namespace } from './parse.ts';
import type { StackDocument } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';

/** Whether the alerts are there, and have the severities that are to change; the rules themselves know. */
export function checkAlerts(stack: StackDocument): Problem[] {
  return alertProblems(alertOptions(stack)).map((sentence) => {
    const [, key = '', message = sentence] = /^(?:alerts\.?)?([^:]*): (.*)$/s.exec(sentence) ?? [];
    const path = key === 'runwayDays' ? ['alerts', key] : ['alerts', 'changes', ...(key === '' ? [] : [key])];
    return { key: `${namespace}:${path.join('.')}`, message };
  });
}

/** Secrets that were set without `--secret` stand in clear in the stack's file, and would in its state. */
export function checkSecrecy(source: ConfigSource, stack: StackDocument): Problem[] {
  const problems: Problem[] = [];
  const clear = (key: string) => !source.secretKeys.has(`${namespace}:${key}`);
  for (const name of clear('secrets') ? Object.keys(stack.secrets) : []) {
    problems.push({
      key: `${namespace}:secrets.${name}`,
      message: 'stands in clear in the stack file: set it again with --secret, and change it at its vendor',
    });
  }
  if (stack.grafana.adminPassword !== undefined && clear('grafana')) {
    problems.push({
      key: `${namespace}:grafana.adminPassword`,
      message: 'stands in clear in the stack file: set another one with --secret',
    });
  }
  return problems;
}

export function checkPorts(stack: StackDocument): Problem[] {
  const entries = Object.entries(stack.ports);
  return entries.flatMap(([name, port], index) => {
    const [first] = entries.find(([, other]) => other === port) ?? [name];
    return entries.findIndex(([, other]) => other === port) < index
      ? [
          {
            key: `${namespace}:ports.${name}`,
            message: `expected a port of its own, got ${port}, which ports.${first} has already`,
          },
        ]
      : [];
  });
}

/** Neither the exporter's pages nor Prometheus ask for a password yet, so they stay on this machine unless told. */
export function checkExposure(stack: StackDocument, engine: EngineSettings): Problem[] {
  const problems: Problem[] = [];
  if (!isLoopback(stack.bindAddress) && !stack.allowOpen) {
    problems.push({
      key: `${namespace}:bindAddress`,
      message: `${stack.bindAddress} lets others read balances and Prometheus without a password: set balance-alert:allowOpen to true if that is meant`,
    });
  }
  const remote = remoteHostOf(engine.host);
  if (remote !== undefined && isLoopback(stack.bindAddress) && stack.grafana.url === undefined) {
    problems.push({
      key: `${namespace}:grafana.url`,
      message: `unset, and Grafana would listen on the loopback of ${remote}: set the URL under which this machine reaches it, such as that of an ssh tunnel`,
    });
  }
  return problems;
}
