import { Document, isMap, isSeq } from 'yaml';
import type { RuleSettings } from './options.ts';
import { type AlertRule, isAlert, type Rule, type RuleGroup } from './types.ts';

const header = ' Made by `npm run generate` from rules/*.ts; edits here are lost.';

/** A rule as Prometheus reads it. */
export interface PlainRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A group as Prometheus reads it. */
export interface PlainGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly PlainRule[];
}

export function plainGroup(group: RuleGroup, settings: RuleSettings): PlainGroup {
  return {
    name: group.name,
    ...(group.interval === undefined ? {} : { interval: group.interval }),
    rules: group.rules.map((rule) => plainRule(rule, settings)),
  };
}

/** One rule file; each rule carries its reasons as a comment. */
export function renderGroups(groups: readonly RuleGroup[], settings: RuleSettings): string {
  const document = new Document({ groups: groups.map((group) => plainGroup(group, settings)) });
  document.commentBefore = header;
  for (const [groupIndex, group] of groups.entries()) {
    const rules = document.getIn(['groups', groupIndex, 'rules']);
    if (!isSeq(rules)) continue;
    for (const [index, item] of rules.items.entries()) {
      const rule = group.rules[index];
      if (isMap(item) && rule !== undefined) {
        item.commentBefore = wrap(rule.why);
        item.spaceBefore = index > 0;
      }
    }
  }
  return document.toString({ lineWidth: 0 });
}

function plainRule(rule: Rule, settings: RuleSettings): PlainRule {
  if (!isAlert(rule)) {
    return { record: rule.record, expr: rule.expr };
  }
  return {
    alert: rule.alert,
    expr: rule.expr,
    ...(rule.for === undefined ? {} : { for: rule.for }),
    ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
    // The severity only: a templated label that comes out empty costs the alert its "for" at a restart (owners.ts).
    labels: { severity: rule.severity },
    annotations: annotationsOf(rule, settings),
  };
}

function annotationsOf(rule: AlertRule, settings: RuleSettings): Record<string, string> {
  return {
    summary: rule.summary,
    description: rule.description,
    runbook_url: runbookUrl(settings.links.runbooks, rule.alert),
    dashboard_url: `${settings.links.grafana}${rule.dashboard}`,
    ...(rule.statusSection === undefined
      ? {}
      : { status_url: `${settings.links.status}/#${rule.statusSection}` }),
    ...rule.facts,
  };
}

function runbookUrl(base: string, alert: string): string {
  return base.endsWith('/') ? `${base}${alert}` : `${base}#${alert.toLowerCase()}`;
}

/** Breaks a comment into lines of at most 100 characters, each with the space after `#`. */
function wrap(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > 100) {
      lines.push(` ${word}`);
    } else {
      lines[lines.length - 1] = `${line} ${word}`;
    }
  }
  return lines.join('\n');
}
