import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';

/** Panels side by side, with their widths in 24ths of the page. */
export interface Shelf {
  /** A heading above the shelf. */
  readonly heading?: string;
  /** In Grafana's grid units of about 38 pixels. */
  readonly height: number;
  readonly panels: readonly (readonly [panel: Builder<Panel>, width: number])[];
}

/**
 * Shelves of figures, three side by side: beside Grafana's own menu more would have no room for their titles.
 */
export function figures(...panels: readonly Stat[]): readonly Shelf[] {
  const perShelf = 3;
  const shelves = Array.from({ length: Math.ceil(panels.length / perShelf) }, (_, index) =>
    panels.slice(index * perShelf, (index + 1) * perShelf),
  );
  return shelves.map((shelf) => ({ height: 3, panels: shelf.map((panel) => [panel, 24 / perShelf]) }));
}
