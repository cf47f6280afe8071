import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { build } from 'esbuild';
import { balanceAt } from '../../../exporter/providers/demo/curve.ts';
import { parseLine } from '../../../exporter/storage/log-format.ts';
import { lazyBuiltins } from '../../../scripts/lib/bundle/lazy-builtins.ts';
import { leaveOut } from '../../../scripts/lib/bundle/left-out.ts';
import { crashAccounts, demoOptions } from './crash-accounts.ts';

/** Together; each lane is a storage of its own, whose exporter is killed again and again. */
const kills = 200;
const lanes = 4;

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-crash-'));
const child = join(folder, 'crash-child.js');
const start = join(folder, 'crash-start.js');
test.after.always(() => rmSync(folder, { recursive: true }));

/** Lines of the life whose compiled code all others start with: enough for everything to have been called. */
const linesToWarmUp = 50;

/**
 * One file starts several times as fast as a hundred, and there are many starts. As CommonJS, like the image's: an ES module
 * that imports `node:http` has Node load its `fetch`, too, which is a quarter of the start. Small, with nothing that it does not use:
 * it is read, and its compiled code taken, with each start.
 */
test.before(async () => {
  await build({
    entryPoints: ['crash-child.ts', 'crash-start.ts'].map((name) => resolve(import.meta.dirname, name)),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    plugins: [lazyBuiltins, leaveOut],
    minify: true,
    define: { 'import.meta.url': '__childUrl' },
    banner: { js: `const __childUrl = ${JSON.stringify(pathToFileURL(child).href)};` },
    logLevel: 'error',
  });
  const storage = join(folder, 'warm-up');
  mkdirSync(storage);
  await promisify(execFile)(process.execPath, [start, storage, String(linesToWarmUp)]);
});

interface Served {
  readonly name: string;
  readonly checks: number;
  readonly failures: number;
  readonly lastSuccessAt?: number;
  /** Seconds that the check took, at whose end the time stamp is. */
  readonly duration?: number;
  readonly reading?: number;
}

interface Life {
  readonly first: readonly Served[];
  readonly last: readonly Served[];
  readonly messages: readonly string[];
}

/** Runs an exporter and kills it after so many lines of its output: all that it wrote, or those after its first check. */
function live(storage: string, lines: number, early: boolean): Promise<Life> {
  return new Promise((done, failed) => {
    const process_ = spawn(process.execPath, [start, storage], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const messages: string[] = [];
    let first: readonly Served[] | undefined;
    let last: readonly Served[] | undefined;
    let seen = 0;
    createInterface({ input: process_.stdout })
      .on('line', (line) => {
        const said: { readonly accounts?: readonly Served[]; readonly message?: string } = JSON.parse(line);
        if (said.message !== undefined) messages.push(said.message);
        if (said.accounts === undefined) return;
        first ??= said.accounts;
        last = said.accounts;
        if (early || said.accounts.some(({ checks }, index) => checks > (first?.[index]?.checks ?? 0)))
          seen += 1;
        if (seen === lines) process_.kill('SIGKILL');
      })
      .once('close', () => {
        if (first === undefined || last === undefined) failed(new Error('the exporter ended by itself'));
        else done({ first, last, messages });
      });
  });
}

/** What is wrong with the first thing that is served after a kill, given the last before it. */
function faults(before: readonly Served[], after: readonly Served[], now: number): readonly string[] {
  const found: string[] = [];
  for (const [index, state] of after.entries()) {
    const { name, checks, failures, lastSuccessAt, duration = 0, reading } = state;
    const served = before[index];
    if (served === undefined || served.name !== name) found.push(`${name}: another account`);
    else {
      if (checks < served.checks) found.push(`${name}: ${served.checks} checks became ${checks}`);
      if (failures < served.failures) found.push(`${name}: ${served.failures} failures became ${failures}`);
      if ((lastSuccessAt ?? 0) < (served.lastSuccessAt ?? 0))
        found.push(`${name}: the last success moved back`);
    }
    if ((lastSuccessAt === undefined) !== (reading === undefined)) found.push(`${name}: half a reading`);
    if (lastSuccessAt === undefined || reading === undefined) continue;
    if (lastSuccessAt > now) found.push(`${name}: a reading of the future`);
    const options = demoOptions(name);
    const curve = {
      full: options.full,
      perDay: options.per_day,
      topUpBelow: options.top_up_below,
      seed: options.seed,
    };
    // It falls with time: a value that was read more than a second before its check began is above this.
    const oldest = balanceAt(curve, lastSuccessAt / 1000 - duration - 1);
    const newest = balanceAt(curve, lastSuccessAt / 1000);
    if (reading > oldest || reading < newest)
      found.push(
        `${name}: ${reading} is not from ${oldest} to ${newest}, the values of its time (${new Date(lastSuccessAt).toISOString()}, check of ${duration} s)`,
      );
  }
  return found;
}

/** Every line that was finished must be whole. There is no log where the process died before its first write. */
function broken(storage: string): readonly string[] {
  const log = join(storage, 'state.log');
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').slice(1, -1);
  return lines.filter((line) => parseLine(line) === undefined);
}

test(`killed at ${kills} random moments under load: the storage stays whole, no counter falls, no value grows younger`, async (t) => {
  t.timeout(240_000);
  let checks = 0;
  let lives = 0;
  let busy = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const storage = join(folder, `lane-${lane}`);
      mkdirSync(storage);
      let before: readonly Served[] = crashAccounts.map((name) => ({ name, checks: 0, failures: 0 }));
      for (let life = 0; life < kills / lanes; life += 1) {
        const { first, last, messages } = await live(
          storage,
          1 + Math.floor(Math.random() * 10),
          life % 4 === 0,
        );
        lives += 1;
        t.deepEqual(messages, []);
        t.deepEqual(faults(before, first, Date.now()), []);
        t.deepEqual(broken(storage), []);
        if (last.some((state, index) => state.checks > (first[index]?.checks ?? 0))) busy += 1;
        before = last;
      }
      checks += before.reduce((sum, state) => sum + state.checks, 0);
    }),
  );
  t.is(lives, kills);
  t.true(busy > kills / 2, `only ${busy} of ${kills} had done anything before they were killed`);
  t.log(`${lives} kills, ${busy} of them after checks of that life; ${checks} checks counted`);
});
