import type { DashboardQuery } from '../../dashboards/index.ts';

/** A query as Grafana would send it, for all values of every variable. */
export function filledIn({ expr, kind }: DashboardQuery): string {
  return expr
    .replaceAll(/\$(project|unit|subscription|mailbox)\b/g, '.+')
    .replaceAll('$__rate_interval', kind === 'range' ? '4h' : '1m')
    .replaceAll('$__interval', '1d');
}
