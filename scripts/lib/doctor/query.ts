import * as z from 'zod';
import { knownAlerts } from '../../../infra/render/alertmanager.ts';
import { jsonOf } from '../json.ts';
import type { AskOptions, Server } from './ask.ts';
import { ask, askJson } from './ask.ts';

/** Instant queries of Prometheus' HTTP API. */

const vectorSchema = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

export interface InstantSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @throws Failure as `ask`, and with what Prometheus says of an expression that it refuses */
export async function queryVector(
  prometheus: Server,
  expression: string,
  options: AskOptions,
  signal: AbortSignal,
): Promise<readonly InstantSample[]> {
  const path = `/api/v1/query?${new URLSearchParams({ query: expression })}`;
  const { data } = await askJson(prometheus, path, vectorSchema, options, { signal });
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

/** Whether the alert that always fires does so here, whoever evaluates the rules. */
export async function watchdogFires(
  prometheus: Server,
  options: AskOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const expression = `ALERTS{alertname="${knownAlerts.watchdog}",alertstate="firing"}`;
  return (await queryVector(prometheus, expression, options, signal)).length > 0;
}

const runtimeSchema = z.object({ data: z.object({ startTime: z.string() }) });

/** When a Prometheus was started, in milliseconds since the epoch; undefined where the server does not tell. */
export async function startedAtMs(
  prometheus: Server,
  options: AskOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { text } = await ask(prometheus, '/api/v1/status/runtimeinfo', options, { signal });
  const { data } = runtimeSchema.safeParse(jsonOf(text));
  return data === undefined ? undefined : Date.parse(data.data.startTime);
}
