import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { dashboards, dataSourceUid, folderUid, languages } from '../../dashboards/index.ts';
import { dashboardUids } from '../../rules/links.ts';
import { analyse } from '../support/promql.ts';
import { isCounter, unknownNames } from '../support/series.ts';

/** What of a dashboard's JSON the checks look at, as Grafana reads it. */
const panelSchema = z.object({
  id: z.int().min(1),
  type: z.string(),
  title: z.string().min(1),
  gridPos: z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) }),
});
const queryPanelSchema = panelSchema.extend({
  description: z.string().min(1),
  datasource: z.object({ type: z.literal('prometheus'), uid: z.string() }),
  targets: z
    .array(
      z.object({
        refId: z.string().min(1),
        expr: z.string().min(1),
        datasource: z.object({ uid: z.string() }),
      }),
    )
    .min(1),
  transformations: z
    .array(
      z.object({
        id: z.string(),
        options: z.object({ renameByName: z.record(z.string(), z.string()).optional() }),
      }),
    )
    .default([]),
  options: z.object({ reduceOptions: z.object({ calcs: z.array(z.string()) }).optional() }),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string().min(1),
      noValue: z.string().min(1),
      thresholds: z.object({
        steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })).min(1),
      }),
    }),
  }),
});
const dashboardSchema = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  description: z.string().min(1),
  editable: z.literal(false),
  id: z.undefined().optional(),
  templating: z.object({
    list: z.array(
      z.object({
        type: z.string(),
        name: z.string(),
        label: z.string().min(1),
        query: z.union([z.string(), z.object({ query: z.string() })]),
        refresh: z.number().optional(),
        multi: z.boolean(),
        allValue: z.string().optional(),
        current: z.unknown().optional(),
      }),
    ),
  }),
  annotations: z.object({
    list: z
      .array(z.object({ name: z.string(), builtIn: z.number().optional(), expr: z.string().optional() }))
      .min(1),
  }),
  panels: z.array(z.union([queryPanelSchema, panelSchema.extend({ type: z.literal('row') })])),
});

type QueryPanel = z.output<typeof queryPanelSchema>;

const all = languages.flatMap((language) =>
  dashboards(language).map((file) => ({
    language,
    file,
    json: dashboardSchema.parse(JSON.parse(file.json)),
  })),
);
const english = all.filter(({ language }) => language === 'en');

function queryPanels(panels: z.output<typeof dashboardSchema>['panels']): readonly QueryPanel[] {
  return panels.filter((panel): panel is QueryPanel => panel.type !== 'row');
}

/** Every panel that has queries, of all languages, with its place in words. */
const panels = all.flatMap(({ language, json }) =>
  queryPanels(json.panels).map((panel) => ({ where: `${language}, ${json.title}, ${panel.title}`, panel })),
);

/** As Grafana fills in for "all". */
function filledIn(expr: string): string {
  return expr
    .replaceAll(/\$(project|unit|subscription|mailbox)\b/g, '.+')
    .replaceAll(/\$__(rate_)?interval/g, '5m');
}

test('there are four dashboards in two languages, under the same uids', (t) => {
  for (const language of languages) {
    t.deepEqual(
      all.filter((dashboard) => dashboard.language === language).map(({ json }) => json.uid),
      Object.values(dashboardUids),
    );
  }
});

test('no dashboard has the uid of the folder, since Grafana keeps both in one name space', (t) => {
  t.false(Object.values<string>(dashboardUids).includes(folderUid));
});

test('panels overlap nowhere and stay within the 24 columns', (t) => {
  for (const { json } of all) {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of json.panels) {
      t.true(gridPos.x + gridPos.w <= 24, `${json.title}, ${title}`);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          t.is(taken.get(`${x},${y}`), undefined, `${json.title}: ${title} at ${x},${y}`);
          taken.set(`${x},${y}`, title);
        }
      }
    }
  }
});

test('ids and reference letters are there and used once', (t) => {
  for (const { json } of all) {
    const ids = json.panels.map(({ id }) => id);
    t.deepEqual(ids, [...new Set(ids)]);
    for (const { targets } of queryPanels(json.panels)) {
      const letters = targets.map(({ refId }) => refId);
      t.deepEqual(letters, [...new Set(letters)]);
    }
  }
});

