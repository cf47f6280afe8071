import { dirname } from 'node:path';
import { findMissingPackages } from './lib/install/packages.ts';
import { sdkVersion } from './lib/install/prerequisites.ts';
import { cliCandidates, findCli } from './lib/pulumi/find-cli.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/down`: the flags and what has to be there; the rest is lib/take-down.ts. */

const usage: ScriptUsage<'yes' | 'stack' | 'purge' | 'orphans'> = {
  script: 'scripts/down',
  about:
    "Takes the stack away from its engine: containers, network and volumes. Volumes that balance-alert:keepData keeps\nstay, and so does the stack's configuration.",
  flags: {
    yes: { kind: 'switch', usage: '--yes', help: 'do not ask' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
    purge: {
      kind: 'switch',
      usage: '--purge',
      help: "also kept volumes, the exporter's image and the stack's state",
    },
    orphans: {
      kind: 'switch',
      usage: '--orphans',
      help: "instead: only what carries the stack's label and is not in its state (with --purge: volumes too)",
    },
  },
  notes:
    'Your account file and Pulumi.NAME.yaml stay in every case.\nEnds with 0 when it is gone, 1 when something failed, 2 for wrong use, 130 after Ctrl-C.',
};

const root = dirname(import.meta.dirname);

await runScript('scripts/down', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (flags.yes !== true && !terminal) {
    throw new Failure(
      'nobody is there to be asked before anything is removed',
      ['--yes goes on without asking'],
      exitCodes.usage,
    );
  }
  if ((await findMissingPackages(root)).length > 0) {
    throw new Failure('npm packages are missing or of another version than the lock file\u2019s', [
      'to get them:  npm ci',
    ]);
  }
  const cli = await findCli(cliCandidates(process.env, await sdkVersion(root)), root);
  if (cli === undefined) throw new Failure('the Pulumi CLI is missing', ['to get it:  scripts/up --install']);

  const console = createConsole((text) => process.stdout.write(text));
  const { takeDown } = await import('./lib/stack/down.ts');
  await takeDown({
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
