import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../terminal/failure.ts';

/** Whether node_modules is what the lock file says. Only builtins in here: it decides whether there is anything else. */

/**
 * What the lock has and the folder lacks or has in another version. Optional packages are left out: most of them
 * are for other platforms.
 * @param lock the text of package-lock.json
 * @param installed the text of node_modules/.package-lock.json, which npm writes; undefined where there is none
 */
export function missingPackages(lock: string, installed: string | undefined): readonly string[] {
  const wanted = packagesOf(lock);
  const present = installed === undefined ? new Map<string, LockedPackage>() : packagesOf(installed);
  return [...wanted]
    .filter(
      ([path, { version, optional }]) => path !== '' && !optional && present.get(path)?.version !== version,
    )
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** Looks at a checkout. */
export async function findMissingPackages(root: string): Promise<readonly string[]> {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
  try {
    return missingPackages(lock, await readFile(join(root, 'node_modules', '.package-lock.json'), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return missingPackages(lock, undefined);
    throw error;
  }
}

interface LockedPackage {
  readonly version: string | undefined;
  readonly optional: boolean;
}

/** By path, such as `node_modules/zod`. */
function packagesOf(text: string): ReadonlyMap<string, LockedPackage> {
  const lock: unknown = JSON.parse(text);
  const packages = property(lock, 'packages');
  if (typeof packages !== 'object' || packages === null) return new Map();
  return new Map(
    Object.entries(packages).map(([path, entry]) => {
      const version = property(entry, 'version');
      return [
        path,
        {
          version: typeof version === 'string' ? version : undefined,
          optional: property(entry, 'optional') === true || property(entry, 'devOptional') === true,
        },
      ];
    }),
  );
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
