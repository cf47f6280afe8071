import type { Config } from '../account-file/schema.ts';
import { questionOf } from '../accounts/question.ts';
import type { AccountConfig } from '../accounts/schema.ts';
import type { AccountState } from '../accounts/state.ts';
import { untried } from '../accounts/state.ts';
import type { MailboxState } from '../mail/state.ts';
import type { ConfigState, Snapshot } from './snapshot.ts';

/** Holds the current snapshot. Every change makes a new one; a snapshot that was read stays unchanged. */
export class SnapshotStore {
  readonly #accounts = new Map<string, AccountState>();
  readonly #mailboxes = new Map<string, MailboxState>();
  #config: Config | undefined;
  #configState: ConfigState;
  #snapshot: Snapshot | undefined;

  constructor(configState: ConfigState) {
    this.#configState = configState;
  }

  /** Builds the snapshot on demand: between two scrapes thousands of checks may end. */
  get(): Snapshot {
    this.#snapshot ??= {
      accounts: [...this.#accounts.values()],
      subscriptions: this.#config?.subscriptions ?? [],
      mailboxes: [...this.#mailboxes.values()],
      timezone: this.#config?.timezone ?? 'UTC',
      config: this.#configState,
    };
    return this.#snapshot;
  }

  account(name: string): AccountState | undefined {
    return this.#accounts.get(name);
  }

  /**
   * Applies a new account file: what is no longer in it is removed at once. An account of the same name keeps
   * its counters, and its readings where it still asks the same question. `restore` gives the state of one that is
   * new here.
   */
  configure(config: Config, state: ConfigState, restore: (account: AccountConfig) => AccountState): void {
    const before = new Map(this.#accounts);
    this.#accounts.clear();
    for (const account of config.accounts) {
      const known = before.get(account.name);
      if (known === undefined) this.#accounts.set(account.name, restore(account));
      else if (known.account === account || questionOf(known.account) === questionOf(account))
        this.#accounts.set(account.name, { ...known, account });
      else {
        this.#accounts.set(account.name, {
          ...untried(account),
          checks: known.checks,
          failures: known.failures,
        });
      }
    }
    const mailboxes = new Set(config.mailboxes.map((mailbox) => mailbox.name));
    for (const name of this.#mailboxes.keys()) if (!mailboxes.has(name)) this.#mailboxes.delete(name);
    this.#config = config;
    this.#configState = state;
    this.#snapshot = undefined;
  }

  /** A file that could not be loaded changes only the reload status. */
  setConfigState(state: ConfigState): void {
    this.#configState = state;
    this.#snapshot = undefined;
  }

  setAccount(state: AccountState): void {
    if (!this.#accounts.has(state.account.name)) return;
    this.#accounts.set(state.account.name, state);
    this.#snapshot = undefined;
  }

  /**
   * Moves all times by as much as the wall clock was set back, so that no reading grows younger by it.
   * `milliseconds` is negative. Times stay whole, and so does what is stored of them.
   */
  shiftTimes(milliseconds: number): void {
    const shifted = (time: number | undefined) =>
      time === undefined ? undefined : Math.max(0, Math.floor(time + milliseconds));
    for (const [name, state] of this.#accounts) {
      this.#accounts.set(name, {
        ...state,
        lastCheckAtMs: shifted(state.lastCheckAtMs),
        lastSuccessAtMs: shifted(state.lastSuccessAtMs),
      });
    }
    for (const [name, state] of this.#mailboxes) {
      this.#mailboxes.set(name, {
        ...state,
        lastScanAtMs: shifted(state.lastScanAtMs),
        lastSuccessAtMs: shifted(state.lastSuccessAtMs),
      });
    }
    this.#snapshot = undefined;
  }

  setMailbox(state: MailboxState): void {
    this.#mailboxes.set(state.mailbox.name, state);
    this.#snapshot = undefined;
  }
}
