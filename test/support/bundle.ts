import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

/** Makes dist/, as `npm run build` does. */
export async function makeBundle(): Promise<void> {
  await promisify(execFile)(process.execPath, [resolve(root, 'scripts/build.ts')]);
}

let made: Promise<void> | undefined;

/** Makes dist/ where there is none, for tests that don't look at what is in it. */
export function ensureBundle(): Promise<void> {
  made ??= existsSync(resolve(root, 'dist/bcrypt-worker.mjs')) ? Promise.resolve() : makeBundle();
  return made;
}
