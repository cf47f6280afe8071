import { MonitoringStack } from './components/monitoring-stack.ts';
import { dashboardSources, ruleFiles } from './render/content.ts';
import { dataSourceOf } from './render/data-source.ts';
import { adminUser } from './render/grafana.ts';
import { stackOutputs } from './render/outputs.ts';
import { webUser as userOfPages } from './render/tls/client.ts';
import { readSettings } from './settings/read.ts';

const settings = readSettings();
const rules = ruleFiles(settings.publicUrls, settings.alerts);
const stack = new MonitoringStack('balance-alert', {
  settings,
  rules,
  dashboards: dashboardSources(settings.language, settings.alerts.runwayDays, dataSourceOf(settings)?.uid),
});

const outputs = stackOutputs(settings, rules);

/** Where people go. */
export const { urls } = outputs;

/** How to get into a managed Grafana. The password is secret: `scripts/pulumi stack output grafanaPassword --show-secrets`. */
export const grafanaUser = settings.grafana.mode === 'managed' ? adminUser : undefined;
export const { grafanaPassword } = stack;

/**
 * How to get into everything else where `tls` is true, and what browsers and other clients are to trust. The password is
 * secret: `scripts/pulumi stack output webPassword --show-secrets`.
 */
export const webUser = stack.closed === undefined ? undefined : userOfPages;
export const webPassword = stack.closed?.password;
export const caCertificate = stack.closed?.authority;
export const certificatesExpireAt = stack.closed?.expiresAt;

/** For a Prometheus elsewhere: an entry of its `scrape_configs`, and the rule files of the checkout. */
export const { scrapeConfig, rulesFiles } = outputs;

/** What runs, and on which engine. */
export const { ids } = stack;
export const { engine } = outputs;
