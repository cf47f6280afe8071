import { stringify } from 'yaml';
import { formatDuration } from '../../exporter/config/duration.ts';

/** Prometheus' own files and flags, as text. */

/** Names on the stack's network; rules, dashboards and outside snippets know the job. */
export const exporterJob = 'balance-alert';
export const exporterTarget = 'exporter:9100';
export const prometheusAddress = 'http://prometheus:9090';

export const configPath = '/etc/prometheus/prometheus.yml';
export const rulesFolder = '/etc/prometheus/rules';
export const extraRulesFolder = '/etc/prometheus/extra-rules';
export const storagePath = '/prometheus';

export interface PrometheusConfigOptions {
  /** Seconds; also how often rules are evaluated that don't say otherwise. */
  readonly scrapeInterval: number;
  /** Taken over as they are, after ours. */
  readonly extraScrapeConfigs: readonly Readonly<Record<string, unknown>>[];
}

/** The text of `prometheus.yml`: the exporter, Prometheus itself, and what the user adds. Valid on 2.42 and on 3.x. */
export function renderPrometheusConfig(options: PrometheusConfigOptions): string {
  const interval = formatDuration(options.scrapeInterval);
  return toYaml({
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: [`${rulesFolder}/*.yaml`, `${extraRulesFolder}/*`],
    scrape_configs: [
      scrapeJob(exporterJob, exporterTarget),
      scrapeJob('prometheus', '127.0.0.1:9090'),
      ...options.extraScrapeConfigs,
    ],
  });
}

/** What a Prometheus elsewhere needs in its `scrape_configs`. The job's name is the one that rules and dashboards know. */
export function renderScrapeSnippet(target: string, scrapeInterval: number): string {
  return toYaml([{ ...scrapeJob(exporterJob, target), scrape_interval: formatDuration(scrapeInterval) }]);
}

export interface PrometheusFlagsOptions {
  readonly retention: string;
  readonly retentionSize: string | undefined;
  /** What links in alerts and pages begin with. */
  readonly externalUrl: string;
}

/**
 * The program's arguments. The route prefix stays `/` whatever path the external URL has: a proxy that serves
 * a sub-path strips it, so health check, data source and self-scrape never change with it.
 */
export function prometheusFlags(options: PrometheusFlagsOptions): string[] {
  return [
    `--config.file=${configPath}`,
    `--storage.tsdb.path=${storagePath}`,
    `--storage.tsdb.retention.time=${options.retention}`,
    ...(options.retentionSize === undefined
      ? []
      : [`--storage.tsdb.retention.size=${options.retentionSize}`]),
    `--web.external-url=${options.externalUrl}/`,
    '--web.route-prefix=/',
  ];
}

/**
 * The health check. `promtool check healthy` is in every current image, also in those without a shell
 * (`distroless` in the tag); releases before it have busybox' wget. Other images: `prometheus.healthcheck`.
 */
export function prometheusHealthcheck(image: string): string[] {
  const promtool = ['promtool', 'check', 'healthy', '--url=http://127.0.0.1:9090'];
  if (image.includes('distroless')) return ['CMD', ...promtool];
  return [
    'CMD-SHELL',
    `${promtool.join(' ')} >/dev/null 2>&1 || wget -q -O /dev/null http://127.0.0.1:9090/-/healthy`,
  ];
}

function scrapeJob(name: string, target: string) {
  return { job_name: name, static_configs: [{ targets: [target] }] };
}

/** Long texts stay on one line and nothing becomes an alias, so that equal settings give equal bytes. */
function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
