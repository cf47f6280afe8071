import { resolve } from 'node:path';
import ava from 'ava';
import * as z from 'zod';
import { type DashboardQuery, dashboards } from '../../dashboards/index.ts';
import { readAccountFile } from '../../exporter/account-file/read.ts';
import type { Config } from '../../exporter/account-file/schema.ts';
import { isAlert, renderRules, ruleGroups } from '../../rules/index.ts';
import { demoHistory } from '../../scripts/demo-history/history.ts';
import { filledIn } from '../support/dashboard-queries.ts';
import { startExporter } from '../support/exporter-process.ts';
import { mailboxExposition } from '../support/mailboxes.ts';
import { type RunningPrometheus, type Series, startPrometheus } from '../support/prometheus.ts';
import { needing } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import { serve } from '../support/served.ts';
import { matchesGeneratedData } from './digest.ts';

const test = needing(ava, 'prometheus', 'promtool');

const demo = resolve(import.meta.dirname, '../../exporter/examples/demo.yaml');
const day = 86_400;

function demoConfig(): Config {
  const now = realNowMs();
  const file = readAccountFile({ file: demo, secretsDirectory: undefined, environment: {}, now });
  if (!file.ok) {
    throw new Error(file.errors.join('\n'));
  }
  return file.config;
}

async function answered(prometheus: RunningPrometheus, query: DashboardQuery): Promise<number> {
  const now = realNowMs() / 1000;
  const expr = filledIn(query);
  const result =
    query.kind === 'instant'
      ? await prometheus.query(expr)
      : await prometheus.queryRange(expr, now - 30 * day, now, 4 * 3600);
  return result.length;
}

/** Panels of which no query has an answer, with their dashboard. */
async function emptyPanels(prometheus: RunningPrometheus): Promise<readonly string[]> {
  const empty: string[] = [];
  for (const { title, queries } of dashboards('en')) {
    for (const ofPanel of Map.groupBy(queries, ({ panelId }) => panelId).values()) {
      const counts = await Promise.all(ofPanel.map((query) => answered(prometheus, query)));
      if (counts.every((count) => count === 0)) {
        empty.push(`${title}: ${ofPanel[0]?.panel}`);
      }
    }
  }
  return empty;
}

const groupingSchema = z.object({
  panels: z.array(
    z.object({
      id: z.int(),
      transformations: z
        .array(
          z.object({
            id: z.string(),
            options: z.object({
              fields: z.record(z.string(), z.object({ operation: z.string() })).optional(),
            }),
          }),
        )
        .default([]),
    }),
  ),
});

/**
 * Labels that a table's queries give and its rows are not made of: rows that differ by such a label only would
 * become one. As `panel: label`, with how many tables were looked at.
 */
async function labelsLeftOut(prometheus: RunningPrometheus) {
  const leftOut = new Set<string>();
  let tables = 0;
  for (const { json, queries } of dashboards('en')) {
    for (const { id, transformations } of groupingSchema.parse(JSON.parse(json)).panels) {
      const grouping = transformations.find((transformation) => transformation.id === 'groupBy');
      if (grouping === undefined) continue;
      const fields = Object.entries(grouping.options.fields ?? {});
      const labels = fields.filter(([, { operation }]) => operation === 'groupby').map(([field]) => field);
      const ofPanel = queries.filter(({ panelId }) => panelId === id);
      const results = await Promise.all(ofPanel.map((query) => prometheus.query(filledIn(query))));
      if (results.some((result) => result.length > 0)) tables += 1;
      for (const label of results.flat().flatMap((series) => Object.keys(series.labels))) {
        if (label !== '__name__' && !labels.includes(label)) leftOut.add(`${ofPanel[0]?.panel}: ${label}`);
      }
    }
  }
  return { leftOut: [...leftOut], tables };
}

