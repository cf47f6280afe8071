import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IService } from 'kubernetes-models/v1/Service';
import type { KubernetesObject, ManifestOptions, RelayOptions } from './options.ts';
import {
  configMap,
  hardenedContainer,
  hardenedPod,
  labelsOf,
  relayPort,
  secretVolume,
  volumeClaim,
} from './parts.ts';

const name = 'balance-alert-relay';
const folder = '/etc/balance-alert';

/** The relay to group bots, and with it the weekly digest. Alertmanager notifies `http://balance-alert-relay.NAMESPACE:9110/notify/CHANNEL`. */
export function relayObjects(options: ManifestOptions, relay: RelayOptions): readonly KubernetesObject[] {
  const { namespace } = options;
  const labels = { ...labelsOf('relay') };
  const service: IService = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels },
    spec: {
      selector: labels,
      ports: [{ name: 'http', port: relayPort, targetPort: 'http', protocol: 'TCP' }],
    },
  };
  return [
    configMap({ name, namespace, labels }, { 'relay.yaml': relay.config }),
    volumeClaim(name, 'relay', { ...options.storage, size: '100Mi' }, options),
    deployment(options, relay),
    service,
  ];
}

function deployment(options: ManifestOptions, relay: RelayOptions): IDeployment {
  const labels = { ...labelsOf('relay') };
  const probe = { httpGet: { path: '/-/healthy', port: 'http' }, timeoutSeconds: 3 };
  const hasSecrets = relay.secretNames.length > 0;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: options.namespace, labels },
    spec: {
      replicas: 1,
      // Deliveries are remembered in the storage, which is for one relay at a time.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...hardenedPod,
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'relay',
              image: options.image,
              ...hardenedContainer,
              args: ['relay', `--config.file=${folder}/relay.yaml`, `--web.listen-address=:${relayPort}`],
              ports: [{ name: 'http', containerPort: relayPort, protocol: 'TCP' }],
              startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe, periodSeconds: 15, failureThreshold: 4 },
              readinessProbe: { ...probe, periodSeconds: 5 },
              resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '192Mi' } },
              volumeMounts: [
                { name: 'config', mountPath: folder, readOnly: true },
                ...(hasSecrets ? [{ name: 'secrets', mountPath: '/run/secrets', readOnly: true }] : []),
                { name: 'data', mountPath: '/var/lib/balance-alert' },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name } },
            ...(hasSecrets ? [secretVolume(options.secret, relay.secretNames)] : []),
            { name: 'data', persistentVolumeClaim: { claimName: name } },
          ],
        },
      },
    },
  };
}
