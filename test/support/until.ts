import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Limit of the whole wait. */
  readonly timeoutMs?: number;
  /** Of two looks; where left out, it grows with the time waited. */
  readonly intervalMs?: number;
}

/** Milliseconds between two looks after so many of waiting: a look costs processor time that others wait for. */
function pauseMs(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 20, 10), 100);
}

/**
 * Polls for what no event announces: calls `look` until its result is neither undefined nor
 * false, and returns that. An error of `look` counts as not yet.
 * @throws Error after the timeout, with the last error of `look` as its cause
 */
export async function until<Found>(
  look: () => Found | Promise<Found>,
  { timeoutMs = 50_000, intervalMs }: UntilOptions = {},
): Promise<Exclude<Found, false | undefined>> {
  const started = performance.now();
  for (;;) {
    let problem: unknown;
    try {
      const found = await look();
      if (isFound(found)) return found;
    } catch (error) {
      problem = error;
    }
    const waitedMs = performance.now() - started;
    if (waitedMs > timeoutMs) {
      throw new Error(`nothing within ${timeoutMs} ms of: ${look.toString()}`, { cause: problem });
    }
    await delay(intervalMs ?? pauseMs(waitedMs));
  }
}

function isFound<Found>(found: Found): found is Exclude<Found, false | undefined> {
  return found !== undefined && found !== false;
}
