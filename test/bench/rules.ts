import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { balanceIdentity } from '../../rules/expressions.ts';
import { renderRules } from '../../rules/index.ts';
import type { RecordedName } from '../../rules/series.ts';
import { type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { findTools } from '../support/promtool.ts';
import type { BenchHistory } from './rules-history.ts';
import { writeHistory } from './rules-storage.ts';
import type { Row } from './table.ts';

/** What a rule written by hand would be: the same question over a day of the scraped balance. */
const byHand = 'predict_linear(balance_alert_balance[1d], 604800) < 0';

/** How many times the cost of the rule by hand a group may take. */
const budgets: Readonly<Record<string, number>> = {
  'balance-alert.thresholds': 1,
  'balance-alert.accounts': 2,
  'balance-alert.burn': 3,
  'balance-alert.runway': 3,
};

const measuredGroups = [
  'recording',
  'burn',
  'checks',
  'thresholds',
  'accounts',
  'runway',
  'spend',
  'usage',
].map((name) => `balance-alert.${name}`);

const ruleFileSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.object({ record: z.string().optional(), expr: z.string() })),
    }),
  ),
});

const scraped = (offset = ''): string => `max by (${balanceIdentity}) (balance_alert_balance${offset})`;

/** From what is recorded to the whole window of scraped balances that somebody would ask for by hand. */
const valuesByHand = {
  'account:balance_alert_step_burn_per_second:avg1d': `sum_over_time(clamp_min(${scraped(' offset 10m')} - ${scraped()}, 0)[1d:10m]) / 86400`,
  'account:balance_alert_balance:current': scraped(),
} as const satisfies Partial<Record<RecordedName, string>>;

interface Rules {
  /** Such as `rules`, or the folder they were read from. */
  readonly name: string;
  readonly yaml: readonly string[];
}

export interface RulesBenchOptions {
  readonly accounts: number;
  /** A folder of other rule files, measured beside those of the checkout. */
  readonly against: string | undefined;
}

/**
 * One evaluation of each group over a month of history, on every Prometheus that is found, beside a rule written by hand
 * over the same accounts. The expressions are asked of the query API, `count()`ed so that no answer is written out; the
 * engine is the one that evaluates rules.
 */
export async function benchRules({ accounts, against }: RulesBenchOptions): Promise<readonly Row[]> {
  const storage = await mkdtemp(join(tmpdir(), 'balance-alert-bench-'));
  try {
    // 187 s off the grid of steps: on the grid, Prometheus 2 takes a step more into each window than 3.
    const now = Math.floor(Date.now() / 600_000) * 600 - 1200 + 187;
    await writeHistory({ accounts, now, long: against !== undefined }, storage);
    const rules: Rules[] = [{ name: '', yaml: renderRules().map(({ yaml }) => yaml) }];
    if (against !== undefined) {
      const files = globSync(join(against, '*.yaml'));
      rules.push({ name: ` of ${basename(against)}`, yaml: files.map((file) => readFileSync(file, 'utf8')) });
    }
    const rows: Row[] = [];
    for (const program of findTools('prometheus')) {
      const prometheus = await startPrometheus({ storage, program });
      try {
        rows.push(...(await measure(prometheus, program, rules, { accounts, now })));
      } finally {
        await prometheus.stop();
      }
    }
    return rows;
  } finally {
    await rm(storage, { recursive: true });
  }
}

async function measure(
  prometheus: RunningPrometheus,
  program: string,
  rules: readonly Rules[],
  { accounts, now }: Pick<BenchHistory, 'accounts' | 'now'>,
): Promise<Row[]> {
  const build = z
    .object({ data: z.object({ version: z.string() }) })
    .parse(await prometheus.api('/api/v1/status/buildinfo'));
  // Prometheus built by `go build` alone does not know its version.
  const engine = `${build.data.version || program}, ${accounts.toLocaleString('en')} accounts`;
  const cpuSeconds = async (): Promise<number> => {
    const text = await (await fetch(`${prometheus.url}/metrics`)).text();
    return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
  };
  /** CPU seconds of one evaluation of all. */
  const seconds = async (exprs: readonly string[]): Promise<number> => {
    const before = await cpuSeconds();
    for (const expr of exprs) await prometheus.query(`count(${expr})`, now);
    return (await cpuSeconds()) - before;
  };
  /**
   * CPU seconds of one evaluation, and of the rule by hand in turns with it, so that what else the machine does slows both alike;
   * means of five, as one tick is 10 ms.
   */
  const besideByHand = async (exprs: readonly string[]): Promise<readonly [took: number, hand: number]> => {
    const turns = 5;
    await seconds([byHand, ...exprs]);
    let [took, hand] = [0, 0];
    for (let turn = 0; turn < turns; turn += 1) {
      hand += await seconds([byHand]);
      took += await seconds(exprs);
    }
    return [took / turns, hand / turns];
  };
  const rows: Row[] = [];
  const hands: number[] = [];
  for (const { name, yaml } of rules) {
    const groups = yaml.flatMap((text) => ruleFileSchema.parse(parse(text)).groups);
    for (const group of groups.filter((one) => measuredGroups.includes(one.name))) {
      const [took, hand] = await besideByHand(group.rules.map(({ expr }) => expr));
      hands.push(hand);
      rows.push({
        what: `${engine}: ${group.name}${name}`,
        measured: took / hand,
        unit: 'x by hand',
        budget: name === '' ? budgets[group.name] : undefined,
        of: `${took.toFixed(2)} s of CPU, ${hand.toFixed(2)} s by hand`,
      });
    }
    for (const [record, hand] of Object.entries(valuesByHand)) {
      const rule = groups.flatMap((group) => group.rules).find((one) => one.record === record);
      if (rule === undefined) continue;
      const equal = `count(abs((${rule.expr}) - (${hand})) <= 1e-9 * abs(${hand}))`;
      const [found] = await prometheus.query(equal, now);
      rows.push({
        what: `${engine}: ${record}${name}`,
        measured: accounts - Number(found?.values[0]?.[1] ?? 0),
        unit: 'accounts',
        budget: name === '' ? 0 : undefined,
        of: 'those that differ by more than 1e-9 from the scraped balances',
      });
    }
  }
  const mean = hands.reduce((sum, one) => sum + one, 0) / hands.length;
  return [
    { what: `${engine}: rule by hand`, measured: mean, unit: 's CPU', budget: undefined, of: byHand },
    ...rows,
  ];
}
