import * as z from 'zod';
import { Failure } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow, run } from '../terminal/process.ts';
import type { Backend } from './backend.ts';
import { withoutUpdateCheck } from './find-cli.ts';
import { explain } from './hints.ts';
import type { StackState } from './state.ts';
import { emptyState, readState } from './state.ts';

/** The Pulumi CLI as a child process: its own progress, its own exit codes, and one SIGINT when asked. */

const stacksSchema = z.array(z.object({ name: z.string(), current: z.boolean() }));

const configSchema = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: ReadonlySet<string>;
}

export interface PulumiOptions {
  readonly cli: string;
  readonly backend: Backend;
  /** The checkout. */
  readonly root: string;
  readonly interruption: Interruption;
}

export class Pulumi {
  readonly #options: PulumiOptions;

  constructor(options: PulumiOptions) {
    this.#options = options;
  }

  /** Names of the project's stacks in this backend, and which is selected. */
  async stacks(): Promise<{ readonly names: readonly string[]; readonly selected: string | undefined }> {
    const stacks = stacksSchema.parse(JSON.parse(await this.#read(['stack', 'ls', '--json'])));
    return { names: stacks.map(({ name }) => name), selected: stacks.find(({ current }) => current)?.name };
  }

  async createStack(name: string): Promise<void> {
    await this.#read(['stack', 'init', name]);
  }

  async selectStack(name: string): Promise<void> {
    await this.#read(['stack', 'select', name]);
  }

  /** Removes the stack's state; the user's file with its configuration stays. */
  async removeStack(name: string): Promise<void> {
    await this.#read(['stack', 'rm', name, '--yes', '--preserve-config']);
  }

  /** The whole configuration, secrets in clear. */
  async config(stack: string): Promise<StackConfig> {
    return configOf(await this.#read(['config', '--json', '--show-secrets', '--stack', stack]));
  }

  /** The configuration without secrets, for which no passphrase is needed; their keys are in `secretKeys`. */
  async plainConfig(stack: string): Promise<StackConfig> {
    return configOf(await this.#read(['config', '--json', '--stack', stack]));
  }

  async state(stack: string): Promise<StackState> {
    const text = await this.#read(['stack', 'export', '--stack', stack]);
    return text.trim() === '' ? emptyState : readState(text);
  }

  /** All outputs of the stack, secret ones in clear. */
  async outputsInClear(stack: string): Promise<Readonly<Record<string, unknown>>> {
    const text = await this.#read(['stack', 'output', '--json', '--show-secrets', '--stack', stack]);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  }

  /** An output of the stack, in clear also where it is secret; without the space around it. */
  async secretOutput(stack: string, name: string): Promise<string> {
    return (await this.#read(['stack', 'output', name, '--show-secrets', '--stack', stack])).trim();
  }

  /** Releases the lock that a killed run left. */
  async cancel(stack: string): Promise<void> {
    await this.#read(['cancel', '--yes', stack]);
  }

  /**
   * Runs an operation and hands over its lines as they come.
   * @throws Failure with what can be done about it
   */
  async operate(
    args: readonly string[],
    onLine: (line: string) => void,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const seen: string[] = [];
    const code = await follow(this.#options.cli, [...args, '--non-interactive'], {
      cwd: this.#options.root,
      environment: { ...this.#environment(), ...environment },
      interruption: this.#options.interruption,
      onLine: (line) => {
        seen.push(line);
        onLine(line);
      },
    });
    if (code === 0) return;
    const hints = explain(seen.join('\n'), this.#options.backend);
    // Killed, it had no chance to say anything. Its own failures can have the code 255, which no signal gives.
    const killed =
      code > 128 && code <= 128 + 64 ? ['pulumi was killed; scripts/up --repair cleans up after it'] : [];
    throw new Failure(`pulumi ${args[0] ?? ''} failed (exit code ${code})`, [...hints, ...killed]);
  }

  async #read(args: readonly string[]): Promise<string> {
    const { cli, root, backend } = this.#options;
    const { code, stdout, stderr } = await run(cli, [...args, '--non-interactive'], {
      cwd: root,
      environment: this.#environment(),
    });
    if (code === 0) return stdout;
    const said = stderr.trim() || stdout.trim();
    throw new Failure(`pulumi ${args.slice(0, 2).join(' ')} failed: ${said}`, explain(said, backend));
  }

  #environment(): Readonly<Record<string, string>> {
    return { ...withoutUpdateCheck, ...this.#options.backend.environment };
  }
}

function configOf(json: string): StackConfig {
  const config = configSchema.parse(JSON.parse(json));
  return {
    values: Object.fromEntries(
      Object.entries(config).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
    ),
    secretKeys: new Set(Object.entries(config).flatMap(([key, { secret }]) => (secret ? [key] : []))),
  };
}
