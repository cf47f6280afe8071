import { setImmediate } from 'node:timers/promises';
import { maskedConfig } from './account-file/masked.ts';
import type { FileResult } from './account-file/read.ts';
import type { Config } from './account-file/schema.ts';
import type { CheckOutcome } from './accounts/check.ts';
import { checkAccount } from './accounts/check.ts';
import { Poller } from './accounts/poller.ts';
import { restSeconds } from './accounts/rest.ts';
import type { AccountConfig } from './accounts/schema.ts';
import type { AccountState } from './accounts/state.ts';
import { afterCheck, untried } from './accounts/state.ts';
import type { AccountStorage } from './accounts/storage.ts';
import { vendorOf } from './accounts/vendor.ts';
import { reuseEqual } from './config/equal.ts';
import type { Redactor } from './config/redact.ts';
import { createRedactor } from './config/redact.ts';
import { messageOf, stackOf } from './errors.ts';
import type { Logger } from './log.ts';
import type { MailScheduler } from './mail/scheduler.ts';
import type { MailStore } from './mail/store.ts';
import { preferSpeed } from './memory.ts';
import type { Provider } from './providers/contract.ts';
import { httpClientFor } from './providers/http-for.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { SnapshotStore } from './snapshot/store.ts';

export interface ExporterDependencies {
  /** Reloads the account file. */
  readonly load: () => FileResult;
  readonly findProvider: (id: string) => Provider | undefined;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  readonly concurrency: number;
  /** Keeps states over restarts; undefined: nothing is kept. */
  readonly storage: AccountStorage | undefined;
  /** Keeps mail cursors and counters, in memory where there is no storage. */
  readonly mailStore: MailStore;
  /** Called for each state that could not be saved. */
  readonly onStorageFailure: () => void;
}

/** With more, making the text of a scrape is work that is worth being optimized. */
export const manyAccounts = 2000;

/** Polls what the account file names and keeps the snapshot; knows nothing of the web. */
export class Exporter {
  readonly #dependencies: ExporterDependencies;
  readonly #store: SnapshotStore;
  readonly #poller: Poller;
  /** There once the account file has named a mailbox: most name none, and a mail reader takes memory. */
  #mail: Promise<MailScheduler> | undefined;
  #config: Config;
  #redact: Redactor;
  /** What `config` answers, until the next load. */
  #masked: string | undefined;
  /** Accounts that the first round still owes a check. */
  readonly #owed: Set<string>;
  #storageWorks = true;

