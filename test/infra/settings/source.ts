import type { Settings } from '../../../infra/settings/parse.ts';
import { parseSettings } from '../../../infra/settings/parse.ts';
import type { ConfigSource, Problem } from '../../../infra/settings/source.ts';

/** A configuration with one demo account, in memory. */
export const accounts = 'accounts:\n  - { name: a, provider: demo }\n';

/** What the settings are read from: `values` without the namespace, structured ones as they are. */
export function source(
  values: Readonly<Record<string, unknown>> = {},
  changes: Partial<ConfigSource> & { readonly files?: Readonly<Record<string, string>> } = {},
): ConfigSource {
  const files: Readonly<Record<string, string>> = {
    '/checkout/balance-alert.yaml': accounts,
    ...changes.files,
  };
  return {
    values: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key.includes(':') ? key : `balance-alert:${key}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    secretKeys: new Set(),
    stack: 'test',
    environment: {},
    root: '/checkout',
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return text;
    },
    fileExists: () => true,
    architecture: 'x64',
    now: Date.UTC(2026, 10, 24),
    ...changes,
  };
}

/** The settings of a configuration that must be right. */
export function settingsOf(...args: Parameters<typeof source>): Settings {
  const result = parseSettings(source(...args));
  if (!result.ok) throw new Error(result.problems.map(({ key, message }) => `${key}: ${message}`).join('\n'));
  return result.settings;
}

/** The problems of a configuration that must be wrong, as `key: message`. */
export function problemsOf(...args: Parameters<typeof source>): readonly string[] {
  const result = parseSettings(source(...args));
  if (result.ok) throw new Error('expected problems, got settings');
  return result.problems.map(({ key, message }: Problem) => `${key}: ${message}`);
}
