import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package whose code is in the bundle. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As the package declares it, an SPDX expression mostly. */
  readonly license: string;
  /** The texts of its license and notice files; empty where it ships none. */
  readonly texts: readonly string[];
}

/** Folders of the packages that files belong to, without duplicates. Paths are as in a metafile of esbuild. */
function packageFolders(files: readonly string[]): readonly string[] {
  const folders = files.flatMap(
    (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

function readPackage(root: string, folder: string): BundledPackage {
  const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const field = (name: string): string => {
    const value: unknown =
      typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, name) : undefined;
    return typeof value === 'string' ? value : 'unknown';
  };
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(?:licen[cs]e|notice|copying)(?:[.-].*)?$/i.test(file))
    .sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  return { name: field('name'), version: field('version'), license: field('license'), texts };
}

/**
 * The licenses of the packages that files of a bundle come from, as one text.
 * @throws Error that names the packages that declare no license, since such code may not be distributed
 */
export function thirdPartyNotices(root: string, files: readonly string[]): string {
  const packages = packageFolders(files).map((folder) => readPackage(root, folder));
  const unlicensed = packages.filter(({ license }) => license === 'unknown').map(({ name }) => name);
  if (unlicensed.length > 0) throw new Error(`packages without a license: ${unlicensed.join(', ')}`);
  const entries = packages.map(
    ({ name, version, license, texts }) =>
      `${'-'.repeat(72)}\n${name} ${version} (${license})\n\n${texts.join('\n\n') || 'The package contains no license text.'}\n`,
  );
  return `balance-alert contains code of the following packages.\n\n${entries.join('\n')}`;
}
