import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, isNotFound } from '../errors.ts';
import type { SecretResolver } from './secret.ts';

/**
 * Looks for a secret first as a file of that name in `directory`, then in `environment`.
 * One trailing line break of a file is no part of the secret: editors and `echo` add it.
 * @throws the file system's error where a file is there but cannot be read.
 */
export function secretSources(
  directory: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): SecretResolver {
  return (name) => {
    // '.' and '..' are names by the pattern, but folders on disk.
    if (directory !== undefined && name !== '.' && name !== '..') {
      try {
        return readFileSync(join(directory, name), 'utf8').replace(/\r?\n$/, '');
      } catch (error) {
        if (!isAbsent(error))
          throw new Error(`secret ${name} can't be read from ${directory}`, { cause: error });
      }
    }
    // Own variables only: every object has a `constructor`.
    return Object.hasOwn(environment, name) ? environment[name] : undefined;
  };
}

/** Also where the directory is no directory. */
function isAbsent(error: unknown): boolean {
  return isNotFound(error) || codeOf(error) === 'ENOTDIR';
}