  /** `config` has been read with `load` already, so that a bad file ends the program before anything starts. */
  constructor(config: Config, dependencies: ExporterDependencies) {
    this.#dependencies = dependencies;
    this.#config = config;
    this.#redact = createRedactor(config.secrets);
    this.#owed = new Set(config.accounts.map((account) => account.name));
    this.#store = new SnapshotStore({
      lastReloadSuccessful: true,
      lastReloadSuccessAtMs: dependencies.now(),
      errors: [],
    });
    this.#poller = new Poller({
      concurrency: dependencies.concurrency,
      now: dependencies.now,
      random: dependencies.random,
      vendorOf,
      restSeconds: (account) => this.#restSeconds(account),
      check: (account, signal) =>
        checkAccount(
          account,
          {
            findProvider: dependencies.findProvider,
            httpClient: httpClientFor,
            now: dependencies.now,
            redact: (text) => this.#redact(text),
            onError: (failed, error) => this.#logFault(failed, error),
          },
          signal,
        ),
      onOutcome: (...ended) => this.#finish(...ended),
      onFault: (account, error) => this.#logFault(account, error),
    });
  }

  start(): void {
    this.#apply(this.#config);
  }

  /** The wall clock jumped by so many milliseconds, or the machine slept. */
  clockJumped(milliseconds: number): void {
    this.#dependencies.logger.warn('system clock jumped, rechecking all accounts', {
      seconds: milliseconds / 1000,
    });
    // Back: nothing got younger. Forward: either time has really passed, or the new checks will tell within moments.
    if (milliseconds < 0) this.#store.shiftTimes(milliseconds);
    this.#poller.recheckAll();
  }

  /** Names of the secrets that the current account file refers to. */
  secretNames(): readonly string[] {
    return [...new Set(this.#config.secrets.map((secret) => secret.name))];
  }

  async stop(): Promise<void> {
    await Promise.all([this.#poller.stop(), this.#mail?.then((mail) => mail.stop())]);
  }

  snapshot(): Snapshot {
    return this.#store.get();
  }

  /** True once every account has been checked once, successfully or not; stays true from then on. */
  ready(): boolean {
    return this.#owed.size === 0;
  }

  /** The configuration in use, secrets masked. Rendered once per load: with thousands of secrets that takes long. */
  config(): string {
    this.#masked ??= this.#redact(maskedConfig(this.#config));
    return this.#masked;
  }

  /** Takes secrets' values out of a text. */
  redact(text: string): string {
    return this.#redact(text);
  }

  /** Loads the account file again. If it is invalid, the previous configuration stays in effect and the errors are returned. */
  reload(): readonly string[] {
    const { logger, now } = this.#dependencies;
    const result = this.#load();
    if (!result.ok) {
      const { lastReloadSuccessAtMs } = this.#store.get().config;
      this.#store.setConfigState({
        lastReloadSuccessful: false,
        lastReloadSuccessAtMs,
        errors: result.errors,
      });
      for (const error of result.errors)
        logger.error('reload failed, keeping the previous configuration', { error });
      return result.errors;
    }
    this.#apply({
      ...result.config,
      accounts: reuseEqual(this.#config.accounts, result.config.accounts),
      subscriptions: reuseEqual(this.#config.subscriptions, result.config.subscriptions),
      mailboxes: reuseEqual(this.#config.mailboxes, result.config.mailboxes),
    });
    logger.info('configuration reloaded', {
      accounts: result.config.accounts.length,
      subscriptions: result.config.subscriptions.length,
      mailboxes: result.config.mailboxes.length,
      at: new Date(now()).toISOString(),
    });
    return [];
  }

  /** No file may end a program that works, not even by a fault in here. */
  #load(): FileResult {
    try {
      return this.#dependencies.load();
    } catch (error) {
      this.#dependencies.logger.error('internal error while loading the account file', {
        stack: stackOf(error),
      });
      return { ok: false, errors: ['internal error while loading the account file; see the log'] };
    }
  }

  #apply(config: Config): void {
    // Answers to requests with the previous keys may still arrive.
    this.#redact = createRedactor([...config.secrets, ...this.#config.secrets]);
    this.#config = config;
    this.#masked = undefined;
    if (config.accounts.length > manyAccounts) preferSpeed();
    this.#store.configure(
      config,
      { lastReloadSuccessful: true, lastReloadSuccessAtMs: this.#dependencies.now(), errors: [] },
      (account) => this.#dependencies.storage?.restore(account) ?? untried(account),
    );
    const names = new Set(config.accounts.map((account) => account.name));
    for (const name of this.#owed) if (!names.has(name)) this.#owed.delete(name);
    for (const account of config.accounts) {
      if (this.#restSeconds(account) > 0) this.#owed.delete(account.name);
    }
    this.#poller.replace(config.accounts);
    if (this.#mail !== undefined) void this.#mail.then((mail) => mail.replace(this.#config.mailboxes));
    else if (config.mailboxes.length > 0) this.#mail = this.#startMail();
  }

  #restSeconds(account: AccountConfig): number {
    const { findProvider, now } = this.#dependencies;
    const minimum = findProvider(account.provider)?.minIntervalSeconds ?? 0;
    return restSeconds(this.#store.account(account.name), minimum, now());
  }

  async #startMail(): Promise<MailScheduler> {
    const { createMailScheduler } = await import('./mail/scheduler.ts');
    // Scrapes are answered in between.
    await setImmediate();
    const { createScanThread } = await import('./mail/thread/scan-thread.ts');
    const { mailStore, logger, now, random } = this.#dependencies;
    return createMailScheduler({
      mailboxes: this.#config.mailboxes,
      store: mailStore,
      scan: createScanThread(),
      onState: (state) => this.#store.setMailbox(state),
      logger,
      redact: (text) => this.#redact(text),
      now,
      random,
    });
  }

  async #finish(
    account: AccountConfig,
    outcome: CheckOutcome,
    duration: number,
    endedAtMs: number,
  ): Promise<void> {
    const { logger, now } = this.#dependencies;
    const before = this.#store.account(account.name);
    if (before?.account !== account) return;
    const after = afterCheck(before, outcome, endedAtMs, duration);
    // Saved first: a counter that was ever served must not be lower after a restart.
    await this.#save(after);
    const current = this.#store.account(account.name);
    // Removed or changed while it was being saved: the state belongs to no current account.
    if (current?.account !== account) return;
    this.#owed.delete(account.name);
    // Another state of the same account is one whose times were moved with the clock: so are those of this check.
    this.#store.setAccount(current === before ? after : afterCheck(current, outcome, now(), duration));
    const fields = {
      account: account.name,
      provider: account.provider,
      seconds: Number(duration.toFixed(3)),
    };
    if (!outcome.ok) {
      logger.warn('check failed', { ...fields, reason: outcome.reason, error: outcome.message });
    } else if (before.failure !== undefined) {
      logger.info('check recovered', fields);
    } else {
      logger.debug('check succeeded', { ...fields, readings: outcome.readings.length });
    }
  }

  async #save(state: AccountState): Promise<void> {
    const { storage, logger, onStorageFailure } = this.#dependencies;
    if (storage === undefined) return;
    try {
      await storage.save(state);
      if (!this.#storageWorks) logger.info('storage recovered');
      this.#storageWorks = true;
    } catch (error) {
      onStorageFailure();
      // Said once, not with each check: it is the same fault until it ends.
      if (this.#storageWorks) {
        logger.error('writing to storage failed, state will be lost on restart', {
          error: messageOf(error),
        });
      }
      this.#storageWorks = false;
    }
  }

  #logFault(account: AccountConfig, error: unknown): void {
    this.#dependencies.logger.error('internal error in a check', {
      account: account.name,
      provider: account.provider,
      stack: stackOf(error),
    });
  }
}
