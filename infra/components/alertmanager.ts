import * as pulumi from '@pulumi/pulumi';
import type { AlertmanagerConfigOptions } from '../render/alertmanager.ts';
import {
  alertmanagerConfigPath,
  alertmanagerFlags,
  alertmanagerHealthcheck,
  alertmanagerStoragePath,
  alertmanagerTemplatesFolder,
  renderAlertmanagerConfig,
} from '../render/alertmanager.ts';
import { messageTemplates } from '../render/messages.ts';
import type { Settings } from '../settings/parse.ts';
import type { Placement } from './service.ts';
import { registryImage, service } from './service.ts';

export interface AlertmanagerArgs {
  readonly placement: Placement;
  readonly image: string;
  readonly settings: AlertmanagerConfigOptions;
  /** Of the messages. */
  readonly language: Settings['language'];
  readonly port: number;
  readonly publicUrl: string;
}

/** Alertmanager with its receivers and message templates. Silences and what was sent survive a change of these. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Alertmanager', name, {}, opts);
    const closed = args.placement.closed !== undefined;
    const { container } = service(
      name,
      args.placement,
      {
        component: 'alertmanager',
        image: registryImage(`${name}-image`, args.image, this),
        user: '65534:65534',
        ports: [{ internal: 9093, external: args.port }],
        data: { path: alertmanagerStoragePath, keep: args.placement.keepData },
        files: [
          // URLs and tokens of receivers are credentials.
          {
            path: alertmanagerConfigPath,
            content: pulumi.secret(renderAlertmanagerConfig(args.settings, closed)),
          },
          ...messageTemplates(args.language).map(({ file, text }) => ({
            path: `${alertmanagerTemplatesFolder}/${file}`,
            content: text,
          })),
        ],
        command: alertmanagerFlags(args.publicUrl, args.image, closed),
        healthcheck: alertmanagerHealthcheck(closed),
        waitTimeoutSeconds: 60,
        gracePeriodSeconds: 20,
      },
      this,
    );
    this.containerId = container.id;
    this.registerOutputs({ containerId: this.containerId });
  }
}
