import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import * as grafana from '@pulumiverse/grafana';
import type { DashboardSource } from '../render/content.ts';
import type { DataSource } from '../render/data-source.ts';
import {
  adminPasswordPath,
  adminUser,
  grafanaEnvironment,
  grafanaHealthcheck,
  grafanaStoragePath,
} from '../render/grafana.ts';
import type { GrafanaSettings, Settings } from '../settings/parse.ts';
import { grafanaContent } from './grafana-content.ts';
import { childOf } from './options.ts';
import type { Placement, Service } from './service.ts';
import { registryImage, service } from './service.ts';

export interface GrafanaArgs {
  readonly placement: Placement;
  readonly image: string;
  readonly settings: Extract<GrafanaSettings, { mode: 'managed' }>;
  readonly language: Settings['language'];
  readonly publicUrl: string;
  readonly dataSource: DataSource;
  readonly dashboards: readonly DashboardSource[];
}

/** Grafana, and in it the data source, the folder and the dashboards. */
export class Grafana extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** Secret. */
  readonly adminPassword: pulumi.Output<string>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:Grafana', name, {}, opts);
    const { closed } = args.placement;
    this.adminPassword = adminPassword(name, args.settings.adminPassword, this);

    // Grafana reads the password only when its database is created: with the old volume, a new password would lock the
    // provider out. Everything in the database comes from this program, so the volume is replaced as well.
    const generation = new random.RandomId(
      `${name}-generation`,
      { byteLength: 4, keepers: { adminPassword: this.adminPassword } },
      childOf(this),
    );
    const { volume, container } = service(
      name,
      args.placement,
      {
        component: 'grafana',
        image: registryImage(`${name}-image`, args.image, this),
        user: '472:0',
        ports: [{ internal: 3000, external: args.settings.port }],
        // Not kept: the next stack has another password.
        data: { path: grafanaStoragePath, keep: false, replaceWith: [generation] },
        files: [{ path: adminPasswordPath, content: this.adminPassword }],
        environment: grafanaEnvironment({
          publicUrl: args.publicUrl,
          anonymous: args.settings.anonymous,
          language: args.language,
          closed: closed !== undefined,
        }),
        healthcheck: grafanaHealthcheck(closed !== undefined),
        // The first start makes a database of some hundred migrations.
        waitTimeoutSeconds: 90,
        gracePeriodSeconds: 20,
      },
      this,
    );
    this.containerId = container.id;
    fill(name, args, { password: this.adminPassword, volume, container }, this);
    this.registerOutputs({ containerId: this.containerId, adminPassword: this.adminPassword });
  }
}

/** The given password, or one that is made once and kept in the state. */
function adminPassword(
  name: string,
  given: string | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  if (given !== undefined) return pulumi.secret(given);
  const made = new random.RandomPassword(
    `${name}-admin-password`,
    { length: 32, special: false },
    childOf(parent),
  );
  return pulumi.secret(made.result);
}

interface Server extends Service {
  readonly password: pulumi.Output<string>;
}

/** Makes what is inside Grafana, through its API. */
function fill(name: string, args: GrafanaArgs, server: Server, parent: pulumi.Resource): void {
  const { closed } = args.placement;
  // Address and password are known at preview, as long as the password was made before; an unknown one would hide
  // every change in here from the preview. The order comes from `dependsOn`.
  const provider = new grafana.Provider(
    `${name}-api`,
    {
      url: args.settings.apiUrl,
      auth: pulumi.interpolate`${adminUser}:${server.password}`,
      // A second wait of its own: the container's is skipped by an update that follows a failed one.
      retries: 10,
      retryWait: 3,
      // Not 401, which is retried by default: five wrong passwords lock the user out.
      retryStatusCodes: ['429', '5xx'],
      ...(closed === undefined ? {} : { caCert: closed.authority }),
    },
    childOf(parent, { dependsOn: [server.container] }),
  );
  const inside = childOf(parent, {
    provider,
    dependsOn: [server.container],
    // The data is in the volume: gone with it on destroy, without a call to a Grafana that may be dead; and to be
    // made again where the volume is replaced, which a CLI older than 3.260 doesn't conclude from `deletedWith`.
    deletedWith: server.volume,
    replaceWith: [server.volume],
    deleteBeforeReplace: true,
  });

  grafanaContent(name, { ...args, closed, overwrite: true }, { waitFor: [server.container], inside });
}
