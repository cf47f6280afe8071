import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { ContainerSpec } from '../render/container.ts';
import { containerArgs } from '../render/container.ts';
import type { ComponentName, EngineNames } from '../render/names.ts';
import { labelsOf } from '../render/names.ts';
import type { Settings } from '../settings/parse.ts';
import type { ClosedAccess } from './closed-access.ts';
import { childOf, fixedName, silentlyIgnored } from './options.ts';

/** What the services of the stack have in common: an image by its id, a volume, a container. */

/** Where services run and within which limits; the same object for all of a stack. */
export interface Placement
  extends Pick<Settings, 'stack' | 'bindAddress' | 'resources' | 'keepData' | 'hasStartInterval'> {
  readonly names: EngineNames;
  /** From the network itself, so that containers are created after it. */
  readonly network: pulumi.Output<string>;
  /** Certificates and passwords; undefined: everything is open. */
  readonly closed: ClosedAccess | undefined;
}

/**
 * An image from a registry. One that is on the engine is used without asking the registry, and is kept when the
 * stack is destroyed: others may use it.
 * @returns its id; a container made from a tag would not be replaced when the tag moves.
 */
export function registryImage(
  name: string,
  reference: string,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new docker.RemoteImage(name, { name: reference, keepLocally: true }, childOf(parent)).imageId;
}

/** What is particular to a service; names, labels, network and limits follow from the component and the placement. */
export interface ServiceSpec
  extends Omit<
    ContainerSpec,
    'name' | 'alias' | 'labels' | 'network' | 'bindAddress' | 'volume' | 'limits' | 'hasStartInterval'
  > {
  readonly component: ComponentName;
  readonly data: {
    /** In the container. */
    readonly path: string;
    /** Whether the data outlives the stack. */
    readonly keep: boolean;
    /** The volume is replaced, and its data lost, with each of these. */
    readonly replaceWith?: readonly pulumi.Resource[];
  };
}

export interface Service {
  readonly volume: docker.Volume;
  readonly container: docker.Container;
}

/** A named volume and a long-running container, hardened, health-checked and waited for. */
export function service(
  name: string,
  placement: Placement,
  { component, data, ...spec }: ServiceSpec,
  parent: pulumi.Resource,
): Service {
  const { stack, names, network, bindAddress, resources, hasStartInterval, closed } = placement;
  const labels = labelsOf(stack, component);
  const volume = new docker.Volume(
    `${name}-data`,
    {
      name: names.volumes[component],
      labels: Object.entries(labels).map(([label, value]) => ({ label, value })),
    },
    fixedName(parent, {
      // Given once: a later change would replace the volume, and the data with it.
      ignoreChanges: ['labels'],
      retainOnDelete: data.keep,
      ...(data.replaceWith === undefined ? {} : { replaceWith: [...data.replaceWith] }),
    }),
  );
  const container = new docker.Container(
    `${name}-container`,
    containerArgs({
      ...spec,
      files: [...spec.files, ...(closed?.filesOf(component) ?? [])],
      name: names.containers[component],
      alias: component,
      labels,
      network,
      bindAddress,
      volume: { name: volume.name, path: data.path },
      limits: resources[component],
      hasStartInterval: hasStartInterval === true,
    }),
    fixedName(parent, {
      replaceOnChanges: [...silentlyIgnored],
      // Pulumi's own CLI asks no engine: what the scripts found out stays.
      ...(hasStartInterval === undefined ? { ignoreChanges: ['healthcheck.startInterval'] } : {}),
    }),
  );
  return { volume, container };
}
