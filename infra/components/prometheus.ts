import * as pulumi from '@pulumi/pulumi';
import {
  configPath,
  extraRulesFolder,
  prometheusFlags,
  prometheusHealthcheck,
  renderPrometheusConfig,
  rulesFolder,
  storagePath,
  takesRetentionFromConfig,
} from '../render/prometheus.ts';
import { remoteWriteSecrets } from '../render/remote-write.ts';
import type { AlertmanagerSettings, PrometheusSettings } from '../settings/parse.ts';
import type { RuleFile } from '../settings/rule-files.ts';
import type { Placement } from './service.ts';
import { registryImage, service } from './service.ts';

export interface PrometheusArgs {
  readonly placement: Placement;
  readonly image: string;
  readonly settings: PrometheusSettings;
  readonly alertmanager: AlertmanagerSettings;
  readonly rules: readonly RuleFile[];
  readonly publicUrl: string;
}

/** Prometheus with its configuration and rules. A change of either replaces the container, never the data. */
export class Prometheus extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Prometheus', name, {}, opts);
    const closed = args.placement.closed !== undefined;
    const inConfig = takesRetentionFromConfig(args.image);
    const config = renderPrometheusConfig(
      args.settings,
      args.alertmanager,
      inConfig ? args.settings : undefined,
      closed,
    );
    // Jobs that the user adds can hold credentials, and an external Alertmanager can ask for some.
    const isSecret = args.settings.secret || hasCredentials(args.alertmanager);
    const { container } = service(
      name,
      args.placement,
      {
        component: 'prometheus',
        image: registryImage(`${name}-image`, args.image, this),
        user: '65534:65534',
        ports: [{ internal: 9090, external: args.settings.port }],
        data: { path: storagePath, keep: args.placement.keepData },
        files: [
          { path: configPath, content: isSecret ? pulumi.secret(config) : config },
          ...args.rules.map(({ file, text }) => ({ path: `${rulesFolder}/${file}`, content: text })),
          ...args.settings.extraRules.map(({ file, text }) => ({
            path: `${extraRulesFolder}/${file}`,
            content: text,
          })),
          ...remoteWriteSecrets(args.settings.remoteWrite).map(({ path, content }) => ({
            path,
            content: pulumi.secret(content),
          })),
        ],
        command: prometheusFlags(inConfig ? undefined : args.settings, args.publicUrl, closed),
        healthcheck: args.settings.healthcheck ?? prometheusHealthcheck(args.image, closed),
        waitTimeoutSeconds: 60,
        gracePeriodSeconds: 60,
      },
      this,
    );
    this.containerId = container.id;
    this.registerOutputs({ containerId: this.containerId });
  }
}

function hasCredentials(alertmanager: AlertmanagerSettings): boolean {
  return (
    alertmanager.mode === 'external' &&
    (alertmanager.password !== undefined || alertmanager.bearerToken !== undefined)
  );
}
