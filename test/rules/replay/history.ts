import { recordedPoints } from '../../../scripts/demo-history/recorded.ts';
import { accounts, step } from './script.ts';

const days = 31;

export interface Sample {
  readonly series: string;
  readonly value: number;
  /** Unix time in seconds. */
  readonly time: number;
}

/** What the rules would have recorded of each account in the month before, at each step. */
export function* recordedHistory(startedAt: number): Generator<Sample> {
  const last = Math.floor(startedAt / step) * step;
  const steps = (days * 86_400) / step;
  const times = Array.from({ length: steps + 1 }, (_, index) => last - (steps - index) * step);
  for (const { name, balance } of accounts) {
    const labels = `{project="${name}",provider="scripted",type="balance",unit="USD"}`;
    const points = recordedPoints(
      times.map((time) => balance(time - startedAt)),
      true,
    );
    const series = function* (record: string, of: (index: number) => number | undefined): Generator<Sample> {
      for (const [index, time] of times.entries()) {
        const value = of(index);
        if (value !== undefined) yield { series: `account:balance_alert_${record}${labels}`, value, time };
      }
    };
    yield* series('balance:max', (index) => balance((times[index] ?? 0) - startedAt));
    yield* series('balance:carried', (index) => points[index]?.carried);
    yield* series('used:total', (index) => points[index]?.totals?.used);
    yield* series('steps:total', (index) => points[index]?.totals?.steps);
    yield* series('changes:total', (index) => points[index]?.totals?.changes);
    yield* series('changes:count7d', (index) => points[index]?.changes7d);
    yield* series('history_start_timestamp_seconds:min', (index) => times[points[index]?.start ?? -1]);
    for (const window of ['1d', '7d', '30d'] as const) {
      yield* series(`step_burn_per_second:avg${window}`, (index) => points[index]?.burn[window]);
    }
    yield* series('step_burn_per_second:expected', (index) => points[index]?.expected);
  }
}

/** For `promtool tsdb create-blocks-from openmetrics`. */
export function openMetrics(startedAt: number): string {
  const lines = [...recordedHistory(startedAt)].map(
    ({ series, value, time }) => `${series} ${value} ${time}\n`,
  );
  return `${lines.join('')}# EOF\n`;
}

/** For VictoriaMetrics' `/api/v1/import/prometheus`, which takes milliseconds. */
export function importText(startedAt: number): string {
  return [...recordedHistory(startedAt)]
    .map(({ series, value, time }) => `${series} ${value} ${time * 1000}\n`)
    .join('');
}
