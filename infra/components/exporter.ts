import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { ExporterLinks } from '../render/exporter.ts';
import { exporterEnvironment, exporterFiles } from '../render/exporter.ts';
import { labelsOf } from '../render/names.ts';
import type { ExporterImage } from '../settings/parse.ts';
import type { Limits } from '../settings/values.ts';
import { childOf } from './options.ts';
import type { Placement } from './service.ts';
import { dataVolume, registryImage, serviceContainer } from './service.ts';

export interface ExporterArgs extends Placement {
  /** Of container and volume. */
  readonly containerName: string;
  /** The tag of the image, where it is built. */
  readonly imageName: string;
  readonly image: ExporterImage;
  /** The account file, checked. */
  readonly accounts: string;
  /** What the account file refers to, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Published: the status page for people, and metrics for a Prometheus elsewhere. */
  readonly ports: { readonly status: number; readonly metrics: number };
  /** Where the status page leads to, and its language. */
  readonly links: ExporterLinks;
  readonly keepData: boolean;
  readonly limits: Limits;
}

/** The exporter: its image, its memory of last readings, and the program with its account file and secrets. */
export class Exporter extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** The id of the image that runs. */
  readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: ExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Exporter', name, {}, opts);
    this.imageId = exporterImage(name, args, this);
    const volume = dataVolume(
      `${name}-data`,
      { volumeName: args.containerName, stack: args.stack, component: 'exporter', keep: args.keepData },
      this,
    );
    const container = serviceContainer(
      `${name}-container`,
      {
        name: args.containerName,
        image: this.imageId,
        user: '10001:10001',
        alias: 'exporter',
        network: args.network,
        labels: labelsOf(args.stack, 'exporter'),
        bindAddress: args.bindAddress,
        ports: [
          { internal: 8080, external: args.ports.status },
          { internal: 9100, external: args.ports.metrics },
        ],
        volume: { name: volume.name, path: '/var/lib/balance-alert' },
        files: exporterFiles(args.accounts, args.secrets).map(({ path, content, secret }) => ({
          path,
          content: secret ? pulumi.secret(content) : content,
        })),
        environment: exporterEnvironment(args.links),
        healthcheck: ['CMD', 'node', '/app/balance-alert.mjs', 'healthcheck'],
        waitTimeoutSeconds: 60,
        gracePeriodSeconds: 10,
        limits: args.limits,
      },
      this,
    );
    this.containerId = container.id;
    this.registerOutputs({ containerId: this.containerId, imageId: this.imageId });
  }
}

/** The id of the exporter's image: built from what `npm run build` made, or taken from a registry. */
function exporterImage(name: string, args: ExporterArgs, parent: pulumi.Resource): pulumi.Output<string> {
  if (args.image.kind === 'given') return registryImage(`${name}-image`, args.image.reference, parent);
  return new docker.Image(
    `${name}-image`,
    {
      imageName: args.imageName,
      build: {
        // Relative to infra/, never absolute: they are compared as texts, on every machine that runs this program.
        context: '../dist',
        dockerfile: '../exporter/Dockerfile',
        args: { BASE_IMAGE: args.image.base },
        // Unset, it is the platform of the machine that runs Pulumi, with a warning each time.
        platform: args.image.platform,
      },
      // Nothing is pushed; `repoDigest` then is the id of the image on the engine.
      skipPush: true,
    },
    childOf(parent),
  ).repoDigest;
}
