import {
  accountsGroup,
  checksGroup,
  runwayGroup,
  spendGroup,
  thresholdsGroup,
  usageGroup,
} from './accounts.ts';
import { withFacts } from './facts.ts';
import { mailGroup } from './mail.ts';
import { type RuleOptions, settingsOf, withChanges } from './options.ts';
import { pipelineGroup } from './pipeline.ts';
import { quotaGroup } from './quota.ts';
import { burnGroup, recordingGroup } from './recording.ts';
import { type PlainGroup, plainGroup, renderGroups } from './render.ts';
import { subscriptionsGroup } from './subscriptions.ts';
import type { RuleGroup } from './types.ts';

export type { RuleOptions } from './options.ts';
export type { PlainGroup } from './render.ts';
export type { AlertRule, RuleGroup } from './types.ts';
export { isAlert } from './types.ts';

/** A file for `rule_files`: what it is called and what is in it. */
export interface RuleFile {
  /** Such as `balance-alert.accounts.yaml`: the name of its first group. */
  readonly name: string;
  readonly yaml: string;
  /** What the YAML says. */
  readonly groups: readonly PlainGroup[];
}

/**
 * All groups, with the changes of the options applied, in the order in which they build on each other.
 *
 * @throws RangeError when an option names an alert or a severity that does not exist; all of them at once
 */
export function ruleGroups(options: RuleOptions = {}): readonly RuleGroup[] {
  const settings = settingsOf(options);
  const groups = [
    recordingGroup,
    burnGroup,
    checksGroup(),
    thresholdsGroup(),
    accountsGroup(),
    runwayGroup(settings),
    spendGroup(),
    usageGroup(),
    quotaGroup,
    subscriptionsGroup,
    mailGroup,
    pipelineGroup,
  ];
  return withChanges(groups, options.alerts ?? {});
}

/**
 * The rule files. Valid on Prometheus 2.42 and 3.x.
 *
 * @throws RangeError as `ruleGroups`
 */
export function renderRules(options: RuleOptions = {}): readonly RuleFile[] {
  const settings = settingsOf(options);
  const files = Map.groupBy(ruleGroups(options), ({ name, beside }) => beside ?? name);
  return [...files].map(([name, its]) => {
    // The group that gives the file its name comes first in it.
    const named = its.filter((group) => group.beside === undefined);
    const groups = [...named, ...its.filter((group) => group.beside !== undefined)].map(withFacts);
    return {
      name: `${name}.yaml`,
      yaml: renderGroups(groups, settings),
      groups: groups.map((group) => plainGroup(group, settings)),
    };
  });
}
