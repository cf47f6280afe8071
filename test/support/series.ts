import { catalog, definitionOf, type MetricName } from '../../exporter/metrics/catalog.ts';
import { isAlert, ruleGroups } from '../../rules/index.ts';
import { identityOf, type RecordedName, recordedSeries } from '../../rules/series.ts';
import { analyse, type Selector } from './promql.ts';

/** What rules and dashboards may read: the catalogue, what the rules record, and named series of others. */

/** Labels that Prometheus adds to every scraped series. */
const targetLabels = ['job', 'instance'];

/** Series of Prometheus and Alertmanager themselves, with the labels of theirs that we use. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  up: [],
  ALERTS: ['alertname', 'alertstate', 'severity', 'project', 'unit', 'name', 'mailbox', 'topic'],
  scrape_duration_seconds: [],
  scrape_samples_scraped: [],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  prometheus_rule_group_iterations_missed_total: ['rule_group'],
  prometheus_rule_group_last_duration_seconds: ['rule_group'],
  prometheus_notifications_errors_total: ['alertmanager'],
  prometheus_notifications_sent_total: ['alertmanager'],
  prometheus_notifications_dropped_total: [],
  prometheus_notifications_alertmanagers_discovered: [],
  process_resident_memory_bytes: [],
  alertmanager_notifications_total: ['integration'],
  alertmanager_notifications_failed_total: ['integration'],
};

const recordedByRules = new Set<string>(
  ruleGroups().flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]))),
);

/** The labels that series of the name can have; undefined where nothing makes such series. */
export function labelsOf(name: string): readonly string[] | undefined {
  if (isCatalogued(name)) {
    const { labels, optionalLabels = [] } = definitionOf(name);
    return [...labels, ...optionalLabels, ...targetLabels];
  }
  if (isRecorded(name)) {
    return recordedByRules.has(name) ? identityOf(name).split(', ') : undefined;
  }
  const labels = foreign[name];
  return labels === undefined ? undefined : [...labels, ...targetLabels];
}

function isCatalogued(name: string): name is MetricName {
  return name in catalog;
}

function isRecorded(name: string): name is RecordedName {
  return Object.hasOwn(recordedSeries, name);
}

/** Everything in the selectors and groupings that nothing provides, in words. */
export function unknownNames(expr: string): readonly string[] {
  const { selectors, groupings } = analyse(expr);
  const provided = new Set(selectors.flatMap(({ metric }) => labelsOf(metric) ?? []));
  return [
    ...selectors.flatMap(unknownIn),
    ...groupings
      .filter((label) => !provided.has(label))
      .map((label) => `no series here has the label ${label}`),
  ];
}

function unknownIn({ metric, labels }: Selector): readonly string[] {
  const known = labelsOf(metric);
  if (known === undefined) {
    return [`nothing makes the series ${metric}`];
  }
  return labels.filter((label) => !known.includes(label)).map((label) => `${metric} has no label ${label}`);
}

/** Whether a series only grows. */
export function isCounter(name: string): boolean {
  return isCatalogued(name) ? definitionOf(name).type === 'counter' : name.endsWith('_total');
}
