import PQueue from 'p-queue';
import type { AccountConfig } from '../config/schema.ts';
import type { CheckOutcome } from './check.ts';

export interface PollerDependencies {
  /** Checks an account once; ends soon after `signal` aborts and never rejects. */
  readonly check: (account: AccountConfig, signal: AbortSignal) => Promise<CheckOutcome>;
  /** Told of each finished check; `duration` in seconds. Must not reject; the next check waits for it. */
  readonly onOutcome: (account: AccountConfig, outcome: CheckOutcome, duration: number) => Promise<void>;
  /** Vendors are limited one by one: accounts with the same key share a few places. */
  readonly vendorOf: (account: AccountConfig) => string;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Checks under way at once, over all vendors. */
  readonly concurrency: number;
}

/** A vendor may hold this part of all places, so that one that hangs leaves the others theirs. */
const vendorShare = 0.25;

/** Each pause is longer than the interval by up to this part of it, so that accounts drift apart. */
const jitter = 0.05;

/** A vendor's request to wait is honoured up to this long, in seconds: a day later it is a fault to look into. */
const longestWait = 86_400;

interface Entry {
  account: AccountConfig;
  timer: NodeJS.Timeout | undefined;
  /** Aborted when the account is removed or changed. */
  readonly gone: AbortController;
}

/**
 * Checks each account at its own interval: one check of an account at a time, the first at once, a fair share of
 * the places for each vendor. Every check ends by its account's time limit.
 */
export class Poller {
  readonly #dependencies: PollerDependencies;
  readonly #entries = new Map<string, Entry>();
  readonly #places: PQueue;
  readonly #vendors = new Map<string, PQueue>();

  constructor(dependencies: PollerDependencies) {
    if (!Number.isInteger(dependencies.concurrency) || dependencies.concurrency < 1) {
      throw new RangeError(
        `expected concurrency to be a whole number from 1, got ${dependencies.concurrency}`,
      );
    }
    this.#dependencies = dependencies;
    this.#places = new PQueue({ concurrency: dependencies.concurrency });
  }

  /**
   * Makes these the accounts that are polled. Those that are the same object as before go on undisturbed;
   * new and changed ones are checked at once; removed ones are forgotten, a check under way included.
   */
  replace(accounts: readonly AccountConfig[]): void {
    const wanted = new Map(accounts.map((account) => [account.name, account]));
    for (const [name, entry] of this.#entries) {
      if (wanted.get(name) !== entry.account) {
        clearTimeout(entry.timer);
        entry.gone.abort();
        this.#entries.delete(name);
      }
    }
    for (const account of accounts) {
      if (this.#entries.has(account.name)) continue;
      const entry: Entry = { account, timer: undefined, gone: new AbortController() };
      this.#entries.set(account.name, entry);
      this.#enqueue(entry);
    }
  }

  /** Checks every account now that is not waiting for its turn or being checked: the clock says that time has passed. */
  recheckAll(): void {
    for (const entry of this.#entries.values()) {
      if (entry.timer === undefined) continue;
      clearTimeout(entry.timer);
      this.#enqueue(entry);
    }
  }

  /** Ends all checks and waits for them. Their outcomes are not told. */
  async stop(): Promise<void> {
    this.replace([]);
    await Promise.all([...this.#vendors.values()].map((queue) => queue.onIdle()));
    await this.#places.onIdle();
  }

  #enqueue(entry: Entry): void {
    entry.timer = undefined;
    const vendor = this.#dependencies.vendorOf(entry.account);
    let queue = this.#vendors.get(vendor);
    if (queue === undefined) {
      queue = new PQueue({
        concurrency: Math.max(1, Math.ceil(this.#dependencies.concurrency * vendorShare)),
      });
      this.#vendors.set(vendor, queue);
    }
    // A place at the vendor first: whoever waits for a slow vendor then takes no place of the others.
    void queue.add(() => this.#places.add(() => this.#run(entry)));
  }

  async #run(entry: Entry): Promise<void> {
    const { account } = entry;
    if (this.#entries.get(account.name) !== entry) return;
    const started = performance.now();
    const limit = AbortSignal.timeout(account.timeout * 1000);
    const outcome = await this.#dependencies.check(account, AbortSignal.any([entry.gone.signal, limit]));
    // Removed, changed or stopped meanwhile: the outcome belongs to nobody.
    if (this.#entries.get(account.name) !== entry) return;
    await this.#dependencies.onOutcome(account, outcome, (performance.now() - started) / 1000);
    this.#schedule(entry, outcome.ok ? undefined : outcome.retryAfter);
  }

  #schedule(entry: Entry, retryAfter: number | undefined): void {
    const pause = entry.account.interval * (1 + jitter * this.#dependencies.random());
    const seconds = Math.max(pause, Math.min(retryAfter ?? 0, longestWait));
    entry.timer = setTimeout(() => this.#enqueue(entry), seconds * 1000);
    entry.timer.unref();
  }
}
