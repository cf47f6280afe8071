import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  FieldTextAlignment,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Text, Translate } from './language.ts';

/**
 * Our defaults for panels and queries. What the SDK leaves out and Grafana needs is set here once: the data source
 * (a variable, which works provisioned and imported alike), `calcs`, ascending thresholds, texts.
 */

/** Every panel asks the data source that the variable names. */
export const dataSource = { type: 'prometheus', uid: `\${datasource}` };

/** What a panel says about itself. */
export interface PanelText {
  readonly title: Text;
  readonly description: Text;
  /** Shown instead of a value where the query has no answer. */
  readonly noValue?: Text;
}

const defaultNoValue: Text = { en: 'no data', zh: '暂无数据' };

/** What every panel builder of the SDK has, though it has no type for it. */
interface PanelBuilder<Self> {
  title(title: string): Self;
  description(description: string): Self;
  noValue(noValue: string): Self;
  datasource(reference: typeof dataSource): Self;
  targets(targets: Builder<Dataquery>[]): Self;
}

/** The panel with its texts and its queries. */
export function withQueries<Self extends PanelBuilder<Self>>(
  panel: Self,
  translate: Translate,
  text: PanelText,
  queries: readonly DataqueryBuilder[],
): Self {
  return panel
    .title(translate(text.title))
    .description(translate(text.description))
    .noValue(translate(text.noValue ?? defaultNoValue))
    .datasource(dataSource)
    .targets(withRefIds(queries));
}

/** One value for each series, at the end of the time range. */
export function instant(expr: string, legend = ''): DataqueryBuilder {
  return new DataqueryBuilder().datasource(dataSource).expr(expr).instant().legendFormat(legend);
}

/** One row for each series: labels and the value as columns. */
export function rows(expr: string): DataqueryBuilder {
  return instant(expr).format(PromQueryFormat.Table);
}

export function range(expr: string, legend = ''): DataqueryBuilder {
  return new DataqueryBuilder().datasource(dataSource).expr(expr).range().legendFormat(legend);
}

/** Query letters in order: the SDK sets none, and Grafana needs them. */
function withRefIds(queries: readonly DataqueryBuilder[]): Builder<Dataquery>[] {
  return queries.map((query, index) => query.refId(refId(index)));
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** Steps from the lowest up; the first has no value, since it reaches down without end. */
export function thresholds(
  ...steps: readonly [base: string, ...(readonly [value: number, color: string])[]]
) {
  const [base, ...rest] = steps;
  const built: Threshold[] = [
    { value: null, color: base },
    ...rest.map(([value, color]) => ({ value, color })),
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(built);
}

/** Lower than any value; a line over time would stretch its axis down to there, so only for single values. */
const belowAll = -999_999_999;

/** As `thresholds`, for panels of single values: no value at all has no colour, neither a good nor a bad one. */
export function valueThresholds(
  ...[base, ...rest]: readonly [base: string, ...(readonly [value: number, color: string])[]]
) {
  return thresholds('text', [belowAll, base], ...rest);
}

/** Words for values, so that colour is never the only sign. */
export function words(options: Readonly<Record<string, ValueMappingResult>>): ValueMapping {
  return { type: MappingType.ValueToText, options };
}

/** A property of the panel type's own. */
function custom(id: string, value: unknown): DynamicConfigValue {
  return { id: `custom.${id}`, value };
}

/** Properties of single fields, for overrides. */
export const property = {
  unit: (value: string): DynamicConfigValue => ({ id: 'unit', value }),
  decimals: (value: number): DynamicConfigValue => ({ id: 'decimals', value }),
  width: (value: number): DynamicConfigValue => custom('width', value),
  fixedColor: (color: string): DynamicConfigValue => ({
    id: 'color',
    value: { mode: 'fixed', fixedColor: color },
  }),
  mappings: (...value: readonly ValueMapping[]): DynamicConfigValue => ({ id: 'mappings', value }),
  thresholds: (steps: Builder<unknown>): DynamicConfigValue => ({ id: 'thresholds', value: steps.build() }),
  minWidth: (value: number): DynamicConfigValue => custom('minWidth', value),
  lineWidth: (value: number): DynamicConfigValue => custom('lineWidth', value),
  dashed: custom('lineStyle', { fill: 'dash', dash: [8, 8] }),
  noValue: (value: string): DynamicConfigValue => ({ id: 'noValue', value }),
  left: custom('align', FieldTextAlignment.Left),
  /** Text in the colour of the threshold or the mapping; the second name is that of Grafana before 9.5. */
  colorText: [
    custom('cellOptions', { type: TableCellDisplayMode.ColorText }),
    custom('displayMode', TableCellDisplayMode.ColorText),
  ],
  link: (title: string, url: string, newTab = false): DynamicConfigValue => ({
    id: 'links',
    value: [{ title, url, targetBlank: newTab }],
  }),
};

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']);

export function stat(translate: Translate, text: PanelText, ...queries: readonly DataqueryBuilder[]): Stat {
  return withQueries(new Stat(), translate, text, queries)
    .reduceOptions(lastValue())
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Auto)
    .thresholds(thresholds('text'));
}

/** The text of a label instead of a value; of each series, where there are several. */
export function labelStat(translate: Translate, text: PanelText, expr: string, label: string): Stat {
  return stat(translate, text, rows(expr)).reduceOptions(lastValue().values(true).fields(`/^${label}$/`));
}

/** Several values side by side, in letters of one size. */
export function stats(translate: Translate, text: PanelText, ...queries: readonly DataqueryBuilder[]): Stat {
  return stat(translate, text, ...queries)
    .textMode(BigValueTextMode.ValueAndName)
    .text(new VizTextDisplayOptionsBuilder().titleSize(13).valueSize(24));
}

export function barGauge(
  translate: Translate,
  text: PanelText,
  ...queries: readonly DataqueryBuilder[]
): BarGauge {
  return withQueries(new BarGauge(), translate, text, queries)
    .reduceOptions(lastValue())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    .text(new VizTextDisplayOptionsBuilder().titleSize(13).valueSize(16));
}

export function timeSeries(
  translate: Translate,
  text: PanelText,
  ...queries: readonly DataqueryBuilder[]
): TimeSeries {
  return withQueries(new TimeSeries(), translate, text, queries)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Auto)
    .thresholds(thresholds('text'))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** Values of counters, stacked: their sum means something too. */
export function bars(
  translate: Translate,
  text: PanelText,
  ...queries: readonly DataqueryBuilder[]
): TimeSeries {
  return timeSeries(translate, text, ...queries)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .lineWidth(1)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
    .min(0);
}

/** Draws the steps as lines across the panel. */
export function thresholdLines(panel: TimeSeries, steps: ReturnType<typeof thresholds>): TimeSeries {
  return panel
    .thresholds(steps)
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** One band for each series, in words and colours of its value. */
export function stateTimeline(
  translate: Translate,
  text: PanelText,
  ...queries: readonly DataqueryBuilder[]
): StateTimeline {
  return withQueries(new StateTimeline(), translate, text, queries)
    .unit('none')
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .thresholds(thresholds('text'))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    );
}

/** Counts of what needs somebody. */
export const zeroIsGood = valueThresholds('green', [1, 'orange']);
