import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { labelsOf } from '../render/names.ts';
import { fixedName } from './options.ts';

export interface NetworkArgs {
  readonly networkName: string;
  /** The stack's name, for labels. */
  readonly stack: string;
}

/** The bridge on which the services find each other by their aliases. */
export class Network extends pulumi.ComponentResource {
  /** By this name containers join, so that they are made after the network and removed before it. */
  readonly networkName: pulumi.Output<string>;
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Network', name, {}, opts);
    const network = new docker.Network(
      `${name}-bridge`,
      {
        name: args.networkName,
        driver: 'bridge',
        labels: Object.entries(labelsOf(args.stack, 'network')).map(([label, value]) => ({ label, value })),
      },
      fixedName(this),
    );
    this.networkName = network.name;
    this.networkId = network.id;
    this.registerOutputs({ networkName: this.networkName, networkId: this.networkId });
  }
}
