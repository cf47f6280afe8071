import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { ManifestOptions, StorageOptions } from './options.ts';

/** What the exporter's and the relay's objects have in common: they run in one image. */

export const metricsPort = 9100;
export const statusPort = 8080;
export const relayPort = 9110;

/** Of the image; owns the files of its volume. */
const user = 10_001;

/** An object of the API may have one megabyte (etcd's limit of a request is 1.5). */
const largestBytes = 1_048_576;

export function labelsOf(component: 'exporter' | 'relay'): Readonly<Record<string, string>> {
  return {
    // Also the name of the scrape job, by the ServiceMonitor's `jobLabel`.
    'app.kubernetes.io/name': component === 'exporter' ? 'balance-alert' : 'balance-alert-relay',
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
export const hardenedPod = {
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

export const hardenedContainer = {
  imagePullPolicy: 'IfNotPresent',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} satisfies Partial<IContainer>;

/** Only the keys that are named, each as a file of the group's. */
export function secretVolume(secret: string, names: readonly string[]): IVolume {
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
  component: 'exporter' | 'relay',
  { size, className }: StorageOptions,
  { namespace }: Pick<ManifestOptions, 'namespace'>,
): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels: { ...labelsOf(component) } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      ...(className === undefined ? {} : { storageClassName: className }),
    },
  };
}
