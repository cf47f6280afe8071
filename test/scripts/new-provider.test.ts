import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { registered } from '../../scripts/new-provider/files.ts';
import { answer, startScriptedVendor } from '../support/scripted-vendor.ts';

const root = resolve(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'balance-alert-provider-'));
test.after.always(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a program of the checkout, in the copy. */
async function run(script: string, ...args: readonly string[]) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, script), ...args], {
      cwd: copy,
    });
    return { code: 0, said: stdout };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('stderr' in error) || !('stdout' in error))
      throw error;
    return { code: error.code, said: `${String(error.stdout)}${String(error.stderr)}` };
  }
}

test('the registry gets one line and one entry more, in order', (t) => {
  const registry = readFileSync(join(root, 'exporter/providers/registry.ts'), 'utf8');
  const changed = registered(registry, 'acme-cloud');
  t.true(
    changed.includes(
      "import { acmeCloud } from './acme-cloud/index.ts';\nimport { aliyun } from './aliyun/index.ts';",
    ),
  );
  t.regex(changed, /= \[acmeCloud, aliyun, .*\];/);
  t.regex(registered(registry, 'zoom'), /openrouter, zoom\];/);
});

for (const name of ['Acme', 'acme_cloud', '-acme', '../acme', '']) {
  test(`${JSON.stringify(name)} is not a valid provider name`, async (t) => {
    const { code, said } = await run('scripts/new-provider.ts', name, copy);
    t.is(code, 2);
    t.regex(said, /expected one name in lower case/);
  });
}

test('a new preset is one file, and an account of it is read at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-preset-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'exporter'), join(folder, 'exporter'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = () => readdirSync(join(folder, 'exporter'), { recursive: true });
  const before = files().length;
  const made = await run('scripts/new-provider.ts', '--preset', 'acme-cloud', folder);
  t.is(made.code, 0, made.said);
  t.is(files().length, before + 1);

  await using vendor = await startScriptedVendor(answer(200, { balance: '12.50', currency: 'usd' }));
  const file = join(folder, 'a.yaml');
  const options = `{ key: { secret: KEY }, base_url: '${vendor.url}' }`;
  writeFileSync(file, `accounts: [{ name: a, provider: acme-cloud, options: ${options} }]`);
  writeFileSync(join(folder, 'KEY'), 'k-0123456789');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(folder, 'exporter/main.ts'),
    'check',
    'a',
    '--config.file',
    file,
    '--secrets.dir',
    folder,
  ]);
  t.regex(stdout, /^balance: 12\.5 USD$/m);
  t.is(vendor.requests[0]?.headers.authorization, 'Bearer k-0123456789');

  const again = await run('scripts/new-provider.ts', '--preset', 'acme-cloud', folder);
  t.deepEqual(again, {
    code: 1,
    said: 'npm run new-provider: exporter/providers/presets/vendors/acme-cloud.yaml already exists\n',
  });
});

test('a new provider compiles, its test passes, and it is made once only', async (t) => {
  t.timeout(120_000);
  const sources = ['exporter', 'rules', 'dashboards', 'infra', 'scripts', 'test/support'];
  // All else knows providers by an interface only, and is what it is without this one.
  const project = join(copy, 'tsconfig.provider.json');
  writeFileSync(project, '{ "extends": "./tsconfig.json", "include": ["exporter", "test/exporter"] }');
  for (const path of [...sources, 'package.json', 'tsconfig.json']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const first = await run('scripts/new-provider.ts', 'acme-cloud', copy);
  t.is(first.code, 0, first.said);
  t.deepEqual(await run('node_modules/typescript-7/bin/tsc', '--noEmit', '-p', project), {
    code: 0,
    said: '',
  });
  const tested = await run(
    'node_modules/ava/entrypoints/cli.js',
    'test/exporter/providers/acme-cloud.test.ts',
  );
  t.is(tested.code, 0, tested.said);
  t.deepEqual(await run('scripts/new-provider.ts', 'acme-cloud', copy), {
    code: 1,
    said: 'npm run new-provider: exporter/providers/acme-cloud/schema.ts already exists\n',
  });
});
