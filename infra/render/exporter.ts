import type { Language } from '../../dashboards/index.ts';
import type { Settings } from '../settings/parse.ts';
import { entriesByName } from '../settings/values.ts';
import type { PrometheusQuery } from './prometheus-query.ts';
import { clientConfigPath, webConfigPath } from './tls/paths.ts';
import { toYaml } from './yaml.ts';

/** What is put into the exporter's container. */

/** Of the containers that run the exporter's image: their health check starts Node, at 50 ms of a processor each. */
export const nodeHealthIntervalSeconds = 20;

export interface ExporterFile {
  readonly path: string;
  readonly content: string;
  readonly secret: boolean;
}

const feedTokenPath = '/etc/balance-alert/feed-token';
const queryConfigPath = '/etc/balance-alert/prometheus-query.yml';

export interface ExporterOptions {
  /** The account file. */
  readonly accounts: string;
  /** Those that it refers to, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly serving: Settings['exporter'];
  /** Undefined where there is no Prometheus. */
  readonly prometheusQuery: PrometheusQuery | undefined;
}

/** The account file, one file for each secret in the order of their names, and what the flags name. */
export function exporterFiles({
  accounts,
  secrets,
  serving: { feedToken },
  prometheusQuery,
}: ExporterOptions): readonly ExporterFile[] {
  return [
    { path: '/etc/balance-alert/config.yaml', content: accounts, secret: false },
    ...entriesByName(secrets).map(([name, content]) => ({
      path: `/run/secrets/${name}`,
      content,
      secret: true,
    })),
    ...(feedToken === undefined ? [] : [{ path: feedTokenPath, content: feedToken, secret: true }]),
    ...(prometheusQuery?.auth === undefined
      ? []
      : [{ path: queryConfigPath, content: queryConfigOf(prometheusQuery.auth), secret: true }]),
  ];
}

function queryConfigOf(auth: NonNullable<PrometheusQuery['auth']>): string {
  return toYaml(
    auth.kind === 'bearer'
      ? { authorization: { credentials: auth.token } }
      : { basic_auth: { username: auth.username, password: auth.password } },
  );
}

/** Arguments of the program; undefined: those of the image. */
export function exporterCommand({ mcp, allowedHosts }: Settings['exporter']): readonly string[] | undefined {
  const flags = [
    ...(mcp ? ['--web.enable-mcp'] : []),
    ...allowedHosts.map((host) => `--web.allowed-host=${host}`),
  ];
  return flags.length === 0 ? undefined : ['serve', ...flags];
}

export interface ExporterLinks {
  /** The dashboard that the status page leads to; undefined without a Grafana. */
  readonly dashboard: string | undefined;
  /** Without a slash at the end; undefined without a Prometheus. */
  readonly prometheus: string | undefined;
  readonly language: Language;
}

/** Environment of the container, by the names that the image's program knows. No secret in it. */
export function exporterEnvironment(
  links: ExporterLinks,
  { serving, prometheusQuery }: Pick<ExporterOptions, 'serving' | 'prometheusQuery'>,
  closed: boolean,
): Readonly<Record<string, string>> {
  return {
    ...webEnvironment(closed),
    ...(serving.feedToken === undefined ? {} : { BALANCE_ALERT_WEB_FEED_TOKEN_FILE: feedTokenPath }),
    ...(links.dashboard === undefined ? {} : { BALANCE_ALERT_WEB_DASHBOARD_URL: links.dashboard }),
    ...(links.prometheus === undefined ? {} : { BALANCE_ALERT_WEB_PROMETHEUS_URL: links.prometheus }),
    ...queryEnvironment(prometheusQuery),
    BALANCE_ALERT_WEB_LANGUAGE: links.language,
  };
}

/** Of the exporter and the relay. */
export function webEnvironment(closed: boolean): Readonly<Record<string, string>> {
  return closed ? { BALANCE_ALERT_WEB_CONFIG_FILE: webConfigPath } : {};
}

function queryEnvironment(query: PrometheusQuery | undefined): Readonly<Record<string, string>> {
  if (query === undefined) return {};
  const configFile = query.closed ? clientConfigPath : query.auth === undefined ? undefined : queryConfigPath;
  return {
    BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL: query.url,
    ...(configFile === undefined ? {} : { BALANCE_ALERT_WEB_PROMETHEUS_QUERY_CONFIG_FILE: configFile }),
  };
}
