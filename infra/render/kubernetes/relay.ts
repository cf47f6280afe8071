import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IService } from 'kubernetes-models/v1/Service';
import { relayPort } from '../receivers.ts';
import type { KubernetesObject, ManifestOptions, RelayOptions } from './options.ts';
import { configMap, deployment, labelsOf, nameOf, volumeClaim } from './parts.ts';

const name = nameOf('relay');
const folder = '/etc/balance-alert';

/** The relay to group bots, and with it the weekly digest. Alertmanager notifies `http://balance-alert-relay.NAMESPACE:9110/notify/CHANNEL`. */
export function relayObjects(options: ManifestOptions, relay: RelayOptions): readonly KubernetesObject[] {
  const { namespace } = options;
  const labels = labelsOf('relay');
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
    relayDeployment(options, relay),
    service,
  ];
}

function relayDeployment(options: ManifestOptions, relay: RelayOptions): IDeployment {
  return deployment({
    name,
    namespace: options.namespace,
    labels: labelsOf('relay'),
    image: options.image,
    container: {
      name: 'relay',
      args: ['relay', `--config.file=${folder}/relay.yaml`, `--web.listen-address=:${relayPort}`],
      ports: [{ name: 'http', containerPort: relayPort, protocol: 'TCP' }],
      resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '192Mi' } },
    },
    probes: { port: 'http', ready: '/-/healthy' },
    config: { volume: 'config', configMap: name, folder },
    secret: options.secret,
    secretNames: relay.secretNames,
  });
}
