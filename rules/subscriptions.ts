import { collapsed, subscriptionIdentity } from './expressions.ts';
import { evaluatedAt, exporterUpAt, type HeldRule, heldRule, knownAt, servedAt } from './held.ts';
import { dashboardPath } from './links.ts';
import { recorded } from './series.ts';
import type { AlertRule, RecordingRule, RuleGroup } from './types.ts';

const status = 'subscription:balance_alert_subscription_status:min';
const overdue = 'subscription:balance_alert_subscription_overdue:max';
const days = 'subscription:balance_alert_subscription_days:min';
const renewsItself = 'subscription:balance_alert_subscription_auto_renew:max';

const known = 'subscription:balance_alert_known_timestamp_seconds:max';
const by = 'subscription:balance_alert_served_timestamp_seconds:max';
/** Every subscription that the exporter serves has a status. */
const live = collapsed('min', 'balance_alert_subscription_status');

function heldSubscription(rule: Omit<HeldRule, 'by' | 'served'>): RecordingRule {
  return heldRule({ ...rule, by, served: live });
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
  why: 'A warning in the window that the subscription itself has (alert_days_before), until it is marked as paid. Counted in days, so minutes of "for" cost nothing and spare a restart.',
  summary: 'A subscription is due and not marked as paid.',
  description: `${name} renews ${inDays}.`,
  dashboard,
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
  why: 'Critical: the day has passed and nobody said that it is paid; the service may stop any hour. Never where it renews by itself, nor before a first payment is known.',
  summary: 'A subscription is past its renewal and not marked as paid.',
  description: `The renewal of ${name} has passed and it was not marked as paid.`,
  dashboard,
};

/** Renewals, from the exporter's own calendar: held on the last known value while no exporter answers. */
export const subscriptionsGroup: RuleGroup = {
  name: 'balance-alert.subscriptions',
  rules: [
    knownAt(known, live, 'subscription'),
    servedAt(by, live, known),
    heldSubscription({
      record: status,
      live,
      why: 'Without instance, and the last known one while no exporter answers.',
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
      why: 'As above: 1 where it renews by itself, else 0.',
    }),
    expiring,
    renewing,
    overdueAlert,
    exporterUpAt('subscription'),
    evaluatedAt('subscription'),
  ],
};
