/** Reading what the replaced system wrote: JSON that people edited, in which a number may be text. */

export type Item = Readonly<Record<string, unknown>>;

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function textOf(item: Item, key: string): string | undefined {
  const value = item[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export function numberOf(item: Item, key: string): number | undefined {
  const value = item[key];
  if (typeof value === 'number') return value;
  const text = textOf(item, key);
  return text !== undefined && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** Keys that carry something, and that no one looked at; those that begin with `_` are comments. */
export function otherKeys(item: Item, known: readonly string[]): readonly string[] {
  return Object.keys(item).filter((key) => !key.startsWith('_') && !known.includes(key));
}
