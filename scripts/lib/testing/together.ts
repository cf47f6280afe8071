import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/**
 * Runs several test files in one process, one after the other, each with a runner of its own. Most files take a tenth of a
 * second to run and half a second to load ava and what they test, which is loaded once in here. ava (8.0.1) has a process
 * for each file; it starts this module in one (`require` in its configuration), which runs the others of the group before
 * ava goes on with the file of that process. ava's parts in here are not its public interface.
 *
 * What ava tells of a file that is not its process's own has the file in `inFile`.
 */

/** From the file of ava's process to those that run in it before that one. Absolute paths. */
export type Groups = Readonly<Record<string, readonly string[]>>;

/** ava's `lib/runner.js`. */
interface RunnerModule {
  readonly default: new (options: object) => Runner;
}

interface Runner {
  readonly chain: unknown;
  /** Tests and hooks that have been declared. */
  readonly nextTaskIndex: number;
  readonly on: (event: string, listener: (event: { readonly data: unknown }) => void) => void;
}

/** ava's `lib/worker/state.js`: what `import test from 'ava'` gives, and whether anyone asked for it. */
interface State {
  readonly refs: { runnerChain: unknown };
  readonly flags: { loadedMain: boolean };
}

/** ava's `lib/worker/channel.js`. */
interface Channel {
  readonly send: (event: object) => void;
  readonly ref: () => void;
  readonly unref: () => void;
}

/** Called by ava in each of its processes, before the file of that process is loaded. */
export default async function runTogether(root: string, groups: Groups): Promise<void> {
  // ava has Node read the source maps of all that is loaded, for traces of stacks. Lines are the same without types, and Pulumi
  // takes a trace for each promise.
  process.setSourceMapsEnabled(false);
  const library = (path: string): string => pathToFileURL(join(root, 'node_modules/ava/lib', path)).href;
  const { get: options }: { get: () => { readonly file: string } } = await import(
    library('worker/options.js')
  );
  const files = groups[options().file] ?? [];
  if (files.length === 0) return;
  const state: State = await import(library('worker/state.js'));
  const channel: Channel = await import(library('worker/channel.js'));
  const { default: FileRunner }: RunnerModule = await import(library('runner.js'));
  giveEachFileItsRunner(library('worker/state.js'));

  const rejected = new Map<Promise<unknown>, unknown>();
  process.on('unhandledRejection', (reason, promise) => void rejected.set(promise, reason));
  process.on('rejectionHandled', (promise) => void rejected.delete(promise));

  // As ava does once its file is loaded: a test that waits for what never comes ends the process, and not the time limit.
  channel.unref();
  const ofProcess = state.refs.runnerChain;
  for (const file of files) {
    const runner = new FileRunner({ ...options(), file, checkSelectedByLineNumbers: () => true });
    state.refs.runnerChain = runner.chain;
    state.flags.loadedMain = false;
    const ended = new Promise<void>((done, failed) => {
      runner.on('stateChange', ({ data }) => channel.send({ ...asObject(data), inFile: file }));
      runner.on('error', ({ data }) => failed(data));
      runner.on('finish', () => done());
    });
    // An error of the file ends the process, as it does that of a single file: ava reports it, and the rest runs in another.
    await import(pathToFileURL(file).href);
    if (!state.flags.loadedMain) channel.send({ type: 'missing-ava-import', inFile: file });
    else if (runner.nextTaskIndex > 0) await ended;
    await setImmediate();
    const [rejection] = rejected.entries();
    if (rejection !== undefined) throw rejection[1];
    channel.send({ type: 'file-finished', inFile: file });
  }
  channel.ref();
  state.refs.runnerChain = ofProcess;
  state.flags.loadedMain = false;
}

/** Has `import test from 'ava'` give each file the runner that was made for it, and not that of the first one. */
function giveEachFileItsRunner(state: string): void {
  const scheme = 'test-of:';
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'ava' && context.parentURL !== undefined
        ? { url: `${scheme}${context.parentURL}`, format: 'module', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url.startsWith(scheme)
        ? {
            format: 'module',
            shortCircuit: true,
            source: `import { flags, refs } from ${JSON.stringify(state)};\nflags.loadedMain = true;\nexport default refs.runnerChain;\n`,
          }
        : next(url, context),
  });
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
