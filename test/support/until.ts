import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Limit of the whole wait. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Polls for what no event announces: calls `look` until its result is neither undefined nor
 * false, and returns that. An error of `look` counts as not yet.
 * @throws Error after the timeout, with the last error of `look` as its cause
 */
export async function until<Found>(
  look: () => Found | Promise<Found>,
  { timeoutMs = 50_000, intervalMs = 10 }: UntilOptions = {},
): Promise<Exclude<Found, false | undefined>> {
  const limitMs = performance.now() + timeoutMs;
  for (;;) {
    let problem: unknown;
    try {
      const found = await look();
      if (isFound(found)) return found;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > limitMs) {
      throw new Error(`nothing within ${timeoutMs} ms of: ${look.toString()}`, { cause: problem });
    }
    await delay(intervalMs);
  }
}

function isFound<Found>(found: Found): found is Exclude<Found, false | undefined> {
  return found !== undefined && found !== false;
}
