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

/** `scripts/up`: everything up to the point where the npm packages are known to be there; the rest is lib/stack/up.ts. */

const usage: ScriptUsage<'install' | 'yes' | 'stack' | 'dry-run' | 'repair'> = {
  script: 'scripts/up',
  about:
    'Deploys the stack to a Docker engine and verifies it: exporter, Prometheus, Alertmanager, Grafana with its dashboards.\nCreates what does not exist yet: the Pulumi state, a stack, and an account file with demo accounts.',
  flags: {
    install: {
      kind: 'switch',
      usage: '--install',
      help: 'install missing prerequisites: npm packages, Docker, the Pulumi CLI',
    },
    yes: { kind: 'switch', usage: '--yes', help: 'apply the changes without confirmation' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
    'dry-run': {
      kind: 'switch',
      usage: '--dry-run',
      help: 'run the preflight checks and a preview; change nothing',
    },
    repair: {
      kind: 'switch',
      usage: '--repair',
      help: 'first clean up after a killed run: its lock, pending operations, leftover containers',
    },
  },
  notes: `Configuration: scripts/pulumi config set --path 'balance-alert:ports.grafana' 3001 (docs/configuration-stack.md).
State: the Pulumi backend you are logged in to, else \${XDG_STATE_HOME:-~/.local/state}/balance-alert. The passphrase
of its secrets is in the same folder: back it up.
Exit codes: 0 success, 1 failure, 2 wrong usage or configuration, 130 interrupted.`,
};

const root = dirname(import.meta.dirname);

await runScript('scripts/up', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (flags.yes !== true && flags['dry-run'] !== true && !terminal) {
    throw new Failure(
      'not a terminal: pass --yes to apply the changes without confirmation',
      [],
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
    throw new Failure('missing prerequisites', [
      ...formatMissing(missing),
      'or install everything:  scripts/up --install',
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
