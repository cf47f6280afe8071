import { z } from 'zod';
import type { Config } from '../../exporter/config/schema.ts';

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.unknown()) }),
});

/** Anything that Prometheus scraped or was given before the past hour. */
const olderThanAnHour = 'count(last_over_time(up[400d] offset 1h))';

/**
 * Whether a past may be made up: every account is a demo, and Prometheus has none of its own. A stack that was
 * brought up with real accounts, or that has its history already, is left alone.
 *
 * @param prometheus address without a slash at the end
 * @throws Error where Prometheus does not answer the question
 */
export async function wantsHistory(
  config: Config,
  prometheus: string,
  request: (url: string) => Promise<Response>,
): Promise<boolean> {
  if (config.accounts.length === 0 || config.accounts.some(({ provider }) => provider !== 'demo')) {
    return false;
  }
  const query = new URLSearchParams({ query: olderThanAnHour });
  const response = await request(`${prometheus}/api/v1/query?${query}`);
  const answer = answerSchema.safeParse(await response.json());
  if (!answer.success) {
    throw new Error(`expected an answer from Prometheus at ${prometheus}, got status ${response.status}`);
  }
  return answer.data.data.result.length === 0;
}
