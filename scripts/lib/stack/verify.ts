import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { DashboardQuery, DashboardSource } from '../../../infra/render/content.ts';
import { exporterJob } from '../../../infra/render/prometheus.ts';
import { jsonOf } from '../json.ts';
import { Failure, messageOf } from '../terminal/failure.ts';
import type { EmptyPanel } from './empty-panels.ts';

/** Verifies the deployment: Prometheus scrapes, has loaded the rules, and every panel query is answered. */

/** Sends requests. `fetch`, or a test's own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface VerifyOptions {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  /** Credentials of what is asked. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether something responds successfully within a few seconds. */
export async function isAlive(url: string, { fetch, signal }: VerifyOptions): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })).ok;
  } catch {
    return false;
  }
}

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ labels: z.record(z.string(), z.string()), health: z.string(), lastError: z.string() }),
    ),
  }),
});

const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});

export interface ScrapedTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

/** The targets of the exporter's job. */
export async function exporterTargets(
  address: string,
  options: VerifyOptions,
): Promise<readonly ScrapedTarget[]> {
  const { data } = await getJson(`${address}/api/v1/targets?state=active`, targetsSchema, options);
  return data.activeTargets.filter(({ labels }) => labels['job'] === exporterJob);
}

/** The rules by the name of their group; groups of one name in several files are one here. */
export async function loadedRules(
  address: string,
  options: VerifyOptions,
): Promise<ReadonlyMap<string, readonly LoadedRule[]>> {
  const { data } = await getJson(`${address}/api/v1/rules`, rulesSchema, options);
  const groups = new Map<string, readonly LoadedRule[]>();
  for (const { name, rules } of data.groups) groups.set(name, [...(groups.get(name) ?? []), ...rules]);
  return groups;
}

export interface LoadedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string | undefined;
}

/**
 * Waits until Prometheus has scraped the exporter once. `onWait` is called once if that takes more than one try.
 * @param address without a slash at the end
 * @param timeoutSeconds a fresh Prometheus scrapes for the first time within one interval
 * @throws Failure with what Prometheus says about the target
 */
export async function waitForTarget(
  address: string,
  timeoutSeconds: number,
  options: VerifyOptions,
  onWait: () => void,
): Promise<void> {
  const { signal } = options;
  let last = 'no answer';
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (let tries = 0; ; tries += 1) {
    try {
      const targets = await exporterTargets(address, options);
      const target = targets.find(({ health }) => health !== 'up');
      if (targets.length > 0 && target === undefined) return;
      last =
        target === undefined
          ? `no target of the job ${exporterJob}`
          : target.lastError || `health ${target.health}`;
    } catch (error) {
      last = messageOf(error);
    }
    if (signal.aborted) throw signal.reason;
    if (Date.now() >= deadline) {
      throw new Failure(`Prometheus did not scrape the exporter within ${timeoutSeconds} s: ${last}`, [
        `see ${address}/targets`,
      ]);
    }
    if (tries === 0) onWait();
    await delay(500, undefined, { signal });
  }
}

/**
 * Whether the rule groups are there and none of their rules fails.
 * @returns how many rules there are
 * @throws Failure that names what is missing or failing
 */
export async function checkRules(
  address: string,
  groups: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const loaded = await loadedRules(address, options);
  const missing = groups.filter((name) => !loaded.has(name));
  const failing = [...loaded].flatMap(([name, rules]) => failingRules(name, rules));
  if (missing.length > 0 || failing.length > 0) {
    throw new Failure('some rules are missing or failing', [
      ...missing.map((name) => `missing: ${name}`),
      ...failing.map((line) => `failing: ${line}`),
    ]);
  }
  return [...loaded.values()].reduce((count, rules) => count + rules.length, 0);
}

/** Those whose last evaluation failed, each with its group and its error. */
export function failingRules(group: string, rules: readonly LoadedRule[]): readonly string[] {
  return rules
    .filter(({ health }) => health === 'err')
    .map((rule) => `${group} / ${rule.name}: ${rule.lastError ?? ''}`);
}

export interface GrafanaAccess {
  /** Without a slash at the end. */
  readonly address: string;
  /** The value of the header of that name. */
  readonly authorization: string;
  readonly dataSourceUid: string;
}

