import type { RateLimit } from './bots/contract.ts';

/** Keeps the limits of a bot. Times are milliseconds of a clock that never goes back. */
export class Pace {
  readonly #limits: readonly RateLimit[];
  /** Of the messages in the longest period. */
  #sent: number[] = [];
  #pausedUntil = 0;

  constructor(limits: readonly RateLimit[]) {
    this.#limits = limits;
  }

  /** How long the next message has to wait. */
  waitMs(now: number): number {
    let wait = Math.max(0, this.#pausedUntil - now);
    for (const { messages, periodMs } of this.#limits) {
      const first = this.#sent.at(-messages);
      if (first !== undefined) wait = Math.max(wait, first + periodMs - now);
    }
    return wait;
  }

  sent(now: number): void {
    const longest = Math.max(0, ...this.#limits.map(({ periodMs }) => periodMs));
    this.#sent = [...this.#sent.filter((time) => time > now - longest), now];
  }

  /** The bot reported that its rate limit is reached. */
  pause(now: number, milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + milliseconds);
  }
}
