import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import test from 'ava';
import { copyBundle } from '../../support/bundle.ts';
import { serve } from '../../support/served.ts';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** A bundle of its own, which other tests leave alone. */
let dist = '';

test.before(async () => {
  dist = join(mkdtempSync(join(tmpdir(), 'balance-alert-parts-')), 'dist');
  await copyBundle(dist);
});
test.after.always(() => rmSync(join(dist, '..'), { recursive: true }));

/** Reports, at its end, which parts a process loaded, and whether Node loaded its `fetch`. */
function reporter(): string {
  const file = join(dist, '../report.cjs');
  writeFileSync(
    file,
    `process.on('exit', () => process.stderr.write(JSON.stringify({
      parts: Object.keys(require.cache).map((file) => file.split('/').pop()).sort(),
      fetch: process.moduleLoadList.some((name) => name.includes('undici')),
      builtins: process.moduleLoadList.map((name) => name.replace('NativeModule ', '')),
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

/** A copy of the bundle, in which nothing has been compiled. */
function imageOf(name: string): string {
  const image = join(dist, '..', name);
  cpSync(dist, image, { recursive: true, filter: (path) => !path.includes('/compiled/') });
  mkdirSync(join(image, 'compiled'), { recursive: true });
  return image;
}

/** What a service logs from its start to its end, with a module loaded before it. */
async function logOfStart(folder: string, before: string): Promise<string> {
  const file = join(dist, '../accounts.yaml');
  writeFileSync(file, 'accounts: [{ name: a, provider: demo, options: { type: balance, unit: USD } }]\n');
  const child = spawn(
    process.execPath,
    [
      ...['--require', before, join(folder, 'balance-alert.mjs'), 'serve', `--config.file=${file}`],
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
  return log;
}

/** The parts that a service loads, those of which V8 took compiled code, and the messages of its log. */
async function compiledIn(folder: string): Promise<{ parts: string[]; taken: string[]; log: string[] }> {
  const file = join(dist, '../compiled.cjs');
  writeFileSync(
    file,
    `const vm = require('node:vm');
    const parts = [], taken = [];
    vm.Script = class extends vm.Script {
      constructor(source, options) {
        super(source, options);
        if (options?.filename === undefined) return;
        const name = require('node:path').basename(options.filename);
        parts.push(name);
        if (this.cachedDataRejected === false) taken.push(name);
      }
    };
    process.on('exit', () => process.stderr.write(JSON.stringify({ parts, taken })));`,
  );
  const log = await logOfStart(folder, file);
  const at = log.lastIndexOf('{"parts"');
  const messages = [...log.slice(0, at).matchAll(/ msg=(?:"([^"]+)"|(\S+))/g)];

  return { ...JSON.parse(log.slice(at)), log: messages.map(([, quoted, word]) => quoted ?? word) };
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
  const log = await logOfStart(dist, reporter());
  const { parts, fetch, builtins } = JSON.parse(log.slice(log.lastIndexOf('{"parts"')));
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
  for (const unused of ['tls', 'https', 'crypto', 'http2', 'inspector'])
    t.false(builtins.includes(unused), unused);
});

test('what a service loads was compiled where the image was built, unless that is of another source, or damaged', async (t) => {
  const image = imageOf('damaged');
  await run(process.execPath, [join(image, 'warm-up.mjs')]);
  const kept = join(image, 'compiled/program');
  const [tag = ''] = readdirSync(kept);
  const changed = (name: string, change: (file: Buffer) => Buffer): void =>
    writeFileSync(join(kept, tag, name), change(readFileSync(join(kept, tag, name))));

  // Three are loaded before the settings of V8 are those of a service.
  const whole = await compiledIn(image);
  t.deepEqual(whole.log, ['listening for scrapes', 'serving the status page', 'started', 'shutting down']);
  t.true(whole.parts.filter((name) => whole.taken.includes(name)).length > 50, whole.taken.join(' '));
  t.deepEqual(whole.parts.length - whole.taken.length, 3);

  const [main = ''] = whole.parts.filter((name) => name.startsWith('main-'));
  const [serving = ''] = whole.parts.filter((name) => name.startsWith('serve-'));
  const [, , third = '', fourth = '', fifth = ''] = whole.taken.filter((name) => name.startsWith('chunk-'));
  changed(main, (file) => file.subarray(0, file.length / 2));
  changed(third, () => Buffer.alloc(0));
  changed(fourth, (file) =>
    Buffer.concat([file.subarray(0, 200), Buffer.from('damaged'), file.subarray(207)]),
  );
  rmSync(join(kept, tag, fifth));
  const part = join(image, 'parts', serving);
  writeFileSync(
    part,
    readFileSync(part, 'utf8').replaceAll('listening for scrapes', 'listening for TESTING'),
  );
  const damaged = await compiledIn(image);
  t.deepEqual(damaged.log, ['listening for TESTING', 'serving the status page', 'started', 'shutting down']);
  t.deepEqual(
    whole.taken.filter((name) => !damaged.taken.includes(name)).toSorted(),
    [main, serving, third, fourth, fifth].toSorted(),
  );
});

test('the program keeps its compiled code, all of it in less than 5 MB, and runs where it can neither find nor write any', async (t) => {
  const image = imageOf('whole');
  // An image needs no folder for temporary files.
  const { stdout } = await run(process.execPath, [join(image, 'warm-up.mjs')], {
    env: { TMPDIR: join(image, 'nowhere') },
  });
  const [, count = '0'] = /^compiled code kept: (\d+) files$/m.exec(stdout) ?? [];
  t.true(Number(count) > 20, stdout);
  const files = readdirSync(image, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  t.log(`${(bytes / 1e6).toFixed(2)} MB in the image, with the compiled code`);
  t.true(bytes < 5e6, `${bytes} bytes`);
  t.deepEqual(
    readdirSync(join(image, 'compiled')).filter((name) => name.startsWith('warm-up-')),
    [],
  );
  const bare = join(dist, '../bare');
  cpSync(image, bare, { recursive: true, filter: (path) => !path.includes('/compiled') });
  // A file in the place of the folder: as little can be written there as in an image.
  writeFileSync(join(bare, 'compiled'), '');
  const version = await run(process.execPath, [join(bare, 'balance-alert.mjs'), '--version']);
  t.regex(version.stdout, /^balance-alert \d/);
  t.is(version.stderr, '');
  t.true(readdirSync(join(bare, 'parts')).length > 20);
});
