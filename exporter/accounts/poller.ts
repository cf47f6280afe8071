import type { LimitFunction } from 'p-limit';
import pLimit from 'p-limit';
import { withJitter } from '../config/jitter.ts';
import type { CheckOutcome } from './check.ts';
import type { AccountConfig } from './schema.ts';

export interface PollerDependencies {
  /** Checks an account once; ends soon after `signal` aborts. */
  readonly check: (account: AccountConfig, signal: AbortSignal) => Promise<CheckOutcome>;
  /** Called after each check. The next check of the account waits for it, no other does. */
  readonly onOutcome: (
    account: AccountConfig,
    outcome: CheckOutcome,
    durationSeconds: number,
    /** When it ended, and not when its turn comes to be told: its readings are as old as this. */
    endedAtMs: number,
  ) => Promise<void>;
  /** Called where one of the two above threw, which they should not: the account is still checked. */
  readonly onFault: (account: AccountConfig, error: unknown) => void;
  /** Vendors are limited one by one: accounts with the same key share a few places. */
  readonly vendorOf: (account: AccountConfig) => string;
  /** Seconds for which an account must not be asked, at a start and after a reload; 0 unless given. */
  readonly restSeconds?: (account: AccountConfig) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds of a clock that only goes forward; `performance.now` unless given. */
  readonly monotonicMs?: () => number;
  /** Checks under way at once, over all vendors. */
  readonly concurrency: number;
}

/** The share of all slots that one vendor may use, so that one that hangs does not block the others. */
const vendorShare = 0.25;

/** The least part of an interval between the first check of an account and the second, where they are spread. */
const shortestSpread = 0.1;

/** How far apart moments are at which many accounts are checked, as a part of their interval, and at most. */
const momentShare = 0.025;
const longestMomentSeconds = 1;

/** A vendor's request to wait is honoured up to this long: a day later it is a fault to look into. */
const longestWaitSeconds = 86_400;

interface Entry {
  readonly account: AccountConfig;
  /** Set while the account waits for its next check. */
  timer: NodeJS.Timeout | undefined;
  /** Whether the vendor asked for this pause. */
  rateLimited: boolean;
  /** Aborted where the check under way runs out of time, and where the account is removed or changed. */
  limit: AbortController | undefined;
  /** Whether its check came at the same moment as those of all others, as at a start. */
  isTogether: boolean;
}

interface Done {
  readonly outcome: CheckOutcome;
  readonly durationSeconds: number;
  readonly endedAtMs: number;
}

/**
 * Checks each account at its own interval: one check of an account at a time, the first at once, a fair share of
 * the places for each vendor. Every check ends by its account's time limit.
 */
export class Poller {
  readonly #dependencies: PollerDependencies;
  readonly #entries = new Map<string, Entry>();
  readonly #places: LimitFunction;
  readonly #vendors = new Map<string, LimitFunction>();
  readonly #share: number;
  /** All that was begun and is not over, checks of forgotten accounts included. */
  readonly #turns = new Set<Promise<void>>();

