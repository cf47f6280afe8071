/** Where what a server has differs from what it was given. */

/** Of dashboards: Grafana counts them itself, or raises them when it stores one. */
const ignored: ReadonlySet<string> = new Set([
  'id',
  'version',
  'schemaVersion',
  'iteration',
  'pluginVersion',
]);

/**
 * The first place at which `there` has another value than `given`, in words; undefined where there is none. Keys that only
 * `there` has are no difference, because servers fill in defaults; elements of lists are.
 */
export function firstDifference(given: unknown, there: unknown, path = ''): string | undefined {
  if (Array.isArray(given)) {
    if (!Array.isArray(there)) return `${place(path)} is gone`;
    if (there.length !== given.length)
      return `${place(path)} has ${there.length} entries instead of ${given.length}`;
    for (const [index, value] of given.entries()) {
      const found = firstDifference(value, there[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof given === 'object' && given !== null) {
    if (typeof there !== 'object' || there === null) return `${place(path)} is gone`;
    for (const [key, value] of Object.entries(given)) {
      if (path === '' ? ignored.has(key) : key === 'pluginVersion') continue;
      const found = firstDifference(value, Reflect.get(there, key), path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return given === there ? undefined : `${place(path)} was changed`;
}

function place(path: string): string {
  return path === '' ? 'it' : path;
}
