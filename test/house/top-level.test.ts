import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const root = resolve(import.meta.dirname, '../..');

/** What a stranger finds on the first screen. Something new here was meant, or a program wrote it by mistake. */
const folders = ['.ci', 'dashboards', 'docs', 'exporter', 'findings', 'infra', 'rules', 'scripts', 'test'];

/** Folders at the top level that git keeps, or would with the next `git add`. */
async function keptFolders(): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && entry.name !== '.git')
    .map(({ name }) => name);
  const ignored = await promisify(execFile)('git', ['check-ignore', ...names.map((name) => `${name}/`)], {
    cwd: root,
  }).then(
    ({ stdout }) => stdout.split('\n').map((line) => line.replace(/\/$/, '')),
    // Exit code 1: none of them is.
    (error: unknown): readonly string[] => {
      if (error instanceof Error && 'code' in error && error.code === 1) return [];
      throw error;
    },
  );
  return names.filter((name) => !ignored.includes(name)).sort();
}

test('the top level has the folders of the product, and no other', async (t) => {
  t.deepEqual(await keptFolders(), folders);
});
