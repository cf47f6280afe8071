import { type AlertRule, isAlert, type Rule, type RuleGroup, type Severity, severities } from './types.ts';

/** What becomes of an alert: switched off, or another severity. */
export type AlertChange = 'off' | Severity;

export interface RuleOptions {
  readonly links?: {
    /** Where people reach Grafana, sub-path included; no slash at the end. */
    readonly grafana?: string;
    /**
     * Where the runbooks are. With a slash at the end, the alert's name is added as a path (the exporter's own
     * pages); without, as a fragment (a document such as `docs/alerts.md`).
     */
    readonly runbooks?: string;
    /** Where people reach the status page; no slash at the end. */
    readonly status?: string;
  };
  /** `RunwayShort` fires when a balance lasts less than this, in days. */
  readonly runwayDays?: { readonly warning?: number; readonly critical?: number };
  /**
   * Changes by alert name. An alert that exists in several severities takes an object from the severity it
   * was made with to its change; `off` alone switches all of them off.
   */
  readonly alerts?: Readonly<Record<string, AlertChange | Readonly<Partial<Record<Severity, AlertChange>>>>>;
}

export interface RuleSettings {
  readonly links: { readonly grafana: string; readonly runbooks: string; readonly status: string };
  readonly runwayDays: { readonly warning: number; readonly critical: number };
}

/** Days that a balance must last, by the severity of `RunwayShort`, unless set otherwise. */
export const defaultRunwayDays = { warning: 7, critical: 3 } as const;

/** Fills in what was left out: the stack's own addresses on loopback, and the default days. */
export function settingsOf(options: RuleOptions): RuleSettings {
  const { warning, critical } = { ...defaultRunwayDays, ...options.runwayDays };
  if (!(critical > 0 && critical < warning)) {
    throw new RangeError(
      `runwayDays: expected 0 < critical < warning, got critical ${critical} and warning ${warning}`,
    );
  }
  return {
    links: {
      grafana: (options.links?.grafana ?? 'http://127.0.0.1:3000').replace(/\/+$/, ''),
      runbooks: options.links?.runbooks ?? 'http://127.0.0.1:8080/runbooks/',
      status: (options.links?.status ?? 'http://127.0.0.1:8080').replace(/\/+$/, ''),
    },
    runwayDays: { warning, critical },
  };
}

/**
 * Applies the changes of `options.alerts`.
 *
 * @throws RangeError that names every key which is no alert and every change that fits none of its severities
 */
export function withChanges(
  groups: readonly RuleGroup[],
  changes: NonNullable<RuleOptions['alerts']>,
): readonly RuleGroup[] {
  const alerts = groups.flatMap((group) => group.rules).filter(isAlert);
  const errors = Object.entries(changes).flatMap(([name, change]) => errorsOf(name, change, alerts));
  if (errors.length > 0) {
    throw new RangeError(errors.join('\n'));
  }
  return groups.map((group) => ({
    ...group,
    rules: group.rules.flatMap((rule): readonly Rule[] => {
      if (!isAlert(rule)) {
        return [rule];
      }
      const change = changes[rule.alert];
      const result = typeof change === 'object' ? change[rule.severity] : change;
      if (result === 'off') {
        return [];
      }
      return [result === undefined ? rule : { ...rule, severity: result }];
    }),
  }));
}

function errorsOf(
  name: string,
  change: NonNullable<RuleOptions['alerts']>[string],
  alerts: readonly AlertRule[],
): readonly string[] {
  const grades = alerts.filter((rule) => rule.alert === name).map((rule) => rule.severity);
  const known = ['off', ...severities];
  if (grades.length === 0) {
    const names = [...new Set(alerts.map((rule) => rule.alert))].join(', ');
    return [`alerts: expected the name of an alert, got ${JSON.stringify(name)}; there are: ${names}`];
  }
  if (typeof change !== 'object') {
    if (!known.includes(change)) {
      return [`alerts.${name}: expected one of ${known.join(', ')}, got ${JSON.stringify(change)}`];
    }
    return change !== 'off' && grades.length > 1
      ? [`alerts.${name}: has the severities ${grades.join(' and ')}; say which one becomes ${change}`]
      : [];
  }
  return Object.entries(change).flatMap(([from, to]) => {
    if (!grades.some((grade) => grade === from)) {
      return [
        `alerts.${name}: expected a severity it has (${grades.join(', ')}), got ${JSON.stringify(from)}`,
      ];
    }
    return known.includes(to)
      ? []
      : [`alerts.${name}.${from}: expected one of ${known.join(', ')}, got ${JSON.stringify(to)}`];
  });
}
