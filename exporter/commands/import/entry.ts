/** One entry of the account file that is being made. */
export interface ImportedEntry {
  /** As it is written out; secrets are `{ secret: NAME }`. Absent fields are undefined. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Why it cannot be used as it is. With any, the entry is written as a comment. */
  readonly obstacles: readonly string[];
  /** What was not carried, or carried differently. */
  readonly notes: readonly string[];
  readonly secrets: readonly NeededSecret[];
}

/** A secret that the new file refers to. Its value is never read. */
export interface NeededSecret {
  readonly name: string;
  /** Where the value stood in the replaced system. */
  readonly origin: string;
}

/** Gives each name once: the second `x` becomes `x (2)`, or `X_2` for a secret. */
export class Names {
  readonly #used = new Set<string>();

  /** @returns the name, or the first numbered form of it that is free. */
  take(name: string, numbered: (count: number) => string): string {
    let free = name;
    for (let count = 2; this.#used.has(free); count += 1) free = numbered(count);
    this.#used.add(free);
    return free;
  }
}

/**
 * A name for the secrets of an account, made of the account's name: capitals, digits and `_`, so that it serves
 * as an environment variable too. `fallback` replaces a name without any such letter.
 */
export function secretBase(name: string, fallback: string): string {
  const base = name
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (base === '') return fallback;
  return /^[0-9]/.test(base) ? `${fallback}_${base}` : base;
}

/** How a value was given: a reference to a variable says which; anything else stays unsaid. */
export function originOf(key: string, owner: string, value: unknown): string {
  const reference =
    typeof value === 'string' && /^\$\{[A-Za-z0-9_]+\}$/.test(value) ? `, which said ${value}` : '';
  return `${key} of ${JSON.stringify(owner)}${reference}`;
}
