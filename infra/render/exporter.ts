import type { Language } from '../../dashboards/index.ts';
import { entriesByName } from '../settings/values.ts';

/** What is put into the exporter's container. */

/** Of the containers that run the exporter's image: their health check starts Node, at 50 ms of a processor each. */
export const nodeHealthIntervalSeconds = 20;

export interface ExporterFile {
  readonly path: string;
  readonly content: string;
  readonly secret: boolean;
}

/** The account file and one file for each secret, in the order of their names. */
export function exporterFiles(
  accounts: string,
  secrets: Readonly<Record<string, string>>,
): readonly ExporterFile[] {
  return [
    { path: '/etc/balance-alert/config.yaml', content: accounts, secret: false },
    ...entriesByName(secrets).map(([name, content]) => ({
      path: `/run/secrets/${name}`,
      content,
      secret: true,
    })),
  ];
}

export interface ExporterLinks {
  /** The dashboard that the status page leads to; undefined without a Grafana. */
  readonly dashboard: string | undefined;
  /** Without a slash at the end; undefined without a Prometheus. */
  readonly prometheus: string | undefined;
  /** Prometheus as the container reaches it without credentials; undefined where it does not. */
  readonly prometheusQuery: string | undefined;
  readonly language: Language;
}

/** Environment of the container, by the names that the image's program knows. No secret in it. */
export function exporterEnvironment(links: ExporterLinks): Readonly<Record<string, string>> {
  return {
    ...(links.dashboard === undefined ? {} : { BALANCE_ALERT_WEB_DASHBOARD_URL: links.dashboard }),
    ...(links.prometheus === undefined ? {} : { BALANCE_ALERT_WEB_PROMETHEUS_URL: links.prometheus }),
    ...(links.prometheusQuery === undefined
      ? {}
      : { BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL: links.prometheusQuery }),
    BALANCE_ALERT_WEB_LANGUAGE: links.language,
  };
}
