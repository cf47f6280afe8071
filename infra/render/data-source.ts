import { formatDuration } from '../../exporter/config/duration.ts';
import type { HttpAuth } from '../settings/http-auth.ts';
import type { Settings } from '../settings/parse.ts';
import { dataSourceUid } from './content.ts';
import { prometheusAddress } from './prometheus-query.ts';

/** Where dashboards get their data: a data source that the stack makes, or one that an external Grafana has. */
export type DataSource =
  | {
      readonly kind: 'made';
      readonly uid: string;
      /** As Grafana reaches Prometheus. */
      readonly url: string;
      /** Secret. */
      readonly auth: HttpAuth | undefined;
      /** Whether it is asked with the authority and the password that the stack makes. */
      readonly closed: boolean;
      readonly json: string;
    }
  | { readonly kind: 'found'; readonly uid: string };

/** Undefined without a Grafana. */
export function dataSourceOf({ grafana, prometheus, addresses, tls }: Settings): DataSource | undefined {
  if (grafana.mode === 'none') return undefined;
  if (grafana.mode === 'external' && grafana.dataSourceUid !== undefined)
    return { kind: 'found', uid: grafana.dataSourceUid };
  const { external } = prometheus;
  const closed = tls !== undefined && prometheus.mode === 'managed';
  const url =
    grafana.mode === 'managed'
      ? (external?.containerUrl ?? prometheusAddress(closed))
      : (grafana.dataSourceUrl ?? addresses.prometheus);
  return {
    kind: 'made',
    uid: dataSourceUid,
    url,
    auth: external?.auth,
    closed,
    json: dataSourceJson(formatDuration(prometheus.scrapeIntervalSeconds), closed),
  };
}

/** The data source's JSON. With POST, some Grafana releases refuse queries through the data-source proxy. */
export function dataSourceJson(scrapeInterval: string, closed: boolean): string {
  return JSON.stringify({
    httpMethod: 'GET',
    timeInterval: scrapeInterval,
    ...(closed ? { tlsAuthWithCACert: true } : {}),
  });
}
