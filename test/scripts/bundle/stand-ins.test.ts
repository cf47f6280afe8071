import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { lazyBuiltins } from '../../../scripts/lib/bundle/lazy-builtins.ts';
import { leaveOut } from '../../../scripts/lib/bundle/left-out.ts';
import { run } from '../../../scripts/lib/terminal/process.ts';

const root = resolve(import.meta.dirname, '../../..');

/** As the exporter is bundled. */
const bundled = {
  bundle: true,
  platform: 'node',
  plugins: [lazyBuiltins, leaveOut],
  logLevel: 'error',
} satisfies BuildOptions;
const inParts = {
  ...bundled,
  outdir: root,
  splitting: true,
  format: 'esm',
  write: false,
} satisfies BuildOptions;

/** What a program prints that is bundled as the exporter is. */
async function printedBy(code: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-stand-ins-'));
  try {
    const outfile = join(folder, 'program.cjs');
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    await build({
      ...bundled,
      stdin: { contents: code, resolveDir: root, loader: 'js' },
      outfile,
      format: 'cjs',
    });
    const { stdout, stderr } = await run(process.execPath, [outfile], { cwd: root });
    if (stderr !== '') throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const loaded = "process.moduleLoadList.includes('NativeModule crypto')";

test('a module of Node is loaded with the first use of something in it, however it is named', async (t) => {
  const uses = {
    "import { createHash } from 'node:crypto'": "createHash('sha256').update('a').digest('hex').length",
    "import crypto from 'crypto'": "crypto.createHash('sha256').update('a').digest('hex').length",
    "import * as crypto from 'node:crypto'": "crypto.hash('sha256', 'a').length",
    "const crypto = require('crypto')": 'crypto.randomBytes(32).toString("hex").length',
    "const { TLSSocket } = require('tls')": 'TLSSocket.name.length + 55',
  };
  for (const [naming, use] of Object.entries(uses)) {
    const printed = await printedBy(
      `${naming}; const before = ${loaded.replace('crypto', naming.includes('tls') ? 'tls' : 'crypto')}; console.log(JSON.stringify([before, ${use}]));`,
    );
    // What is taken out of a module at once is a use.
    t.deepEqual(printed, [naming.startsWith('const {'), 64], naming);
  }
});

test('a module of Node that is imported where it is used has all its names', async (t) => {
  const { outputFiles } = await build({
    ...inParts,
    stdin: {
      contents: "export const names = async () => Object.keys(await import('node:https'));",
      resolveDir: root,
    },
  });
  // Nothing of it is in a part of its own.
  t.is(outputFiles.length, 1);
  t.regex(outputFiles[0]?.text ?? '', /import\("node:https"\)/);
});

test('a module of Node that is a function can be called, and what is set in it is set', async (t) => {
  const printed = await printedBy(`
    import assert from 'node:assert';
    import tls from 'node:tls';
    assert(true);
    assert.strictEqual(1, 1);
    tls.DEFAULT_MAX_VERSION = 'TLSv1.2';
    console.log(JSON.stringify([process.getBuiltinModule('node:tls').DEFAULT_MAX_VERSION, typeof tls.rootCertificates]));`);
  t.deepEqual(printed, ['TLSv1.2', 'object']);
});

test('what the exporter leaves out of its libraries is not in the bundle, and says so where it is called', async (t) => {
  const printed = await printedBy(`
    import { Counter, Pushgateway, Registry } from 'prom-client';
    const registers = [new Registry()];
    new Counter({ name: 'a_total', help: 'A.', registers }).inc();
    const called = () => { try { new Pushgateway('http://127.0.0.1/'); } catch (error) { return error.message; } };
    registers[0].metrics().then((text) => console.log(JSON.stringify([text.includes('a_total 1'), called()])));`);
  t.deepEqual(printed, [true, './lib/pushgateway is not in the bundle']);
});

test('a library still names each module that is left out of it', async (t) => {
  const { metafile } = await build({
    ...inParts,
    entryPoints: [join(root, 'exporter/start.ts'), join(root, 'exporter/mail/thread/scan-worker.ts')],
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  t.deepEqual(inputs.filter((input) => input.startsWith('left-out:')).toSorted(), [
    'left-out:./lib/cluster',
    'left-out:./lib/pushgateway',
    'left-out:./lib/summary',
    'left-out:@opentelemetry/api',
    'left-out:@zone-eu/mailsplit',
    'left-out:@zone-eu/mailsplit/lib/flowed-decoder.js',
    'left-out:thread-stream',
  ]);
  // None comes in by another way.
  t.deepEqual(
    inputs.filter((input) => /node_modules\/(?:@opentelemetry|@zone-eu|thread-stream|tdigest)\//.test(input)),
    [],
  );
});
