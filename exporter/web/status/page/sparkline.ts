import type { Html } from '../../html.ts';
import { html } from '../../html.ts';

const width = 96;
const height = 22;
/** Half the width of the line, so that it is not cut off at the edge. */
const margin = 1.5;

/**
 * A line through values at equal distances, the oldest first; where one is missing it has a gap. Undefined where there are not
 * two values side by side. `label` is what those hear who do not see it.
 */
export function sparkline(points: readonly (number | undefined)[], label: string): Html | undefined {
  const known = points.filter((point) => point !== undefined);
  const low = Math.min(...known);
  const range = Math.max(...known) - low;
  const place = (point: number, index: number): string => {
    const x = margin + (index / (points.length - 1)) * (width - 2 * margin);
    const share = range > 0 ? (point - low) / range : 0.5;
    const y = height - margin - share * (height - 2 * margin);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [index, point] of points.entries()) {
    if (point === undefined) {
      line = [];
      continue;
    }
    if (line.length === 0) lines.push(line);
    line.push(place(point, index));
  }
  const drawn = lines.filter((places) => places.length > 1);
  if (drawn.length === 0) return undefined;
  return html`<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${drawn.map((places) => html`<polyline points="${places.join(' ')}"/>`)}</svg>`;
}
