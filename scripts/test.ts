import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { findMissingPackages } from './lib/install/packages.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import type { Console } from './lib/terminal/console.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, Interrupted, runScript } from './lib/terminal/failure.ts';
import { follow, Interruption } from './lib/terminal/process.ts';
import { runInLanes } from './lib/testing/lanes.ts';
import type { Layer } from './lib/testing/layers.ts';
import { filesByLayer, layers, whyAccepted } from './lib/testing/layers.ts';
import type { LayerResult } from './lib/testing/results.ts';
import { add, formatSkips, formatTable, formatTotal, noTests, strictly } from './lib/testing/results.ts';
import type { RunOptions } from './lib/testing/run.ts';
import { runChecks, runLayer } from './lib/testing/run.ts';
import { clockPackage, parseDate, shiftableLayers, shiftedClock } from './lib/testing/shifted-clock.ts';
import { buildTestedProgram } from './lib/testing/tested-program.ts';
import { installTools } from './lib/testing/tools.ts';

/** `scripts/test`: installs what the tests need where asked to, runs them two layers at a time, and adds up. */

const names = ['check', ...layers.map(({ name }) => name)];

/** In which they begin, the longest first. The checks go along with the first: they are what fails most. */
const order = ['contract', 'check', 'unit', 'long', 'page', 'program', 'mail'];

const usage: ScriptUsage<'install' | 'layer' | 'date' | 'strict' | 'list'> = {
  script: 'scripts/test',
  about: 'Runs the checks and tests in layers, two at a time. The last line has the totals.',
  flags: {
    install: { kind: 'switch', usage: '--install', help: 'first install missing tools; starts no service' },
    layer: {
      kind: 'texts',
      usage: '--layer NAME',
      help: `run only this layer; repeat the flag or use commas for more: --layer ${names.slice(0, 2).join(',')}`,
    },
    date: {
      kind: 'text',
      usage: '--date TIME',
      help: `as if it were then (${shiftableLayers.join(' and ')} only): --date 2027-02-28T23:50:00Z`,
    },
    strict: { kind: 'switch', usage: '--strict', help: 'a skipped test fails the run (as with CI=true)' },
    list: { kind: 'switch', usage: '--list', help: 'list the layers and their files without running them' },
  },
  notes: `Layers: ${names.join(', ')}.
A test whose tool is missing is skipped; its title names the tool.
Exit codes: 0 nothing failed, 1 a check or test failed, 2 wrong usage, 130 interrupted.`,
};

const root = dirname(import.meta.dirname);
const console = createConsole((text) => process.stdout.write(text));

await runScript('scripts/test', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const dateMs = typeof flags.date === 'string' ? parseDate(flags.date) : undefined;
  const available = dateMs === undefined ? names : shiftableLayers;
  const wanted = typeof flags.layer === 'string' ? flags.layer.split(',') : available;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Failure(`no layer ${unknown.join(', ')}`, [`layers: ${names.join(', ')}`], exitCodes.usage);
  }
  const unshiftable = wanted.filter((name) => !available.includes(name));
  if (unshiftable.length > 0) {
    throw new Failure(
      `--date cannot be used with the layer ${unshiftable.join(', ')}`,
      [`layers that can run on another day: ${available.join(', ')}`],
      exitCodes.usage,
    );
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
  const tools = () =>
    installTools({ root, console, interruption }, wanted, dateMs === undefined ? [] : [clockPackage]);
  // Both wait for downloads, and neither needs the other. One that fails leaves the other to its end.
  const provided = await Promise.allSettled([
    providePackages(flags.install === true, interruption),
    ...(flags.install === true ? [tools()] : []),
  ]);
  for (const outcome of provided) if (outcome.status === 'rejected') throw outcome.reason;
  const environment =
    dateMs === undefined ? {} : shiftedClock(root, dateMs, Date.now(), process.env['LD_PRELOAD']);
  const program =
    interruption.requested || wanted.every((name) => name === 'check')
      ? {}
      : await buildTestedProgram({ root, console, interruption });
  const options = { root, interruption, environment: { ...environment, ...program } };
  const tasks = [
    { name: 'check', run: (how: Running) => runChecks({ ...options, ...how }) },
    ...layers.map((layer) => ({
      ...layer,
      run: (how: Running) => runLayer(layer, files.get(layer.name) ?? [], { ...options, ...how }),
    })),
  ].filter(({ name }) => wanted.includes(name));
  const results = await runSideBySide(tasks, interruption);
  if (interruption.requested) throw new Interrupted();

  const strict = flags.strict === true || process.env['CI'] === 'true';
  const counted = strict ? results.map((result) => strictly(result, whyAccepted)) : results;
  process.stdout.write(`\n${formatTable(counted)}`);
  process.stdout.write(formatSkips(results, (layer, title) => (strict ? remarkOn(layer, title) : '')));
  const total = counted.map(({ counts }) => counts).reduce(add, noTests);
  process.stdout.write(`${formatTotal(total)}\n`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = exitCodes.failed;
});

/** How a layer runs, as far as others that run beside it matter. */
type Running = Pick<RunOptions, 'console' | 'fileProcesses'>;

interface LayerTask extends Pick<Layer, 'name' | 'isAlone' | 'isWaiting' | 'waitingFiles'> {
  readonly run: (how: Running) => Promise<LayerResult>;
}

/**
 * Runs two layers at a time, since most of them wait now and then, or end with a single file that still runs.
 * @returns results in the order of the table
 */
async function runSideBySide(
  tasks: readonly LayerTask[],
  interruption: Interruption,
): Promise<readonly LayerResult[]> {
  const processors = availableParallelism();
  const together = tasks.filter(({ isAlone }) => isAlone !== true);
  const lanes = Math.min(2, processors, together.filter(({ isWaiting }) => isWaiting !== true).length);
  const rank = ({ name }: LayerTask) => (order.includes(name) ? order.indexOf(name) : order.length);
  const results = await runInLanes(
    tasks
      .toSorted((one, other) => rank(one) - rank(other))
      .map((task) => ({
        ...task,
        run: () =>
          task.run(
            together.length > 1 && task.isAlone !== true
              ? { console: consoleOf(task.name), fileProcesses: processors + (task.waitingFiles ?? 0) }
              : { console, fileProcesses: processors + 1 },
          ),
      })),
    lanes,
    () => !interruption.requested,
  );
  return results.toSorted((one, other) => names.indexOf(one.layer) - names.indexOf(other.layer));
}

/** For a layer beside others, whose lines come in between. */
function consoleOf(layer: string): Console {
  return {
    ...console,
    line: (text) => console.line(`${layer}: ${text}`),
    warn: (text) => console.warn(`${layer}: ${text}`),
  };
}

function remarkOn(layer: string, title: string): string {
  const why = whyAccepted(layer, title);
  return why === undefined ? ' (counted as failed: a strict run needs its tool)' : ` (accepted: ${why})`;
}

async function providePackages(install: boolean, interruption: Interruption): Promise<void> {
  if ((await findMissingPackages(root)).length === 0) return;
  if (!install) {
    throw new Failure('npm packages are missing or do not match package-lock.json', [
      'to install them:  npm ci',
      'or run the script with --install',
    ]);
  }
  console.step('Installing the npm packages');
  const args = ['ci', '--no-audit', '--no-fund'];
  const code = await follow('npm', args, { cwd: root, interruption, onLine: (line) => console.line(line) });
  if (code !== 0) throw new Failure(`npm ${args.join(' ')} failed`, [`exit code ${code}`]);
}
