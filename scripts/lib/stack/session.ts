import type { Backend } from '../pulumi/backend.ts';
import { findBackend, prepareBackend } from '../pulumi/backend.ts';
import { Pulumi } from '../pulumi/client.ts';
import type { FoundCli } from '../pulumi/find-cli.ts';
import type { Console } from '../terminal/console.ts';
import type { Interruption } from '../terminal/process.ts';

/** What `up` and `down` share: the CLI, the backend, the stack's name. */

export interface Session {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
  readonly interruption: Interruption;
  readonly pulumi: Pulumi;
  readonly backend: Backend;
  readonly stack: string;
  /** Whether the backend has the stack already. */
  readonly exists: boolean;
}

/** The stack of a checkout in which none was chosen. */
export const defaultStack = 'local';

export interface SessionOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
  readonly interruption: Interruption;
  readonly cli: FoundCli;
  /** As asked for; the selected stack, or the first name, where it was not. */
  readonly stack: string | undefined;
}

export async function openSession({ cli, stack, ...options }: SessionOptions): Promise<Session> {
  const backend = await findBackend(options.root, options.environment);
  await prepareBackend(backend);
  return { ...options, backend, ...(await chooseStack(backend, { cli, stack, ...options })) };
}

/** The stack that is meant, in a backend that is ready; nothing is made. */
export async function chooseStack(
  backend: Backend,
  {
    cli,
    stack,
    root,
    interruption,
  }: Pick<SessionOptions, 'stack' | 'root' | 'interruption'> & { readonly cli: Pick<FoundCli, 'path'> },
): Promise<Pick<Session, 'pulumi' | 'stack' | 'exists'>> {
  const pulumi = new Pulumi({ cli: cli.path, backend, root, interruption });
  const { names, selected } = await pulumi.stacks();
  const name = stack ?? selected ?? defaultStack;
  return { pulumi, stack: name, exists: names.includes(name) };
}
