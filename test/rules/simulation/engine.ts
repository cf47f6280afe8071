import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderSample } from '../../../exporter/metrics/exposition.ts';
import { isAlert, ruleGroups } from '../../../rules/index.ts';
import { type RunningPrometheus, type Series, startPrometheus } from '../../support/prometheus.ts';
import { duration, exporterOutages, grid, type SimulatedAccount } from './accounts.ts';

/** Seconds since the epoch of the simulation's start, a Monday at 00:00 UTC. */
export const epoch = Date.UTC(2026, 5, 1) / 1000;

/**
 * Puts the accounts into a real Prometheus, as an exporter would have served them, has its engine evaluate the
 * recording rules over the whole time, one after the other, and hands it over for questions.
 */
export async function withSimulation<Result>(
  accounts: readonly SimulatedAccount[],
  ask: (prometheus: RunningPrometheus) => Promise<Result>,
): Promise<Result> {
  const storage = await mkdtemp(join(tmpdir(), 'balance-alert-simulation-'));
  try {
    let history: string = servedHistory(accounts);
    // Each layer reads the one before, so each is evaluated in a Prometheus that holds it.
    for (const layer of layers()) {
      const prometheus = await startPrometheus({ storage, history: [history] });
      try {
        const texts: string[] = [];
        for (const { record, expr } of layer) {
          texts.push(recordedHistory(record, await overTime(prometheus, expr)));
        }
        history = `${texts.join('')}# EOF\n`;
      } finally {
        await prometheus.stop();
      }
    }
    const prometheus = await startPrometheus({ storage, history: [history] });
    try {
      return await ask(prometheus);
    } finally {
      await prometheus.stop();
    }
  } finally {
    await rm(storage, { recursive: true });
  }
}

/** An expression at every step of the simulation. */
export function overTime(prometheus: RunningPrometheus, expr: string): Promise<readonly Series[]> {
  return prometheus.queryRange(expr, epoch, epoch + duration - grid, grid);
}

/** The recording rules that the judged alerts rest on, in layers that build on each other. */
function layers() {
  const recording = ruleGroups().flatMap(({ rules }) =>
    rules.flatMap((rule) => (isAlert(rule) ? [] : [rule])),
  );
  const layer = (...ends: readonly string[]) =>
    recording.filter(({ record }) => ends.some((end) => record.endsWith(end)));
  return [
    layer(':balance_alert_balance:max', ':balance_alert_balance:current'),
    layer(':balance_alert_fall:step10m'),
    layer(':avg1d', ':avg7d', ':avg30d'),
    layer(':balance_alert_runway_seconds'),
  ];
}

function servedHistory(accounts: readonly SimulatedAccount[]): string {
  const lines: string[] = [];
  const steps = duration / grid;
  const down = (index: number): boolean =>
    exporterOutages.some(([from, to]) => index * grid >= from && index * grid < to);
  const target = { instance: 'exporter:9100', job: 'balance-alert' };
  for (let index = 0; index < steps; index += 1) {
    lines.push(
      `up{instance="exporter:9100",job="balance-alert"} ${down(index) ? 0 : 1} ${epoch + index * grid}\n`,
    );
  }
  for (const account of accounts) {
    const identity = { project: account.name, provider: 'simulation', ...target };
    const labels = { ...identity, type: 'balance', unit: 'USD' };
    const values: Record<string, (index: number) => number | undefined> = {
      balance_alert_balance: (index) => account.served[index],
      balance_alert_ratio: (index) => divided(account.served[index], account.threshold),
    };
    for (const [name, value] of Object.entries(values)) {
      for (let index = 0; index < steps; index += 1) {
        pushLine(lines, name, labels, value(index), index);
      }
    }
    for (let index = 0; index < steps; index += 1) {
      const good = account.served[index] !== undefined && !account.failing[index];
      pushLine(lines, 'balance_alert_account_up', identity, down(index) ? undefined : Number(good), index);
    }
  }
  lines.push('# EOF\n');
  return lines.join('');
}

function divided(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

function pushLine(
  lines: string[],
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number | undefined,
  index: number,
): void {
  if (value !== undefined) {
    lines.push(`${head(name, labels)} ${value} ${epoch + index * grid}\n`);
  }
}

function recordedHistory(record: string, series: readonly Series[]): string {
  return series
    .map(({ labels: { __name__: _name, ...labels }, values }) => {
      const start = head(record, labels);
      return values.map(([time, value]) => `${start} ${value} ${time}\n`).join('');
    })
    .join('');
}

/** Name and labels as the exporter writes them. */
function head(name: string, labels: Readonly<Record<string, string>>): string {
  const metric = 'balance_alert_balance';
  const line = renderSample({ metric, labels, value: 0 });
  return `${name}${line.slice(metric.length, -' 0\n'.length)}`;
}
