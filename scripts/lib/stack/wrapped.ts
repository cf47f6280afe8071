import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { Settings } from '../../../infra/settings/parse.ts';
import { connectEngine } from '../docker/engine.ts';
import type { Backend } from '../pulumi/backend.ts';
import type { Console } from '../terminal/console.ts';
import { exitCodes, Failure } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { readStackSettings } from './configuration.ts';
import { programEnvironment, withTunnels } from './reach.ts';
import { chooseStack } from './session.ts';

/** What `scripts/pulumi` does around an operation of the CLI on an engine elsewhere. */

export interface WrappedOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cli: string;
  readonly backend: Backend;
  readonly console: Console;
  readonly interruption: Interruption;
}

/** Commands that run the program, or talk to its providers. */
const operations: ReadonlySet<string> = new Set([
  ...['up', 'update', 'preview', 'pre', 'refresh', 'destroy', 'down', 'import', 'watch'],
]);

/**
 * Runs the CLI, for operations on a remote host with the tunnels open that it needs, and told what the engine says about itself.
 * @param run is given what the CLI's environment needs on top
 */
export async function wrapped(
  args: readonly string[],
  options: WrappedOptions,
  run: (environment: Readonly<Record<string, string>>) => Promise<number>,
): Promise<number> {
  const settings =
    isOperation(args) && (await mayBeElsewhere(options)) ? await settingsOf(args, options) : undefined;
  if (settings === undefined) return run({});
  const info = await connectEngine(settings.engine).info();
  return withTunnels(settings, options.console, () => run(programEnvironment(info)));
}

/** The command is the first argument, but for flags of the CLI itself. */
function isOperation(args: readonly string[]): boolean {
  const command = args.find((arg) => !arg.startsWith('-'));
  return command !== undefined && operations.has(command) && !args.some((arg) => /^(-h|--help)$/.test(arg));
}

/** Of a stack's file as of the project's, which also describes keys in its template. */
const configured = z.object({ config: z.record(z.string(), z.unknown()) });

/**
 * Whether anything names an engine or a tunnel, in the project's defaults or for a stack: the whole configuration takes
 * the CLI a while to print.
 */
async function mayBeElsewhere({ root, environment }: WrappedOptions): Promise<boolean> {
  if (environment['DOCKER_HOST']) return true;
  const files = (await readdir(root)).filter((name) => /^Pulumi(\..+)?\.ya?ml$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')));
  return texts.some((text) => {
    const file = configured.safeParse(parseDocument(text).toJS());
    return file.success && ['docker:host', 'balance-alert:tunnel'].some((key) => key in file.data.config);
  });
}

/** Undefined where the program itself will say what is wrong, or where the engine is this machine's. */
async function settingsOf(
  args: readonly string[],
  { root, environment, cli, backend, interruption }: WrappedOptions,
): Promise<Settings | undefined> {
  const { pulumi, stack, exists } = await chooseStack(backend, {
    cli: { path: cli },
    stack: stackOf(args),
    root,
    interruption,
  });
  if (!exists) return undefined;
  try {
    const settings = readStackSettings(await pulumi.config(stack), { root, stack, environment });
    return settings.engine.host.startsWith('unix://') && settings.tunnels === undefined
      ? undefined
      : settings;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.usage) return undefined;
    throw error;
  }
}

/** As the CLI takes it. */
export function stackOf(args: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return undefined;
    if (arg === '--stack' || arg === '-s') return args[index + 1];
    const [, name] = /^(?:--stack=|-s=?)(.+)$/.exec(arg) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}
