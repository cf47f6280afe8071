import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';

/** Panels side by side, with their widths in 24ths of the page. */
export interface PanelGroup {
  /** Title of the row above them. */
  readonly heading?: string;
  /** In Grafana's grid units of about 38 pixels. */
  readonly height: number;
  readonly panels: readonly (readonly [panel: Builder<Panel>, width: number])[];
}

/**
 * Stat panels, three to a row: with Grafana's navigation open, more would have no room for their titles.
 */
export function figures(...panels: readonly Stat[]): readonly PanelGroup[] {
  const perRow = 3;
  const groups = Array.from({ length: Math.ceil(panels.length / perRow) }, (_, index) =>
    panels.slice(index * perRow, (index + 1) * perRow),
  );
  return groups.map((group) => ({ height: 3, panels: group.map((panel) => [panel, 24 / perRow]) }));
}
