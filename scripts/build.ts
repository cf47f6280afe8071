/** `npm run build [-- FOLDER]`: makes dist/, or another folder, which is all that the exporter's image is built from. */

import { existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { build, transform } from 'esbuild';
import { parse } from 'yaml';
import { lazyBuiltins } from './lib/bundle/lazy-builtins.ts';
import { leaveOut } from './lib/bundle/left-out.ts';
import { thirdPartyNotices } from './lib/bundle/notices.ts';
import { exporterRevision } from './lib/bundle/revision.ts';

const root = new URL('../', import.meta.url);
const help = `Usage: npm run build [-- FOLDER]

Bundles the exporter into FOLDER (default: dist), which is all that its image is built from. What an earlier build left
there is removed; any other folder has to be new or empty.

Exit codes: 0 built, 1 failed, 2 usage error.
`;

const defaultFolder = 'dist';
const [folder = defaultFolder, ...more] = process.argv.slice(2);
if (folder === '--help' || folder === '-h') {
  process.stdout.write(help);
  process.exit(0);
}
if (folder.startsWith('-') || more.length > 0) {
  process.stderr.write(
    `npm run build: expected one folder at most, got ${[folder, ...more].join(' ')}\n\n${help}`,
  );
  process.exit(2);
}
const targetPath = resolve(root.pathname, folder);
if (folder !== defaultFolder && existsSync(targetPath)) {
  const found = readdirSync(targetPath);
  if (found.length > 0 && !found.includes('compiled')) {
    process.stderr.write(
      `npm run build: ${targetPath} has files that no build made, and a build empties its folder: name a new one\n`,
    );
    process.exit(1);
  }
}
const target = pathToFileURL(`${targetPath}/`);

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json has no version');
}

await rm(target, { recursive: true, force: true });
await mkdir(new URL('storage/', target), { recursive: true });
await mkdir(new URL('compiled/', target));
// What the exporter keeps is for its owner only; `mkdir` itself heeds the umask.
await chmod(new URL('storage/', target), 0o700);
// Git and some build contexts forget empty folders.
for (const folder of ['storage', 'compiled']) await writeFile(new URL(`${folder}/.keep`, target), '');
await copyFile(new URL('docs/alerts.md', root), new URL('alerts.md', target));
await copyFile(new URL('LICENSE', root), new URL('LICENSE', target));
await buildPresets();

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
    BALANCE_ALERT_REVISION: JSON.stringify(await exporterRevision(root.pathname)),
  },
  logLevel: 'warning',
};
const inputs = [
  ...(await buildProgram()),
  ...(await buildFile('exporter/web/access/bcrypt-worker.ts')),
  ...(await buildFile('exporter/warm-up.ts')),
];
await writeFile(
  new URL('THIRD-PARTY-NOTICES.txt', target),
  thirdPartyNotices(root.pathname, [...new Set(inputs)]),
);

/** Presets as JSON, which takes a hundredth of the time of YAML to read. */
async function buildPresets(): Promise<void> {
  const [from, to] = [new URL('exporter/providers/presets/vendors/', root), new URL('presets/', target)];
  await mkdir(to);
  for (const name of readdirSync(from)) {
    const data: unknown = parse(await readFile(new URL(name, from), 'utf8'));
    await writeFile(new URL(name.replace(/\.yaml$/, '.json'), to), `${JSON.stringify(data)}\n`);
  }
}

/**
 * The program in parts below dist/parts/: what commands and pages share is in one of its own, and each is loaded when it is
 * first needed. As CommonJS: an ES module that imports `node:http` has Node load its `fetch` and WebSocket, too (13 MiB and
 * 50 ms of a processor in Node 24), because the names of a built-in module are read to make its namespace.
 * @returns the files that it is made of
 */
async function buildProgram(): Promise<readonly string[]> {
  const parts = new URL('parts/', target);
  const { outputFiles, metafile } = await build({
    ...common,
    metafile: true,
    write: false,
    splitting: true,
    plugins: [lazyBuiltins, leaveOut],
    entryPoints: { start: 'exporter/start.ts', 'scan-worker': 'exporter/mail/thread/start-worker.ts' },
    outdir: parts.pathname,
    chunkNames: '[name]-[hash]',
  });
  await mkdir(parts, { recursive: true });
  // Node reads what is in it as CommonJS, whatever package.json is above it.
  await writeFile(new URL('package.json', parts), '{"type":"commonjs"}\n');
  let bytes = 0;
  for (const { path, text } of outputFiles) {
    // main.ts is a program in a checkout, and begins as one.
    const { code } = await transform(text.replace(/^#!.*\n/, ''), {
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      minifySyntax: true,
      // Names of methods stay, which is what traces of a stack are read by.
      minifyIdentifiers: true,
      minifyWhitespace: true,
      // `require` for these, too: an `import()` of a built-in module is as dear as an import of it.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': '__bundleUrl' },
      // Files beside the program are found from dist/, as if it were one file in there.
      ...(text.includes('import.meta.url')
        ? { banner: "const __bundleUrl = require('node:url').pathToFileURL(__dirname + '/../').href;" }
        : {}),
    });
    bytes += code.length;
    await writeFile(path, code);
  }
  await build({
    ...common,
    entryPoints: ['exporter/load-parts.ts'],
    outdir: parts.pathname,
    format: 'cjs',
    minifyIdentifiers: true,
  });
  await writeFile(
    new URL('balance-alert.mjs', target),
    "#!/usr/bin/env node\nprocess.getBuiltinModule('node:module').createRequire(import.meta.url)('./parts/load-parts.js').loadParts(import.meta.dirname, process.argv.slice(2), false);\n",
    { mode: 0o755 },
  );
  process.stdout.write(`${parts.pathname}: ${outputFiles.length} files, ${(bytes / 1e6).toFixed(2)} MB\n`);
  return Object.keys(metafile.inputs);
}

/** A file of its own beside the program: a thread, or a program that is run by itself. */
async function buildFile(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: [entry],
    outdir: target.pathname,
    outExtension: { '.js': '.mjs' },
    // What packages in CommonJS take for given, and ES modules lack.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return Object.keys(metafile.inputs);
}
