import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type AlertRule, isAlert, ruleGroups } from '../../../rules/index.ts';
import type { RunningPrometheus } from '../../support/prometheus.ts';
import { day, duration, grid, hour, minute, type SimulatedAccount, shapes, simulate } from './accounts.ts';
import { epoch, overTime, withSimulation } from './engine.ts';
import { delayed, judge, kept, runs, type Verdict } from './judge.ts';

const usage = `Usage: node test/rules/simulation/run.ts [--write]

Evaluates RunwayShort and other rules over 60 days of invented accounts, in a real Prometheus,
and prints how early and how often wrongly each fired.

  --write  put the tables into docs/runway-simulation.md
  --help   show this text
`;

interface Contestant {
  readonly name: string;
  readonly expr: string;
  readonly limit: number;
  /** From whether the expression holds at each step to whether the alarm fires. */
  readonly firing: (holds: readonly boolean[]) => boolean[];
}

/** A rule as it ships; the simulation knows what "for" and "keep_firing_for" it has. */
function alertRule(name: string, severity: string): AlertRule {
  const rule = ruleGroups()
    .flatMap(({ rules }) => rules.filter(isAlert))
    .find((candidate) => candidate.alert === name && candidate.severity === severity);
  if (rule?.keepFiringFor !== '6h' || rule.for !== undefined) {
    throw new Error(`expected ${name} (${severity}) to fire at once and to stay for 6h`);
  }
  return rule;
}

function contestants(): readonly Contestant[] {
  const ours = (severity: string): string => alertRule('RunwayShort', severity).expr;
  const keep = (holds: readonly boolean[]) => kept(holds, 6 * hour);
  return [
    { name: 'RunwayShort, warning (7 days)', expr: ours('warning'), limit: 7 * day, firing: keep },
    ...['6h', '1d', '3d', '7d'].map((window) => ({
      name: `predict_linear over ${window}, 7 days ahead, for 1h`,
      expr: `predict_linear(balance_alert_balance[${window}], ${7 * day}) < 0`,
      limit: 7 * day,
      firing: (holds: readonly boolean[]) => delayed(holds, hour),
    })),
    {
      name: 'ratio below 0.2 for 5m (replaced system)',
      expr: 'balance_alert_ratio < 0.2',
      limit: 7 * day,
      firing: (holds) => delayed(holds, 5 * minute),
    },
    {
      name: 'ratio below 1 (a threshold of five days of plain use)',
      expr: 'balance_alert_ratio < 1',
      limit: 7 * day,
      firing: (holds) => delayed(holds, 5 * minute),
    },
    { name: 'RunwayShort, critical (3 days)', expr: ours('critical'), limit: 3 * day, firing: keep },
    {
      name: 'predict_linear over 1d, 3 days ahead, for 1h',
      expr: `predict_linear(balance_alert_balance[1d], ${3 * day}) < 0`,
      limit: 3 * day,
      firing: (holds) => delayed(holds, hour),
    },
  ];
}

type Verdicts = ReadonlyMap<string, Verdict>;

/** Whether an expression holds at each step, by account. */
async function holding(
  prometheus: RunningPrometheus,
  accounts: readonly SimulatedAccount[],
  expr: string,
): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const holds = new Map(accounts.map(({ name }) => [name, new Array<boolean>(duration / grid).fill(false)]));
  for (const { labels, values } of await overTime(prometheus, expr)) {
    const steps = holds.get(labels['project'] ?? '');
    for (const [time] of values) {
      steps?.splice((time - epoch) / grid, 1, true);
    }
  }
  return holds;
}

async function judged(
  prometheus: RunningPrometheus,
  accounts: readonly SimulatedAccount[],
  { expr, limit, firing }: Contestant,
): Promise<Verdicts> {
  const holds = await holding(prometheus, accounts, expr);
  return new Map(
    accounts.map(({ name, trueRunway }) => [
      name,
      judge(firing(holds.get(name) ?? []), trueRunway, { limit, from: 2 * day }),
    ]),
  );
}

/** Where `BurnUnusual` fired: days of the simulation, by account. */
async function unusual(
  prometheus: RunningPrometheus,
  accounts: readonly SimulatedAccount[],
): Promise<string> {
  const rule = alertRule('BurnUnusual', 'info');
  const holds = await holding(prometheus, accounts, rule.expr);
  const rows = [...holds].flatMap(([name, steps]) => {
    const alarms = runs(kept(steps, 6 * hour)).map(({ begin }) => days((begin * grid) / day));
    return alarms.length === 0 ? [] : [`| ${name} | ${alarms.join(', ')} |`];
  });
  return `| account | days on which it began |\n|---|---|\n${rows.join('\n')}\n`;
}

function summaryRow(name: string, verdicts: Verdicts): string {
  const all = [...verdicts.values()];
  const sum = (of: (verdict: Verdict) => number): number =>
    all.reduce((total, verdict) => total + of(verdict), 0);
  const daysLeft = all.flatMap((verdict) => verdict.daysLeft).sort((left, right) => left - right);
  const cells = [
    name,
    String(sum(({ due }) => due)),
    String(daysLeft.length),
    days(daysLeft[Math.floor(daysLeft.length / 2)]),
    days(daysLeft[0]),
    String(sum(({ missed }) => missed)),
    String(sum(({ falseAlarms }) => falseAlarms)),
    String(Math.round(sum(({ wrongHours }) => wrongHours))),
  ];
  return `| ${cells.join(' | ')} |`;
}

function accountRow(name: string, { due, daysLeft, missed, falseAlarms, wrongHours }: Verdict): string {
  const cells = [
    name,
    String(due),
    daysLeft.map(days).join(', ') || '–',
    String(missed),
    String(falseAlarms),
    String(Math.round(wrongHours)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function days(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}

async function tables(): Promise<string> {
  const accounts = shapes.map((shape, index) => simulate(shape, index + 1));
  return withSimulation(accounts, async (prometheus) => {
    const rows: string[] = [];
    let detail: Verdicts = new Map();
    for (const contestant of contestants()) {
      const verdicts = await judged(prometheus, accounts, contestant);
      rows.push(summaryRow(contestant.name, verdicts));
      detail = rows.length === 1 ? verdicts : detail;
    }
    return `| rule | times due | detected a day or more ahead | days left then: median | least | missed or late | false alarms | hours wrong |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

The warning by account:

| account | times due | days left when it fired | missed or late | false alarms | hours wrong |
|---|---|---|---|---|---|
${[...detail].map(([name, verdict]) => accountRow(name, verdict)).join('\n')}

BurnUnusual on the same accounts:

${await unusual(prometheus, accounts)}`;
  });
}

const page = resolve(import.meta.dirname, '../../../docs/runway-simulation.md');
const marks = ['<!-- tables begin -->\n', '<!-- tables end -->'] as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const text = await tables();
  process.stdout.write(text);
  if (values.write === true) {
    const before = await readFile(page, 'utf8');
    const [head, rest] = before.split(marks[0]);
    const tail = rest?.split(marks[1])[1];
    if (head === undefined || tail === undefined) {
      throw new Error(`expected the marks ${marks.join(' ')} in ${page}`);
    }
    await writeFile(page, `${head}${marks[0]}\n${text}\n${marks[1]}${tail}`);
  }
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  });
}
