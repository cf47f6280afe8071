import type { ConfigState, Snapshot } from '../../snapshot/snapshot.ts';
import type { EntryFault, OnEntryFault } from '../entries.ts';
import { mapEntries } from '../entries.ts';
import type { AccountRow } from './accounts.ts';
import { accountRow } from './accounts.ts';
import type { MailboxRow } from './mailboxes.ts';
import { mailboxRow } from './mailboxes.ts';
import { sorterByName } from './order.ts';
import type { RenewalRow } from './renewals.ts';
import { renewalRow } from './renewals.ts';
import type { Standing } from './standing.ts';
import { urgency } from './standing.ts';

export type Row = AccountRow | RenewalRow | MailboxRow;

/** An entry that could not be rendered; see `EntryFault`. */
export type BrokenEntry = Pick<EntryFault, 'subject' | 'name'>;

/** What the page says, before it is put into words: no language, no HTML. Times are milliseconds since the epoch. */
export interface StatusView {
  readonly now: number;
  /** IANA name of the account file's zone, in which moments are shown. */
  readonly timezone: string;
  /** Everything with a problem, the most urgent first; alike ones as in the lists below. */
  readonly attention: readonly Row[];
  /** Entries that are missing in the lists below, because they could not be rendered. */
  readonly broken: readonly BrokenEntry[];
  /** How many items that is, with the account file if it has errors. */
  readonly attentionCount: number;
  /** By name. */
  readonly accounts: readonly AccountRow[];
  /** Overdue ones first, then by their next date; the ones without a further date last. */
  readonly renewals: readonly RenewalRow[];
  /** By name. */
  readonly mailboxes: readonly MailboxRow[];
  readonly config: ConfigState;
  /** When anything of a kind was last tried; undefined where nothing was. */
  readonly lastAccountCheckAt: number | undefined;
  readonly lastMailboxScanAt: number | undefined;
}

const accountsByName = sorterByName();
const mailboxesByName = sorterByName();

function byDate(a: RenewalRow, b: RenewalRow): number {
  const overdue = Number(b.standing === 'overdue') - Number(a.standing === 'overdue');
  return overdue || (a.days ?? Number.MAX_SAFE_INTEGER) - (b.days ?? Number.MAX_SAFE_INTEGER);
}

/** Broken entries are listed once, where their rows are made. */
const ignored = (): void => undefined;

function latest(times: readonly (number | undefined)[]): number | undefined {
  let found: number | undefined;
  for (const time of times) if (time !== undefined && (found === undefined || time > found)) found = time;
  return found;
}

/**
 * What the page shows of a snapshot at a moment (milliseconds since the epoch). An entry that cannot be rendered is
 * listed as broken, and `onFault` is called.
 */
export function statusView(snapshot: Snapshot, now: number, onFault?: OnEntryFault): StatusView {
  const broken: BrokenEntry[] = [];
  const fault = (subject: EntryFault['subject'], name: string, error: unknown): void => {
    broken.push({ subject, name });
    onFault?.({ subject, name, error });
  };
  const accounts = accountsByName(
    mapEntries(
      snapshot.accounts,
      (state) => accountRow(state, now),
      ({ account }, error) => fault('account', account.name, error),
    ),
  );
  const mailboxes = mailboxesByName(
    mapEntries(
      snapshot.mailboxes,
      (state) => mailboxRow(state, now),
      ({ mailbox }, error) => fault('mailbox', mailbox.name, error),
    ),
  );
  const renewals = mapEntries(
    snapshot.subscriptions,
    (subscription) => renewalRow(subscription, now),
    ({ name }, error) => fault('renewal', name, error),
  )
    .filter((row) => row !== undefined)
    .sort(byDate);
  const rows: readonly Row[] = [...accounts, ...renewals, ...mailboxes];
  const attention = rows
    .filter(({ problems }) => problems.length > 0)
    .sort((a, b) => urgency(a.standing) - urgency(b.standing));
  return {
    now,
    timezone: snapshot.timezone,
    attention,
    broken,
    attentionCount: attention.length + broken.length + (snapshot.config.lastReloadSuccessful ? 0 : 1),
    accounts,
    renewals,
    mailboxes,
    config: snapshot.config,
    lastAccountCheckAt: latest(mapEntries(snapshot.accounts, ({ lastCheckAtMs }) => lastCheckAtMs, ignored)),
    lastMailboxScanAt: latest(mapEntries(snapshot.mailboxes, ({ lastScanAtMs }) => lastScanAtMs, ignored)),
  };
}

/** Number of rows in each state, the most urgent first; states without rows are left out. */
export function countByStanding(rows: readonly Row[]): readonly (readonly [Standing, number])[] {
  const counts = new Map<Standing, number>();
  for (const { standing } of rows) counts.set(standing, (counts.get(standing) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => urgency(a) - urgency(b));
}
