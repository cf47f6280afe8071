import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { parse } from 'yaml';
import { presetIds } from '../../../exporter/providers/presets/catalog.ts';
import { bundleFolder } from '../../support/bundle.ts';

const root = resolve(import.meta.dirname, '../../..');
let dist = '';
let bundle = '';

test.before(async () => {
  dist = await bundleFolder();
  bundle = join(dist, 'balance-alert.mjs');
});

/** Presets cost neither the bundle nor the start anything: they are files beside it, read when an account names one. */

test('the build puts every preset beside the bundle, and none into it', async (t) => {
  const folder = join(dist, 'presets');
  const files = readdirSync(folder).toSorted();
  t.deepEqual(
    files,
    presetIds()
      .map((id) => `${id}.json`)
      .toSorted(),
  );
  for (const id of presetIds()) {
    const text = readFileSync(join(root, `exporter/providers/presets/vendors/${id}.yaml`), 'utf8');
    t.deepEqual(JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')), parse(text), id);
  }
  const parts = join(dist, 'parts');
  const text = readdirSync(parts).map((name) => readFileSync(join(parts, name), 'utf8'));
  t.true(text.length > 20);
  t.false(text.some((part) => part.includes('api.siliconflow.cn')));
  const bytes = files.reduce((total, file) => total + statSync(join(folder, file)).size, 0);
  t.log(`${files.length} presets, ${(bytes / 1000).toFixed(0)} kB beside the bundle, 0 kB in it`);
  t.true(bytes < 150_000);
});

test('the bundle finds a preset', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, 'providers', 'twilio']);
  t.regex(stdout, /^Vendor: +Twilio$/m);
});

test('an account file without presets reads none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-reads-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const trace = join(folder, 'trace.mjs');
  writeFileSync(
    trace,
    `import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    let count = 0;
    for (const name of ['readdirSync', 'readFileSync']) {
      const real = fs[name];
      fs[name] = (path, ...rest) => {
        if (String(path).includes('presets')) count += 1;
        return real(path, ...rest);
      };
    }
    syncBuiltinESMExports();
    process.on('exit', () => process.stderr.write('presets read: ' + count));`,
  );
  const readBy = async (...words: readonly string[]) => {
    const { stderr } = await promisify(execFile)(process.execPath, ['--import', trace, bundle, ...words], {
      cwd: root,
    });
    return stderr;
  };
  t.is(await readBy('--config.check', '--config.file', 'exporter/examples/demo.yaml'), 'presets read: 0');
  t.is(await readBy('providers', 'twilio'), 'presets read: 3');
});
