/** One thing that was measured. */
export interface Row {
  readonly what: string;
  /** In `unit`. */
  readonly measured: number;
  readonly unit: string;
  /** What it must not be above, in `unit`; undefined where it is only told. */
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
  const table = [['', 'budget', 'measured', '', 'made of'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
