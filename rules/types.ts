/** What a rule is before it is YAML. Only what Prometheus 2.42 and 3.x both accept. */

import type { RecordedName } from './series.ts';

/** critical = act now; warning = act in working hours; info = good to know; none = plumbing that never reaches a person. */
export const severities = ['critical', 'warning', 'info', 'none'] as const;

export type Severity = (typeof severities)[number];

export interface RecordingRule {
  readonly record: RecordedName;
  readonly expr: string;
  /** What the series is for, and why it is made this way; a comment in the YAML. */
  readonly why: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly severity: Severity;
  readonly expr: string;
  /** At least the accounts of `expr`, where that costs less than `expr` itself, to look up their owners by. */
  readonly among?: string;
  /** How long the expression must hold before the alert fires; absent = at once. */
  readonly for?: string;
  /** How long the alert stays once the expression no longer holds. */
  readonly keepFiringFor?: string;
  /** Why this severity, this `for` and this `keep_firing_for`; a comment in the YAML. */
  readonly why: string;
  /** One sentence, the same for all alerts of the name, since they are grouped in one message. */
  readonly summary: string;
  /** About this one alert; a template over `$labels` and `$value`. */
  readonly description: string;
  /** Path in Grafana that shows the cause, with its query; a template over `$labels`. */
  readonly dashboard: string;
  /** Section of the status page with the alert's entry, by its fragment; absent = no link there. */
  readonly statusSection?: 'renewals';
  /** More annotations; templates over `$labels`. */
  readonly facts?: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertRule;

export interface RuleGroup {
  readonly name: string;
  /** The group beside which it is in one file; absent = a file of its own. */
  readonly beside?: string;
  /** Absent = Prometheus' `evaluation_interval`. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export function isAlert(rule: Rule): rule is AlertRule {
  return 'alert' in rule;
}
