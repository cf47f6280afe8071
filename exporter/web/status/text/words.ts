/** The word for a unit, a window or a period; its own name where the table has none. */
export function lookUp<Word>(table: Readonly<Record<string, Word>>, key: string): Word | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** `5h` as count and unit; undefined where it is written in another way. */
export function lengthOf(window: string): { readonly count: number; readonly unit: string } | undefined {
  const [, count, unit] = /^(\d{1,4})([mhdw])$/.exec(window) ?? [];
  return count === undefined || unit === undefined ? undefined : { count: Number(count), unit };
}

/** `every-10-weeks` as count and unit; undefined where it is another cycle. */
export function everyOf(cycleType: string): { readonly count: number; readonly unit: string } | undefined {
  const [, count, unit] = /^every-(\d+)-(days|weeks|months)$/.exec(cycleType) ?? [];
  return count === undefined || unit === undefined ? undefined : { count: Number(count), unit };
}
