import { dirname } from 'node:path';
import { requireCli } from './lib/install/require-cli.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/down`: the flags and what has to be there; the rest is lib/take-down.ts. */

const usage: ScriptUsage<'yes' | 'stack' | 'purge' | 'orphans'> = {
  script: 'scripts/down',
  about:
    "Removes the stack from its engine: containers, network and volumes. Keeps the stack's configuration, and the\nvolumes that balance-alert:keepData protects.",
  flags: {
    yes: { kind: 'switch', usage: '--yes', help: 'remove without confirmation' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
    purge: {
      kind: 'switch',
      usage: '--purge',
      help: "also remove kept volumes, the exporter image and the stack's state",
    },
    orphans: {
      kind: 'switch',
      usage: '--orphans',
      help: "only remove objects with the stack's label that are not in its state (with --purge: also volumes)",
    },
  },
  notes:
    'The account file and Pulumi.NAME.yaml are never removed.\nExit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted.',
};

const root = dirname(import.meta.dirname);

await runScript('scripts/down', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (flags.yes !== true && !terminal) {
    throw new Failure('not a terminal: pass --yes to remove without confirmation', [], exitCodes.usage);
  }
  const cli = await requireCli(root, process.env);

  const console = createConsole((text) => process.stdout.write(text));
  const { tearDown } = await import('./lib/stack/down.ts');
  await tearDown({
    root,
    environment: process.env,
    console,
    interruption: new Interruption((text) => console.line(text)).listen(),
    cli,
    stack: typeof flags.stack === 'string' ? flags.stack : undefined,
    yes: flags.yes === true,
    purge: flags.purge === true,
    orphans: flags.orphans === true,
  });
});
