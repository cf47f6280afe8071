import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../terminal/process.ts';

/** Where the Pulumi CLI is. Only builtins in here: it is looked for before the npm packages are known to be there. */

/**
 * From this version on, what lives in a replaced volume is made again with it, and calls to what was in the old one
 * are left out.
 */
export const minimumVersion = [3, 260, 0] as const;

/** Where a CLI can be: on PATH, where the official installer puts it, where the SDK's own installer puts it. */
export function cliCandidates(
  environment: Readonly<Record<string, string | undefined>>,
  sdkVersion: string,
): readonly string[] {
  const home = environment['HOME'] || homedir();
  return [
    ...(environment['PATH'] ?? '')
      .split(':')
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, 'pulumi')),
    join(environment['PULUMI_HOME'] || join(home, '.pulumi'), 'bin', 'pulumi'),
    join(home, '.pulumi', 'versions', sdkVersion, 'bin', 'pulumi'),
  ];
}

export interface FoundCli {
  readonly path: string;
  /** As it prints it, without the `v`; undefined where it prints none, as one that was built from source does. */
  readonly version: string | undefined;
}

/** What a CLI prints for its version where none was built into it. */
const noVersion = /^v?(\(?devel\)?|dev|unknown)?$/;

/**
 * The first candidate that is there and runs; one that prints no version only where there is no other. The npm package of
 * the same name only downloads one, and is passed over.
 */
export async function findCli(candidates: readonly string[], cwd: string): Promise<FoundCli | undefined> {
  let unversioned: FoundCli | undefined;
  for (const path of candidates) {
    if (path.includes(join('node_modules', '.bin')) || !existsSync(path)) continue;
    const { code, stdout } = await run(path, ['version'], { cwd, environment: withoutUpdateCheck });
    if (code !== 0) continue;
    const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
    if (version !== undefined) return { path, version };
    if (noVersion.test(stdout.trim())) unversioned ??= { path, version };
  }
  return unversioned;
}

/** Whether a version is the minimum or later; a suffix such as `-alpha.1` makes no difference. */
export function isRecentEnough(version: string): boolean {
  const parts = version.split(/[.-]/).slice(0, 3).map(Number);
  for (const [index, minimum] of minimumVersion.entries()) {
    const part = parts[index] ?? 0;
    if (part !== minimum) return part > minimum;
  }
  return true;
}

export const withoutUpdateCheck = { PULUMI_SKIP_UPDATE_CHECK: 'true' };
