import test from 'ava';
import * as z from 'zod';
import { dashboards } from '../../dashboards/index.ts';
import { grafanaSchema } from '../support/grafana-schema.ts';

const panel = z.looseObject({
  type: z.string(),
  options: z.unknown().optional(),
  fieldConfig: z
    .object({
      defaults: z.object({ custom: z.unknown().optional() }),
      overrides: z.array(
        z.object({ properties: z.array(z.object({ id: z.string(), value: z.unknown().optional() })) }),
      ),
    })
    .optional(),
});
const all = dashboards('en').map(({ json }): unknown => JSON.parse(json));

/** What the release that the package describes does not know of our dashboards, each once. */
function findingsOf(packageName: string): readonly string[] {
  const schema = grafanaSchema(packageName);
  const panels = all
    .flatMap((dashboard) => z.object({ panels: z.array(panel) }).parse(dashboard).panels)
    .filter(({ type }) => type !== 'row');
  const found = [
    ...all.flatMap((dashboard) => schema.dashboard(dashboard)),
    ...panels.flatMap(({ type, options, fieldConfig }) =>
      [
        ...schema.options(type, options).map((finding) => `options.${finding}`),
        ...[
          fieldConfig?.defaults.custom ?? {},
          ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
            properties.filter(({ id }) => id.startsWith('custom.')).map(({ id, value }) => nested(id, value)),
          ),
        ].flatMap((custom) => schema.custom(type, custom).map((finding) => `custom.${finding}`)),
      ].map((finding) => `${type}: ${finding}`),
    ),
  ];
  return [...new Set(found)].sort();
}

/** The settings that an override with the id `custom.a.b` makes. */
function nested(id: string, value: unknown): unknown {
  return id
    .split('.')
    .slice(1)
    .reduceRight((inner: unknown, key) => ({ [key]: inner }), value);
}

// What the types of no release name, though the program reads it in all of them: the query of marks, which is the
// Prometheus plugin's own, and what the page keeps with a variable.
const unnamed = [
  ...['expr', 'step', 'tagKeys', 'textFormat', 'titleFormat', 'useValueForTime'].map(
    (name) => `annotations.list[].${name} is not known`,
  ),
  ...['auto', 'auto_count', 'auto_min', 'definition'].map((name) => `templating.list[].${name} is not known`),
];

// Grafana leaves alone what it does not know. So each of these has to be a setting that the older or newer release
// can be without: here they say a default, or a nicety such as the pages of a long timeline.
const releases: readonly { readonly name: string; readonly leavesAlone: readonly string[] }[] = [
  {
    name: 'grafana-schema-10',
    leavesAlone: [
      // Defaults, and where links and names are put; a timeline has all its rows on one page.
      ...['legend', 'maxVizHeight', 'namePlacement', 'sizing'].map((key) => `bargauge: options.${key}`),
      ...['percentChangeColorMode', 'showPercentChange', 'wideLayout'].map((key) => `stat: options.${key}`),
      ...['links[].placement', 'panels[].maxPerRow', 'state-timeline: options.perPage'],
      ...['allValue', 'allowCustomValue', 'includeAll', 'sort'].map((key) => `templating.list[].${key}`),
      'annotations.list[].builtIn',
    ]
      .map((path) => `${path} is not known`)
      // The first step of all thresholds: a type that was too narrow, and is wider in later releases.
      .concat('panels[].fieldConfig.defaults.thresholds.steps[].value is null'),
  },
  {
    name: 'grafana-schema-11',
    leavesAlone: [
      'bargauge: options.legend',
      'links[].placement',
      'stat: options.percentChangeColorMode',
      'state-timeline: options.perPage',
      'templating.list[].allowCustomValue',
    ].map((path) => `${path} is not known`),
  },
  { name: 'grafana-schema-12', leavesAlone: ['links[].placement is not known'] },
  // Says that a table has no footer, which is the default since.
  { name: 'grafana-schema-13', leavesAlone: ['table: options.footer is not known'] },
];

for (const { name, leavesAlone } of releases) {
  test(`the types of ${name} know every setting of the dashboards but for named ones that it can be without`, (t) => {
    t.deepEqual(findingsOf(name), [...unnamed, ...leavesAlone].sort());
  });
}

test('a name, a value and a panel that a release does not know are found', (t) => {
  const schema = grafanaSchema('grafana-schema-13');
  t.deepEqual(
    schema.options('timeseries', { legend: { showLegends: true }, tooltip: { mode: 'sometimes' } }),
    ['legend.showLegends is not known', 'tooltip.mode is "sometimes"'],
  );
  t.deepEqual(schema.custom('stat', { fillOpacity: 10 }), ['fillOpacity is not known']);
  t.deepEqual(schema.options('graph', {}), ['no panel graph']);
  t.deepEqual(schema.dashboard({ title: 1, panels: [{ type: 'stat', gridPos: [] }] }), [
    'title is 1',
    'panels[].gridPos is a list',
  ]);
});
