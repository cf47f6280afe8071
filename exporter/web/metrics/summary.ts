import type { AccountState } from '../../accounts/state.ts';
import type { MailboxState } from '../../mail/state.ts';
import type { Sample } from '../../metrics/catalog.ts';
import { sample } from '../../metrics/catalog.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { EntryFault } from '../entries.ts';
import { mapEntries } from '../entries.ts';

/**
 * The series that describe a whole kind of checks, and the account file. `now` in milliseconds since the epoch; `leftOut`:
 * kinds of which an entry was left out of the text, which counts as failed.
 */
export function summarySamples(
  snapshot: Snapshot,
  now: number,
  leftOut: ReadonlySet<EntryFault['subject']> = new Set(),
): readonly Sample[] {
  const { config, subscriptions } = snapshot;
  const samples = [
    sample('balance_alert_config_last_reload_successful', {}, config.lastReloadSuccessful ? 1 : 0),
    sample(
      'balance_alert_config_last_reload_success_timestamp_seconds',
      {},
      config.lastReloadSuccessAtMs / 1000,
    ),
    ...kindSamples('balance', lastChecks(snapshot.accounts, checkOfAccount), leftOut.has('account')),
    ...kindSamples('email', lastChecks(snapshot.mailboxes, checkOfMailbox), leftOut.has('mailbox')),
  ];
  if (subscriptions.length > 0) {
    // Renewals are worked out from the calendar whenever the text is made: only a subscription that was left out failed.
    samples.push(
      sample('balance_alert_last_check_timestamp', { check_type: 'subscription' }, now / 1000),
      sample('balance_alert_check_success', { check_type: 'subscription' }, leftOut.has('renewal') ? 0 : 1),
    );
  }
  return samples;
}

interface LastCheck {
  readonly at: number | undefined;
  readonly good: boolean;
}

function checkOfAccount(state: AccountState): LastCheck {
  return { at: state.lastCheckAtMs, good: state.failure === undefined };
}

function checkOfMailbox(state: MailboxState): LastCheck {
  return { at: state.lastScanAtMs, good: state.failure === undefined };
}

/** Those that can be known: what throws was left out of the text, and is reported there. */
function lastChecks<State>(
  states: readonly State[],
  checkOf: (state: State) => LastCheck,
): readonly LastCheck[] {
  return mapEntries(states, checkOf, () => undefined);
}

function kindSamples(kind: 'balance' | 'email', checks: readonly LastCheck[], isPartial: boolean): Sample[] {
  let last: number | undefined;
  let tried = 0;
  let good = true;
  for (const check of checks) {
    if (check.at === undefined) continue;
    tried += 1;
    if (last === undefined || check.at > last) last = check.at;
    if (!check.good) good = false;
  }
  if (last === undefined) return [];
  const samples = [sample('balance_alert_last_check_timestamp', { check_type: kind }, last / 1000)];
  // Before the first round is over nothing is known of the others: neither 1 nor 0 would be true.
  if (tried === checks.length) {
    samples.push(sample('balance_alert_check_success', { check_type: kind }, good && !isPartial ? 1 : 0));
  }
  return samples;
}
