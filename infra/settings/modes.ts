import type { EngineSettings } from './engine.ts';
import { isLoopback, remoteHostOf } from './hosts.ts';
import { credentialsProblem } from './receivers.ts';
import type { StackDocument } from './schema.ts';
import { namespace } from './schema.ts';
import type { Problem } from './source.ts';
import { tunnelsOf } from './tunnels.ts';

/** What the stack runs, and what it only uses: whether the keys fit the mode, and each part reaches the next. */

type Part = 'prometheus' | 'alertmanager' | 'grafana';

const problem = (key: string, message: string): Problem => ({ key: `${namespace}:${key}`, message });

/** Keys of a part that only one of its modes has a use for. */
const usedBy: Readonly<Record<Part, Readonly<Record<string, 'managed' | 'external'>>>> = {
  prometheus: {
    url: 'external',
    containerUrl: 'external',
    auth: 'external',
    retentionSize: 'managed',
    extraScrapeConfigs: 'managed',
    extraRules: 'managed',
    healthcheck: 'managed',
    remoteWrite: 'managed',
  },
  alertmanager: {
    url: 'external',
    username: 'external',
    password: 'external',
    bearerToken: 'external',
    receivers: 'managed',
    quietHours: 'managed',
    heartbeatUrl: 'managed',
  },
  grafana: {
    auth: 'external',
    dataSourceUid: 'external',
    dataSourceUrl: 'external',
    adminPassword: 'managed',
    anonymous: 'managed',
  },
};

export function checkModes(stack: StackDocument): Problem[] {
  const { prometheus, alertmanager, grafana, digest } = stack;
  const parts = ['prometheus', 'alertmanager', 'grafana'] as const;
  const problems = parts.flatMap((part) => misplaced(stack, part));
  if (prometheus.mode === 'external' && prometheus.url === undefined)
    problems.push(problem('prometheus.url', 'expected the URL of the external Prometheus, got nothing'));
  if (alertmanager.mode === 'external') {
    if (alertmanager.url === undefined)
      problems.push(
        problem('alertmanager.url', 'expected the URL of the external Alertmanager, got nothing'),
      );
    const message = credentialsProblem(alertmanager);
    if (message !== undefined) problems.push(problem('alertmanager', message));
  }
  if (grafana.mode === 'external') {
    if (grafana.url === undefined)
      problems.push(problem('grafana.url', 'expected the URL of the external Grafana, got nothing'));
    if (grafana.auth === undefined)
      problems.push(
        problem(
          'grafana.auth',
          'expected the token of a service account of the external Grafana, got nothing',
        ),
      );
    if (grafana.dataSourceUid !== undefined && grafana.dataSourceUrl !== undefined)
      problems.push(
        problem(
          'grafana.dataSourceUrl',
          'only used for a data source that is created, and dataSourceUid names one',
        ),
      );
  }
  if (prometheus.mode === 'none') {
    if (grafana.mode === 'managed')
      problems.push(problem('grafana.mode', 'managed needs a Prometheus, and prometheus.mode is none'));
    if (digest !== undefined)
      problems.push(problem('digest', 'needs a Prometheus, and prometheus.mode is none'));
  }
  return problems;
}

function misplaced(stack: StackDocument, part: Part): Problem[] {
  const { mode, ...values } = stack[part];
  return Object.entries(values).flatMap(([key, value]) => {
    const user = usedBy[part][key];
    const isSet =
      typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined && value !== false;
    return user !== undefined && user !== mode && isSet
      ? [problem(`${part}.${key}`, `only used with mode ${user}, and the mode is ${mode}`)]
      : [];
  });
}

/** Whether Grafana and the digest reach Prometheus: loopback is another machine for each container and each server. */
export function checkReach(stack: StackDocument, engine: EngineSettings): Problem[] {
  const { prometheus, grafana, digest } = stack;
  if (prometheus.mode === 'external' && prometheus.url !== undefined) {
    const url = prometheus.containerUrl ?? prometheus.url;
    const users = [
      ...(grafana.mode === 'managed' ? ["Grafana's container"] : []),
      ...(digest === undefined ? [] : ["the relay's container"]),
    ];
    if (users.length > 0 && isLoopback(hostOf(url)))
      return [
        problem(
          'prometheus.containerUrl',
          `expected the URL under which ${users.join(' and ')} reach${users.length === 1 ? 'es' : ''} Prometheus: ${hostOf(url)} is the container itself`,
        ),
      ];
  }
  const isMade = grafana.mode === 'external' && grafana.dataSourceUid === undefined;
  if (!isMade || grafana.dataSourceUrl !== undefined || grafana.url === undefined) return [];
  const expected = 'expected the URL under which the external Grafana reaches Prometheus';
  if (prometheus.mode === 'none')
    return [problem('grafana.dataSourceUrl', `${expected}, or dataSourceUid, since prometheus.mode is none`)];
  const host =
    prometheus.mode === 'external'
      ? hostOf(prometheus.url ?? '')
      : (remoteHostOf(engine.host) ?? stack.bindAddress);
  const onlyLocal = prometheus.mode === 'external' ? isLoopback(host) : isLoopback(stack.bindAddress);
  // A tunnel is open only while the scripts work.
  const isElsewhere = prometheus.mode === 'managed' && tunnelsOf(stack, engine, {}) !== undefined;
  return onlyLocal && (isElsewhere || !isLoopback(hostOf(grafana.url)))
    ? [
        problem(
          'grafana.dataSourceUrl',
          `${expected}, which listens on the loopback interface of another machine`,
        ),
      ]
    : [];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
