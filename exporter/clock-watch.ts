/** A difference that no slow timer makes, in milliseconds. */
const tolerance = 10_000;

export interface ClockWatchOptions {
  /** The wall clock, in milliseconds since the epoch. */
  readonly wall: () => number;
  /** A monotonic clock, in milliseconds. */
  readonly monotonic: () => number;
  /**
   * Told how far the wall clock jumped, in milliseconds. Forward also where the machine slept: most systems' monotonic
   * clock stops then.
   */
  readonly onJump: (milliseconds: number) => void;
}

/** Compares the two clocks at each call of the function that it returns. */
export function createClockWatch({ wall, monotonic, onJump }: ClockWatchOptions): () => void {
  let wallBefore = wall();
  let monotonicBefore = monotonic();
  return () => {
    const wallNow = wall();
    const monotonicNow = monotonic();
    const jump = wallNow - wallBefore - (monotonicNow - monotonicBefore);
    wallBefore = wallNow;
    monotonicBefore = monotonicNow;
    if (Math.abs(jump) > tolerance) onJump(jump);
  };
}