export interface PanelReport {
  readonly answered: number;
  /** Panels without any data yet. */
  readonly empty: readonly EmptyPanel[];
}

/**
 * Asks Grafana for each dashboard, and what it would ask for each panel.
 * @throws Failure that names each panel whose query is refused
 */
export async function checkPanels(
  grafana: GrafanaAccess,
  dashboards: readonly DashboardSource[],
  options: VerifyOptions,
): Promise<PanelReport> {
  for (const dashboard of dashboards) {
    await getJson(`${grafana.address}/api/dashboards/uid/${dashboard.uid}`, z.looseObject({}), {
      ...options,
      headers: { authorization: grafana.authorization },
    });
  }
  return checkQueries(grafana, dashboards, options);
}

/**
 * Asks Grafana what it would ask for each panel, whether the dashboards are there or not.
 * @throws Failure that names each panel whose query is refused
 */
export async function checkQueries(
  grafana: GrafanaAccess,
  dashboards: readonly DashboardSource[],
  options: VerifyOptions,
): Promise<PanelReport> {
  const failures: string[] = [];
  const empty: EmptyPanel[] = [];
  let answered = 0;
  for (const dashboard of dashboards) {
    const results = await Promise.all(
      dashboard.queries.map(async (query) => ({ query, result: await askGrafana(grafana, query, options) })),
    );
    const panels = new Map<string, { readonly expressions: string[]; hasData: boolean }>();
    for (const { query, result } of results) {
      const name = `${dashboard.title} / ${query.panel}`;
      if (result.error === undefined) answered += 1;
      else failures.push(`${name} (${query.refId}): ${result.error}`);
      const panel = panels.get(name) ?? { expressions: [], hasData: false };
      panel.expressions.push(query.expr);
      panel.hasData ||= result.hasData || result.error !== undefined;
      panels.set(name, panel);
    }
    for (const [name, { expressions, hasData }] of panels) if (!hasData) empty.push({ name, expressions });
  }
  if (failures.length > 0) throw new Failure('dashboard queries failed', failures);
  return { answered, empty };
}

const answerSchema = z.object({
  results: z.record(
    z.string(),
    z.object({
      error: z.string().optional(),
      frames: z
        .array(z.object({ data: z.object({ values: z.array(z.array(z.unknown())).nullish() }).optional() }))
        .nullish(),
    }),
  ),
});

async function askGrafana(
  grafana: GrafanaAccess,
  query: DashboardQuery,
  options: VerifyOptions,
): Promise<{ readonly error: string | undefined; readonly hasData: boolean }> {
  const instant = query.kind === 'instant';
  const body = {
    from: 'now-1h',
    to: 'now',
    queries: [
      {
        refId: query.refId,
        datasource: { type: 'prometheus', uid: grafana.dataSourceUid },
        expr: withoutVariables(query.expr),
        instant,
        range: !instant,
        intervalMs: 60_000,
        maxDataPoints: 100,
      },
    ],
  };
  const response = await options.fetch(`${grafana.address}/api/ds/query`, {
    method: 'POST',
    headers: { authorization: grafana.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: options.signal,
  });
  const text = await response.text();
  const parsed = answerSchema.safeParse(jsonOf(text));
  const result = parsed.success ? parsed.data.results[query.refId] : undefined;
  if (!response.ok || result === undefined || result.error !== undefined) {
    return { error: result?.error ?? `status ${response.status}: ${text.slice(0, 200)}`, hasData: false };
  }
  const hasData = (result.frames ?? []).some(({ data }) =>
    (data?.values ?? []).some((column) => column.length > 0),
  );
  return { error: undefined, hasData };
}

/**
 * A query with its dashboard's variables set to "all". Those of Grafana itself (`$__rate_interval`) stay: the data
 * source fills them in.
 */
export function withoutVariables(expression: string): string {
  return expression.replace(/\$(?:(?!__)\w+|\{(?!__)\w+(?::\w+)?\})/g, '.+');
}

/** @throws Failure for an answer that is no success, or of another shape */
export async function getJson<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  { fetch, signal, headers = {} }: VerifyOptions,
): Promise<z.output<Schema>> {
  const response = await fetch(url, { headers, signal });
  const text = await response.text();
  if (!response.ok) throw new Failure(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw new Failure(`${url} returned an unexpected answer: ${text.slice(0, 200)}`);
  return parsed.data;
}
