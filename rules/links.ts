/** Paths in Grafana. The uids are fixed, so that a link in a message never breaks; `dashboards/` uses the same ones. */
export const dashboardUids = {
  overview: 'balance-alert',
  accounts: 'balance-alert-accounts',
  subscriptions: 'balance-alert-subscriptions',
  exporter: 'balance-alert-exporter',
} as const;

/** A dashboard, set to the account, subscription or mailbox that the alert's label names. */
export function dashboardPath(
  dashboard: keyof typeof dashboardUids,
  label?: 'project' | 'name' | 'mailbox',
): string {
  const variable = { project: 'project', name: 'subscription', mailbox: 'mailbox' } as const;
  const query = label === undefined ? '' : `?var-${variable[label]}={{ $labels.${label} | urlquery }}`;
  return `/d/${dashboardUids[dashboard]}${query}`;
}
