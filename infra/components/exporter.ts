import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { ExporterLinks, ExporterOptions } from '../render/exporter.ts';
import {
  exporterCommand,
  exporterEnvironment,
  exporterFiles,
  nodeHealthIntervalSeconds,
} from '../render/exporter.ts';
import type { ExporterImage } from '../settings/parse.ts';
import { childOf } from './options.ts';
import type { Placement } from './service.ts';
import { registryImage, service } from './service.ts';

export interface ExporterArgs {
  readonly placement: Placement;
  readonly image: ExporterImage;
  readonly options: ExporterOptions;
  /** Published: the status page for people, and metrics for another Prometheus. */
  readonly ports: { readonly status: number; readonly metrics: number };
  /** Where the status page links to, and its language. */
  readonly links: ExporterLinks;
}

/** The exporter: its image, its memory of last readings, and the program with its account file and secrets. */
export class Exporter extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** The id of the image that runs. */
  readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: ExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Exporter', name, {}, opts);
    this.imageId = exporterImage(name, args, this);
    const command = exporterCommand(args.options.serving);
    const { container } = service(
      name,
      args.placement,
      {
        component: 'exporter',
        image: this.imageId,
        user: '10001:10001',
        ports: [
          { internal: 8080, external: args.ports.status },
          { internal: 9100, external: args.ports.metrics },
        ],
        data: { path: '/var/lib/balance-alert', keep: args.placement.keepData },
        files: exporterFiles(args.options).map(({ path, content, secret }) => ({
          path,
          content: secret ? pulumi.secret(content) : content,
        })),
        environment: exporterEnvironment(args.links, args.options, args.placement.closed !== undefined),
        ...(command === undefined ? {} : { command }),
        healthcheck: ['CMD', 'node', '/app/balance-alert.mjs', 'healthcheck'],
        healthIntervalSeconds: nodeHealthIntervalSeconds,
        waitTimeoutSeconds: 60,
        gracePeriodSeconds: 10,
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
      imageName: args.placement.names.exporterImage,
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
