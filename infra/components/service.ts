import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { ContainerSpec } from '../render/container.ts';
import { containerArgs } from '../render/container.ts';
import { labelsOf } from '../render/names.ts';
import { childOf, fixedName, silentlyIgnored } from './options.ts';

/** What the services of the stack have in common: an image by its id, a volume, a container. */

/** Where a service lives; the same for all of a stack. */
export interface Placement {
  /** The stack's name, for labels. */
  readonly stack: string;
  readonly bindAddress: string;
  /** From the network itself. */
  readonly network: pulumi.Output<string>;
}

/**
 * An image from a registry. One that is on the engine is used without asking the registry, and stays when the
 * stack goes: others may use it.
 * @returns its id; a container made from a tag would not be replaced when the tag moves.
 */
export function registryImage(
  name: string,
  reference: string,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return new docker.RemoteImage(name, { name: reference, keepLocally: true }, childOf(parent)).imageId;
}

export interface VolumeOptions {
  readonly volumeName: string;
  readonly stack: string;
  readonly component: string;
  /** Whether the data outlives the stack. */
  readonly keep: boolean;
  /** A volume is replaced, and its data lost, with each of these. */
  readonly replaceWith?: readonly pulumi.Resource[];
}

/** A named volume. Its labels are given once: a later change would replace the volume, and the data with it. */
export function dataVolume(name: string, options: VolumeOptions, parent: pulumi.Resource): docker.Volume {
  return new docker.Volume(
    name,
    {
      name: options.volumeName,
      labels: Object.entries(labelsOf(options.stack, options.component)).map(([label, value]) => ({
        label,
        value,
      })),
    },
    fixedName(parent, {
      ignoreChanges: ['labels'],
      retainOnDelete: options.keep,
      ...(options.replaceWith === undefined ? {} : { replaceWith: [...options.replaceWith] }),
    }),
  );
}

/** A long-running container, hardened, health-checked and waited for. */
export function serviceContainer(
  name: string,
  spec: ContainerSpec,
  parent: pulumi.Resource,
): docker.Container {
  return new docker.Container(
    name,
    containerArgs(spec),
    fixedName(parent, { replaceOnChanges: [...silentlyIgnored] }),
  );
}
