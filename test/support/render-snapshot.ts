import type { Snapshot } from '../../exporter/snapshot/snapshot.ts';
import { createTextRenderer, renderSummary } from '../../exporter/web/metrics/text.ts';

export interface RenderedText {
  readonly text: string;
  /** Milliseconds since the epoch from which the text is no longer true. */
  readonly validUntil: number;
}

/** The exporter's whole text for a snapshot at a moment (milliseconds since the epoch), without its metrics on itself. */
export function renderSnapshot(snapshot: Snapshot, now: number): RenderedText {
  const { parts, validUntil, leftOut } = createTextRenderer()(snapshot, now);
  return { text: Buffer.concat([...parts, ...renderSummary(snapshot, now, leftOut)]).toString(), validUntil };
}
