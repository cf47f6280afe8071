import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { testedBundle } from './tested-program.ts';

const root = resolve(import.meta.dirname, '../..');

/** Makes dist/, as `npm run build` does, or another folder, which tests in other processes leave alone. */
export async function makeBundle(folder?: string): Promise<void> {
  const args = folder === undefined ? [] : [folder];
  await promisify(execFile)(process.execPath, [resolve(root, 'scripts/build.ts'), ...args]);
}

const dist = resolve(root, 'dist');

let made: Promise<void> | undefined;

/** Makes dist/ where there is none, for tests that don't look at what is in it. */
export function ensureBundle(): Promise<void> {
  made ??= existsSync(join(dist, 'warm-up.mjs')) ? Promise.resolve() : makeBundle();
  return made;
}

let current: Promise<string> | undefined;

/** The folder of a bundle of the sources as they are, as `npm run build` makes it. Not to be changed: others read it, too. */
export function bundleFolder(): Promise<string> {
  current ??= testedBundle === undefined ? makeBundle().then(() => dist) : Promise.resolve(testedBundle);
  return current;
}

/** A copy of the bundle, in which nothing has been compiled. */
export async function copyBundle(folder: string): Promise<void> {
  if (testedBundle === undefined) return makeBundle(folder);
  const compiled = join(testedBundle, 'compiled');
  cpSync(testedBundle, folder, {
    recursive: true,
    filter: (path) => dirname(path) !== compiled || path.endsWith('.keep'),
  });
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
  const bundle = mkdtempSync(join(tmpdir(), 'balance-alert-bundle-'));
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-image-'));
  try {
    await copyBundle(join(bundle, 'dist'));
    for (const name of filesOfImage())
      cpSync(join(bundle, 'dist', name), join(folder, name), { recursive: true });
  } finally {
    rmSync(bundle, { recursive: true });
  }
  return folder;
}
