import * as z from 'zod';
import { withoutTrailingSlashes } from '../../config/address.ts';
import type { HttpClient } from '../../providers/http.ts';
import type { BalanceSeries, Histories, RunwaySeries } from './histories.ts';
import { historiesFrom, historyDays } from './histories.ts';

const labels = z.object({
  project: z.string().optional(),
  type: z.string().optional(),
  unit: z.string().optional(),
  window: z.string().optional(),
  wallet: z.string().optional(),
});
const sample = z.tuple([z.number(), z.string().transform(Number)]);
const answerOf = <Result extends z.ZodType>(result: Result) =>
  z.looseObject({ status: z.literal('success'), data: z.looseObject({ result: z.array(result) }) });
const vectorSchema = answerOf(z.looseObject({ metric: labels, value: sample }));
const matrixSchema = answerOf(z.looseObject({ metric: labels, values: z.array(sample) }));

/** So many accounts in one request keep the answer below the client's limit of 1 MiB. */
const accountsAtOnce = 200;

/** A matcher of these accounts only, in PromQL: names quoted for the regular expression, and that for the string. */
export function accountMatcher(names: readonly string[]): string {
  const alternatives = names.map((name) => name.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
  return `{project=~${JSON.stringify(alternatives)}}`;
}

/** Prometheus' HTTP API, as this program reaches it. */
export interface PrometheusApi {
  readonly url: string;
  /** Value of the header of that name; undefined where no credentials are asked for. */
  readonly authorization?: string | undefined;
  readonly http: HttpClient;
}

/**
 * What Prometheus knows of these accounts at a moment in milliseconds since the epoch.
 * @throws CheckError
 */
export async function readHistories(
  { url, authorization, http }: PrometheusApi,
  accounts: readonly string[],
  nowMs: number,
): Promise<Histories> {
  const ask = <Schema extends z.ZodType>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema>> =>
    http.json(
      {
        method: 'POST',
        readOnly: true,
        url: `${withoutTrailingSlashes(url)}/api/v1/${path}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: new URLSearchParams(parameters).toString(),
      },
      schema,
    );
  const runways: RunwaySeries[] = [];
  const balances: BalanceSeries[] = [];
  const end = nowMs / 1000;
  for (let first = 0; first < accounts.length; first += accountsAtOnce) {
    const matcher = accountMatcher(accounts.slice(first, first + accountsAtOnce));
    const runway = await ask(
      'query',
      { query: `account:balance_alert_runway_seconds${matcher}`, time: String(end) },
      vectorSchema,
    );
    for (const { metric, value } of runway.data.result) runways.push({ labels: metric, value: value[1] });
    const balance = await ask(
      'query_range',
      {
        query: `account:balance_alert_balance:max${matcher}`,
        start: String(end - historyDays * 86_400),
        end: String(end),
        step: '86400',
      },
      matrixSchema,
    );
    for (const { metric, values } of balance.data.result) balances.push({ labels: metric, values });
  }
  return historiesFrom(
    runways.filter(({ value }) => Number.isFinite(value)),
    balances,
    nowMs,
  );
}
