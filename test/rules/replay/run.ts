import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { renderRules } from '../../../rules/index.ts';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { findTool, findTools, type Tool } from '../../support/promtool.ts';
import { serve } from '../../support/served.ts';
import { type Engine, type EngineOptions, startPrometheusEngine, startVictoriaMetrics } from './engines.ts';
import { exporterAnswers, moments, page } from './script.ts';

const usage = `Usage: npm run replay

Runs one scripted exporter against every Prometheus that is found and against VictoriaMetrics with vmalert, all at once,
for ${Math.round(moments.end / 60)} minutes: accounts that fail, are topped up, removed and post-paid; the exporter is replaced and dies, Alertmanager
dies, the engines are restarted. Prints which alerts fired where, and how long accounts last on each.
The exit code is 1 where engines differ or an alert fires for an account that was removed or is post-paid, and 130 where it was
stopped by Ctrl-C or SIGTERM, which ends the engines first.

  --help  show this text
`;

/** Alerts on Prometheus' own metrics, which VictoriaMetrics has not. */
const prometheusOnly = new Set(['BalanceAlertNotificationsFailing', 'BalanceAlertRuleFailures']);

const silent = ['post-paid', 'new-post-paid', 'removed', 'plenty'];

/** What is compared at the end, and how far engines may be apart, as a share: they scrape at different moments. */
const compared = [
  'burn_per_second:avg1d',
  'burn_per_second:avg7d',
  'burn_per_second:avg30d',
  'runway_seconds',
] as const;
const tolerance = 0.001;

/** By alert, the stretches in which it fired, in seconds. */
type Fired = Map<string, { readonly first: number; last: number }[]>;

/** Longer than between two looks, and than a restart. */
const sameStretchSeconds = 20;

function nameOf(labels: Readonly<Record<string, string>>): string {
  const { alertname = '', severity = '', project, name } = labels;
  return `${alertname} ${severity} ${project ?? name ?? ''}`.trim();
}

async function watch(
  engines: readonly Engine[],
  startedAt: number,
  stopped: AbortSignal,
  turn: () => Promise<void>,
) {
  const fired = new Map<Engine, Fired>(engines.map((engine) => [engine, new Map()]));
  for (let time = 0; time < moments.end && !stopped.aborted; time = Date.now() / 1000 - startedAt) {
    await turn();
    for (const [engine, found] of fired) {
      // A restarting engine has no answer.
      const alerts = await engine.alerts().catch(() => []);
      for (const { labels, state } of alerts) {
        if (state !== 'firing') continue;
        const name = nameOf(labels);
        const at = Math.round(Date.now() / 1000 - startedAt);
        const stretches = found.get(name) ?? [];
        found.set(name, stretches);
        const latest = stretches.at(-1);
        if (latest === undefined || at - latest.last > sameStretchSeconds)
          stretches.push({ first: at, last: at });
        else latest.last = at;
      }
    }
    process.stderr.write(`\r${Math.round(time)} of ${moments.end} s `);
    await delay(2000, undefined, { signal: stopped }).catch(() => undefined);
  }
  process.stderr.write('\n');
  return fired;
}

function alertTable(fired: ReadonlyMap<Engine, Fired>): {
  readonly text: string;
  readonly problems: string[];
} {
  const names = [...new Set([...fired.values()].flatMap((found) => [...found.keys()]))].sort();
  const problems: string[] = [];
  const rows = names.map((name) => {
    const cells = [...fired].map(([engine, found]) => {
      const stretches = found.get(name);
      const expected = !(engine.name.startsWith('Victoria') && prometheusOnly.has(name.split(' ')[0] ?? ''));
      if (stretches === undefined && expected) problems.push(`${name} did not fire on ${engine.name}`);
      if (stretches === undefined) return expected ? '-' : 'no such metrics';
      return stretches.map(({ first, last }) => `${first} to ${last} s`).join(', ');
    });
    if (silent.includes(name.split(' ')[2] ?? '')) problems.push(`${name} fired`);
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const head = ['alert', ...[...fired.keys()].map(({ name }) => name)];
  return {
    text: `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.join('\n')}\n`,
    problems,
  };
}

async function figures(
  engines: readonly Engine[],
): Promise<{ readonly text: string; readonly problems: string[] }> {
  const problems: string[] = [];
  const rows: string[] = [];
  for (const record of compared) {
    for (const project of ['plenty', 'short']) {
      const expr = `account:balance_alert_${record}{project="${project}"}`;
      const values = await Promise.all(
        engines.map(async (engine) => (await engine.query(expr))[0]?.values[0]?.[1] ?? Number.NaN),
      );
      const apart = (Math.max(...values) - Math.min(...values)) / Math.max(...values);
      if (!(apart <= tolerance)) problems.push(`${record} of ${project} is ${apart} apart`);
      rows.push(
        `| ${[`${record} ${project}`, ...values.map((value) => value.toPrecision(8)), apart.toExponential(1)].join(' | ')} |`,
      );
    }
  }
  const head = ['at the end', ...engines.map(({ name }) => name), 'apart'];
  return {
    text: `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.join('\n')}\n`,
    problems,
  };
}

async function replay(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-replay-'));
  const startedAt = Math.floor(Date.now() / 1000) + 30;
  const since = (): number => Date.now() / 1000 - startedAt;
  const exporter = await serve((_request, response) => {
    const time = since();
    if (!exporterAnswers(time)) {
      response.destroy();
      return;
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page(time));
  });
  const alertmanager = await startAlertmanager({
    config: 'route: { receiver: none }\nreceivers: [{ name: none }]\n',
    templates: [],
  });
  const engines: Engine[] = [];
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    const options = (name: string): EngineOptions => ({
      folder: join(folder, name),
      startedAt,
      rules: renderRules(),
      exporter: new URL(exporter.url).host,
      alertmanager: new URL(alertmanager.url).host,
    });
    for (const [index, program] of findTools('prometheus').entries()) {
      engines.push(await startPrometheusEngine(program, options(`prometheus-${index}`)));
    }
    engines.push(await startVictoriaMetrics(options('victoria-metrics')));
    const once = [
      { at: moments.alertmanagerDies, act: async () => alertmanager[Symbol.asyncDispose]() },
      {
        at: moments.enginesRestart,
        act: async () => {
          for (const engine of engines) await engine.restart();
        },
      },
    ];
    const fired = await watch(engines, startedAt, stop.signal, async () => {
      while (once[0] !== undefined && since() >= once[0].at) await once.shift()?.act();
    });
    if (stop.signal.aborted) return 130;
    const alerts = alertTable(fired);
    const numbers = await figures(engines);
    process.stdout.write(`${alerts.text}\n${numbers.text}`);
    const problems = [...alerts.problems, ...numbers.problems];
    process.stdout.write(
      problems.length === 0
        ? '\nAll equal; nothing fired for an account that was removed or is post-paid.\n'
        : `\n${problems.join('\n')}\n`,
    );
    return problems.length === 0 ? 0 : 1;
  } finally {
    for (const engine of engines) await engine.stop();
    await alertmanager[Symbol.asyncDispose]();
    await exporter.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const needed: readonly Tool[] = ['prometheus', 'promtool', 'alertmanager', 'victoria-metrics', 'vmalert'];
  const missing = needed.filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) {
    process.stdout.write(`skipped: needs ${missing.join(', ')} on PATH or in .cache/tools\n`);
    return 0;
  }
  return replay();
}

if (import.meta.main) process.exitCode = await main();
