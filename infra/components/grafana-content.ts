import * as pulumi from '@pulumi/pulumi';
import * as grafana from '@pulumiverse/grafana';
import type { DashboardSource } from '../render/content.ts';
import { folderUid } from '../render/content.ts';
import type { DataSource } from '../render/data-source.ts';
import { serviceUser } from '../render/tls/client.ts';
import type { ClosedAccess } from './closed-access.ts';

/** What is made inside a Grafana, whoever runs it: the data source, the folder and the dashboards; nothing else is touched. */

export interface GrafanaContent {
  readonly dataSource: DataSource;
  readonly dashboards: readonly DashboardSource[];
  /** Whether a dashboard of the same uid that somebody else made may be replaced. */
  readonly overwrite: boolean;
  /** Of the data source: another name and no default where others have theirs in the same Grafana. */
  readonly shared?: { readonly name: string };
  /** Authority and password of a data source that is closed. */
  readonly closed: ClosedAccess | undefined;
}

export interface GrafanaPlace {
  /** What each resource waits for. */
  readonly waitFor: readonly pulumi.Resource[];
  /** Of each resource, its provider among them. */
  readonly inside: pulumi.CustomResourceOptions;
}

export function grafanaContent(
  name: string,
  { dataSource, dashboards, overwrite, shared, closed }: GrafanaContent,
  { waitFor, inside }: GrafanaPlace,
): void {
  const made =
    dataSource.kind === 'made'
      ? new grafana.oss.DataSource(
          `${name}-prometheus`,
          {
            type: 'prometheus',
            name: shared?.name ?? 'Prometheus',
            uid: dataSource.uid,
            url: dataSource.url,
            isDefault: shared === undefined,
            jsonDataEncoded: dataSource.json,
            ...credentialsOf(dataSource, closed),
          },
          // Grafana keeps the user of a data source that is updated without one, and every later run would find it changed.
          { ...inside, deleteBeforeReplace: true, replaceOnChanges: ['basicAuthEnabled'] },
        )
      : undefined;
  const folder = new grafana.oss.Folder(`${name}-folder`, { uid: folderUid, title: 'balance-alert' }, inside);
  for (const { uid, json } of dashboards) {
    new grafana.oss.Dashboard(
      `${name}-dashboard-${uid}`,
      { folder: folder.uid, configJson: json, overwrite },
      { ...inside, dependsOn: [...waitFor, ...(made === undefined ? [] : [made])] },
    );
  }
}

function credentialsOf(
  { auth, closed: isClosed }: Extract<DataSource, { kind: 'made' }>,
  closed: ClosedAccess | undefined,
) {
  if (isClosed && closed !== undefined) {
    return {
      basicAuthEnabled: true,
      basicAuthUsername: serviceUser,
      secureJsonDataEncoded: pulumi.secret(
        pulumi
          .all([closed.authority, closed.servicePassword])
          .apply(([tlsCACert, basicAuthPassword]) => JSON.stringify({ tlsCACert, basicAuthPassword })),
      ),
    };
  }
  if (auth === undefined) return {};
  return auth.kind === 'bearer'
    ? { httpHeaders: pulumi.secret({ Authorization: `Bearer ${auth.token}` }) }
    : {
        basicAuthEnabled: true,
        basicAuthUsername: auth.username,
        secureJsonDataEncoded: pulumi.secret(JSON.stringify({ basicAuthPassword: auth.password })),
      };
}
