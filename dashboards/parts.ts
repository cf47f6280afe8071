import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** One query of a panel, as written to the JSON: with variables and `$__` intervals in it. */
export interface DashboardQuery {
  readonly panelId: number;
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
  readonly kind: 'instant' | 'range';
}

/** Every query of the dashboard's panels, in their order. */
export function queriesOf(dashboard: Dashboard): readonly DashboardQuery[] {
  return (dashboard.panels ?? []).flatMap((panel) => {
    if (!('targets' in panel) || panel.targets === undefined) {
      return [];
    }
    return panel.targets.map((target) => {
      if (!isPrometheusQuery(target)) {
        throw new TypeError(`expected a Prometheus query with a refId in the panel ${panel.title ?? '?'}`);
      }
      return {
        panelId: panel.id ?? 0,
        panel: panel.title ?? '',
        refId: target.refId,
        expr: target.expr,
        kind: target.instant === true ? 'instant' : 'range',
      };
    });
  });
}

function isPrometheusQuery(target: object): target is { expr: string; refId: string; instant?: boolean } {
  return (
    'expr' in target &&
    typeof target.expr === 'string' &&
    'refId' in target &&
    typeof target.refId === 'string'
  );
}
