import { httpUrl } from '../settings/hosts.ts';
import type { Settings } from '../settings/parse.ts';
import type { RuleFile } from '../settings/rule-files.ts';
import { renderAlertingSnippet, renderScrapeSnippet } from './scrape/job.ts';
import type { ScrapeAccess } from './scrape/target.ts';
import { webUser } from './tls/client.ts';

/** The outputs of the stack that follow from its settings alone. */
export interface StackOutputs {
  /** Without a slash at the end. `metrics` is for Prometheus, `grafanaApi` for the machine that runs Pulumi. */
  readonly urls: Readonly<Record<'status' | 'metrics', string>> & {
    /** Each absent where its mode is `none`. */
    readonly prometheus?: string;
    readonly alertmanager?: string;
    readonly grafana?: string;
    readonly grafanaApi?: string;
  };
  /** YAML, for the `scrape_configs` of a Prometheus elsewhere. */
  readonly scrapeConfig: string;
  /** Relative to the checkout. */
  readonly rulesFiles: readonly string[];
  /** The id is known only where whoever started the program has asked the engine, as the scripts do. */
  readonly engine: { readonly host: string; readonly id?: string };
}

export function stackOutputs(settings: Settings, rules: readonly RuleFile[]): StackOutputs {
  return {
    urls: {
      status: settings.publicUrls.status,
      metrics: `${lastingAddress(settings, 'metrics')}/metrics`,
      ...(settings.prometheus.mode === 'none' ? {} : { prometheus: settings.publicUrls.prometheus }),
      ...(settings.alertmanager.mode === 'none' ? {} : { alertmanager: settings.publicUrls.alertmanager }),
      ...(settings.grafana.mode === 'none'
        ? {}
        : { grafana: settings.publicUrls.grafana, grafanaApi: settings.grafana.apiUrl }),
    },
    scrapeConfig: stackScrapeConfig(settings),
    rulesFiles: rules.map(({ file }) => `rules/generated/${file}`),
    engine: {
      host: settings.engine.host,
      ...(settings.engineId === undefined ? {} : { id: settings.engineId }),
    },
  };
}

/**
 * The scrape job of this stack's exporter, as a Prometheus on the machine that runs Pulumi would have it; where that takes a tunnel,
 * as one on the engine's machine would. With `tls: true` it names two files that are to be written beside its configuration: the
 * authority and the password of the stack's outputs.
 */
export function stackScrapeConfig(
  settings: Pick<Settings, 'addresses' | 'tunnels' | 'prometheus' | 'tls'>,
): string {
  return renderScrapeSnippet(
    { kind: 'other-server', addresses: [hostOf(lastingAddress(settings, 'metrics'))] },
    settings.prometheus.scrapeIntervalSeconds,
    accessTo(settings),
  );
}

/**
 * What the same Prometheus needs under `alerting`, so that this stack's Alertmanager gets its alerts; undefined where the stack
 * runs none.
 */
export function stackAlertingConfig(
  settings: Pick<Settings, 'addresses' | 'tunnels' | 'alertmanager' | 'tls'>,
): string | undefined {
  return settings.alertmanager.mode === 'managed'
    ? renderAlertingSnippet(hostOf(lastingAddress(settings, 'alertmanager')), accessTo(settings))
    : undefined;
}

/** By files that whoever runs that Prometheus writes beside its configuration. */
function accessTo({ tls }: Pick<Settings, 'tls'>): ScrapeAccess {
  return tls === undefined
    ? {}
    : {
        tls: { caFile: 'balance-alert-ca.crt' },
        credentials: { kind: 'basic', username: webUser, passwordFile: 'balance-alert-password' },
      };
}

const hostOf = (url: string): string => new URL(url).host;

/** What lasts: a tunnel of the scripts is closed when they are done. */
function lastingAddress(
  { addresses, tunnels, tls }: Pick<Settings, 'addresses' | 'tunnels' | 'tls'>,
  service: 'metrics' | 'alertmanager',
): string {
  const forward = tunnels?.forwards[service];
  return forward === undefined
    ? addresses[service]
    : httpUrl(forward.host, forward.port, tls === undefined ? 'http' : 'https');
}
