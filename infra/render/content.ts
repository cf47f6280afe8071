import type { DashboardQuery } from '../../dashboards/index.ts';
import { dashboards, dataSourceUid } from '../../dashboards/index.ts';
import type { RuleOptions } from '../../rules/index.ts';
import { renderRules, ruleGroups } from '../../rules/index.ts';
import { dashboardPath } from '../../rules/links.ts';

/** What the stack shows and evaluates. The only place that knows how rules and dashboards are made. */
export type { DashboardQuery } from '../../dashboards/index.ts';
/** A file of Prometheus rules. */
export interface RuleFile {
  /** Without a folder. */
  readonly file: string;
  readonly text: string;
}

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
export type AlertOptions = Pick<RuleOptions, 'alerts' | 'runwayDays'>;

/** What is wrong with changes of the alerts, one sentence each that begins with the key; empty where nothing is. */
export function alertProblems(options: AlertOptions): readonly string[] {
  try {
    ruleGroups(options);
    return [];
  } catch (error) {
    if (error instanceof RangeError) return error.message.split('\n');
    throw error;
  }
}

/** The rule files of this project, with links that lead to this stack's pages. */
export function ruleFiles(links: Links, alerts: AlertOptions = {}): readonly RuleFile[] {
  return renderRules({
    ...alerts,
    links: { grafana: links.grafana, runbooks: `${links.status}/runbooks/` },
  }).map(({ name, yaml }) => ({ file: name, text: yaml }));
}

/** The dashboards in a language; uids are the same in every language. */
export function dashboardSources(
  language: 'en' | 'zh',
  runwayDays: NonNullable<AlertOptions['runwayDays']> = {},
): readonly DashboardSource[] {
  return dashboards(language, { dataSource: dataSourceUid, runwayDays }).map(
    ({ uid, title, json, queries }) => ({
      uid,
      title,
      json,
      queries,
    }),
  );
}
