import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IService } from 'kubernetes-models/v1/Service';
import type { KubernetesObject, ManifestOptions } from './options.ts';
import { configMap, deployment, labelsOf, metricsPort, nameOf, statusPort, volumeClaim } from './parts.ts';

const accountsName = 'balance-alert-accounts';

/** The exporter: account file, storage, program and service; one of each but the file and the service for a shard. */
export function exporterObjects(options: ManifestOptions): readonly KubernetesObject[] {
  const { namespace } = options;
  const labels = labelsOf('exporter');
  const shards = Array.from({ length: options.shards }, (_, index) => index);
  const name = nameOf('exporter');
  const shardName = (shard: number) => (options.shards === 1 ? name : `${name}-${shard}`);
  return [
    configMap({ name: accountsName, namespace, labels }, { 'config.yaml': options.accounts }),
    ...shards.map((shard) => volumeClaim(shardName(shard), 'exporter', options.storage, options)),
    ...shards.map((shard) => shardDeployment(options, shardName(shard), shard)),
    service(namespace, labels),
  ];
}

function service(namespace: string, labels: Record<string, string>): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf('exporter'), namespace, labels },
    spec: {
      selector: labels,
      ports: [
        { name: 'metrics', port: metricsPort, targetPort: 'metrics', protocol: 'TCP' },
        { name: 'status', port: statusPort, targetPort: 'status', protocol: 'TCP' },
      ],
    },
  };
}

function shardDeployment(options: ManifestOptions, name: string, shard: number): IDeployment {
  const isSplit = options.shards > 1;
  return deployment({
    name,
    namespace: options.namespace,
    labels: { ...labelsOf('exporter'), ...(isSplit ? { 'balance-alert/shard': String(shard) } : {}) },
    image: options.image,
    container: {
      name: 'exporter',
      args: ['serve', ...(isSplit ? [`--poll.shard=${shard + 1}/${options.shards}`] : [])],
      env: [
        { name: 'BALANCE_ALERT_WEB_LANGUAGE', value: options.language },
        { name: 'BALANCE_ALERT_WEB_DASHBOARD_URL', value: `${options.links.grafana}/d/balance-alert` },
      ],
      ports: [
        { name: 'metrics', containerPort: metricsPort, protocol: 'TCP' },
        { name: 'status', containerPort: statusPort, protocol: 'TCP' },
      ],
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '384Mi' } },
    },
    // Ready after the first round of checks, whatever came of it: a vendor that is down is an alert.
    probes: { port: 'metrics', ready: '/-/ready' },
    config: { volume: 'accounts', configMap: accountsName, folder: '/etc/balance-alert' },
    secret: options.secret,
    secretNames: options.secretNames,
  });
}
