import {
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { MetricName } from '../exporter/metrics/catalog.ts';
import type { Text, Translate } from './language.ts';
import { dataSource } from './panels.ts';

/**
 * A choice among the values of a label; all of them at first. Follows the time range, so that what is gone can be
 * found. There is none for `job` and `instance`, which dashboard-linter asks for: queries collapse the exporters,
 * since an account is the same behind every exporter.
 */
export function labelVariable(
  translate: Translate,
  name: string,
  label: Text,
  metric: MetricName,
  labelName: string,
): QueryVariableBuilder {
  const query = `label_values(${metric}, ${labelName})`;
  return new QueryVariableBuilder(name)
    .label(translate(label))
    .datasource(dataSource)
    .query({ query, refId: `${name}-values` })
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: [translate({ en: 'All', zh: '全部' })], value: ['$__all'], selected: true })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}
