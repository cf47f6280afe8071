import { setTimeout as delay } from 'node:timers/promises';

export interface HistoryCacheOptions<Value> {
  /** Asks Prometheus; has a time limit of its own. */
  readonly read: () => Promise<Value>;
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
  /** How long a page waits for the first answer. */
  readonly patienceMs: number;
}

/** An answer is taken as it is for so long, and then shown once more while the next one is on its way. */
const freshMs = 5 * 60_000;
/** An answer older than this is shown no more. */
const usableMs = 60 * 60_000;
/** After a failure, nobody asks again for so long. */
const pauseMs = 60_000;

/** Keeps the last answer, so that no page asks Prometheus twice and none waits for it longer than its patience. */
export class HistoryCache<Value> {
  readonly #options: HistoryCacheOptions<Value>;
  #last: { readonly value: Value; readonly atMs: number } | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: HistoryCacheOptions<Value>) {
    this.#options = options;
  }

  /** The last answer that is still usable; undefined where there is none in time. */
  async get(): Promise<Value | undefined> {
    const nowMs = this.#options.monotonicMs();
    const isFresh = this.#last !== undefined && nowMs - this.#last.atMs < freshMs;
    if (!isFresh && nowMs - this.#failedAtMs >= pauseMs) this.#running ??= this.#read();
    const usable = this.#usable(nowMs);
    if (usable !== undefined || this.#running === undefined) return usable;
    await Promise.race([this.#running, delay(this.#options.patienceMs, undefined, { ref: false })]);
    return this.#usable(this.#options.monotonicMs());
  }

  #usable(nowMs: number): Value | undefined {
    return this.#last !== undefined && nowMs - this.#last.atMs < usableMs ? this.#last.value : undefined;
  }

  async #read(): Promise<void> {
    const { read, onFailure, monotonicMs } = this.#options;
    try {
      const value = await read();
      this.#last = { value, atMs: monotonicMs() };
    } catch (error) {
      this.#failedAtMs = monotonicMs();
      onFailure(error);
    } finally {
      this.#running = undefined;
    }
  }
}
