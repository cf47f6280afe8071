import { setTimeout as delay } from 'node:timers/promises';

/** Waits for what no event announces: until it is reached, or so many milliseconds have passed. */
export async function until(
  reached: () => boolean,
  { limitMs, everyMs }: { readonly limitMs: number; readonly everyMs: number },
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!reached() && performance.now() < end) await delay(everyMs);
}
