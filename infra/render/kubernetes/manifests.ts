import { toYaml } from '../yaml.ts';
import { exporterObjects } from './exporter.ts';
import { dashboardMaps, prometheusRules, serviceMonitors } from './monitoring.ts';
import { networkPolicies } from './network-policy.ts';
import type { KubernetesObject, ManifestOptions } from './options.ts';
import { relayObjects } from './relay.ts';

/** Everything for a cluster, as objects by the file that holds them. The same options give the same bytes. */
export function manifestObjects(options: ManifestOptions): ReadonlyMap<string, readonly KubernetesObject[]> {
  const { relay, operator } = options;
  const files = new Map([
    ['exporter.yaml', exporterObjects(options)],
    ['network-policy.yaml', networkPolicies(options)],
    ['dashboards.yaml', dashboardMaps(options)],
  ]);
  if (relay !== undefined) files.set('relay.yaml', relayObjects(options, relay));
  if (operator !== undefined) {
    files.set('service-monitor.yaml', serviceMonitors(options, operator));
    files.set('prometheus-rules.yaml', prometheusRules(options, operator));
  }
  return files;
}

/** The files' texts, with a kustomization that lists them. */
export function renderManifests(options: ManifestOptions): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const objects = manifestObjects(options);
  for (const [file, its] of objects) files.set(file, its.map(toYaml).join('---\n'));
  files.set(
    'kustomization.yaml',
    toYaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [...objects.keys()].toSorted(),
    }),
  );
  return files;
}