test('every query parses, and reads only series and labels that exist', (t) => {
  for (const { where, panel } of panels) {
    for (const { expr } of panel.targets) {
      t.deepEqual(analyse(filledIn(expr)).errors, [], `${where}: ${expr}`);
      t.deepEqual(
        unknownNames(filledIn(expr)).filter(
          // A label that label_join or label_replace makes.
          (finding) => !/has the label (about|group)$/.test(finding),
        ),
        [],
        `${where}: ${expr}`,
      );
    }
  }
});

test('every query of a dashboard is among the queries that are verified after a deployment', (t) => {
  for (const { file, json } of all) {
    t.deepEqual(
      file.queries.map(({ panelId, refId, expr }) => [panelId, refId, expr]),
      queryPanels(json.panels).flatMap(({ id, targets }) =>
        targets.map(({ refId, expr }) => [id, refId, expr]),
      ),
    );
  }
});

test('every panel and every query uses the data source variable', (t) => {
  for (const { where, panel } of panels) {
    for (const { uid } of [panel.datasource, ...panel.targets.map(({ datasource }) => datasource)]) {
      t.is(uid, `\${datasource}`, where);
    }
  }
});

test('there is one data-source variable, first, and no input that only an import dialog resolves', (t) => {
  for (const { file, json } of all) {
    const sources = json.templating.list.filter(({ type }) => type === 'datasource');
    t.deepEqual(
      sources.map(({ name, query }) => [name, query]),
      [['datasource', 'prometheus']],
    );
    t.is(json.templating.list[0]?.type, 'datasource');
    t.notRegex(file.json, /\$\{DS_|__inputs/);
  }
});

test('other variables offer all values, several at once, and follow the time range', (t) => {
  for (const { json } of all) {
    for (const variable of json.templating.list.filter(({ type }) => type !== 'datasource')) {
      t.is(variable.refresh, 2);
      t.true(variable.multi);
      t.is(variable.allValue, '.+');
    }
  }
});

test('every variable in a query or a title exists on its dashboard', (t) => {
  for (const { file, json } of all) {
    const known = new Set(json.templating.list.map(({ name }) => name));
    const used = [...file.json.matchAll(/\$\{?([a-z_]+)/g)].map(([, name]) => name ?? '');
    t.deepEqual(
      used.filter((name) => !known.has(name) && !name.startsWith('__')),
      [],
    );
  }
});

test('counters are read by rate or increase, and over time by the interval that Grafana sets', (t) => {
  // Whole days and hours that the column's name says, and one bar for each day.
  const fixed = ['6h', '1d', '$__interval'];
  for (const { where, panel } of panels) {
    for (const { expr } of panel.targets) {
      for (const { metric, within } of analyse(filledIn(expr)).selectors) {
        if (metric !== 'balance_alert_email_alerts_total') {
          t.is(
            isCounter(metric),
            within.includes('rate') || within.includes('increase'),
            `${where}: ${metric}`,
          );
        }
      }
      for (const [, interval] of expr.matchAll(/(?:rate|increase)\([^)]*\[([^\]]+)\]/g)) {
        t.true(interval === '$__rate_interval' || fixed.includes(interval ?? ''), `${where}: ${interval}`);
      }
    }
  }
});

test('thresholds ascend from a first step without a value', (t) => {
  for (const { where, panel } of panels) {
    const [base, ...steps] = panel.fieldConfig.defaults.thresholds.steps.map(({ value }) => value);
    t.is(base, null, where);
    t.deepEqual(
      steps,
      [...steps].sort((left, right) => Number(left) - Number(right)),
      where,
    );
  }
});

test('a missing value has no colour', (t) => {
  for (const { where, panel } of panels.filter(({ panel }) => ['stat', 'bargauge'].includes(panel.type))) {
    t.is(panel.fieldConfig.defaults.thresholds.steps[0]?.color, 'text', where);
  }
});

test('panels of single values take the last one', (t) => {
  for (const { where, panel } of panels) {
    if (panel.options.reduceOptions !== undefined) {
      t.deepEqual(panel.options.reduceOptions.calcs, ['lastNotNull'], where);
    }
  }
});

test('column names are unique within a table, in every language', (t) => {
  for (const { where, panel } of panels) {
    for (const { options } of panel.transformations) {
      const headers = Object.values(options.renameByName ?? {});
      t.deepEqual(headers, [...new Set(headers)], where);
    }
  }
});

test('a table of several queries is grouped by label, so that without data its message is shown instead', (t) => {
  let several = 0;
  for (const { where, panel } of panels.filter(({ panel }) => panel.type === 'table')) {
    const steps = panel.transformations.map(({ id }) => id);
    t.deepEqual(steps, panel.targets.length > 1 ? ['merge', 'groupBy', 'organize'] : ['organize'], where);
    if (panel.targets.length > 1) several += 1;
  }
  t.is(several, 18);
});

test("Grafana's built-in annotations are kept", (t) => {
  for (const { json } of all) {
    t.is(json.annotations.list[0]?.builtIn, 1);
  }
});

test('annotations of top-ups parse and read only existing series', (t) => {
  const marks = all.flatMap(({ json }) => json.annotations.list.flatMap(({ expr }) => expr ?? []));
  t.is(marks.length, 2);
  for (const expr of marks) {
    t.deepEqual(analyse(filledIn(expr)).errors, []);
    t.deepEqual(unknownNames(filledIn(expr)), []);
  }
});

test('the languages differ in texts only', (t) => {
  const [, ...others] = languages;
  for (const other of others) {
    for (const [index, { json }] of all.filter(({ language }) => language === other).entries()) {
      const original = english[index]?.json;
      t.deepEqual(
        json.panels.map(({ id, type, gridPos }) => ({ id, type, gridPos })),
        original?.panels.map(({ id, type, gridPos }) => ({ id, type, gridPos })),
      );
      t.deepEqual(
        queryPanels(json.panels).flatMap(({ targets }) => targets),
        queryPanels(original?.panels ?? []).flatMap(({ targets }) => targets),
      );
      t.notDeepEqual(
        json.panels.map(({ title }) => title),
        original?.panels.map(({ title }) => title),
      );
    }
  }
});

test('every text of the Chinese dashboards is Chinese', (t) => {
  for (const { language, json } of all) {
    if (language === 'zh') {
      for (const panel of queryPanels(json.panels)) {
        for (const text of [panel.title, panel.description, panel.fieldConfig.defaults.noValue]) {
          t.regex(text, /\p{Script=Han}/u);
        }
      }
    }
  }
});

test('panels that the runbooks name exist', async (t) => {
  const runbooks = await readFile(resolve(import.meta.dirname, '../../docs/alerts.md'), 'utf8');
  const titles = english.flatMap(({ json }) =>
    json.panels.map(({ title }) => title.replace(/, \$unit$/, '')),
  );
  const named = [
    ...runbooks.matchAll(/"([A-Z][^"]+)" on the (Overview|Accounts|Subscriptions and mail|Exporter)/g),
  ];
  t.true(named.length >= 7);
  t.deepEqual(
    named.map(([, title]) => title ?? '').filter((title) => !titles.some((known) => known.startsWith(title))),
    [],
  );
});