  constructor(dependencies: PollerDependencies) {
    const { concurrency } = dependencies;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`expected concurrency to be a whole number from 1, got ${concurrency}`);
    }
    this.#dependencies = dependencies;
    this.#places = pLimit(concurrency);
    this.#share = Math.ceil(concurrency * vendorShare);
  }

  /**
   * Replaces the list of polled accounts. Those that are the same object as before continue unchanged; new and
   * changed ones are checked at once, or as soon as the vendor permits; removed ones are dropped, including a running check.
   */
  replace(accounts: readonly AccountConfig[]): void {
    const wanted = new Map(accounts.map((account) => [account.name, account]));
    for (const [name, entry] of this.#entries) {
      if (wanted.get(name) !== entry.account) {
        clearTimeout(entry.timer);
        entry.limit?.abort();
        this.#entries.delete(name);
      }
    }
    for (const account of accounts) {
      if (this.#entries.has(account.name)) continue;
      const entry: Entry = {
        account,
        timer: undefined,
        rateLimited: false,
        limit: undefined,
        isTogether: true,
      };
      this.#entries.set(account.name, entry);
      const rest = this.#restSeconds(account);
      if (rest > 0) this.#wait(entry, rest);
      else this.#begin(entry);
    }
  }

  /**
   * Checks every account now that is not waiting for its turn or being checked: the clock says that time has passed.
   * Accounts whose vendor asked to wait keep waiting.
   */
  recheckAll(): void {
    for (const entry of this.#entries.values()) {
      if (entry.timer === undefined || entry.rateLimited || this.#restSeconds(entry.account) > 0) continue;
      clearTimeout(entry.timer);
      entry.isTogether = true;
      this.#begin(entry);
    }
  }

  /** Ends all checks and waits for them. Their outcomes are not reported. */
  async stop(): Promise<void> {
    this.replace([]);
    await Promise.all(this.#turns);
  }

  #begin(entry: Entry): void {
    entry.timer = undefined;
    const turn = this.#take(entry).finally(() => this.#turns.delete(turn));
    this.#turns.add(turn);
  }

  /** One turn of an account: it waits for a place, is checked, its outcome is reported, and the next turn is set. */
  async #take(entry: Entry): Promise<void> {
    const { account } = entry;
    const { onOutcome, onFault } = this.#dependencies;
    let retryAfterSeconds: number | undefined;
    try {
      const vendor = this.#vendorOf(account);
      // A place at the vendor first: an account that waits for a slow vendor then takes no slot of the others.
      const done = await vendor(() => this.#places(() => this.#check(entry)));
      if (done === undefined || !this.#isCurrent(entry)) return;
      const { outcome, durationSeconds, endedAtMs } = done;
      // Many hanging vendors would occupy all slots: each is limited to one, until it responds again.
      const places = !outcome.ok && outcome.reason === 'timeout' ? 1 : this.#share;
      if (vendor.concurrency !== places) vendor.concurrency = places;
      if (!outcome.ok) retryAfterSeconds = outcome.retryAfterSeconds;
      await onOutcome(account, outcome, durationSeconds, endedAtMs);
    } catch (error) {
      onFault(account, error);
    }
    if (this.#isCurrent(entry)) this.#schedule(entry, retryAfterSeconds);
  }

  /** Undefined where the account was removed or changed while it waited for its place. */
  async #check(entry: Entry): Promise<Done | undefined> {
    if (!this.#isCurrent(entry)) return undefined;
    const { account } = entry;
    const started = performance.now();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), account.timeoutSeconds * 1000);
    entry.limit = limit;
    try {
      const outcome = await this.#dependencies.check(account, limit.signal);
      // The duration second: it covers what passes between the two, so that no reading seems younger than it is.
      const endedAtMs = this.#dependencies.now();
      return { outcome, durationSeconds: (performance.now() - started) / 1000, endedAtMs };
    } finally {
      clearTimeout(timer);
      entry.limit = undefined;
    }
  }

  #vendorOf(account: AccountConfig): LimitFunction {
    const vendor = this.#dependencies.vendorOf(account);
    let places = this.#vendors.get(vendor);
    if (places === undefined) {
      places = pLimit(this.#share);
      this.#vendors.set(vendor, places);
    }
    return places;
  }

  /**
   * False once the account was removed or changed, or polling was stopped: its state belongs to no current account.
   */
  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.account.name) === entry;
  }

  #schedule(entry: Entry, retryAfterSeconds: number | undefined): void {
    const pauseSeconds = this.#pauseSeconds(entry);
    const waitSeconds = Math.min(retryAfterSeconds ?? 0, longestWaitSeconds);
    entry.rateLimited = waitSeconds > pauseSeconds;
    this.#wait(entry, Math.max(pauseSeconds, waitSeconds));
  }

  /**
   * Few accounts follow their own clocks. Where there are more than can be checked at once, those that began together are spread
   * over the interval, each by an earlier second check: in rounds, most would wait for a place, and connections idle until the
   * next one. A few are then checked at the same moment: waking up for each alone costs twice as much of the processor.
   */
  #pauseSeconds(entry: Entry): number {
    const { random, concurrency, monotonicMs = () => performance.now() } = this.#dependencies;
    const { intervalSeconds } = entry.account;
    const { isTogether } = entry;
    entry.isTogether = false;
    if (this.#entries.size <= concurrency) return withJitter(intervalSeconds, random);
    const pause = isTogether
      ? intervalSeconds * (1 - (1 - shortestSpread) * random())
      : intervalSeconds * (1 + momentShare * random());
    const moment = Math.min(intervalSeconds * momentShare, longestMomentSeconds);
    const now = monotonicMs() / 1000;
    return Math.ceil((now + pause) / moment) * moment - now;
  }

  #wait(entry: Entry, seconds: number): void {
    entry.timer = setTimeout(() => this.#begin(entry), seconds * 1000);
    entry.timer.unref();
  }

  #restSeconds(account: AccountConfig): number {
    return this.#dependencies.restSeconds?.(account) ?? 0;
  }
}
