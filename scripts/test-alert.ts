import { dirname } from 'node:path';
import { requireCli } from './lib/install/require-cli.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { createConsole } from './lib/terminal/console.ts';
import { runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/test-alert`: the flags and what has to be there; the rest is lib/stack/test-alert.ts. */

const usage: ScriptUsage<'channel' | 'resolve' | 'stack'> = {
  script: 'scripts/test-alert',
  about:
    "Sends a test alert through Alertmanager to each receiver, and says where it stopped, in the receiver's own words.\nSeverities, owners and quiet hours do not apply to it.",
  flags: {
    channel: { kind: 'text', usage: '--channel NAME', help: 'only to this receiver (default: all of them)' },
    resolve: {
      kind: 'switch',
      usage: '--resolve',
      help: 'end the alert at once, and wait for the message that says so',
    },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
  },
  notes:
    'With an external Alertmanager, its own routes decide: the alert has the labels alertname="BalanceAlertTest",\nseverity="warning" and, with --channel, channel="NAME".\nExit codes: 0 every message was delivered, 1 one was not, 2 wrong usage or configuration, 130 interrupted.',
};

const root = dirname(import.meta.dirname);

await runScript('scripts/test-alert', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  const cli = await requireCli(root, process.env);
  const console = createConsole((text) => process.stdout.write(text));
  const { sendTestAlerts } = await import('./lib/stack/test-alert.ts');
  await sendTestAlerts({
    root,
    environment: process.env,
    console,
    interruption: new Interruption((text) => console.line(text)).listen(),
    cli,
    stack: typeof flags.stack === 'string' ? flags.stack : undefined,
    channel: typeof flags.channel === 'string' ? flags.channel : undefined,
    resolve: flags.resolve === true,
  });
});
