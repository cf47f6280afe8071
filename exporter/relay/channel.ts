import type { Outcome } from '../metrics/relay-outcome.ts';
import { delivered, failed } from '../metrics/relay-outcome.ts';
import type { RateLimit } from './bots/contract.ts';
import { Pace } from './pace.ts';
import type { Notification } from './payload.ts';
import { idOf } from './payload.ts';

export interface ChannelOptions {
  readonly limits: readonly RateLimit[];
  /** Sends one message for some notifications. Never throws. */
  readonly send: (notifications: readonly Notification[]) => Promise<Outcome>;
  /** Remembers what was delivered a moment ago, over restarts where there is storage. */
  readonly memory: DeliveryMemory;
  /** How long a notification waits for its turn before Alertmanager gets a retryable error. */
  readonly patienceMs: number;
}

export interface DeliveryMemory {
  readonly has: (id: string) => boolean;
  readonly add: (ids: readonly string[]) => Promise<void>;
}

interface Waiting {
  readonly id: string;
  readonly notification: Notification;
  readonly settle: (outcome: Outcome) => void;
}

const clock = (): number => performance.now();

/**
 * The queue of one bot. Waiting notifications are merged into one message. Undelivered ones are not stored: the
 * caller gets an error and retries. Alertmanager does so until it succeeds, across restarts of either side.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #pace: Pace;
  readonly #waiting = new Map<string, Waiting>();
  /** By id, from being handed over until the outcome is known. */
  readonly #known = new Map<string, Promise<Outcome>>();
  #running: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #closed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#pace = new Pace(options.limits);
  }

  /**
   * Delivers a notification, with others if it has to wait. One that was delivered a moment ago is not sent again:
   * its
   * answer did not reach Alertmanager then.
   * @param signal ends the wait; a message that is being sent is not taken back
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<Outcome> {
    const id = idOf(notification);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#options.memory.has(id)) return Promise.resolve(delivered);
    if (this.#closed) return Promise.resolve(shutDown);
    const promise = new Promise<Outcome>((resolve) => {
      const leave = (outcome: Outcome): void => {
        if (this.#waiting.delete(id)) settle(outcome);
      };
      const onAbort = (): void =>
        leave(failed('timeout', 'Alertmanager closed the request before the response'));
      const patience = setTimeout(
        () => leave(failed('rate_limit', 'the rate limit of the bot did not allow sending in time')),
        this.#options.patienceMs,
      );
      const settle = (outcome: Outcome): void => {
        clearTimeout(patience);
        signal.removeEventListener('abort', onAbort);
        this.#known.delete(id);
        resolve(outcome);
      };
      signal.addEventListener('abort', onAbort);
      this.#waiting.set(id, { id, notification, settle });
      if (signal.aborted) onAbort();
    });
    if (this.#waiting.has(id)) this.#known.set(id, promise);
    this.#start();
    return promise;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Handed over after the last look.
      if (this.#waiting.size > 0) this.#start();
    });
  }

  /** No more messages: what waits is handed back, and the one that is being sent is waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { id, settle } of this.#waiting.values()) {
      this.#waiting.delete(id);
      settle(shutDown);
    }
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    // What came in the same moment goes out together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.size > 0) {
      const wait = this.#pace.waitMs(clock());
      if (wait > 0) {
        await this.#sleep(wait);
        continue;
      }
      const batch = [...this.#waiting.values()];
      this.#waiting.clear();
      await this.#sendBatch(batch);
    }
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const outcome = await this.#options.send(batch.map(({ notification }) => notification));
    // Not before: the bot counts from when it got the message, which is somewhere in between.
    this.#pace.sent(clock());
    if (outcome.result === 'rejected' && outcome.reason === 'content' && batch.length > 1) {
      // One of them is refused; the others must not share its fate.
      for (const one of batch) {
        let wait = this.#pace.waitMs(clock());
        while (wait > 0 && !this.#closed) {
          await this.#sleep(wait);
          wait = this.#pace.waitMs(clock());
        }
        if (this.#closed) one.settle(shutDown);
        else await this.#sendBatch([one]);
      }
      return;
    }
    if (outcome.result === 'retry' && outcome.pauseMs !== undefined) {
      this.#pace.pause(clock(), outcome.pauseMs);
    }
    // Before anybody is told: a restart in between then sends nothing twice.
    if (outcome.result === 'delivered') await this.#options.memory.add(batch.map(({ id }) => id));
    for (const { settle } of batch) settle(outcome);
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const shutDown = failed('shutdown', 'the relay is shutting down');
