import { inspect } from 'node:util';
import * as z from 'zod';

/** Names of secrets: they are file names and environment variables as well. */
export const secretNamePattern = /^[A-Za-z0-9_.-]+$/;

/**
 * A secret's value that does not print itself: text, JSON and `console.log` all show its name only.
 * The value leaves through `reveal()`, which is called where a request is built and nowhere else.
 */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A setting that may be written out or be a secret, as it is used. */
export function revealed(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

/**
 * The value of a secret by its name; undefined where there is none. Throws, with the message to show, on faults of the file
 * system, and where secrets come from another place than the folder and the environment.
 */
export type SecretResolver = (name: string) => string | undefined;

/**
 * Where the account file wants a secret. `{ secret: NAME }` is replaced by a `Secret` before the schema
 * sees the document (`resolveSecrets`), so anything else here is a literal, and refused.
 */
export const secretSchema = z.instanceof(Secret, {
  error: ({ input }) =>
    input === undefined
      ? 'expected { secret: NAME }, got nothing'
      : 'expected { secret: NAME }: a secret is named here, never written out',
});

/** In characters. */
const shortestSecret = 6;

/**
 * Whether a value can be masked without shredding ordinary words: six characters, or five of which one is a letter, one a
 * digit and one neither, such as `k-123`, which no sentence has by chance.
 */
function canBeMasked(value: string): boolean {
  if (value.length >= shortestSecret) return true;
  return (
    value.length === shortestSecret - 1 &&
    /[a-z]/i.test(value) &&
    /\d/.test(value) &&
    /[^a-z0-9\s]/i.test(value)
  );
}

export interface SecretProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Replaces each `{ secret: NAME }` in a plain document by its `Secret`.
 * A reference that resolves to nothing or to an empty value is a problem; values never are part of one.
 */
export function resolveSecrets(
  document: unknown,
  resolve: SecretResolver,
): {
  readonly document: unknown;
  readonly secrets: readonly Secret[];
  readonly problems: readonly SecretProblem[];
} {
  const secrets: Secret[] = [];
  const problems: SecretProblem[] = [];

  const reference = (name: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof name !== 'string' || !secretNamePattern.test(name)) {
      problems.push({
        path: [...path, 'secret'],
        message: 'expected the name of a secret: letters, digits, "_", "." and "-"',
      });
      return new Secret('invalid', '');
    }
    const value = attempt(() => resolve(name));
    if (value instanceof Error) {
      problems.push({ path, message: value.message });
    } else if (value === undefined) {
      problems.push({
        path,
        message: `secret ${name} was not found: expected a file of that name in the secrets folder, or an environment variable`,
      });
    } else if (typeof value !== 'string' || value.trim() === '') {
      problems.push({ path, message: `secret ${name} is empty` });
    } else if (!canBeMasked(value.trim())) {
      problems.push({
        path,
        message: `secret ${name} is too short: expected at least ${shortestSecret} characters, since a shorter value can't be masked reliably`,
      });
    }
    const secret = new Secret(name, typeof value === 'string' ? value : '');
    secrets.push(secret);
    return secret;
  };

  const walk = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (first !== undefined && entries.length === 1 && first[0] === 'secret')
      return reference(first[1], path);
    return Object.fromEntries(entries.map(([key, item]) => [key, walk(item, [...path, key])]));
  };

  return { document: walk(document, []), secrets, problems };
}

/** The secrets in a part of the configuration, those that a schema made of literals included. */
export function secretsWithin(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsWithin) : [];
}

function attempt<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
