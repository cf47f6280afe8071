import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IService } from 'kubernetes-models/v1/Service';
import type { KubernetesObject, ManifestOptions } from './options.ts';
import {
  configMap,
  hardenedContainer,
  hardenedPod,
  labelsOf,
  metricsPort,
  secretVolume,
  statusPort,
  volumeClaim,
} from './parts.ts';

const accountsName = 'balance-alert-accounts';

/** The exporter: account file, storage, program and service; one of each but the file and the service for a shard. */
export function exporterObjects(options: ManifestOptions): readonly KubernetesObject[] {
  const { namespace } = options;
  const labels = { ...labelsOf('exporter') };
  const shards = Array.from({ length: options.shards }, (_, index) => index);
  const nameOf = (shard: number) => (options.shards === 1 ? 'balance-alert' : `balance-alert-${shard}`);
  return [
    configMap({ name: accountsName, namespace, labels }, { 'config.yaml': options.accounts }),
    ...shards.map((shard) => volumeClaim(nameOf(shard), 'exporter', options.storage, options)),
    ...shards.map((shard) => deployment(options, nameOf(shard), shard)),
    service(namespace, labels),
  ];
}

function service(namespace: string, labels: Record<string, string>): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'balance-alert', namespace, labels },
    spec: {
      selector: labels,
      ports: [
        { name: 'metrics', port: metricsPort, targetPort: 'metrics', protocol: 'TCP' },
        { name: 'status', port: statusPort, targetPort: 'status', protocol: 'TCP' },
      ],
    },
  };
}

function deployment(options: ManifestOptions, name: string, shard: number): IDeployment {
  const shardLabels = {
    ...labelsOf('exporter'),
    ...(options.shards === 1 ? {} : { 'balance-alert/shard': String(shard) }),
  };
  const hasSecrets = options.secretNames.length > 0;
  const probe = (path: string) => ({ httpGet: { path, port: 'metrics' }, timeoutSeconds: 3 });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: options.namespace, labels: shardLabels },
    spec: {
      replicas: 1,
      // The storage is for one exporter at a time.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: shardLabels },
      template: {
        metadata: { labels: shardLabels },
        spec: {
          ...hardenedPod,
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'exporter',
              image: options.image,
              ...hardenedContainer,
              args: [
                'serve',
                ...(options.shards === 1 ? [] : [`--poll.shard=${shard + 1}/${options.shards}`]),
              ],
              env: [
                { name: 'BALANCE_ALERT_WEB_LANGUAGE', value: options.language },
                {
                  name: 'BALANCE_ALERT_WEB_DASHBOARD_URL',
                  value: `${options.links.grafana}/d/balance-alert`,
                },
              ],
              ports: [
                { name: 'metrics', containerPort: metricsPort, protocol: 'TCP' },
                { name: 'status', containerPort: statusPort, protocol: 'TCP' },
              ],
              startupProbe: { ...probe('/-/healthy'), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe('/-/healthy'), periodSeconds: 15, failureThreshold: 4 },
              // Ready after the first round of checks, whatever came of it: a vendor that is down is an alert.
              readinessProbe: { ...probe('/-/ready'), periodSeconds: 5 },
              resources: {
                requests: { cpu: '50m', memory: '128Mi' },
                limits: { memory: '384Mi' },
              },
              volumeMounts: [
                // The folder, not the file: only then a changed ConfigMap reaches the exporter, which reloads it.
                { name: 'accounts', mountPath: '/etc/balance-alert', readOnly: true },
                ...(hasSecrets ? [{ name: 'secrets', mountPath: '/run/secrets', readOnly: true }] : []),
                { name: 'data', mountPath: '/var/lib/balance-alert' },
              ],
            },
          ],
          volumes: [
            { name: 'accounts', configMap: { name: accountsName } },
            ...(hasSecrets ? [secretVolume(options.secret, options.secretNames)] : []),
            { name: 'data', persistentVolumeClaim: { claimName: name } },
          ],
        },
      },
    },
  };
}
