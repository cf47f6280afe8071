import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

/** Makes dist/, as `npm run build` does, or another folder, which tests in other processes leave alone. */
export async function makeBundle(folder?: string): Promise<void> {
  const args = folder === undefined ? [] : [folder];
  await promisify(execFile)(process.execPath, [resolve(root, 'scripts/build.ts'), ...args]);
}

let made: Promise<void> | undefined;

/** Makes dist/ where there is none, for tests that don't look at what is in it. */
export function ensureBundle(): Promise<void> {
  made ??= existsSync(resolve(root, 'dist/warm-up.mjs')) ? Promise.resolve() : makeBundle();
  return made;
}
