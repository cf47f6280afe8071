import * as pulumi from '@pulumi/pulumi';
import { nodeHealthIntervalSeconds, webEnvironment } from '../render/exporter.ts';
import { relayCommand, relayFiles, relayHealthcheck } from '../render/relay.ts';
import type { Settings } from '../settings/parse.ts';
import type { BotReceiver } from '../settings/receivers.ts';
import type { Placement } from './service.ts';
import { service } from './service.ts';

export interface RelayArgs {
  readonly placement: Placement;
  /** Id of the exporter's image. */
  readonly image: pulumi.Input<string>;
  /** By the name of the receiver. */
  readonly bots: Readonly<Record<string, BotReceiver>>;
  readonly digest?: Parameters<typeof relayFiles>[2];
  /** Of the messages. */
  readonly language: Settings['language'];
}

/** Forwards notifications to chat bots. Reached by Alertmanager and Prometheus only: no port is published. */
export class Relay extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: RelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Relay', name, {}, opts);
    const { container } = service(
      name,
      args.placement,
      {
        component: 'relay',
        image: args.image,
        user: '10001:10001',
        ports: [],
        data: { path: '/var/lib/balance-alert', keep: args.placement.keepData },
        files: relayFiles(args.bots, args.language, args.digest).map(({ path, content, secret }) => ({
          path,
          content: secret ? pulumi.secret(content) : content,
        })),
        ...(args.placement.closed === undefined ? {} : { environment: webEnvironment(true) }),
        command: relayCommand,
        healthcheck: relayHealthcheck,
        healthIntervalSeconds: nodeHealthIntervalSeconds,
        waitTimeoutSeconds: 60,
        gracePeriodSeconds: 20,
      },
      this,
    );
    this.containerId = container.id;
    this.registerOutputs({ containerId: this.containerId });
  }
}
