/** Requests that one port takes, as `rate_limit` of a web configuration has it. */
export interface RateLimitOptions {
  /** Between two requests in the long run. Above 0. */
  readonly intervalMs: number;
  /** Requests that may come at once after a pause. */
  readonly burst: number;
}

/** A token bucket, full at first: each request takes a token, and one comes back per interval. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #tokens: number;
  #filledAtMs: number;

  /** @param nowMs of a clock that never goes back */
  constructor(options: RateLimitOptions, nowMs: number) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAtMs = nowMs;
  }

  /** Whether a request may pass now. One that may not takes nothing. */
  allows(nowMs: number): boolean {
    const { intervalMs, burst } = this.#options;
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#filledAtMs) / intervalMs);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
