import { dashboardSources, ruleFiles } from '../../../infra/render/content.ts';
import { dataSourceOf } from '../../../infra/render/data-source.ts';
import { adminUser } from '../../../infra/render/grafana.ts';
import { stackAlertingConfig, stackScrapeConfig } from '../../../infra/render/outputs.ts';
import { webUser } from '../../../infra/render/tls/client.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import { authorizationOf } from '../../../infra/settings/http-auth.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { Interrupted } from '../terminal/failure.ts';
import { stackAuth } from './access.ts';
import { explainEmpty } from './empty-panels.ts';
import { checkExternalPrometheus } from './external-prometheus.ts';
import { tunnelCommand } from './reach.ts';
import type { Session } from './session.ts';
import type { VerifyOptions } from './verify.ts';
import { checkPanels, checkRules, waitForTarget } from './verify.ts';

/** Verifies the deployment and prints its URLs. */

/** @throws Failure with what does not work */
export async function checkAfter(session: Session, settings: Settings): Promise<void> {
  const { console, pulumi, stack, interruption } = session;
  console.step('Verifying the deployment');
  const options = { fetch, signal: interruption.signal };
  try {
    await checkPrometheus(session, settings, options, await stackAuth(session, settings));
    const { grafana } = settings;
    const dataSource = dataSourceOf(settings);
    if (grafana.mode === 'none' || dataSource === undefined) return;
    const authorization = authorizationOf(
      grafana.mode === 'external'
        ? { kind: 'bearer', token: grafana.token }
        : {
            kind: 'basic',
            username: adminUser,
            password: await pulumi.secretOutput(stack, 'grafanaPassword'),
          },
    );
    const { answered, empty } = await checkPanels(
      { address: grafana.apiUrl, authorization, dataSourceUid: dataSource.uid },
      dashboardSources(settings.language),
      options,
    );
    console.line(`Grafana answered all ${answered} dashboard queries`);
    for (const line of explainEmpty(empty)) console.line(line);
  } catch (error) {
    if (interruption.requested) throw new Interrupted(['the stack is up, but was not verified']);
    throw error;
  }
}

async function checkPrometheus(
  { console }: Session,
  settings: Settings,
  options: VerifyOptions,
  auth: HttpAuth | undefined,
): Promise<void> {
  const { prometheus, addresses, publicUrls, alerts } = settings;
  if (prometheus.mode === 'none') return;
  const timeoutSeconds = prometheus.scrapeIntervalSeconds + 15;
  const onWait = () =>
    console.line(`waiting for the first scrape, at most ${prometheus.scrapeIntervalSeconds} s`);
  const rules = ruleFiles(publicUrls, alerts);
  let count: number;
  if (prometheus.external === undefined) {
    const own =
      auth === undefined ? options : { ...options, headers: { authorization: authorizationOf(auth) } };
    await waitForTarget(addresses.prometheus, timeoutSeconds, own, onWait);
    const groups = rules.flatMap((file) => file.groups.map(({ name }) => name));
    count = await checkRules(addresses.prometheus, groups, own);
  } else {
    const scrapeConfig = stackScrapeConfig(settings);
    const alertingConfig = stackAlertingConfig(settings);
    count = await checkExternalPrometheus(
      prometheus.external,
      { scrapeConfig, alertingConfig, rules, timeoutSeconds },
      options,
      onWait,
    );
  }
  console.line(`Prometheus scrapes the exporter and has loaded ${count} rules`);
}

/** Where people go from here. */
export async function printSummary({ console, stack, pulumi }: Session, settings: Settings): Promise<void> {
  console.step('Ready');
  console.line(`status page   ${settings.publicUrls.status}`);
  if (settings.grafana.mode === 'managed') {
    console.line(`Grafana       ${settings.publicUrls.grafana}  (user ${adminUser})`);
    console.line(
      `              password: scripts/pulumi stack output grafanaPassword --show-secrets --stack ${stack}`,
    );
  } else if (settings.grafana.mode === 'external')
    console.line(`Grafana       ${settings.publicUrls.grafana}`);
  if (settings.prometheus.mode !== 'none') console.line(`Prometheus    ${settings.publicUrls.prometheus}`);
  if (settings.alertmanager.mode !== 'none')
    console.line(`Alertmanager  ${settings.publicUrls.alertmanager}`);
  if (settings.tls !== undefined) {
    const expiresAt = await pulumi.secretOutput(stack, 'certificatesExpireAt');
    const servers = settings.grafana.mode === 'none' ? 'all of them' : 'all but Grafana';
    console.line(`${servers}: user ${webUser}`);
    console.line(
      `              password: scripts/pulumi stack output webPassword --show-secrets --stack ${stack}`,
    );
    console.line(
      `browsers need its certificate authority: scripts/pulumi stack output caCertificate --stack ${stack}`,
    );
    console.line(
      `certificates expire on ${expiresAt.slice(0, 10)}; scripts/up renews them in the last 60 days`,
    );
  }
  const command = tunnelCommand(settings);
  if (command !== undefined) {
    console.line(
      `these listen on the other machine's loopback interface; to open them here, leave this running:`,
    );
    console.line(`  ${command}`);
  }
  console.line('to remove it: scripts/down');
}
