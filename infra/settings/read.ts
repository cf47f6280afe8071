import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from './parse.ts';
import { parseSettings } from './parse.ts';
import { formatProblems } from './source.ts';

/** The checkout. The program's working directory is `infra/`, so relative paths of the configuration start here. */
const root = resolve(import.meta.dirname, '../..');

/**
 * The stack's settings. The only place that reads Pulumi's configuration: it takes the whole of it, because the
 * class `Config` neither lists keys (unknown ones are errors here) nor says which of them are secret.
 * @throws RunError with all problems at once, before any resource is made.
 */
export function readSettings(): Settings {
  const result = parseSettings({
    values: pulumi.runtime.allConfig(),
    secretKeys: secretKeys(process.env['PULUMI_CONFIG_SECRET_KEYS']),
    stack: pulumi.getStack(),
    environment: process.env,
    root,
    readFile: (path) => readFileSync(path, 'utf8'),
    fileExists: existsSync,
    architecture: process.arch,
    now: Date.now(),
  });
  if (!result.ok) {
    throw new pulumi.RunError(`invalid stack configuration:\n${formatProblems(result.problems)}`);
  }
  return result.settings;
}

/** Full keys of secret values, as the engine hands them to the program: a JSON list of texts. */
function secretKeys(text: string | undefined): ReadonlySet<string> {
  const keys: unknown = text === undefined || text === '' ? [] : JSON.parse(text);
  return new Set(Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []);
}
