/** `npm run build`: makes dist/, which is all that the exporter's image is built from. */

import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { thirdPartyNotices } from './lib/bundle/notices.ts';

const root = new URL('../', import.meta.url);
const target = new URL('dist/', root);

/**
 * The last commit that touched what the bundle is made of, so that other changes leave the image as it is;
 * `unknown` where there is no repository.
 */
async function revision(): Promise<string> {
  try {
    const arguments_ = ['log', '-1', '--format=%h', '--', 'exporter', 'package-lock.json'];
    const { stdout } = await promisify(execFile)('git', arguments_, { cwd: root });
    return stdout.trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json has no version');
}

await rm(target, { recursive: true, force: true });
await mkdir(new URL('storage/', target), { recursive: true });
// What the exporter keeps is for its owner only; `mkdir` itself heeds the umask.
await chmod(new URL('storage/', target), 0o700);
// Git and some build contexts forget empty folders.
await writeFile(new URL('storage/.keep', target), '');
await copyFile(new URL('docs/alerts.md', root), new URL('alerts.md', target));
await copyFile(new URL('LICENSE', root), new URL('LICENSE', target));
await cp(new URL('exporter/providers/presets/vendors/', root), new URL('presets/', target), {
  recursive: true,
});

const outfile = new URL('balance-alert.mjs', target);
const common: BuildOptions = {
  absWorkingDir: root.pathname,
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  define: {
    BALANCE_ALERT_VERSION: JSON.stringify(await version()),
    BALANCE_ALERT_REVISION: JSON.stringify(await revision()),
  },
  banner: {
    // What packages in CommonJS take for given, and ES modules lack.
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const __filename = import.meta.filename;',
      'const __dirname = import.meta.dirname;',
    ].join(' '),
  },
  logLevel: 'warning',
};
const main = await build({ ...common, entryPoints: ['exporter/main.ts'], outfile: outfile.pathname });
// A thread has a file of its own.
const worker = await build({
  ...common,
  entryPoints: ['exporter/web/access/bcrypt-worker.ts'],
  outfile: new URL('bcrypt-worker.mjs', target).pathname,
});
const inputs = [main, worker].flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
const notices = thirdPartyNotices(root.pathname, inputs);
await writeFile(new URL('THIRD-PARTY-NOTICES.txt', target), notices);
const { size } = await stat(outfile);
process.stdout.write(`dist/balance-alert.mjs: ${(size / 1e6).toFixed(2)} MB\n`);
