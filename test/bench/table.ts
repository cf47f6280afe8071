import { alignColumns } from '../../exporter/commands/columns.ts';

/** One thing that was measured. */
export interface Row {
  readonly what: string;
  /** In `unit`. */
  readonly measured: number;
  readonly unit: string;
  /** What it must not be above, in `unit`; undefined where it is only reported. */
  readonly budget: number | undefined;
  /** What the figure was made of. */
  readonly of: string;
}

export function isOver({ measured, budget }: Row): boolean {
  return budget !== undefined && measured > budget;
}

/** The rows as a table for people, budget beside measured. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.budget === undefined ? '' : `${row.budget} ${row.unit}`.trim(),
    `${Number(row.measured.toPrecision(3))} ${row.unit}`.trim(),
    row.budget === undefined ? '' : isOver(row) ? 'OVER' : 'within',
    row.of,
  ]);
  return alignColumns([['', 'budget', 'measured', '', 'made of'], ...cells]);
}
