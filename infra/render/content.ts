import type { DashboardQuery, Language } from '../../dashboards/index.ts';
import { dashboards, dataSourceUid } from '../../dashboards/index.ts';
import type { PlainGroup, RuleOptions } from '../../rules/index.ts';
import { renderRules } from '../../rules/index.ts';
import { dashboardPath } from '../../rules/links.ts';
import type { RuleFile } from '../settings/rule-files.ts';

/** What the stack shows and evaluates. The only place that knows how rules and dashboards are made. */
export type { DashboardQuery } from '../../dashboards/index.ts';
export { dataSourceUid, folderUid } from '../../dashboards/index.ts';

export interface DashboardSource {
  /** Fixed; links point at it. */
  readonly uid: string;
  readonly title: string;
  /** Classic dashboard JSON. */
  readonly json: string;
  /** Every query of its panels. */
  readonly queries: readonly DashboardQuery[];
}

/** The first dashboard, after Grafana's address. */
export const overviewPath = dashboardPath('overview');

/** Whatever a rendered text links to. Without a slash at the end. */
export interface Links {
  readonly status: string;
  readonly grafana: string;
}

/** What the stack's owner changed about the alerts. */
type AlertOptions = Pick<RuleOptions, 'alerts' | 'runwayDays'>;

/** A rule file of this project, with what is in its text. */
export interface OwnRuleFile extends RuleFile {
  readonly groups: readonly PlainGroup[];
}

/** The rule files of this project, with links that lead to this stack's pages. */
export function ruleFiles(links: Links, alerts: AlertOptions = {}): readonly OwnRuleFile[] {
  return renderRules({
    ...alerts,
    links: { grafana: links.grafana, runbooks: `${links.status}/runbooks/`, status: links.status },
  }).map(({ name, yaml, groups }) => ({ file: name, text: yaml, groups }));
}

/**
 * The dashboards in a language; uids are the same in every language.
 * @param dataSource uid of the one that is chosen at first; `default` is Grafana's default one
 */
export function dashboardSources(
  language: Language,
  runwayDays: NonNullable<AlertOptions['runwayDays']> = {},
  dataSource = dataSourceUid,
): readonly DashboardSource[] {
  const chosen = dataSource === 'default' ? {} : { dataSource };
  return dashboards(language, { ...chosen, runwayDays }).map(({ uid, title, json, queries }) => ({
    uid,
    title,
    json,
    queries,
  }));
}
