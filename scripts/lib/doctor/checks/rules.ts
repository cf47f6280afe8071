import * as z from 'zod';
import { parseDuration } from '../../../../exporter/config/duration.ts';
import { knownAlerts } from '../../../../infra/render/alertmanager.ts';
import type { OwnRuleFile } from '../../../../infra/render/content.ts';
import { failingRules } from '../../stack/verify.ts';
import type { AskOptions, Server } from '../ask.ts';
import { askJson } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, warning } from '../check.ts';
import { once } from '../once.ts';
import { watchdogFires } from '../query.ts';
import type { Context } from '../subject.ts';

/** The rules in Prometheus: each there, as this checkout has it, and evaluated without errors. */

export function rulesChecks(context: Context): readonly Check[] {
  const { prometheus } = context.subject;
  if (prometheus === undefined) return [];
  const loaded = once((signal: AbortSignal) => load(prometheus, context, signal));
  return [
    {
      id: 'rules',
      link: 'rules',
      needs: ['prometheus'],
      look: async (signal) => rulesAreOurs(await loaded(signal), prometheus, context, signal),
    },
    {
      id: 'rule-evaluation',
      link: 'evaluation of the rules',
      needs: ['rules'],
      look: async (signal) => rulesAreHealthy(await loaded(signal), prometheus, context),
    },
  ];
}

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((given) => given ?? {});

const ruleSchema = z.object({
  name: z.string(),
  query: z.string(),
  /** Seconds. */
  duration: z.number().default(0),
  labels,
  annotations: labels,
  health: z.string(),
  lastError: z.string().default(''),
});

const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        /** Seconds. */
        interval: z.number().default(0),
        lastEvaluation: z.string().default(''),
        rules: z.array(ruleSchema),
      }),
    ),
  }),
});

type LoadedRule = z.output<typeof ruleSchema>;
type LoadedGroup = z.output<typeof rulesSchema>['data']['groups'][number];
type WantedRule = OwnRuleFile['groups'][number]['rules'][number];

const load = async (
  prometheus: Server,
  options: AskOptions,
  signal: AbortSignal,
): Promise<readonly LoadedGroup[]> =>
  (await askJson(prometheus, '/api/v1/rules', rulesSchema, options, { signal })).data.groups;

async function rulesAreOurs(
  groups: readonly LoadedGroup[],
  prometheus: Server,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  const { subject } = context;
  const managed = subject.managed.prometheus;
  const missing: string[] = [];
  const differing: string[] = [];
  let count = 0;
  for (const { file, groups: its } of subject.rules) {
    for (const wanted of its) {
      const loaded = groups.filter(({ name }) => name === wanted.name).flatMap(({ rules }) => rules);
      if (loaded.length === 0) {
        missing.push(`${wanted.name} (${file})`);
        continue;
      }
      for (const rule of wanted.rules) {
        const name = rule.alert ?? rule.record ?? '';
        const alike = loaded.filter((one) => one.name === name);
        const why = await differenceOf(rule, alike, managed, (query) =>
          formatted(prometheus, query, context, signal),
        );
        if (why !== undefined) differing.push(`${wanted.name} / ${name}: ${why}`);
      }
      count += wanted.rules.length;
    }
  }
  const renew = managed
    ? 'scripts/up loads the rules of this checkout'
    : 'scripts/scrape-config --out DIR renders the files with the links of this stack; name them in rule_files and reload Prometheus (docs/anywhere.md)';
  // Nothing of ours is loaded: a ruler beside the storage may evaluate it.
  if (count === 0 && !managed && (await watchdogFires(prometheus, context, signal)))
    return ok(
      `${knownAlerts.watchdog} fires: the rules are evaluated elsewhere (vmalert, a ruler), and not compared`,
    );
  if (missing.length > 0)
    return broken(listed(`${counted(missing.length, 'rule group')} not loaded`, missing), renew);
  if (differing.length > 0) {
    const sentence = listed(`${counted(differing.length, 'rule')} not as in this checkout`, differing);
    return managed ? broken(sentence, renew) : warning(sentence, `unless that is on purpose: ${renew}`);
  }
  return ok(`all ${count} rules are loaded, as in this checkout`);
}

