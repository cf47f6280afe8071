import type { AccountState } from './state.ts';
import { isServed } from './state.ts';

/** A minimum interval of this length has a reason: the vendor bills each request, or counts them. */
const longIntervalSeconds = 3600;

/**
 * Seconds for which an account must not be asked again, whatever was restarted or reloaded meanwhile; 0 where it may be asked at
 * once. Without a reading to serve, and after a failed check, it is asked: the user may have corrected the cause.
 * @param minIntervalSeconds of the account's provider
 * @param now milliseconds since the epoch
 */
export function restSeconds(
  state: AccountState | undefined,
  minIntervalSeconds: number,
  now: number,
): number {
  if (minIntervalSeconds < longIntervalSeconds || state?.lastCheckAtMs === undefined) return 0;
  if (state.failure !== undefined || !isServed(state, now)) return 0;
  const passed = Math.max(0, (now - state.lastCheckAtMs) / 1000);
  return Math.max(0, minIntervalSeconds - passed);
}
