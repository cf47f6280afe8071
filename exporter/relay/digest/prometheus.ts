import * as z from 'zod';
import { withoutTrailingSlashes } from '../../config/address.ts';
import { basicAuthorization } from '../../config/basic-auth.ts';
import type { HttpClient } from '../../providers/http.ts';
import type { RelayConfig } from '../config.ts';

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Evaluates an expression at a moment. @throws CheckError */
export type Query = (expression: string) => Promise<readonly Series[]>;

const answerSchema = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    resultType: z.literal('vector'),
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** Asks Prometheus' HTTP API, whatever serves it. @param nowMs the moment of evaluation */
export function queryAt(
  nowMs: number,
  { url, username, password, bearer_token: token }: NonNullable<RelayConfig['prometheus']>,
  http: HttpClient,
): Query {
  const authorization =
    token === undefined
      ? username === undefined
        ? undefined
        : basicAuthorization(username, password?.reveal() ?? '')
      : `Bearer ${token.reveal()}`;
  return async (expression) => {
    const { data } = await http.json(
      {
        url: `${withoutTrailingSlashes(url)}/api/v1/query`,
        query: { query: expression, time: String(nowMs / 1000) },
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      },
      answerSchema,
    );
    return data.result
      .map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) }))
      .filter(({ value }) => Number.isFinite(value));
  };
}
