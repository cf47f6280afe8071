import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Text, Translate } from './language.ts';
import type { PanelGroup } from './layout.ts';

/** What a dashboard file exports: everything but the frame that all of them share. */
export interface DashboardParts {
  readonly uid: string;
  readonly title: Text;
  readonly description: Text;
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations?: readonly AnnotationQuery[];
  readonly groups: readonly PanelGroup[];
}

export interface AssembleOptions {
  /** Uid of the data source that is chosen at first; Grafana's default one where left out. */
  readonly dataSource?: string;
}

const tag = 'balance-alert';

/** Puts the parts into the frame: data-source variable, links between the dashboards, positions and ids. */
export function assemble(parts: DashboardParts, translate: Translate, options: AssembleOptions): Dashboard {
  const builder = new DashboardBuilder(translate(parts.title))
    .uid(parts.uid)
    .description(translate(parts.description))
    .tags([tag])
    .readonly()
    .timezone('browser')
    .time({ from: parts.from, to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder(translate({ en: 'Dashboards', zh: '仪表盘' }))
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(false)
        .keepTime(false)
        .includeVars(false),
    )
    .variables([dataSourceVariable(translate, options.dataSource), ...parts.variables]);
  return {
    ...builder.build(),
    // Grafana's own marks (alerts, notes) vanish when the list is left out.
    annotations: { list: [builtInAnnotations, ...(parts.annotations ?? [])] },
    panels: place(parts.groups),
  };
}

const builtInAnnotations: AnnotationQuery = {
  name: 'Annotations & Alerts',
  builtIn: 1,
  type: 'dashboard',
  datasource: { type: 'grafana', uid: '-- Grafana --' },
  enable: true,
  hide: true,
  iconColor: 'rgba(0, 211, 255, 1)',
};

function dataSourceVariable(translate: Translate, uid: string | undefined): Builder<VariableModel> {
  const variable = new DatasourceVariableBuilder('datasource')
    .label(translate({ en: 'Data source', zh: '数据源' }))
    .type('prometheus');
  return uid === undefined ? variable : variable.current({ text: uid, value: uid, selected: true });
}

/** From left to right and from top to bottom, with ids from 1 up: Grafana needs ids, and the SDK sets none. */
function place(groups: readonly PanelGroup[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const group of groups) {
    if (group.heading !== undefined) {
      placed.push({
        type: 'row',
        id: placed.length + 1,
        title: group.heading,
        collapsed: false,
        panels: [],
        gridPos: { x: 0, y, w: 24, h: 1 },
      });
      y += 1;
    }
    let x = 0;
    for (const [panel, width] of group.panels) {
      placed.push({ ...panel.build(), id: placed.length + 1, gridPos: { x, y, w: width, h: group.height } });
      x += width;
    }
    if (x > 24) {
      throw new RangeError(`expected panels of 24 columns in all, got ${x} in the row at ${y}`);
    }
    y += group.height;
  }
  return placed;
}
