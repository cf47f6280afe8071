import { formatDuration } from '../../exporter/config/duration.ts';
import type { AlertmanagerSettings, PrometheusSettings } from '../settings/parse.ts';
import type { RemoteWrite } from '../settings/remote-write.ts';
import { alertmanagerJob, alertmanagerTarget } from './alertmanager.ts';
import { needsRelay, relayJob, relayTarget } from './relay.ts';
import { remoteWriteConfig } from './remote-write.ts';
import { closedWget, schemeOf } from './tls/client.ts';
import { clientConfigPath, webConfigPath } from './tls/paths.ts';
import { toYaml } from './yaml.ts';

/** Prometheus' own files and flags, as text. */

/** Names on the stack's network; rules, dashboards and outside snippets know the job. */
export const exporterJob = 'balance-alert';
export const exporterTarget = 'exporter:9100';

export const configPath = '/etc/prometheus/prometheus.yml';
export const rulesFolder = '/etc/prometheus/rules';
export const extraRulesFolder = '/etc/prometheus/extra-rules';
export const storagePath = '/prometheus';

type Retention = Pick<PrometheusSettings, 'retention' | 'retentionSize'>;

/**
 * Where an image takes the retention from: 3.16 calls the flags deprecated and has fields for it, earlier releases refuse
 * such a configuration. An image whose tag is no release keeps the flags, which all know.
 */
export function takesRetentionFromConfig(image: string): boolean {
  const [, major, minor] = /:v?(\d+)\.(\d+)(?:[.-][^/]*)?(?:@[^/]*)?$/.exec(image) ?? [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 16);
}

/**
 * The text of `prometheus.yml`: the exporter, Prometheus itself, and the user's own jobs, unchanged. The scrape interval
 * is also the evaluation interval of rules that have none of their own. Valid on 2.42 and on 3.x; with a
 * retention, from 3.16 on. Closed, everything is asked over TLS with a password.
 */
export function renderPrometheusConfig(
  options: Pick<PrometheusSettings, 'scrapeIntervalSeconds'> & {
    readonly extraScrapeConfigs: readonly Readonly<Record<string, unknown>>[];
    readonly remoteWrite?: readonly RemoteWrite[];
  },
  alertmanager: AlertmanagerSettings,
  retention?: Retention,
  closed = false,
): string {
  const interval = formatDuration(options.scrapeIntervalSeconds);
  return toYaml({
    global: { scrape_interval: interval, evaluation_interval: interval },
    ...(retention === undefined
      ? {}
      : {
          storage: {
            tsdb: {
              retention: {
                time: retention.retention,
                ...(retention.retentionSize === undefined ? {} : { size: retention.retentionSize }),
              },
            },
          },
        }),
    ...alertingOf(alertmanager, closed),
    rule_files: [`${rulesFolder}/*.yaml`, `${extraRulesFolder}/*`],
    scrape_configs: [
      scrapeJob(exporterJob, exporterTarget, closed),
      scrapeJob('prometheus', '127.0.0.1:9090', closed),
      ...(alertmanager.mode === 'managed' ? [scrapeJob(alertmanagerJob, alertmanagerTarget, closed)] : []),
      ...(needsRelay(alertmanager) ? [scrapeJob(relayJob, relayTarget, closed)] : []),
      ...options.extraScrapeConfigs,
    ],
    ...remoteWriteConfig(options.remoteWrite ?? []),
  });
}

/** Where alerts are sent. The path of an external URL is the prefix of its API. */
function alertingOf(alertmanager: AlertmanagerSettings, closed: boolean) {
  if (alertmanager.mode === 'none') return {};
  if (alertmanager.mode === 'managed')
    return {
      alerting: {
        alertmanagers: [{ ...schemeOf(closed), static_configs: [{ targets: [alertmanagerTarget] }] }],
      },
    };
  const { protocol, host, pathname } = new URL(alertmanager.url);
  const { username, password, bearerToken } = alertmanager;
  return {
    alerting: {
      alertmanagers: [
        {
          scheme: protocol.replace(/:$/, ''),
          ...(pathname === '/' ? {} : { path_prefix: pathname }),
          ...(username === undefined ? {} : { basic_auth: { username, password } }),
          ...(bearerToken === undefined ? {} : { authorization: { credentials: bearerToken } }),
          static_configs: [{ targets: [host] }],
        },
      ],
    },
  };
}

/**
 * The program's arguments, with the retention where the configuration does not have it. The external URL is what links in alerts and pages begin with. The route prefix stays `/` whatever path the external URL has: a proxy that serves
 * a sub-path strips it, so health check, data source and self-scrape never change with it.
 */
export function prometheusFlags(
  retention: Retention | undefined,
  externalUrl: string,
  closed = false,
): string[] {
  return [
    `--config.file=${configPath}`,
    `--storage.tsdb.path=${storagePath}`,
    ...(retention === undefined ? [] : [`--storage.tsdb.retention.time=${retention.retention}`]),
    ...(retention?.retentionSize === undefined
      ? []
      : [`--storage.tsdb.retention.size=${retention.retentionSize}`]),
    `--web.external-url=${externalUrl}/`,
    '--web.route-prefix=/',
    ...(closed ? [`--web.config.file=${webConfigPath}`] : []),
  ];
}

/**
 * The health check. `promtool check healthy` is in every current image, also in those without a shell
 * (`distroless` in the tag); releases before it have busybox' wget. Other images: `prometheus.healthcheck`.
 */
export function prometheusHealthcheck(image: string, closed = false): string[] {
  const address = `${closed ? 'https' : 'http'}://127.0.0.1:9090`;
  const promtool = [
    'promtool',
    'check',
    'healthy',
    `--url=${address}`,
    ...(closed ? [`--http.config.file=${clientConfigPath}`] : []),
  ];
  if (image.includes('distroless')) return ['CMD', ...promtool];
  return [
    'CMD-SHELL',
    `${promtool.join(' ')} >/dev/null 2>&1 || ${closed ? closedWget : 'wget'} -q -O /dev/null ${address}/-/healthy`,
  ];
}

function scrapeJob(name: string, target: string, closed: boolean) {
  return { job_name: name, ...schemeOf(closed), static_configs: [{ targets: [target] }] };
}
