import { formatDuration } from '../config/duration.ts';
import { allProviders } from '../providers/registry.ts';

/** `balance-alert providers`: what can be named in the account file. Returns the exit code. */
export function runProviders(write: (text: string) => void): number {
  const rows = allProviders().map((provider) => [
    provider.id,
    provider.title,
    provider.kind,
    provider.units.join(', ') || 'as configured',
    formatDuration(provider.minIntervalSeconds),
    provider.docs,
  ]);
  const table = [['ID', 'VENDOR', 'KIND', 'UNITS', 'AT MOST EVERY', 'DOCUMENTS'], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of table) {
    write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  return 0;
}
