import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.ts';

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

/** Files and folders that the image has in the folder of its program. */
function filesOfImage(): readonly string[] {
  const text = readFileSync(join(root, 'exporter/Dockerfile'), 'utf8');
  const [, files = ''] = /^COPY (.+) \/app\/$/m.exec(text) ?? [];
  const folders = [...text.matchAll(/^COPY (?:--chown=\S+ )?(\S+) \/app\/\1$/gm)].map(
    ([, name = '']) => name,
  );
  return [...files.split(' '), ...folders];
}

/** A new folder with a copy of the bundle that has what the image has, and no more. For the caller to remove. */
export async function folderOfImage(): Promise<string> {
  await ensureBundle();
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-image-'));
  // Another test may be making the bundle anew at this moment.
  await until(() => {
    for (const name of filesOfImage())
      cpSync(join(root, 'dist', name), join(folder, name), { recursive: true });
    return true;
  });
  return folder;
}
