import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { formatDuration } from '../../../exporter/config/duration.ts';
import type { PlainGroup } from '../../../rules/index.ts';
import { dashboardSources, ruleFiles } from '../content.ts';
import type { KubernetesObject, ManifestOptions, OperatorOptions } from './options.ts';
import { configMap, labelsOf, nameOf } from './parts.ts';

/** What the Prometheus Operator and the sidecar of Grafana pick up. */

/** Scrape jobs: named by the service's label, so that rules and dashboards find them whatever the service is called. */
export function serviceMonitors(
  options: ManifestOptions,
  operator: OperatorOptions,
): readonly KubernetesObject[] {
  const components = options.relay === undefined ? (['exporter'] as const) : (['exporter', 'relay'] as const);
  return components.map((component): IServiceMonitor => {
    const labels = labelsOf(component);
    return {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: {
        name: nameOf(component),
        namespace: options.namespace,
        labels: { ...labels, ...operator.labels },
      },
      spec: {
        jobLabel: 'app.kubernetes.io/name',
        selector: { matchLabels: labels },
        endpoints: [
          {
            port: component === 'exporter' ? 'metrics' : 'http',
            interval: formatDuration(options.scrapeIntervalSeconds),
          },
        ],
      },
    };
  });
}

/** One object for each rule file. */
export function prometheusRules(
  { namespace, links }: ManifestOptions,
  operator: OperatorOptions,
): readonly KubernetesObject[] {
  return ruleFiles(links).map(
    ({ file, groups }): IPrometheusRule => ({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: file.replace(/\.yaml$/, '').replaceAll('.', '-'),
        namespace,
        labels: { ...labelsOf('exporter'), ...operator.labels },
      },
      spec: { groups: groups.map(operatorGroup) },
    }),
  );
}

/** The same in the operator's types, whose lists and records are not read-only. */
function operatorGroup({ rules, ...group }: PlainGroup) {
  return {
    ...group,
    rules: rules.map(({ labels, annotations, ...rule }) => ({
      ...rule,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    })),
  };
}

/** One ConfigMap for each dashboard, with the label and the annotation that the sidecar of Grafana's chart knows. */
export function dashboardMaps({ grafanaNamespace, language }: ManifestOptions): readonly KubernetesObject[] {
  return dashboardSources(language, {}, 'default').map(({ uid, json }) =>
    configMap(
      {
        name: `${uid}-dashboard`,
        namespace: grafanaNamespace,
        labels: { ...labelsOf('exporter'), grafana_dashboard: '1' },
        annotations: { grafana_folder: 'balance-alert' },
      },
      // On one line: it is for a program, and smaller by half.
      { [`${uid}.json`]: JSON.stringify(JSON.parse(json)) },
    ),
  );
}
