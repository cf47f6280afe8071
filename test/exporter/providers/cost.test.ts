import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { build } from 'esbuild';
import { providerIds } from '../../../exporter/providers/registry.ts';

/** What vendors cost those who use none of them: bytes of the bundle, and work at the start. */

const root = resolve(import.meta.dirname, '../../..');
const vendors = join(root, 'exporter/providers/presets/vendors');
const limitBytes = 150_000;

const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['exporter/main.ts'],
  bundle: true,
  metafile: true,
  write: false,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'silent',
});
const [output] = Object.values(bundle.metafile.outputs);

/** Bytes that the files of a folder take in the bundle. */
function bytesOf(folder: string): number {
  return Object.entries(output?.inputs ?? {})
    .filter(([path]) => path.startsWith(folder))
    .reduce((total, [, { bytesInOutput }]) => total + bytesInOutput, 0);
}

test('all vendors take at most 150 kB of the bundle, the files of presets included', (t) => {
  const folders = readdirSync(join(root, 'exporter/providers'), { withFileTypes: true })
    // The HTTP client and the engine of any JSON API are there whatever vendors there are.
    .filter((entry) => entry.isDirectory() && !['http', 'json'].includes(entry.name))
    .map(({ name }) => `exporter/providers/${name}/`);
  const code = folders.reduce((total, folder) => total + bytesOf(folder), 0);
  const data = readdirSync(vendors)
    .map((name) => readFileSync(join(vendors, name)).length)
    .reduce((total, bytes) => total + bytes, 0);
  t.log(
    `${providerIds().length} providers and presets: ${code} bytes of code in the bundle, ${data} bytes of data beside it`,
  );
  t.log(`of these, signing requests takes ${bytesOf('exporter/providers/signing/')} bytes`);
  t.true(code > 5_000);
  t.true(code + data <= limitBytes, `${code + data} bytes`);
});

test('no file of a preset is in the bundle, and signers are loaded when they are used', (t) => {
  t.deepEqual(
    Object.keys(bundle.metafile.inputs).filter((path) => path.endsWith('.yaml')),
    [],
  );
  const signers = 'exporter/providers/signing/schemes.ts';
  const imports = Object.values(bundle.metafile.inputs).flatMap((input) =>
    input.imports.filter(({ path }) => path === signers).map(({ kind }) => kind),
  );
  t.deepEqual([...new Set(imports)], ['dynamic-import']);
});

test('the start reads no preset, and an account reads its own only', async (t) => {
  const program = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const read = [];
    const original = fs.readFileSync;
    fs.readFileSync = (path, ...rest) => {
      const content = original(path, ...rest);
      const text = String(path);
      if (text.endsWith('.yaml')) read.push(text.slice(text.lastIndexOf('/') + 1));
      return content;
    };
    syncBuiltinESMExports();
    const { findProvider } = await import('./exporter/providers/registry.ts');
    const atStart = [...read];
    findProvider('siliconflow');
    findProvider('siliconflow');
    findProvider('openrouter');
    process.stdout.write(JSON.stringify([atStart, read]));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
  });
  t.deepEqual(JSON.parse(stdout), [[], ['siliconflow.yaml']]);
});
