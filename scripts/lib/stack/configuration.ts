import { existsSync, readFileSync } from 'node:fs';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import { parseEngine } from '../../../infra/settings/engine.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { parseSettings, tunnelsVariable } from '../../../infra/settings/parse.ts';
import { stackSchema } from '../../../infra/settings/schema.ts';
import type { ConfigSource } from '../../../infra/settings/source.ts';
import { formatProblems } from '../../../infra/settings/source.ts';
import type { StackConfig } from '../pulumi/client.ts';
import { exitCodes, Failure } from '../terminal/failure.ts';

/** The stack's settings as the program will read them, before it runs. */

export interface ConfigurationOptions {
  readonly root: string;
  readonly stack: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function sourceOf(config: StackConfig, { root, stack, environment }: ConfigurationOptions): ConfigSource {
  return {
    ...config,
    stack,
    environment,
    root,
    readFile: (path) => readFileSync(path, 'utf8'),
    fileExists: existsSync,
    architecture: process.arch,
    now: Date.now(),
  };
}

/** As the program will find it: what the image is built from is made by then, and tunnels are open for what needs them. */
export function programSource(config: StackConfig, options: ConfigurationOptions): ConfigSource {
  const source = sourceOf(config, options);
  return {
    ...source,
    fileExists: () => true,
    environment: { ...source.environment, [tunnelsVariable]: 'open' },
  };
}

/** @throws Failure (2) with all problems */
export function readStackSettings(config: StackConfig, options: ConfigurationOptions): Settings {
  const result = parseSettings(programSource(config, options));
  if (result.ok) return result.settings;
  throw new Failure(
    `invalid configuration of the stack ${options.stack}:\n${formatProblems(result.problems)}`,
    [],
    exitCodes.usage,
  );
}

/** The engine alone, for scripts that must work with a broken account file too. */
export function readEngineSettings(config: StackConfig, options: ConfigurationOptions): EngineSettings {
  const { engine, problems } = parseEngine(sourceOf(config, options));
  if (problems.length === 0) return engine;
  throw new Failure(
    `invalid engine settings of the stack ${options.stack}:\n${formatProblems(problems)}`,
    [],
    exitCodes.usage,
  );
}

/** The account file that is taken where none is configured. */
export const defaultAccountsFile = stackSchema.parse({}).accountsFile;

export const defaultNamePrefix = stackSchema.parse({}).namePrefix;
