import { recordedPoints } from '../../../scripts/demo-history/recorded.ts';
import { accounts, scrapeSeconds, step } from './script.ts';

const days = 31;

export interface Sample {
  readonly series: string;
  readonly value: number;
  /** Unix time in seconds. */
  readonly time: number;
}

/** How long before its end the past is told at each scrape. */
const fineSeconds = 2 * 3600;

/**
 * What the rules would have recorded of each account in the month before, at each step. Totals of the last hours as well between
 * steps, in parts of a step: an engine takes its steps at moments of its own, and finds just what there was ten minutes before.
 */
export function* recordedHistory(startedAt: number): Generator<Sample> {
  const last = Math.floor(startedAt / step) * step;
  const steps = (days * 86_400) / step;
  const times = Array.from({ length: steps + 1 }, (_, index) => last - (steps - index) * step);
  const fineFrom = last - fineSeconds;
  const fine = Array.from(
    { length: Math.floor((startedAt - fineFrom) / scrapeSeconds) + 1 },
    (_, index) => fineFrom + index * scrapeSeconds,
  );
  for (const { name, balance } of accounts) {
    const labels = `{project="${name}",provider="scripted",type="balance",unit="USD"}`;
    const points = recordedPoints(
      times.map((time) => balance(time - startedAt)),
      true,
    );
    const series = (record: string): string => `account:balance_alert_${record}${labels}`;
    const atSteps = function* (record: string, of: (index: number) => number | undefined): Generator<Sample> {
      for (const [index, time] of times.entries()) {
        const value = of(index);
        if (value !== undefined) yield { series: series(record), value, time };
      }
    };
    const finely = function* (
      record: string,
      of: (index: number) => number | undefined,
      between: (time: number) => number | undefined,
    ): Generator<Sample> {
      for (const sample of atSteps(record, of)) if (sample.time < fineFrom) yield sample;
      for (const time of fine) {
        const value = between(time);
        if (value !== undefined) yield { series: series(record), value, time };
      }
    };
    const total = (kind: 'used' | 'steps' | 'changes') => {
      const of = (index: number) => points[index]?.totals?.[kind];
      return finely(`${kind}:total`, of, (time) => {
        // Beyond the last step as before it.
        const index = Math.min(Math.floor((time - last) / step), -1) + steps;
        const [from, to] = [of(index), of(index + 1)];
        return from === undefined || to === undefined
          ? undefined
          : from + ((to - from) * (time - (times[index] ?? 0))) / step;
      });
    };
    const served = (time: number) => balance(time - startedAt);
    // As fine as what is carried: a step during an outage carries the latest of these, and what they are apart counts twice.
    yield* finely('balance:max', (index) => served(times[index] ?? 0), served);
    yield* finely('balance:carried', (index) => points[index]?.carried, served);
    yield* total('used');
    yield* total('steps');
    yield* total('changes');
    yield* atSteps('changes:count7d', (index) => points[index]?.changes7d);
    yield* atSteps('history_start_timestamp_seconds:min', (index) => times[points[index]?.start ?? -1]);
    for (const window of ['1d', '7d', '30d'] as const) {
      yield* atSteps(`step_burn_per_second:avg${window}`, (index) => points[index]?.burn[window]);
    }
    yield* atSteps('step_burn_per_second:expected', (index) => points[index]?.expected);
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
