import type { ContainerArgs } from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { Limits } from '../settings/values.ts';

/** What every container of the stack has, worked out once. Nothing here touches an engine. */

export interface UploadedFile {
  /** Absolute, in the container. */
  readonly path: string;
  readonly content: pulumi.Input<string>;
}

export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
}

export interface ContainerSpec {
  readonly name: string;
  /** An image id: with a tag, a container would not be replaced when the tag moves. */
  readonly image: pulumi.Input<string>;
  /** `uid:gid`; never root. */
  readonly user: string;
  /** Name on the stack's network, whatever the container is called. */
  readonly alias: string;
  /** The network's name, from the network itself, so that the order is known. */
  readonly network: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly bindAddress: string;
  readonly ports: readonly PublishedPort[];
  readonly volume: { readonly name: pulumi.Input<string>; readonly path: string };
  readonly files: readonly UploadedFile[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck: readonly string[];
  /** 10 where left out. */
  readonly healthIntervalSeconds?: number;
  /** Whether the engine takes a start interval: then the first answer comes after a second, not after the interval. */
  readonly hasStartInterval: boolean;
  /** How long a healthy start can take; a failing one blocks the update for that long. */
  readonly waitTimeoutSeconds: number;
  /** Between SIGTERM and SIGKILL. */
  readonly gracePeriodSeconds: number;
  readonly limits: Limits;
}

/** Arguments of `docker.Container`, without its own options. Each oddity is a perpetual or a missing diff avoided. */
export function containerArgs(spec: ContainerSpec) {
  return {
    name: spec.name,
    image: spec.image,
    user: spec.user,
    ...(spec.command === undefined ? {} : { command: [...spec.command] }),
    ...(spec.environment === undefined ? {} : { envs: environmentList(spec.environment) }),
    labels: Object.entries(spec.labels).map(([label, value]) => ({ label, value })),

    // Engines since 26 say `bridge` for a mode that was not set, and the container would be replaced each time.
    networkMode: 'bridge',
    networksAdvanced: [{ name: spec.network, aliases: [spec.alias] }],
    // Read back in this order, and an ordered list: any other order replaces the container each time.
    ports: [...spec.ports]
      .sort((a, b) => a.internal - b.internal)
      .map(({ internal, external }) => ({ internal, external, ip: spec.bindAddress, protocol: 'tcp' })),

    volumes: [{ volumeName: spec.volume.name, containerPath: spec.volume.path }],
    // Contents, no host paths: they reach a remote engine, and a change replaces the container and so takes effect.
    // The owner is root (an older plugin has no `owner`), so whoever runs inside must be able to read as others.
    // They also keep the root file system writable: the engine refuses uploads into a read-only one.
    uploads: spec.files.map(({ path, content }) => ({ file: path, content, permissions: '0444' })),

    healthcheck: {
      tests: [...spec.healthcheck],
      interval: `${spec.healthIntervalSeconds ?? 10}s`,
      timeout: '5s',
      startPeriod: '30s',
      ...(spec.hasStartInterval ? { startInterval: '1s' } : {}),
      retries: 3,
    },
    wait: true,
    waitTimeout: spec.waitTimeoutSeconds,
    // Without it, removal is an immediate kill: a write-ahead log to replay, a database cut short.
    destroyGraceSeconds: spec.gracePeriodSeconds,
    restart: 'unless-stopped',

    memory: spec.limits.memoryMebibytes,
    // Unset, the engine makes it twice the memory and the next preview wants to change that.
    memorySwap: spec.limits.memoryMebibytes,
    ...(spec.limits.cpus === undefined ? {} : { cpus: String(spec.limits.cpus) }),

    securityOpts: ['no-new-privileges:true'],
    capabilities: { drops: ['ALL'] },
    logDriver: 'json-file',
    logOpts: { 'max-size': '10m', 'max-file': '3' },
  } satisfies ContainerArgs;
}

/** In the order of the names, so that equal settings give equal lists. */
function environmentList(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment)
    .sort()
    .map((name) => `${name}=${environment[name] ?? ''}`);
}
