import { formatDuration } from '../../../exporter/config/duration.ts';
import { exporterJob } from '../prometheus.ts';
import { toYaml } from '../yaml.ts';
import { discoveryOf } from './discovery.ts';
import type { ScrapeAccess, ScrapeTarget } from './target.ts';

/** What another Prometheus needs in its configuration. Valid on 2.42 and on 3.x. */

/** One entry of its `scrape_configs`. Rules and dashboards select the job by its name. */
export function scrapeJob(
  target: ScrapeTarget,
  scrapeIntervalSeconds: number,
  access: ScrapeAccess = {},
): Readonly<Record<string, unknown>> {
  return {
    job_name: exporterJob,
    ...discoveryOf(target),
    scrape_interval: formatDuration(scrapeIntervalSeconds),
    ...(access.path === undefined ? {} : { metrics_path: access.path }),
    ...clientOf(access),
  };
}

/** The entry as a YAML list of one, without a heading. */
export function renderScrapeSnippet(...job: Parameters<typeof scrapeJob>): string {
  return toYaml([scrapeJob(...job)]);
}

/** The keys that lead to an Alertmanager at `host:port`, from the top of the configuration on. */
export function renderAlertingSnippet(address: string, access: ScrapeAccess = {}): string {
  return toYaml({
    alerting: { alertmanagers: [{ ...clientOf(access), static_configs: [{ targets: [address] }] }] },
  });
}

const clientOf = (access: ScrapeAccess) => ({
  ...(access.tls === undefined ? {} : { scheme: 'https' }),
  ...credentialsOf(access),
  ...tlsOf(access),
});

function credentialsOf({ credentials }: ScrapeAccess) {
  if (credentials === undefined) return {};
  return credentials.kind === 'basic'
    ? { basic_auth: { username: credentials.username, password_file: credentials.passwordFile } }
    : { authorization: { credentials_file: credentials.tokenFile } };
}

function tlsOf({ tls }: ScrapeAccess) {
  if (tls === undefined) return {};
  const { caFile, serverName, client } = tls;
  const config = {
    ...(caFile === undefined ? {} : { ca_file: caFile }),
    ...(serverName === undefined ? {} : { server_name: serverName }),
    ...(client === undefined ? {} : { cert_file: client.certFile, key_file: client.keyFile }),
  };
  return Object.keys(config).length === 0 ? {} : { tls_config: config };
}
