import { collapsed, held, holdFor, indent, subscriptionIdentity } from './expressions.ts';
import { dashboardPath } from './links.ts';
import type { AlertRule, RuleGroup } from './types.ts';

const status = 'subscription:balance_alert_subscription_status:min';
const overdue = 'subscription:balance_alert_subscription_overdue:max';
const days = 'subscription:balance_alert_subscription_days:min';
const renewsItself = 'subscription:balance_alert_subscription_auto_renew:max';

const info = (autoRenew: boolean): string =>
  `max by (${subscriptionIdentity}) (balance_alert_subscription_info{auto_renew="${autoRenew}"})`;

const dashboard = dashboardPath('subscriptions', 'name');
const name = '{{ $labels.name }} ({{ $labels.cycle_type }})';
const inDays =
  '{{ if eq $value 0.0 }}today{{ else if eq $value 1.0 }}tomorrow{{ else }}in {{ $value | printf "%.0f" }} days{{ end }}';

/** Days to the renewal of what is due and not overdue. */
const due = `last_over_time(${days}[${holdFor}])
and
(
  ${indent(held(status, '== 0', 'exporter'))}
)
unless (last_over_time(${overdue}[${holdFor}]) == 1)`;

const expiring: AlertRule = {
  alert: 'SubscriptionExpiring',
  severity: 'warning',
  expr: `${due}
unless (last_over_time(${renewsItself}[${holdFor}]) == 1)`,
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
and (last_over_time(${renewsItself}[${holdFor}]) == 1)`,
  why: 'Info where it renews by itself: nothing to do but to know that money will be taken.',
  description: `${name} renews by itself ${inDays}.`,
};

const overdueAlert: AlertRule = {
  alert: 'SubscriptionOverdue',
  severity: 'critical',
  expr: held(overdue, '== 1', 'exporter'),
  for: '10m',
  keepFiringFor: '15m',
  why: 'Critical: the day has passed and nobody said that it is paid; the service may stop any hour. Never where it renews by itself, nor before a first payment is known.',
  summary: 'A subscription is past its renewal and not marked as paid.',
  description: `The renewal of ${name} has passed without a mark that it was paid.`,
  dashboard,
};

/** Renewals, from the exporter's own calendar: held on the last known value while no exporter answers. */
export const subscriptionsGroup: RuleGroup = {
  name: 'balance-alert.subscriptions',
  rules: [
    {
      record: status,
      expr: collapsed('min', 'balance_alert_subscription_status'),
      why: 'Without instance, so that the last value known is one value, whichever exporter said it.',
    },
    { record: overdue, expr: collapsed('max', 'balance_alert_subscription_overdue'), why: 'As above.' },
    { record: days, expr: collapsed('min', 'balance_alert_subscription_days'), why: 'As above.' },
    {
      record: renewsItself,
      expr: `${info(true)} or ${info(false)} * 0`,
      why: 'As above: 1 where it renews by itself, else 0.',
    },
    expiring,
    renewing,
    overdueAlert,
  ],
};
