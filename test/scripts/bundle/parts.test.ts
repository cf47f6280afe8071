import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import test from 'ava';
import { makeBundle } from '../../support/bundle.ts';
import { serve } from '../../support/served.ts';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** Not the checkout's own dist/: other tests make that anew while these run. */
let dist = '';

test.before(async () => {
  dist = join(mkdtempSync(join(tmpdir(), 'balance-alert-parts-')), 'dist');
  await makeBundle(dist);
});

/** Reports, at its end, which parts a process loaded, and whether Node loaded its `fetch`. */
function reporter(): string {
  const file = join(dist, '../report.cjs');
  writeFileSync(
    file,
    `process.on('exit', () => process.stderr.write(JSON.stringify({
      parts: Object.keys(require.cache).map((file) => file.split('/').pop()).sort(),
      fetch: process.moduleLoadList.some((name) => name.includes('undici')),
    })));`,
  );
  return file;
}

async function loadedBy(...words: readonly string[]): Promise<{ parts: string[]; fetch: boolean }> {
  const child = spawn(
    process.execPath,
    ['--require', reporter(), join(dist, 'balance-alert.mjs'), ...words],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return JSON.parse(await text(child.stderr));
}

test('the health check loads what it needs and nothing more', async (t) => {
  await using server = await serve((_request, response) => void response.end('healthy\n'));
  const { parts, fetch } = await loadedBy('healthcheck', `--web.listen-address=${new URL(server.url).host}`);
  const bytes = parts
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + readFileSync(join(dist, 'parts', name)).length, 0);
  t.true(parts.includes('start.js'));
  t.true(bytes < 30_000, `${bytes} bytes of ${parts.join(', ')}`);
  t.false(fetch);
});

test('the bundle and a checkout give the same help and the same answer to a mistake', async (t) => {
  const said = async (program: string, words: readonly string[]) =>
    run(process.execPath, [program, ...words]).then(
      ({ stdout, stderr }) => [0, stdout, stderr],
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => [code, stdout, stderr],
    );
  for (const words of [['--help'], ['healthcheck', '--help'], ['healthcheck', '--nonsense'], ['nonsense']]) {
    t.deepEqual(
      await said(join(dist, 'balance-alert.mjs'), words),
      await said(join(root, 'exporter/main.ts'), words),
      words.join(' '),
    );
  }
});

test('a service loads neither pages nor mail before they are used, and no fetch', async (t) => {
  const file = join(dist, '../accounts.yaml');
  writeFileSync(file, 'accounts: [{ name: a, provider: demo, options: { type: balance, unit: USD } }]\n');
  const child = spawn(
    process.execPath,
    [
      ...['--require', reporter(), join(dist, 'balance-alert.mjs'), 'serve', `--config.file=${file}`],
      ...['--web.listen-address=127.0.0.1:0', '--web.status-address=127.0.0.1:0'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (!log.includes('msg=started') && `${log}${chunk}`.includes('msg=started')) child.kill('SIGTERM');
    log += chunk;
  });
  await new Promise((done) => child.once('close', done));
  const { parts, fetch } = JSON.parse(log.slice(log.lastIndexOf('{"parts"')));
  t.true(
    parts.some((name: string) => name.startsWith('serve-')),
    log,
  );
  for (const unused of ['status-pages-', 'scheduler-', 'http-']) {
    t.false(
      parts.some((name: string) => name.startsWith(unused)),
      unused,
    );
  }
  t.false(fetch);
});

test('the program keeps its compiled code, all of it in less than 5 MB, and runs where it can neither find nor write any', async (t) => {
  // An image needs no folder for temporary files.
  const { stdout } = await run(process.execPath, [join(dist, 'warm-up.mjs')], {
    env: { TMPDIR: join(dist, 'nowhere') },
  });
  const [, count = '0'] = /^compiled code kept: (\d+) files$/m.exec(stdout) ?? [];
  t.true(Number(count) > 20, stdout);
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  t.log(`${(bytes / 1e6).toFixed(2)} MB in the image, with the compiled code`);
  t.true(bytes < 5e6, `${bytes} bytes`);
  t.deepEqual(
    readdirSync(join(dist, 'compiled')).filter((name) => name.startsWith('warm-up-')),
    [],
  );
  const bare = join(dist, '../bare');
  cpSync(dist, bare, { recursive: true, filter: (path) => !path.includes('/compiled') });
  // A file in the place of the folder: as little can be written there as in an image.
  writeFileSync(join(bare, 'compiled'), '');
  const version = await run(process.execPath, [join(bare, 'balance-alert.mjs'), '--version']);
  t.regex(version.stdout, /^balance-alert \d/);
  t.is(version.stderr, '');
  t.true(readdirSync(join(bare, 'parts')).length > 20);
});
