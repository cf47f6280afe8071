import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { OwnRuleFile } from '../../../infra/render/content.ts';
import { exporterJob } from '../../../infra/render/prometheus.ts';
import { authorizationOf } from '../../../infra/settings/http-auth.ts';
import type { ExternalPrometheus } from '../../../infra/settings/parse.ts';
import { jsonOf } from '../json.ts';
import { Failure, fetchMessageOf, messageOf } from '../terminal/failure.ts';
import type { LoadedRule, VerifyOptions } from './verify.ts';
import { exporterTargets, failingRules, getJson, loadedRules, waitForTarget } from './verify.ts';

/** A Prometheus that the stack does not run: whether it can be asked, and what its configuration lacks. */

export interface Wanted {
  /** The entry for its `scrape_configs`. */
  readonly scrapeConfig: string;
  /** The keys that lead to the Alertmanager of the stack; undefined where the stack runs none. */
  readonly alertingConfig: string | undefined;
  readonly rules: readonly OwnRuleFile[];
  /** How long its first scrape may take. */
  readonly timeoutSeconds: number;
}

const vectorSchema = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()) })),
  }),
});

/** How requests to it are authorized. */
export function accessTo({ auth }: ExternalPrometheus, options: VerifyOptions): VerifyOptions {
  return auth === undefined ? options : { ...options, headers: { authorization: authorizationOf(auth) } };
}

/** Before anything is changed: whether it answers, and whether the job's name is free. An empty list where all is well. */
export async function prometheusProblems(
  external: ExternalPrometheus,
  options: VerifyOptions,
): Promise<readonly string[]> {
  const { fetch, signal, headers = {} } = accessTo(external, options);
  const url = `${external.url}/api/v1/query?query=1`;
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  } catch (error) {
    return [
      `the external Prometheus at ${external.url} does not answer: ${fetchMessageOf(error)} (balance-alert:prometheus.url is how this machine reaches it)`,
    ];
  }
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    return [
      `the external Prometheus at ${external.url} answers ${response.status}: ${external.auth === undefined ? 'set balance-alert:prometheus.auth with --secret' : 'it refuses balance-alert:prometheus.auth'}`,
    ];
  if (!response.ok)
    return [
      `the external Prometheus at ${external.url} answers ${response.status} to /api/v1/query: expected the base URL of a Prometheus`,
    ];
  return (await foreignTargets(external, options)).map(
    (instance) =>
      `the job ${exporterJob} of the external Prometheus also scrapes ${instance}, which is no exporter of balance-alert: rules and alerts would take it for one; rename that job`,
  );
}

/** In PromQL: targets of the exporter's job that answer, and are something else. */
export const foreignTargetsExpression = `up{job="${exporterJob}"} == 1 unless on (instance) balance_alert_build_info{job="${exporterJob}"}`;

async function foreignTargets(
  external: ExternalPrometheus,
  options: VerifyOptions,
): Promise<readonly string[]> {
  const { data } = await getJson(
    `${external.url}/api/v1/query?${new URLSearchParams({ query: foreignTargetsExpression })}`,
    vectorSchema,
    accessTo(external, options),
  );
  return data.result.map(({ metric }) => metric['instance'] ?? 'an unknown instance');
}

/**
 * Afterwards: whether it scrapes the exporter and has every rule.
 * @returns how many of our rules there are
 * @throws Failure that names each thing that is missing, with what to add
 */
