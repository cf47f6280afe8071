import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** How long it is waited for. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Waits for what nothing announces: looks again and again, and gives what `look` found as soon as it is neither undefined nor
 * false. An error of `look` counts as nothing found yet.
 * @throws Error when the time is up, with the last error of `look` as its cause
 */
export async function until<Found>(
  look: () => Found | Promise<Found>,
  { timeoutMs = 50_000, intervalMs = 10 }: Patience = {},
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
