import { collapsed, subscriptionIdentity } from './expressions.ts';
import { evaluatedAt, exporterUpAt, type HeldRule, heldRule, knownAt, unservedSince } from './held.ts';
import { dashboardPath } from './links.ts';
import { ownerOf } from './owners.ts';
import { recorded } from './series.ts';
import type { AlertRule, RecordingRule, RuleGroup } from './types.ts';

const status = 'subscription:balance_alert_subscription_status:min';
const overdue = 'subscription:balance_alert_subscription_overdue:max';
const days = 'subscription:balance_alert_subscription_days:min';
const renewsItself = 'subscription:balance_alert_subscription_auto_renew:max';

const known = 'subscription:balance_alert_known_timestamp_seconds:max';
const unserved = 'subscription:balance_alert_unserved_since_timestamp_seconds:max';
/** Every subscription that the exporter serves has a status. */
const live = collapsed('min', 'balance_alert_subscription_status');

function heldSubscription(
  rule: Pick<HeldRule, 'record' | 'live' | 'why'> & Partial<Pick<HeldRule, 'always'>>,
): RecordingRule {
  return heldRule({
    ...rule,
    known,
    unserved,
    unservedIn: 'subscription',
    served: 'balance_alert_subscription_status',
    group: 'subscription',
  });
}

const info = (autoRenew: boolean): string =>
  `max by (${subscriptionIdentity}) (balance_alert_subscription_info{auto_renew="${autoRenew}"})`;

const dashboard = dashboardPath('subscriptions', 'name');
const name = '{{ $labels.name }} ({{ $labels.cycle_type }})';
const inDays =
  '{{ if eq $value 0.0 }}today{{ else if eq $value 1.0 }}tomorrow{{ else }}in {{ $value | printf "%.0f" }} days{{ end }}';

/** Days to the renewal of what is due and not overdue. */
const due = `${recorded(days)}
and (${recorded(status)} == 0)
unless (${recorded(overdue)} == 1)`;

const expiring: AlertRule = {
  alert: 'SubscriptionExpiring',
  severity: 'warning',
  expr: `${due}
unless (${recorded(renewsItself)} == 1)`,
  for: '10m',
  keepFiringFor: '15m',
  why: 'A warning within the reminder window (alert_days_before), until it is marked as paid. The unit is days, so minutes of "for" do no harm and bridge a restart.',
  summary: 'A subscription is due and not marked as paid.',
  description: `${name} renews ${inDays}.`,
  dashboard,
  statusSection: 'renewals',
};

const renewing: AlertRule = {
  ...expiring,
  severity: 'info',
  expr: `${due}
and (${recorded(renewsItself)} == 1)`,
  why: 'Info where it renews automatically: no action needed, but it will be charged.',
  description: `${name} renews automatically ${inDays}.`,
};

const overdueAlert: AlertRule = {
  alert: 'SubscriptionOverdue',
  severity: 'critical',
  expr: `${recorded(overdue)} == 1`,
  for: '10m',
  keepFiringFor: '15m',
  why: 'Critical: the due date has passed without being marked as paid, and the service may stop at any time. Never for one that renews automatically, nor before a first payment is known.',
  summary: 'A subscription is past its renewal and not marked as paid.',
  description: `The renewal of ${name} has passed and it was not marked as paid.`,
  dashboard,
  statusSection: 'renewals',
};

/** Renewals, from the exporter's own calendar: held on the last known value while no exporter answers. */
export const subscriptionsGroup: RuleGroup = {
  name: 'balance-alert.subscriptions',
  rules: [
    ownerOf('subscription'),
    knownAt(known, 'balance_alert_subscription_status', 'subscription'),
    unservedSince(unserved, 'balance_alert_subscription_status', known, 'subscription'),
    heldSubscription({
      record: status,
      live,
      always: true,
      why: 'Without instance; the last known value while no exporter responds.',
    }),
    heldSubscription({
      record: overdue,
      live: collapsed('max', 'balance_alert_subscription_overdue'),
      why: 'As above.',
    }),
    heldSubscription({
      record: days,
      live: collapsed('min', 'balance_alert_subscription_days'),
      why: 'As above.',
    }),
    heldSubscription({
      record: renewsItself,
      live: `(${info(true)} or ${info(false)} * 0)`,
      why: 'As above: 1 if it renews automatically, else 0.',
    }),
    expiring,
    renewing,
    overdueAlert,
    exporterUpAt('subscription'),
    evaluatedAt('subscription'),
  ],
};