export async function checkExternalPrometheus(
  external: ExternalPrometheus,
  wanted: Wanted,
  options: VerifyOptions,
  onWait: () => void,
): Promise<number> {
  const access = accessTo(external, options);
  const lines: string[] = [];
  const targets = await settled(
    () => targetCount(external, options),
    (count) => count !== 0,
    options,
  );
  if (targets === 0) {
    lines.push(
      `it has no job ${exporterJob}; add this to its scrape_configs, with an address that it reaches (scripts/scrape-config renders other ways):`,
      ...indented(wanted.scrapeConfig),
    );
  } else {
    try {
      if (targets !== undefined) await waitForTarget(external.url, wanted.timeoutSeconds, access, onWait);
    } catch (error) {
      if (options.signal.aborted) throw error;
      lines.push(messageOf(error));
    }
    lines.push(
      ...(await foreignTargets(external, options)).map(
        (instance) =>
          `its job ${exporterJob} also scrapes ${instance}, which is no exporter of balance-alert`,
      ),
    );
  }
  const loaded = await loadedRules(external.url, access);
  let count = 0;
  for (const { file, groups } of wanted.rules) {
    for (const { name: group, rules: its } of groups) {
      const names = its.map(({ alert, record }) => alert ?? record ?? '');
      const rules = loaded.get(group);
      if (rules === undefined) {
        lines.push(`the rule group ${group} is missing: add ${file} to its rule_files`);
        continue;
      }
      const lacking = lackedBy(rules, names);
      if (lacking.length > 0)
        lines.push(
          `the rule group ${group} is of another version, without ${lacking.join(', ')}: replace ${file}`,
        );
      lines.push(...failingRules(group, rules).map((line) => `failing rule: ${line}`));
      count += names.length;
    }
  }
  if (
    wanted.alertingConfig !== undefined &&
    !(await settled(() => notifies(external.url, access), Boolean, options))
  )
    lines.push(
      'it sends alerts to no Alertmanager, so that nobody is notified; add this to its configuration, with an address that it reaches:',
      ...indented(wanted.alertingConfig),
    );
  if (lines.length === 0) return count;
  throw new Failure(`the external Prometheus at ${external.url} is not set up completely`, [
    ...lines,
    'the rule files with the links of this stack: scripts/scrape-config --out DIR (see docs/anywhere.md), then run scripts/up again',
  ]);
}

const indented = (yaml: string): readonly string[] =>
  yaml
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);

/** A Prometheus that was just started or reloaded lists neither targets nor Alertmanagers for five seconds. */
async function settled<Value>(
  look: () => Promise<Value>,
  isThere: (value: Value) => boolean,
  { signal }: VerifyOptions,
): Promise<Value> {
  const deadline = Date.now() + 6000;
  for (;;) {
    const value = await look();
    if (isThere(value) || Date.now() >= deadline) return value;
    await delay(500, undefined, { signal });
  }
}

/** Of `/api/v1/alertmanagers`: where a Prometheus sends alerts. */
export const alertmanagersSchema = z.object({
  data: z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }),
});

/** Only what is a Prometheus says so: a storage that evaluates no rules leaves it to what does. */
async function notifies(url: string, { fetch, signal, headers = {} }: VerifyOptions): Promise<boolean> {
  const response = await fetch(`${url}/api/v1/alertmanagers`, { headers: { ...headers }, signal });
  const known = alertmanagersSchema.safeParse(jsonOf(await response.text()));
  return !response.ok || !known.success || known.data.data.activeAlertmanagers.length > 0;
}

/** How many targets the job has; undefined where there are some, in a storage that scrapes nothing itself and so has no list. */
async function targetCount(
  external: ExternalPrometheus,
  options: VerifyOptions,
): Promise<number | undefined> {
  const access = accessTo(external, options);
  const { status, body } = await options.fetch(`${external.url}/api/v1/targets?state=active`, {
    headers: { ...access.headers },
    signal: options.signal,
  });
  await body?.cancel();
  if (status !== 404) return (await exporterTargets(external.url, access)).length;
  const query = new URLSearchParams({ query: `up{job="${exporterJob}"} == 1` });
  const { data } = await getJson(`${external.url}/api/v1/query?${query}`, vectorSchema, access);
  return data.result.length === 0 ? 0 : undefined;
}

/** Names that are wanted more often than they are there: an alert can stand in a group once for each severity. */
function lackedBy(rules: readonly LoadedRule[], names: readonly string[]): readonly string[] {
  const left = rules.map(({ name }) => name);
  const lacking = new Set<string>();
  for (const name of names) {
    const index = left.indexOf(name);
    if (index === -1) lacking.add(name);
    else left.splice(index, 1);
  }
  return [...lacking];
}
