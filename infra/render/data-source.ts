import { formatDuration } from '../../exporter/config/duration.ts';
import type { HttpAuth } from '../settings/http-auth.ts';
import type { Settings } from '../settings/parse.ts';
import { dataSourceUid } from './content.ts';
import { prometheusAddress } from './prometheus.ts';

/** Where dashboards get their data: a data source that the stack makes, or one that an external Grafana has. */
export type DataSource =
  | {
      readonly kind: 'made';
      readonly uid: string;
      /** As Grafana reaches Prometheus. */
      readonly url: string;
      /** Secret. */
      readonly auth: HttpAuth | undefined;
      readonly json: string;
    }
  | { readonly kind: 'found'; readonly uid: string };

/** Undefined without a Grafana. */
export function dataSourceOf({ grafana, prometheus, addresses }: Settings): DataSource | undefined {
  if (grafana.mode === 'none') return undefined;
  if (grafana.mode === 'external' && grafana.dataSourceUid !== undefined)
    return { kind: 'found', uid: grafana.dataSourceUid };
  const { external } = prometheus;
  const url =
    grafana.mode === 'managed'
      ? (external?.containerUrl ?? prometheusAddress)
      : (grafana.dataSourceUrl ?? addresses.prometheus);
  return {
    kind: 'made',
    uid: dataSourceUid,
    url,
    auth: external?.auth,
    json: dataSourceJson(formatDuration(prometheus.scrapeIntervalSeconds)),
  };
}

/** Where a container of the stack queries Prometheus without credentials; undefined where that is not possible. */
export function prometheusQueryAddress({ prometheus }: Pick<Settings, 'prometheus'>): string | undefined {
  if (prometheus.mode === 'none') return undefined;
  const { external } = prometheus;
  if (external === undefined) return prometheusAddress;
  return external.auth === undefined ? external.containerUrl : undefined;
}

/** The data source's JSON. With POST, some Grafana releases refuse queries through the data-source proxy. */
export function dataSourceJson(scrapeInterval: string): string {
  return JSON.stringify({ httpMethod: 'GET', timeInterval: scrapeInterval });
}

/** What the relay asks for the digest: its figures come from wherever the rules are. */
export function digestPrometheus({ prometheus: { external } }: Pick<Settings, 'prometheus'>): {
  readonly url: string;
  readonly auth?: HttpAuth | undefined;
} {
  return external === undefined
    ? { url: prometheusAddress }
    : { url: external.containerUrl, auth: external.auth };
}
