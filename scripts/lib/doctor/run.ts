import { Failure, fetchMessageOf } from '../terminal/failure.ts';
import type { Check, Finding, Result } from './check.ts';
import { broken, skipped } from './check.ts';

/** Looks at all links: independent ones at the same time, each within its limit, and none that hangs on a broken one. */

export interface RunChecksOptions {
  readonly signal: AbortSignal;
  /** Called for each link in the order of the chain, as soon as everything before it is known. */
  readonly onResult: (result: Result) => void;
}

const defaultLimitSeconds = 20;

export async function runChecks(
  checks: readonly Check[],
  { signal, onResult }: RunChecksOptions,
): Promise<readonly Result[]> {
  const running = new Map<string, Promise<Result>>();
  for (const check of checks) {
    // A link names only links that stand before it, so whatever it needs is there already.
    const needed = check.needs.flatMap((id) => running.get(id) ?? []);
    running.set(check.id, resultOf(check, needed, signal));
  }
  const results: Result[] = [];
  for (const pending of running.values()) {
    const result = await pending;
    if (signal.aborted) break;
    onResult(result);
    results.push(result);
  }
  return results;
}

async function resultOf(
  check: Check,
  needed: readonly Promise<Result>[],
  signal: AbortSignal,
): Promise<Result> {
  const { id, link } = check;
  const before = (await Promise.all(needed)).find(
    ({ status }) => status === 'broken' || status === 'skipped',
  );
  const finding =
    before === undefined ? await looked(check, signal) : skipped(`not checked: waits for ${before.link}`);
  return { id, link, ...finding };
}

/** What a check finds; its errors and its time limit are findings, too. */
async function looked(
  { look, timeLimitSeconds = defaultLimitSeconds }: Check,
  signal: AbortSignal,
): Promise<Finding> {
  const limit = new AbortController();
  const both = AbortSignal.any([signal, limit.signal]);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(
        broken(
          `no answer within ${timeLimitSeconds} s`,
          'the machine or the server is overloaded, or a firewall drops packets: try again',
        ),
      );
      limit.abort();
    }, timeLimitSeconds * 1000);
  });
  try {
    return await Promise.race([look(both), timeout]);
  } catch (error) {
    if (error instanceof Failure) return broken(error.message, ...error.hints);
    return broken(fetchMessageOf(error));
  } finally {
    clearTimeout(timer);
  }
}
