/** The longest pause is longer than the interval by this part of it. */
const share = 0.05;

/**
 * An interval, made longer by up to a twentieth: what starts together drifts apart, and a vendor or a mail server is
 * not asked by everybody in the same second. In the unit of the interval; `random` is from 0 up to 1.
 */
export function withJitter(interval: number, random: () => number): number {
  return interval * (1 + share * random());
}
