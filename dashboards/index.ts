import { isAlert, ruleGroups } from '../rules/index.ts';
import { defaultRunwayDays } from '../rules/options.ts';
import { accounts } from './accounts.ts';
import { assemble } from './assemble.ts';
import { exporter } from './exporter.ts';
import { type Language, translatorFor } from './language.ts';
import { overview } from './overview.ts';
import { type DashboardQuery, queriesOf } from './parts.ts';
import type { DashboardSettings, RunwayDays } from './settings.ts';
import { subscriptions } from './subscriptions.ts';

export { type Language, languages } from './language.ts';
export type { DashboardQuery } from './parts.ts';

/** The uid of the data source that the stack makes. Fixed, so that a dashboard's link to it never breaks. */
export const dataSourceUid = 'balance-alert-prometheus';

/** The uid of the folder that the stack makes. Not the one of a dashboard: Grafana keeps both in one name space. */
export const folderUid = 'balance-alert-folder';

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  /** Classic dashboard JSON, for file provisioning, `oss.Dashboard.configJson` and Grafana's import alike. */
  readonly json: string;
  /** Every query of every panel, for checks that they answer. */
  readonly queries: readonly DashboardQuery[];
}

export interface DashboardOptions {
  /** Uid of the data source that is chosen at first; Grafana's default one where left out. */
  readonly dataSource?: string;
  /** The days of the alert `RunwayShort`, as `renderRules` takes them. */
  readonly runwayDays?: Partial<RunwayDays>;
}

/** All dashboards in one language; uids are the same in each. */
export function dashboards(language: Language, options: DashboardOptions = {}): readonly DashboardFile[] {
  const translate = translatorFor(language);
  const alertNames = [
    ...new Set(ruleGroups().flatMap(({ rules }) => rules.filter(isAlert).map((rule) => rule.alert))),
  ];
  const settings: DashboardSettings = {
    runwayDays: { ...defaultRunwayDays, ...options.runwayDays },
    alertNames,
  };
  const all = [
    overview(translate, settings),
    accounts(translate, settings),
    subscriptions(translate),
    exporter(translate),
  ];
  return all.map((parts) => {
    const dashboard = assemble(parts, translate, options);
    return {
      uid: parts.uid,
      title: translate(parts.title),
      json: `${JSON.stringify(dashboard, undefined, 2)}\n`,
      queries: queriesOf(dashboard),
    };
  });
}
