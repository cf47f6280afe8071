import * as z from 'zod';
import { withoutTrailingSlashes } from '../../config/address.ts';
import { basicAuthorization } from '../../config/basic-auth.ts';
import type { HttpClientConfig } from '../../config/http-client-config.ts';
import { loadHttpClientConfig } from '../../config/http-client-config.ts';
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

/** How the configuration says that Prometheus is asked. @throws Error that names what is wrong with the file */
export function prometheusClient({
  username,
  password,
  bearer_token: token,
  http_config_file: file,
}: NonNullable<RelayConfig['prometheus']>): Partial<HttpClientConfig> {
  if (file !== undefined) {
    const result = loadHttpClientConfig(file);
    if (!result.ok) throw new Error(result.errors.join('; '));
    return result.config;
  }
  if (token !== undefined) return { authorization: `Bearer ${token.reveal()}` };
  return username === undefined
    ? {}
    : { authorization: basicAuthorization(username, password?.reveal() ?? '') };
}

/** Asks Prometheus' HTTP API, whatever serves it. @param nowMs the moment of evaluation */
export function queryAt(
  nowMs: number,
  { url, authorization }: { readonly url: string; readonly authorization?: string | undefined },
  http: HttpClient,
): Query {
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
