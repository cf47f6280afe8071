import { Secret } from './secret.ts';

/** Whether two parts of a configuration are equal, secrets' values included. */
export function equalConfig(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.name === b.name && a.reveal() === b.reveal();
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const entries = Object.entries(a);
  const others = new Map(Object.entries(b));
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => others.has(key) && equalConfig(value, others.get(key)))
  );
}

/** `next`, with every entry that says the same as one of the same name in `before` replaced by that very object. */
export function reuseEqual<Entry extends { readonly name: string }>(
  before: readonly Entry[],
  next: readonly Entry[],
): readonly Entry[] {
  const known = new Map(before.map((entry) => [entry.name, entry]));
  return next.map((entry) => {
    const same = known.get(entry.name);
    return same !== undefined && equalConfig(same, entry) ? same : entry;
  });
}
