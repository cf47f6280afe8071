import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import { exporterJob } from '../prometheus.ts';
import { relayJob } from '../relay.ts';
import type { ManifestOptions, StorageOptions } from './options.ts';

/** What the exporter's and the relay's objects have in common: they run in one image. */

export const metricsPort = 9100;
export const statusPort = 8080;

/** Of the image; owns the files of its volume. */
const user = 10_001;

/** An object of the API may have one megabyte (etcd's limit of a request is 1.5). */
const largestBytes = 1_048_576;

export type Component = 'exporter' | 'relay';

/** Also the name of the scrape job, by the ServiceMonitor's `jobLabel`. */
export function nameOf(component: Component): string {
  return component === 'exporter' ? exporterJob : relayJob;
}

export function labelsOf(component: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': nameOf(component),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'balance-alert',
  };
}

/** @throws RangeError for content that the API would refuse */
export function configMap(
  metadata: NonNullable<IConfigMap['metadata']>,
  data: Readonly<Record<string, string>>,
): IConfigMap {
  const bytes = Object.entries(data).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > largestBytes)
    throw new RangeError(
      `the ConfigMap ${metadata.name} would have ${bytes} bytes: expected at most ${largestBytes}`,
    );
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { ...data } };
}

/** Nothing of the pod runs as root, writes outside of its volume or talks to the API server. */
const hardenedPod = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const satisfies Partial<IPodSpec>;

const hardenedContainer = {
  imagePullPolicy: 'IfNotPresent',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} satisfies Partial<IContainer>;

/** Only the keys that are named, each as a file of the group's. */
function secretVolume(secret: string, names: readonly string[]): IVolume {
  return {
    name: 'secrets',
    secret: {
      secretName: secret,
      defaultMode: 0o440,
      items: names.toSorted().map((name) => ({ key: name, path: name })),
    },
  };
}

export function volumeClaim(
  name: string,
  component: Component,
  { size, className }: StorageOptions,
  { namespace }: Pick<ManifestOptions, 'namespace'>,
): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels: labelsOf(component) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(className === undefined ? {} : { storageClassName: className }),
    },
  };
}

/** A program of the image, and what it reads. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly container: Pick<IContainer, 'args' | 'env' | 'ports' | 'resources'> & { readonly name: Component };
  readonly probes: { readonly port: string; readonly ready: string };
  /** A ConfigMap, mounted as a folder: only then a change of it reaches the program. */
  readonly config: { readonly volume: string; readonly configMap: string; readonly folder: string };
  readonly secret: string;
  readonly secretNames: readonly string[];
}

/** One pod with a volume of its own name. */
export function deployment(workload: Workload): IDeployment {
  const { name, namespace, config, probes } = workload;
  const labels = { ...workload.labels };
  const { name: container, args, env, ports, resources } = workload.container;
  const hasSecrets = workload.secretNames.length > 0;
  const probe = (path: string) => ({ httpGet: { path, port: probes.port }, timeoutSeconds: 3 });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // The storage is for one program at a time.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...hardenedPod,
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: container,
              image: workload.image,
              ...hardenedContainer,
              ...(args === undefined ? {} : { args }),
              ...(env === undefined ? {} : { env }),
              ...(ports === undefined ? {} : { ports }),
              startupProbe: { ...probe('/-/healthy'), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe('/-/healthy'), periodSeconds: 15, failureThreshold: 4 },
              readinessProbe: { ...probe(probes.ready), periodSeconds: 5 },
              ...(resources === undefined ? {} : { resources }),
              volumeMounts: [
                { name: config.volume, mountPath: config.folder, readOnly: true },
                ...(hasSecrets ? [{ name: 'secrets', mountPath: '/run/secrets', readOnly: true }] : []),
                { name: 'data', mountPath: '/var/lib/balance-alert' },
              ],
            },
          ],
          volumes: [
            { name: config.volume, configMap: { name: config.configMap } },
            ...(hasSecrets ? [secretVolume(workload.secret, workload.secretNames)] : []),
            { name: 'data', persistentVolumeClaim: { claimName: name } },
          ],
        },
      },
    },
  };
}
