import * as z from 'zod';
import type { AskOptions, Server } from './ask.ts';
import { askJson } from './ask.ts';

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
