import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { isAlert, type RuleGroup, type RuleOptions, ruleGroups } from '../../rules/index.ts';
import { settingsOf } from '../../rules/options.ts';
import { renderGroups } from '../../rules/render.ts';
import { runTool } from '../support/promtool.ts';

/** One situation for `promtool test rules`: series, and what the rules make of them at moments. */
export interface RuleCase {
  /** Time between two samples and two evaluations: promtool evaluates every group at this pace, whatever its own. */
  readonly interval: string;
  /** Time between two evaluations, where it is another than that between two samples. */
  readonly evaluatedEvery?: string;
  /**
   * From a series to its values in promtool's notation. `stale` is what Prometheus writes when a scrape fails. A recorded
   * series may be given, such as one of a group with another pace; it isn't recorded then.
   */
  readonly series: Readonly<Record<string, string>>;
  readonly alerts?: readonly AlertExpectation[];
  readonly values?: readonly ValueExpectation[];
  readonly options?: RuleOptions;
}

export interface AlertExpectation {
  readonly at: string;
  readonly alert: string;
  /** All firing alerts of the name, no more and no fewer; empty = none. */
  readonly firing: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ValueExpectation {
  readonly at: string;
  readonly expr: string;
  /** From a series, with its name where the result has one, to its value. */
  readonly is: Readonly<Record<string, number>>;
}

/** Fails the test with promtool's own words where an expectation does not hold. */
export async function holds(t: ExecutionContext, ruleCase: RuleCase): Promise<void> {
  // A month of steps takes promtool tens of seconds, and a busy machine longer.
  t.timeout(300_000);
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-rules-'));
  try {
    const settings = settingsOf(ruleCase.options ?? {});
    const groups = groupsFor(ruleCase);
    await Promise.all(
      groups.map((group) => writeFile(join(folder, `${group.name}.yaml`), renderGroups([group], settings))),
    );
    await writeFile(
      join(folder, 'test.yaml'),
      promtoolTest(
        ruleCase,
        groups.map(({ name }) => name),
      ),
    );
    const { code, stdout, stderr } = await runTool('promtool', ['test', 'rules', 'test.yaml'], folder);
    t.is(code, 0, stdout + stderr);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The alerts that the case asks about and all recorded series they rest on, step by step; the other rules would
 * only cost time.
 */
function groupsFor({ series, alerts = [], values = [], options }: RuleCase): readonly RuleGroup[] {
  const asked = new Set(alerts.map(({ alert }) => alert));
  const groups = ruleGroups(options);
  const all = groups.flatMap((group) => group.rules);
  const kept = new Set(all.filter((rule) => isAlert(rule) && asked.has(rule.alert)));
  const given = new Set(Object.keys(series).map((name) => name.replace(/\{.*/, '')));
  const texts = values.map(({ expr }) => expr);
  for (let before = -1; before < kept.size; ) {
    before = kept.size;
    const read = [...texts, ...[...kept].map(({ expr }) => expr)].join('\n');
    for (const rule of all) {
      if (!isAlert(rule) && !given.has(rule.record) && read.includes(rule.record)) {
        kept.add(rule);
      }
    }
  }
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => kept.has(rule)) }))
    .filter(({ rules }) => rules.length > 0);
}

function promtoolTest(
  { interval, evaluatedEvery = interval, series, alerts = [], values = [] }: RuleCase,
  groups: readonly string[],
): string {
  return stringify(
    {
      rule_files: groups.map((name) => `${name}.yaml`),
      evaluation_interval: evaluatedEvery,
      // Else promtool takes the groups in any order, and a rule sees now the new value of another group, now the old.
      group_eval_order: groups,
      tests: [
        {
          interval,
          input_series: Object.entries(series).map(([name, samples]) => ({ series: name, values: samples })),
          alert_rule_test: alerts.map(({ at, alert, firing }) => ({
            eval_time: at,
            alertname: alert,
            exp_alerts: firing.map(({ labels, annotations }) => ({
              exp_labels: labels,
              exp_annotations: annotations,
            })),
          })),
          promql_expr_test: values.map(({ at, expr, is }) => ({
            expr,
            eval_time: at,
            exp_samples: Object.entries(is).map(([labels, value]) => ({ labels, value })),
          })),
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/** An account's balance as the exporter serves it, with a threshold where one is given, and the exporter answering. */
export function account(
  values: {
    readonly balance: string;
    readonly threshold?: string;
    readonly status?: string;
    readonly up?: string;
  },
  more = '',
): Readonly<Record<string, string>> {
  const labels = `project="openrouter-prod",provider="openrouter",type="balance",unit="USD",instance="a:9100",job="balance-alert"${more}`;
  return {
    [`balance_alert_balance{${labels}}`]: values.balance,
    ...(values.threshold === undefined ? {} : { [`balance_alert_threshold{${labels}}`]: values.threshold }),
    ...(values.status === undefined ? {} : { [`balance_alert_status{${labels}}`]: values.status }),
    'balance_alert_account_up{project="openrouter-prod",provider="openrouter",instance="a:9100",job="balance-alert"}':
      values.up ?? '1x100000',
  };
}

/** The labels that alerts on `account` carry. */
export const balanceLabels = {
  project: 'openrouter-prod',
  provider: 'openrouter',
  type: 'balance',
  unit: 'USD',
} as const;

/** `BalanceEmpty` on `account`, 20 USD in debt. */
export const emptyAlert: ExpectedAlert = {
  labels: { ...balanceLabels, severity: 'critical' },
  annotations: {
    summary: 'A balance is used up.',
    description: 'openrouter-prod (openrouter) has -20.00 USD left.',
    runbook_url: 'http://127.0.0.1:8080/runbooks/BalanceEmpty',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=openrouter-prod',
  },
};

export const exporterUp = 'up{instance="a:9100",job="balance-alert"}';
