import { readdirSync } from 'node:fs';
import { secretSources } from '../../config/secret-sources.ts';
import { isNotFound, messageOf } from '../../errors.ts';

/** A secret that is there under a well-known name. */
export interface KeySource {
  /** As the account file names it. */
  readonly name: string;
  /** The well-known variable that it goes by: files are often written small, or with hyphens. */
  readonly variable: string;
  readonly value: string;
}

/** Something under a well-known name that cannot be used, and why. Holds no value. */
export interface Unusable {
  readonly name: string;
  readonly why: string;
}

export interface Sources {
  readonly keys: readonly KeySource[];
  readonly unusable: readonly Unusable[];
}

export interface SourceOptions {
  readonly wellKnown: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder with one file for each secret; one that is not there has no secrets. */
  readonly secretsDirectory: string | undefined;
}

/**
 * What the environment and the folder of secrets hold under well-known names. Nothing else is read.
 * @throws Error where the folder is there and cannot be read.
 */
export function readSources({ wellKnown, environment, secretsDirectory }: SourceOptions): Sources {
  const resolve = secretSources(secretsDirectory, environment);
  const files = secretsDirectory === undefined ? [] : namesIn(secretsDirectory);
  const names = new Map<string, string>();
  for (const name of [...Object.keys(environment), ...files]) {
    const variable = files.includes(name) ? variableOf(name) : name;
    if (wellKnown.has(variable)) names.set(name, variable);
  }
  const keys: KeySource[] = [];
  const unusable: Unusable[] = [];
  for (const [name, variable] of names) {
    try {
      const value = resolve(name);
      if (value === undefined || value.trim() === '') unusable.push({ name, why: 'it is empty' });
      else if (/\s/.test(value))
        unusable.push({ name, why: 'it contains whitespace, expected the key alone' });
      else keys.push({ name, variable, value });
    } catch (error) {
      unusable.push({ name, why: reasonOf(error) });
    }
  }
  return { keys, unusable };
}

/** `openrouter-api-key` is a file for `OPENROUTER_API_KEY`. */
function variableOf(fileName: string): string {
  return fileName.toUpperCase().replaceAll(/[-.]/g, '_');
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw new Error(`the secrets directory cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}`;
}
