import type { Settings } from '../settings/parse.ts';
import type { RuleFile } from '../settings/rule-files.ts';
import { renderScrapeSnippet } from './scrape/job.ts';
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
      metrics: `${settings.addresses.metrics}/metrics`,
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
 * The scrape job of this stack's exporter, as a Prometheus on the machine that runs Pulumi would have it. With `tls: true` it
 * names two files that are to be written beside its configuration: the authority and the password of the stack's outputs.
 */
export function stackScrapeConfig({
  addresses,
  prometheus,
  tls,
}: Pick<Settings, 'addresses' | 'prometheus' | 'tls'>): string {
  return renderScrapeSnippet(
    { kind: 'other-server', addresses: [addresses.metrics.replace(/^https?:\/\//, '')] },
    prometheus.scrapeIntervalSeconds,
    tls === undefined
      ? {}
      : {
          tls: { caFile: 'balance-alert-ca.crt' },
          credentials: { kind: 'basic', username: webUser, passwordFile: 'balance-alert-password' },
        },
  );
}
