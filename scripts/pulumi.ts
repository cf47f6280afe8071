import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { requireCli } from './lib/install/require-cli.ts';
import { withoutUpdateCheck } from './lib/pulumi/find-cli.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/pulumi`: the CLI itself, in the checkout, with the backend that `scripts/up` uses. */

const about = `Runs the Pulumi CLI in the checkout, with the same backend, passphrase and Node as scripts/up: where you are
logged in to a backend, that one; else a folder in \${XDG_STATE_HOME:-~/.local/state}/balance-alert.

Usage: scripts/pulumi ARGUMENTS OF PULUMI

  scripts/pulumi stack output
  scripts/pulumi stack output grafanaPassword --show-secrets
  scripts/pulumi config set --path 'balance-alert:ports.grafana' 3001
  scripts/pulumi config set --secret --path 'balance-alert:secrets.OPENROUTER_MANAGEMENT_KEY'

With an engine on another host, operations such as preview and up run with SSH tunnels to it where they need some.
Relative paths are resolved from the checkout. Pulumi's own help follows.

`;

const root = dirname(import.meta.dirname);

await runScript('scripts/pulumi', async () => {
  const args = process.argv.slice(2);
  const asksForHelp = args.length === 0 || args[0] === '--help' || args[0] === '-h';
  if (asksForHelp) process.stdout.write(about);
  const cli = await requireCli(root, process.env).catch((error: unknown) => {
    // The help above is all that can be given without it.
    if (asksForHelp && error instanceof Failure) return undefined;
    throw error;
  });
  if (cli === undefined) return;
  const { findBackend, prepareBackend } = await import('./lib/pulumi/backend.ts');
  const backend = await findBackend(root, process.env);
  await prepareBackend(backend);
  const { wrapped } = await import('./lib/stack/wrapped.ts');
  // What is said here is not mixed with what the CLI prints for programs.
  const console = createConsole((text) => process.stderr.write(text));
  const options = {
    root,
    environment: process.env,
    cli: cli.path,
    backend,
    console,
    interruption: new Interruption((text) => console.line(text)),
  };
  process.exitCode = await wrapped(args, options, (environment) =>
    handOver(cli.path, args, { ...withoutUpdateCheck, ...backend.environment, ...environment }),
  );
});

/**
 * Gives the terminal to the CLI, in this process's own group: Ctrl-C reaches it directly, and once. A signal that
 * was sent to this process alone is passed on.
 */
function handOver(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: 'inherit',
    });
    process.on('SIGINT', () => {
      if (process.stdin.isTTY !== true) child.kill('SIGINT');
    });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? (signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.failed));
    });
  });
}