/** Until every target was scraped twice, so that counters have a rate, and rules were evaluated. */
async function settled(prometheus: RunningPrometheus, targets: number): Promise<void> {
  for (const expr of [
    `count(count_over_time(scrape_duration_seconds[1m]) > 2) == ${targets}`,
    'ALERTS{alertname="BalanceAlertWatchdog"}',
  ]) {
    while ((await prometheus.query(expr)).length === 0) {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** The demo's exporter and a Prometheus that scrapes it and has its history; started once for all tests that ask. */
const running: { stops: (() => Promise<void>)[]; demo?: Promise<RunningDemo> } = { stops: [] };

interface RunningDemo {
  readonly prometheus: RunningPrometheus;
  readonly config: Config;
  /** Where the generated history ends, in seconds since the epoch. */
  readonly started: number;
}

async function withDemo(): Promise<RunningPrometheus> {
  return (await wholeDemo()).prometheus;
}

function wholeDemo(): Promise<RunningDemo> {
  running.demo ??= startDemo();
  return running.demo;
}

async function startDemo(): Promise<RunningDemo> {
  const config = demoConfig();
  const started = Math.floor(realNowMs() / 1000);
  const exporter = await startExporter(demo);
  running.stops.push(exporter.stop);
  const prometheus = await startPrometheus({
    scrape: { 'balance-alert': exporter.target },
    // What is evaluated every two minutes need not be waited for.
    rules: renderRules().map(({ name, yaml }) => ({
      name,
      yaml: yaml.replaceAll('interval: 2m', 'interval: 1s'),
    })),
    history: demoHistory({ config, until: started, days: 30, instance: exporter.target }),
  });
  running.stops.push(prometheus.stop);
  await settled(prometheus, 2);
  return { prometheus, config, started };
}

ava.after.always('stop the demo', async () => {
  await Promise.all(running.stops.map((stop) => stop()));
});

test('every panel has data from a real Prometheus that scrapes the real exporter with demo accounts and their history, but for mail and notifications, which have none', async (t) => {
  t.timeout(300_000);
  t.deepEqual(await emptyPanels(await withDemo()), [
    'balance-alert / Overview: Billing mail',
    'balance-alert / Subscriptions and mail: Mailboxes',
    'balance-alert / Subscriptions and mail: Last mail of each topic',
    'balance-alert / Subscriptions and mail: Mail by topic',
    'balance-alert / Subscriptions and mail: Scan failures by reason',
    'balance-alert / Exporter: Notifications',
  ]);
});

test('the rows of every table are made of all labels that its queries give', async (t) => {
  t.timeout(300_000);
  t.deepEqual(await labelsLeftOut(await withDemo()), { leftOut: [], tables: 8 });
});

test('every rule evaluates there, and every recorded series has values but that of mail and those of what is not served', async (t) => {
  t.timeout(300_000);
  const prometheus = await withDemo();
  const empty: string[] = [];
  for (const rule of ruleGroups().flatMap(({ rules }) => rules)) {
    const result = await prometheus.query(rule.expr);
    if (!isAlert(rule) && result.length === 0) {
      empty.push(rule.record);
    }
  }
  t.deepEqual(empty, [
    'account:balance_alert_balance_unserved_since_timestamp_seconds:max',
    'account:balance_alert_spend_unserved_since_timestamp_seconds:max',
    'subscription:balance_alert_unserved_since_timestamp_seconds:max',
    'balance_alert_email_alerts',
  ]);
  const failures = await prometheus.query('sum(prometheus_rule_evaluation_failures_total)');
  t.is(failures[0]?.values[0]?.[1], 0);
});

test('the generated history of recorded series equals what the rules record for the generated balances', async (t) => {
  t.timeout(300_000);
  const prometheus = await withDemo();
  // A moment in the past when only the history speaks, a second after a step: on the step itself Prometheus 2 takes
  // one more of them into a window than Prometheus 3.
  const time = Math.floor(realNowMs() / 1000 / 600) * 600 - 6 * 3600 + 1;
  const recorded = ruleGroups()
    .filter(({ name }) => name === 'balance-alert.recording' || name === 'balance-alert.burn')
    .flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [rule])))
    // Spend needs no history of rules: its pace is made of what is served at the moment.
    .filter(({ record }) => record !== 'account:balance_alert_spend_projected:ratio');
  for (const { record, expr } of recorded) {
    const stored = byLabels(await prometheus.query(record, time));
    const made = byLabels(await prometheus.query(expr, time));
    t.true(stored.size > 0, record);
    t.deepEqual([...stored.keys()].sort(), [...made.keys()].sort(), record);
    for (const [labels, value] of made) {
      const tolerance = Math.abs(value) * 1e-9;
      t.true(
        Math.abs(Number(stored.get(labels)) - value) <= tolerance,
        `${record}${labels}: ${stored.get(labels)}, ${value}`,
      );
    }
  }
});

function byLabels(series: readonly Series[]): ReadonlyMap<string, number> {
  return new Map(
    series.map(({ labels: { __name__: _name, ...labels }, values }) => [
      JSON.stringify(labels),
      values[0]?.[1] ?? Number.NaN,
    ]),
  );
}

test('over thirty generated days in a real Prometheus, the digest matches the generated data', async (t) => {
  t.timeout(180_000);
  const { prometheus, config, started } = await wholeDemo();
  await matchesGeneratedData(t, prometheus, config, started);
});

test('with mailboxes and an Alertmanager these have data too', async (t) => {
  t.timeout(300_000);
  const mailboxes = await serve(mailboxExposition());
  t.teardown(mailboxes.close);
  const alertmanager = await serve((_request, response) => response.end());
  t.teardown(alertmanager.close);
  const prometheus = await startPrometheus({
    scrape: { mailboxes: new URL(mailboxes.url).host },
    alertmanager: new URL(alertmanager.url).host,
    rules: renderRules(),
  });
  t.teardown(prometheus.stop);
  await settled(prometheus, 2);
  const empty = await emptyPanels(prometheus);
  t.deepEqual(
    empty.filter((panel) => /: (Mail about|Mailboxes|Mail by|Last mail|Scan|Notif)/.test(panel)),
    [],
  );
  t.deepEqual(await labelsLeftOut(prometheus), { leftOut: [], tables: 1 });
});
