import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { parse } from 'yaml';
import * as z from 'zod';
import { formatDuration } from '../../../exporter/config/duration.ts';
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

const ruleFileSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          keep_firing_for: z.string().optional(),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});

/** One object for each rule file. */
export function prometheusRules(
  { namespace, links }: ManifestOptions,
  operator: OperatorOptions,
): readonly KubernetesObject[] {
  return ruleFiles(links).map(({ file, text }): IPrometheusRule => {
    const name = file.replace(/\.yaml$/, '').replaceAll('.', '-');
    const { groups } = ruleFileSchema.parse(parse(text));
    return {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name, namespace, labels: { ...labelsOf('exporter'), ...operator.labels } },
      spec: {
        groups: groups.map(({ interval, rules, ...group }) => ({
          ...group,
          ...(interval === undefined ? {} : { interval }),
          rules: rules.map(({ expr, ...rule }) => ({ ...withoutUndefined(rule), expr })),
        })),
      },
    };
  });
}

type Given<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

function withoutUndefined<Value extends object>(value: Value): Partial<Given<Value>> {
  const given: Partial<Given<Value>> = {};
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) Object.assign(given, { [key]: item });
  return given;
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
