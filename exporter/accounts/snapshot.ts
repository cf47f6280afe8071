import type { AccountConfig } from '../config/schema.ts';
import type { MailboxState } from '../mail/state.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';
import type { FailureReason } from './failure.ts';
import type { Reading } from './reading.ts';

/** What is known of one account. Replaced whole by each check; never changed in place. */
export interface AccountState {
  readonly account: AccountConfig;
  /** Readings of the last good check; empty until there was one. */
  readonly readings: readonly Reading[];
  /** Undefined until first tried. Times are milliseconds since the epoch. */
  readonly lastCheckAt: number | undefined;
  readonly lastSuccessAt: number | undefined;
  /** Seconds that the last check took. */
  readonly lastDuration: number | undefined;
  /** Set while the last check failed; the message is safe to show. */
  readonly failure: { readonly reason: FailureReason; readonly message: string } | undefined;
  readonly checks: number;
  readonly failures: Readonly<Record<FailureReason, number>>;
}

/** Whether the account file in force is the one on disk. */
export interface ConfigState {
  readonly lastReloadSuccessful: boolean;
  /** Milliseconds since the epoch. */
  readonly lastReloadSuccessAt: number;
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
