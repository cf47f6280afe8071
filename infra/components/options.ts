import type * as pulumi from '@pulumi/pulumi';

/** Options of a child: its parent, and what else it needs. */
export function childOf(
  parent: pulumi.Resource,
  options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { ...options, parent };
}

/**
 * Options of a container or network. Its name is fixed, so the old one has to go before the new one can come.
 * The plugin asks for that only where its own diff found the replacement, not where the engine did.
 */
export function fixedName(
  parent: pulumi.Resource,
  options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return childOf(parent, { ...options, deleteBeforeReplace: true });
}

/** Container arguments whose change the plugin accepts as an update and then does not apply. */
export const silentlyIgnored = ['healthcheck', 'init', 'tmpfs'];
