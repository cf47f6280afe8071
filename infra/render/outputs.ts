import type { Settings } from '../settings/parse.ts';
import type { RuleFile } from '../settings/rule-files.ts';
import { renderScrapeSnippet } from './scrape/job.ts';

/** The outputs of the stack that follow from its settings alone. */
export interface StackOutputs {
  /** Without a slash at the end. `metrics` is for Prometheus, `grafanaApi` for the machine that runs Pulumi. */
  readonly urls: Readonly<Record<'status' | 'metrics' | 'prometheus' | 'grafana' | 'grafanaApi', string>> & {
    /** Absent without an Alertmanager. */
    readonly alertmanager?: string;
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
      prometheus: settings.publicUrls.prometheus,
      ...(settings.alertmanager.mode === 'none' ? {} : { alertmanager: settings.publicUrls.alertmanager }),
      grafana: settings.publicUrls.grafana,
      grafanaApi: settings.grafana.apiUrl,
    },
    scrapeConfig: renderScrapeSnippet(
      { kind: 'other-server', addresses: [settings.addresses.metrics.replace(/^http:\/\//, '')] },
      settings.prometheus.scrapeIntervalSeconds,
    ),
    rulesFiles: rules.map(({ file }) => `rules/generated/${file}`),
    engine: {
      host: settings.engine.host,
      ...(settings.engineId === undefined ? {} : { id: settings.engineId }),
    },
  };
}
