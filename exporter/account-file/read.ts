import { readFileSync } from 'node:fs';
import { formatProblem } from '../config/located-yaml.ts';
import { secretSources } from '../config/secret-sources.ts';
import { codeOf, messageOf } from '../errors.ts';
import { loadAccountFile } from './load.ts';
import type { Config } from './schema.ts';

export interface AccountFileOptions {
  readonly file: string;
  /** Folder with one file for each secret; undefined: environment variables only. */
  readonly secretsDirectory: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type FileResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads the account file from disk. Every error is one line that names the place. */
export function readAccountFile(options: AccountFileOptions): FileResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(options.file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return {
        ok: false,
        errors: [
          `${options.file}: no such account file: \`balance-alert init\` writes a first one, and --config.file names another`,
        ],
      };
    }
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : messageOf(error);
    return { ok: false, errors: [`${options.file}: the account file can't be read: ${reason}`] };
  }
  const result = loadAccountFile({
    file: options.file,
    text,
    resolveSecret: secretSources(options.secretsDirectory, options.environment),
    now: options.now,
  });
  return result.ok ? result : { ok: false, errors: result.problems.map(formatProblem) };
}
