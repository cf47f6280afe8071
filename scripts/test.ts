import { dirname, join } from 'node:path';
import type { ScriptUsage } from './lib/arguments.ts';
import { readFlags } from './lib/arguments.ts';
import { createConsole } from './lib/console.ts';
import { exitCodes, Failure, Interrupted, runScript } from './lib/failure.ts';
import { findMissingPackages } from './lib/packages.ts';
import { follow, Interruption } from './lib/process.ts';
import type { Layer } from './lib/test-layers.ts';
import { filesByLayer, isAccepted, layers } from './lib/test-layers.ts';
import type { LayerResult } from './lib/test-results.ts';
import { add, createTapReader, formatResults, formatTotal, noTests } from './lib/test-results.ts';
import { installTools } from './lib/test-tools.ts';

/** `scripts/test`: installs what the tests need where asked to, runs them layer by layer, and adds up. */

const names = ['check', ...layers.map(({ name }) => name)];

const usage: ScriptUsage<'install' | 'layer' | 'strict' | 'list'> = {
  script: 'scripts/test',
  about: 'Runs the checks and tests, layer by layer. The last line counts them.',
  flags: {
    install: { kind: 'switch', usage: '--install', help: 'first get what is missing; starts no service' },
    layer: {
      kind: 'text',
      usage: '--layer NAMES',
      help: `only these, such as ${names.slice(0, 2).join(',')}`,
    },
    strict: { kind: 'switch', usage: '--strict', help: 'a skipped test fails the run (as with CI=true)' },
    list: { kind: 'switch', usage: '--list', help: 'list the layers and their files, and run nothing' },
  },
  notes: `Layers: ${names.join(', ')}.\nEnds with 0 when nothing failed, 1 when something did, 2 for wrong use, 130 after Ctrl-C.`,
};

const root = dirname(import.meta.dirname);
const console = createConsole((text) => process.stdout.write(text));

/** Types, style and dead code, each counted as one test. */
const checks = [
  { title: 'types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit'] },
  { title: 'style', script: 'node_modules/@biomejs/biome/bin/biome', args: ['ci', '--colors=off', '.'] },
  { title: 'dead code', script: 'node_modules/knip/bin/knip.js', args: [] },
];

await runScript('scripts/test', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const wanted = typeof flags.layer === 'string' ? flags.layer.split(',') : names;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Failure(`no layer ${unknown.join(', ')}`, [`layers: ${names.join(', ')}`], exitCodes.usage);
  }
  const files = filesByLayer(root);
  if (flags.list === true) {
    for (const { name, against } of layers) {
      console.step(`${name}: against ${against}`);
      for (const file of files.get(name) ?? []) console.line(file);
    }
    return;
  }

  const interruption = new Interruption((text) => console.line(text)).listen();
  if ((await findMissingPackages(root)).length > 0) {
    if (flags.install !== true) {
      throw new Failure("npm packages are missing or of another version than the lock file's", [
        'to get them:  npm ci',
        'or let the script do that:  --install',
      ]);
    }
    console.step('Installing the npm packages');
    await runPlain('npm', ['ci', '--no-audit', '--no-fund'], interruption);
  }
  if (flags.install === true) await installTools({ root, console, interruption });

  const results: LayerResult[] = [];
  if (wanted.includes('check')) results.push(await runChecks(interruption));
  for (const layer of layers) {
    if (interruption.requested) break;
    if (wanted.includes(layer.name))
      results.push(await runLayer(layer, files.get(layer.name) ?? [], interruption));
  }
  if (interruption.requested) throw new Interrupted();

  const strict = flags.strict === true || process.env['CI'] === 'true';
  const refused = results.flatMap(({ layer, skipped }) =>
    strict ? skipped.filter((title) => !isAccepted(layer, title)).map((title) => `${layer}: ${title}`) : [],
  );
  process.stdout.write(`\n${formatResults(results)}`);
  for (const title of refused)
    process.stdout.write(`skipped, which a strict run takes for a failure: ${title}\n`);
  const total = results.map(({ counts }) => counts).reduce(add, noTests);
  process.stdout.write(`${formatTotal(total)}\n`);
  if (total.failed + refused.length > 0) process.exitCode = exitCodes.failed;
  if (total.passed === 0) process.exitCode = exitCodes.failed;
});

async function runChecks(interruption: Interruption): Promise<LayerResult> {
  console.step('check: types, style, dead code');
  const started = performance.now();
  let counts = noTests;
  for (const { title, script, args } of checks) {
    const said: string[] = [];
    const code = await follow(process.execPath, [join(root, script), ...args], {
      cwd: root,
      interruption,
      onLine: (line) => said.push(line),
    });
    counts = add(counts, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
    if (code !== 0) {
      console.line(`FAILED ${title}`);
      for (const line of said) console.line(`  ${line}`);
    }
  }
  return { layer: 'check', counts, skipped: [], duration: (performance.now() - started) / 1000 };
}

async function runLayer(
  layer: Layer,
  files: readonly string[],
  interruption: Interruption,
): Promise<LayerResult> {
  console.step(`${layer.name}: against ${layer.against} (${files.length} files)`);
  const started = performance.now();
  const tap = createTapReader((line) => console.line(line));
  const noise: string[] = [];
  const code =
    files.length === 0
      ? 0
      : await follow(
          process.execPath,
          [
            join(root, 'node_modules/ava/entrypoints/cli.js'),
            '--tap',
            ...(layer.concurrency === undefined ? [] : ['--concurrency', String(layer.concurrency)]),
            ...files,
          ],
          {
            cwd: root,
            interruption,
            onLine: (line, stream) => {
              if (stream === 'stdout') tap.line(line);
              else noise.push(line);
            },
          },
        );
  let counts = tap.counts();
  if (code !== 0 && counts.failed === 0 && !interruption.requested) {
    // The runner itself failed, or a file ended before its tests did: no TAP line says so.
    counts = add(counts, { ...noTests, failed: 1 });
    console.line(`FAILED the layer ended with exit code ${code}`);
    for (const line of noise.slice(-50)) console.line(`  ${line}`);
  }
  const { passed, failed, skipped } = counts;
  console.line(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return {
    layer: layer.name,
    counts,
    skipped: tap.skipped(),
    duration: (performance.now() - started) / 1000,
  };
}

async function runPlain(command: string, args: readonly string[], interruption: Interruption): Promise<void> {
  const code = await follow(command, args, { cwd: root, interruption, onLine: (line) => console.line(line) });
  if (code !== 0) throw new Failure(`${command} ${args.join(' ')} failed`, [`exit code ${code}`]);
}
