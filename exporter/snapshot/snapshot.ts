import type { AccountState } from '../accounts/state.ts';
import type { MailboxState } from '../mail/state.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';

/** Whether the loaded account file is the one on disk. */
export interface ConfigState {
  readonly lastReloadSuccessful: boolean;
  /** Milliseconds since the epoch. */
  readonly lastReloadSuccessAtMs: number;
  /** What was wrong with the file when it was last loaded; empty when nothing was. Safe to show. */
  readonly errors: readonly string[];
}

/** Everything that is known at one moment. Immutable, and swapped whole: a reader never sees half of an update. */
export interface Snapshot {
  /** The enabled accounts, in the order of the file. */
  readonly accounts: readonly AccountState[];
  /** The enabled subscriptions, in the order of the file. */
  readonly subscriptions: readonly SubscriptionConfig[];
  /** The enabled mailboxes, in the order of the file. */
  readonly mailboxes: readonly MailboxState[];
  /** IANA name of the file's time zone. */
  readonly timezone: string;
  readonly config: ConfigState;
}
