import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { Text, Translate } from './language.ts';
import { type PanelText, property, thresholds, withQueries } from './panels.ts';

/** A column of a table: the field that the query makes, and what people read. */
export interface Column {
  /** A label's name, `Value` where the table has one query, or `Value #A` where it has several. */
  readonly field: string;
  readonly header: Text;
  readonly properties?: readonly DynamicConfigValue[];
  /** In pixels; an equal part of what the others leave unless given, but enough for a name on a phone. */
  readonly width?: number;
}

/**
 * A table of exactly these columns, in this order. Several queries become one table by their common labels
 * (Grafana would show them as separate tables behind a selector), so all queries need the same labels.
 *
 * @param sort by the first column, then by the next
 * @param hidden fields of the queries that are not shown, besides the time and the name of the metric
 */
export function table(
  translate: Translate,
  text: PanelText,
  queries: readonly DataqueryBuilder[],
  columns: readonly Column[],
  sort: readonly { readonly by: Text; readonly descending?: boolean }[],
  hidden: readonly string[] = [],
): Table {
  const panel = withQueries(new Table(), translate, text, queries)
    .thresholds(thresholds('text'))
    .filterable(false)
    .minWidth(50)
    .sortBy(
      sort.map(({ by, descending = false }) =>
        new TableSortByFieldStateBuilder().displayName(translate(by)).desc(descending),
      ),
    )
    .transformations(
      queries.length > 1
        ? joined(translate, columns, hidden)
        : [organized(translate, columns, ['Time', '__name__', ...hidden])],
    );
  for (const { header, properties = [], width } of columns) {
    const sized = width === undefined ? property.minWidth(100) : property.width(width);
    // The panel's own text for "nothing" would be shown in each empty cell.
    panel.overrideByName(translate(header), [property.noValue('–'), sized, ...properties]);
  }
  return panel;
}

const isLabel = (field: string): boolean => !field.startsWith('Value');

/**
 * One row for each combination of labels. Grouping changes no row: it lets the table vanish where no query gives
 * anything. Otherwise Grafana since 10.0 shows the headers of the queries' values with nothing below, instead of the
 * panel's text for "nothing".
 */
function joined(translate: Translate, columns: readonly Column[], hidden: readonly string[]) {
  const labels = [...columns.map(({ field }) => field), ...hidden].filter(isLabel);
  const values = columns.map(({ field }) => field).filter((field) => !isLabel(field));
  const only = 'lastNotNull';
  return [
    { id: 'merge', options: {} },
    {
      id: 'groupBy',
      options: {
        fields: Object.fromEntries([
          ...labels.map((field) => [field, { operation: 'groupby', aggregations: [] }]),
          ...values.map((field) => [field, { operation: 'aggregate', aggregations: [only] }]),
        ]),
      },
    },
    organized(
      translate,
      columns.map((column) =>
        isLabel(column.field) ? column : { ...column, field: `${column.field} (${only})` },
      ),
      hidden.filter(isLabel),
    ),
  ];
}

/** The columns and no others, under the names that people read. */
function organized(translate: Translate, columns: readonly Column[], excluded: readonly string[]) {
  return {
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(excluded.map((field) => [field, true])),
      indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
      renameByName: Object.fromEntries(columns.map(({ field, header }) => [field, translate(header)])),
    },
  };
}