test('links between dashboards lead to uids that exist and variables that the target has', (t) => {
  for (const { file } of all) {
    for (const [, uid, variable] of file.json.matchAll(/"\/d\/([a-z-]+)\?var-([a-z]+)=/g)) {
      const target = english.find(({ json }) => json.uid === uid);
      t.true(
        target?.json.templating.list.some(({ name }) => name === variable),
        `${uid}, ${variable}`,
      );
    }
  }
});

test('the data source can be preset, and is otherwise left to Grafana', (t) => {
  const current = (options: Parameters<typeof dashboards>[1]) =>
    dashboards('en', options).map(
      ({ json }) => dashboardSchema.parse(JSON.parse(json)).templating.list[0]?.current,
    );
  t.deepEqual(current({}), [undefined, undefined, undefined, undefined]);
  for (const chosen of current({ dataSource: dataSourceUid })) {
    t.deepEqual(chosen, { text: dataSourceUid, value: dataSourceUid, selected: true });
  }
});

test('configured runway days also set the colours of the dashboards', (t) => {
  const [overview] = dashboards('en', { runwayDays: { warning: 14, critical: 5 } });
  const steps = dashboardSchema
    .parse(JSON.parse(overview?.json ?? ''))
    .panels.flatMap((panel) => queryPanels([panel]))
    .find(({ title }) => title === 'First to run out')?.fieldConfig.defaults.thresholds.steps;
  t.deepEqual(steps, [
    { value: null, color: 'text' },
    { value: -999_999_999, color: 'red' },
    { value: 5, color: 'orange' },
    { value: 14, color: 'green' },
  ]);
});