/** Links are the deployment's own; elsewhere they are what whoever rendered the files has chosen. */
const links: ReadonlySet<string> = new Set(['runbook_url', 'dashboard_url', 'status_url']);

/** How a rule differs from those of its name; an alert can stand in a group once for each severity. */
async function differenceOf(
  wanted: WantedRule,
  loaded: readonly LoadedRule[],
  managed: boolean,
  format: (query: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (loaded.length === 0) return 'missing';
  const found = loaded.find((one) => (wanted.labels?.['severity'] ?? '') === (one.labels['severity'] ?? ''));
  if (found === undefined) return `another severity (expected ${wanted.labels?.['severity'] ?? 'none'})`;
  const seconds = wanted.for === undefined ? 0 : (parseDuration(wanted.for) ?? 0);
  if (found.duration !== seconds) return `another "for" (expected ${wanted.for ?? '0s'})`;
  const text = Object.entries(wanted.annotations ?? {}).find(
    ([name, value]) => (managed || !links.has(name)) && found.annotations[name] !== value,
  );
  if (text !== undefined) return `another annotation ${text[0]}`;
  if (squeezed(found.query) === squeezed(wanted.expr)) return undefined;
  // Prometheus gives back what it has parsed: 7d as 1w, 2592000 as 2.592e+06, which differs between releases.
  const own = await format(wanted.expr);
  return own === undefined || squeezed(own) === squeezed(found.query) ? undefined : 'another expression';
}

function squeezed(expression: string): string {
  return expression.replace(/\s+/g, '');
}

const formatSchema = z.object({ data: z.string() });

/** An expression as this server writes it; undefined where it cannot tell. */
async function formatted(
  prometheus: Server,
  query: string,
  options: AskOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const path = `/api/v1/format_query?${new URLSearchParams({ query })}`;
    return (await askJson(prometheus, path, formatSchema, options, { signal })).data;
  } catch {
    return undefined;
  }
}

/** A group is late after so many of its intervals, and this many seconds besides. */
const lateIntervals = 3;
const graceSeconds = 60;

function rulesAreHealthy(groups: readonly LoadedGroup[], prometheus: Server, context: Context): Finding {
  const ours = new Set(context.subject.rules.flatMap((file) => file.groups.map(({ name }) => name)));
  const failing = groups.flatMap(({ name, rules }) => failingRules(name, rules));
  if (failing.length > 0)
    return broken(
      listed(`${counted(failing.length, 'rule')} failing`, failing),
      '"duplicate series" or "many-to-many": two targets export the same account, which is one exporter too many (see the targets); other errors: the log of Prometheus',
    );
  const nowMs = context.now() + (context.clocks.get(prometheus.name) ?? 0);
  const late = groups.flatMap(({ name, interval, lastEvaluation }) => {
    const at = Date.parse(lastEvaluation);
    // Not evaluated yet is the year 1.
    if (!ours.has(name) || Number.isNaN(at) || at <= 0 || interval === 0) return [];
    const seconds = (nowMs - at) / 1000;
    return seconds > lateIntervals * interval + graceSeconds ? [`${name}: ${Math.round(seconds)} s ago`] : [];
  });
  if (late.length > 0)
    return broken(
      listed('rule groups are not evaluated', late),
      'Prometheus is overloaded: compare prometheus_rule_group_last_duration_seconds with the interval, and see docs/operations.md about memory',
    );
  const pending = groups.some(
    ({ name, rules }) => ours.has(name) && rules.some(({ health }) => health === 'unknown'),
  );
  return ok(pending ? 'no rule fails; some were not evaluated yet' : 'no rule fails');
}
