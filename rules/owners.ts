import { exporterGone, indent } from './expressions.ts';
import { holdFor, lastRecorded } from './held.ts';
import type { RecordingRule } from './types.ts';

/**
 * The owner as a label of alerts, by which Alertmanager routes. It comes from the expression and is no template: Prometheus 3
 * does not restore the `for` of an alert after a restart where a label of its rule comes out empty.
 */

const kinds = {
  account: {
    record: 'account:balance_alert_account_owner:current',
    info: 'balance_alert_account_info',
    labels: 'project, provider',
  },
  subscription: {
    record: 'subscription:balance_alert_account_owner:current',
    info: 'balance_alert_subscription_info',
    labels: 'name, cycle_type',
  },
} as const;

export type Owned = keyof typeof kinds;

/** Who owns what, for those that have an owner. One for each, as a join needs it: the latest where it has changed. */
export function ownerOf(kind: Owned): RecordingRule {
  const { record, info, labels } = kinds[kind];
  return {
    record,
    expr: `topk by (${labels}) (1,
  max by (${labels}, account_owner) (${info}{account_owner!=""}) * 0 + time()
  or
  (
    max by (${labels}, account_owner) (last_over_time(${record}[1h])) > time() - ${holdFor.seconds}
    and on () ${exporterGone}
  )
)`,
    why: 'The owner as a label, and when it was last known; held while no exporter responds, or the label would disappear and the alert become another one.',
  };
}

/**
 * Owners also where none was recorded yet after a pause of Prometheus. Without its label an alert is another one: it would begin
 * its `for` again, or be sent to whoever gets what nobody owns, and be kept firing there.
 */
const ownersOverPause = `(\n  ${indent(lastRecorded(kinds.account.record, 'checks'))}\n)`;

export interface OwnerLookup {
  /**
   * What has at least the accounts or subscriptions of the expression and costs less; those of it that nobody owns are
   * multiplied by a 1 without the label.
   */
  readonly among?: string | undefined;
  /** Whether owners may be recorded by a group that is evaluated later than this one. */
  readonly overPause?: boolean;
}

/**
 * The expression with the owner's label where there is an owner, and as it is where there is none. After a change of the
 * owner both series may still be found for some minutes: the later one counts.
 */
export function withOwner(
  expr: string,
  kind: Owned,
  { among = expr, overPause = false }: OwnerLookup = {},
): string {
  const { record, labels } = kinds[kind];
  const owners = overPause && kind === 'account' ? ownersOverPause : record;
  return `(
  ${indent(expr)}
)
* on (${labels}) group_left (account_owner)
(
  topk by (${labels}) (1, ${indent(owners)}) > bool 0
  or on (${labels})
  group by (${labels}) (
    ${indent(among, 4)}
  )
)`;
}
