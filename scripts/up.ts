import { dirname } from 'node:path';
import {
  defaultEngineAnswers,
  findPrerequisites,
  formatMissing,
  installMissing,
} from './lib/install/prerequisites.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/up`: everything up to the point where the npm packages are known to be there; the rest is lib/bring-up.ts. */

const usage: ScriptUsage<'install' | 'yes' | 'stack' | 'dry-run' | 'repair'> = {
  script: 'scripts/up',
  about:
    'Brings the stack up on a Docker engine and checks that it works: exporter, Prometheus, Grafana with its dashboards.\nMakes what is missing: the state of Pulumi, a stack, and an account file with invented accounts.',
  flags: {
    install: {
      kind: 'switch',
      usage: '--install',
      help: 'install what is missing: npm packages, Docker, the Pulumi CLI',
    },
    yes: { kind: 'switch', usage: '--yes', help: 'do not ask before anything is changed' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
    'dry-run': {
      kind: 'switch',
      usage: '--dry-run',
      help: 'check everything and show what would change; change nothing',
    },
    repair: {
      kind: 'switch',
      usage: '--repair',
      help: 'first mend what a killed run left: its lock, its half-made resources',
    },
  },
  notes: `Configuration: scripts/pulumi config set --path 'balance-alert:ports.grafana' 3001 (docs/configuration-stack.md).
State: the Pulumi backend you are logged in to; else \${XDG_STATE_HOME:-~/.local/state}/balance-alert, with the
passphrase of its secrets beside it: keep a copy of that file.
Ends with 0 when everything works, 1 when something failed, 2 for wrong use or configuration, 130 after Ctrl-C.`,
};

const root = dirname(import.meta.dirname);

await runScript('scripts/up', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (flags.yes !== true && flags['dry-run'] !== true && !terminal) {
    throw new Failure(
      'nobody is there to be asked before anything is changed',
      ['--yes goes on without asking'],
      exitCodes.usage,
    );
  }
  const console = createConsole((text) => process.stdout.write(text));
  const interruption = new Interruption((text) => console.line(text)).listen();
  const options = {
    root,
    environment: process.env,
    engineAnswers: () => defaultEngineAnswers(root, process.env),
  };

  let { missing, cli } = await findPrerequisites(options);
  if (missing.length > 0 && flags.install === true) {
    await installMissing(missing, { root, console, interruption });
    ({ missing, cli } = await findPrerequisites(options));
  }
  if (missing.length > 0 || cli === undefined) {
    throw new Failure('something is missing', [
      ...formatMissing(missing),
      'or all of it at once: scripts/up --install',
    ]);
  }
  const { bringUp } = await import('./lib/stack/up.ts');
  await bringUp({
    root,
    environment: process.env,
    console,
    interruption,
    cli,
    stack: typeof flags.stack === 'string' ? flags.stack : undefined,
    yes: flags.yes === true,
    dryRun: flags['dry-run'] === true,
    repair: flags.repair === true,
  });
});
