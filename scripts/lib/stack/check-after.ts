import { dashboardSources, dataSourceUid, ruleFiles } from '../../../infra/render/content.ts';
import { adminUser } from '../../../infra/render/grafana.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { Interrupted } from '../terminal/failure.ts';
import { explainEmpty } from './empty-panels.ts';
import type { Session } from './session.ts';
import { checkPanels, checkRules, waitForTarget } from './verify.ts';

/** Verifies the deployment and prints its URLs. */

/** @throws Failure with what does not work */
export async function checkAfter(session: Session, settings: Settings): Promise<void> {
  const { console, pulumi, stack, interruption } = session;
  console.step('Verifying the deployment');
  const options = { fetch, signal: interruption.signal };
  try {
    await waitForTarget(
      settings.addresses.prometheus,
      settings.prometheus.scrapeIntervalSeconds + 15,
      options,
      () =>
        console.line(`waiting for the first scrape, at most ${settings.prometheus.scrapeIntervalSeconds} s`),
    );
    const groups = ruleFiles(settings.publicUrls).map(({ file }) => file.replace(/\.yaml$/, ''));
    const rules = await checkRules(settings.addresses.prometheus, groups, options);
    console.line(`Prometheus scrapes the exporter and has loaded ${rules} rules`);
    const { answered, empty } = await checkPanels(
      {
        address: settings.grafana.apiUrl,
        user: adminUser,
        password: await pulumi.secretOutput(stack, 'grafanaPassword'),
        dataSourceUid,
      },
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

/** Where people go from here. */
export function printSummary({ console, stack }: Session, settings: Settings): void {
  console.step('Ready');
  console.line(`status page   ${settings.publicUrls.status}`);
  console.line(`Grafana       ${settings.publicUrls.grafana}  (user ${adminUser})`);
  console.line(
    `              password: scripts/pulumi stack output grafanaPassword --show-secrets --stack ${stack}`,
  );
  console.line(`Prometheus    ${settings.publicUrls.prometheus}`);
  if (settings.alertmanager.mode !== 'none')
    console.line(`Alertmanager  ${settings.publicUrls.alertmanager}`);
  console.line('to remove it: scripts/down');
}
