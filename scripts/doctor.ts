import { dirname } from 'node:path';
import { findMissingPackages } from './lib/install/packages.ts';
import { requireCli } from './lib/install/require-cli.ts';
import type { ScriptUsage } from './lib/terminal/arguments.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { createConsole } from './lib/terminal/console.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { Interruption } from './lib/terminal/process.ts';

/** `scripts/doctor`: the flags and what has to be there; the rest is lib/doctor/. */

const servers = ['exporter', 'status', 'prometheus', 'grafana', 'alertmanager'] as const;

const usage: ScriptUsage<'json' | 'stack' | 'probe' | 'data-source' | (typeof servers)[number]> = {
  script: 'scripts/doctor',
  about:
    'Examines the chain from the account file to the notification, and names the first broken link with what to do.\nIt changes nothing, sends nothing and asks no vendor (unless --probe).',
  flags: {
    json: { kind: 'switch', usage: '--json', help: 'print the report as JSON (docs/operations.md)' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'the stack (default: the selected one, or "local")' },
    probe: { kind: 'switch', usage: '--probe', help: 'also ask every vendor, from this machine' },
    exporter: {
      kind: 'text',
      usage: '--exporter URL',
      help: 'examine servers without a stack: the metrics port of the exporter',
    },
    status: {
      kind: 'text',
      usage: '--status URL',
      help: "and its status page, which has vendors' error messages",
    },
    prometheus: { kind: 'text', usage: '--prometheus URL', help: 'and Prometheus, with the rules' },
    grafana: { kind: 'text', usage: '--grafana URL', help: 'and Grafana, with data source and dashboards' },
    alertmanager: { kind: 'text', usage: '--alertmanager URL', help: 'and Alertmanager' },
    'data-source': {
      kind: 'text',
      usage: '--data-source UID',
      help: "of the dashboards, if it is not the stack's",
    },
  },
  notes: `Credentials of servers: EXPORTER_AUTH, STATUS_AUTH, PROMETHEUS_AUTH, GRAFANA_AUTH and ALERTMANAGER_AUTH in the environment, each
USER:PASSWORD or a token. NODE_EXTRA_CA_CERTS=FILE for certificates of a private CA.
Exit codes: 0 nothing is broken, 1 a link is broken, 2 wrong usage, 130 interrupted.`,
};

const root = dirname(import.meta.dirname);

await runScript('scripts/doctor', async () => {
  const flags = readFlags(usage, process.argv.slice(2), (text) => process.stdout.write(text));
  if (flags === undefined) return;
  if ((await findMissingPackages(root)).length > 0)
    throw new Failure('npm packages are missing or do not match package-lock.json', [
      'to install them:  npm ci',
    ]);
  const text = (name: keyof typeof flags): string | undefined => {
    const value = flags[name];
    return typeof value === 'string' ? value : undefined;
  };
  const urls = Object.fromEntries(
    servers.flatMap((name) => {
      const url = text(name);
      return url === undefined ? [] : [[name, url] as const];
    }),
  );
  const alone = Object.keys(urls).length > 0;
  if (alone && (flags.stack !== undefined || flags.probe === true))
    throw new Failure(
      '--stack and --probe are for a stack, and URLs for servers without one',
      [],
      exitCodes.usage,
    );
  const { runDoctor } = await import('./lib/doctor/doctor.ts');
  const { standaloneSubject } = await import('./lib/doctor/standalone.ts');
  const console = createConsole((line) => process.stdout.write(line));
  const code = await runDoctor({
    root,
    environment: process.env,
    console,
    interruption: new Interruption((line) => process.stderr.write(`${line}\n`)).listen(),
    fetch,
    now: Date.now,
    writeJson: flags.json === true ? (json) => process.stdout.write(json) : undefined,
    target: alone
      ? {
          kind: 'servers',
          subject: standaloneSubject({ urls, dataSourceUid: text('data-source'), environment: process.env }),
        }
      : {
          kind: 'stack',
          stack: text('stack'),
          probe: flags.probe === true,
          cli: () => requireCli(root, process.env),
        },
  });
  if (code !== 0) process.exitCode = code;
});
