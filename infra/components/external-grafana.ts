import * as pulumi from '@pulumi/pulumi';
import * as grafana from '@pulumiverse/grafana';
import type { DashboardSource } from '../render/content.ts';
import type { DataSource } from '../render/data-source.ts';
import type { GrafanaSettings } from '../settings/parse.ts';
import type { ClosedAccess } from './closed-access.ts';
import { grafanaContent } from './grafana-content.ts';
import { childOf } from './options.ts';

export interface ExternalGrafanaArgs {
  readonly settings: Extract<GrafanaSettings, { mode: 'external' }>;
  /** Of the data source that is made, where one is. */
  readonly dataSourceName: string;
  readonly dataSource: DataSource;
  readonly dashboards: readonly DashboardSource[];
  /** Of a stack whose Prometheus is closed. */
  readonly closed: ClosedAccess | undefined;
}

/** What is ours in a Grafana that others run. Destroying it takes away these resources, one by one, and nothing else. */
export class ExternalGrafana extends pulumi.ComponentResource {
  constructor(name: string, args: ExternalGrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:ExternalGrafana', name, {}, opts);
    const provider = new grafana.Provider(
      `${name}-api`,
      {
        url: args.settings.apiUrl,
        auth: pulumi.secret(args.settings.token),
        retries: 3,
        // Not 401: a token that is refused stays refused.
        retryStatusCodes: ['429', '5xx'],
      },
      childOf(this),
    );
    grafanaContent(
      name,
      // Never over a dashboard of somebody else's.
      { ...args, overwrite: false, shared: { name: args.dataSourceName } },
      { waitFor: [], inside: childOf(this, { provider, deleteBeforeReplace: true }) },
    );
    this.registerOutputs({});
  }
}
