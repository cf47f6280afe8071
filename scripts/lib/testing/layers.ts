import { globSync } from 'node:fs';
import { Failure } from '../terminal/failure.ts';

/** Groups of tests by what they run against, in the order of the table. */

export interface Layer {
  readonly name: string;
  /** What it runs against, for people. */
  readonly against: string;
  /** Folders and files below test/; a file belongs to the layer that names the longest part of its path. */
  readonly paths: readonly string[];
  /** Test files at a time; where left out, one for each core or one more, since most of them wait now and then. */
  readonly concurrency?: number;
  /** Test files at a time beyond one for each core, also beside another layer: so many mostly wait. */
  readonly waitingFiles?: number;
  /** Whether no other layer may run beside it. */
  readonly isAlone?: boolean;
  /** Whether it mostly waits, and runs beside all that keep the processors busy. */
  readonly isWaiting?: boolean;
  /** Those that take longest, as in `paths`: they begin first, and never share a process. */
  readonly longest?: readonly string[];
  /** Whether its other files share processes. */
  readonly isTogether?: boolean;
  /** How long nothing may come to an end, as ava writes it; where left out, what package.json says. */
  readonly timeout?: string;
}

export const layers: readonly Layer[] = [
  {
    name: 'unit',
    against: 'pure modules, files and loopback servers',
    paths: [
      ...['exporter/', 'infra/', 'dashboards/', 'scripts/', 'docs/', 'house/'],
      // The rules that need no tool of Prometheus'.
      ...['rules/generated.', 'rules/options.', 'rules/simulation.'],
    ],
    isTogether: true,
    longest: [
      ...['exporter/mail/imap/bad-server.', 'exporter/providers/presets.'],
      ...['exporter/mail/classify/ordinary-lines.'],
    ],
  },
  // Many starts of processes, and many rounds: what is of the unit layer is to be told within a minute.
  {
    name: 'long',
    against: 'programs of ours in processes of their own, and what takes many rounds',
    paths: [
      ...['exporter/reloads.', 'exporter/growth.'],
      ...['exporter/storage/crash.', 'exporter/commands/serve.', 'exporter/commands/hostile-clients.'],
      ...['exporter/commands/init.', 'exporter/commands/main.', 'scripts/bundle/', 'scripts/testing/run.'],
      ...['scripts/new-provider.', 'scripts/doctor/stack.', 'scripts/doctor/script.'],
    ],
    isTogether: true,
    longest: [
      ...['exporter/reloads.', 'exporter/commands/serve.', 'scripts/testing/run.', 'exporter/growth.'],
      ...['exporter/storage/crash.', 'scripts/doctor/stack.'],
      ...['scripts/new-provider.', 'exporter/commands/init.', 'exporter/commands/hostile-clients.'],
      ...['scripts/doctor/script.', 'exporter/commands/main.'],
    ],
  },
  { name: 'mail', against: 'Dovecot', paths: ['exporter/mail/dovecot'] },
  {
    name: 'contract',
    against: 'promtool, amtool and a real Prometheus',
    paths: ['contract/', 'rules/'],
    waitingFiles: 1,
    // promtool keeps a core busy for a minute and more; most of the others wait for Prometheus' or Alertmanager's next round.
    longest: [
      ...['rules/runway.', 'rules/simulated-alerts.', 'contract/relay.', 'contract/dashboards.'],
      ...['contract/test-alert.', 'contract/remote-engine.', 'contract/doctor.', 'contract/closed-stack.'],
      ...['rules/by-hand.', 'contract/scrape-scenarios.', 'contract/notification-chain.'],
      ...['contract/paid-link.', 'contract/external-prometheus.', 'rules/facts.', 'rules/held.'],
      ...['rules/spend-and-quota.'],
    ],
    isTogether: true,
  },
  // All tests of a file share a browser: on a loaded machine, none may end for a while.
  { name: 'page', against: 'a browser', paths: ['page/'], concurrency: 1, timeout: '3m' },
  { name: 'program', against: "the SDK's own runner", paths: ['program/'] },
  // An image that is pulled, or an engine that starts, ends no test for a while.
  {
    name: 'stack',
    against: 'a Docker engine',
    paths: ['stack/'],
    timeout: '5m',
    // Health checks, scrapes and new blocks of Prometheus come in their own time: it takes three minutes, whatever the machine.
    isWaiting: true,
    // Where none runs each file starts an engine of its own, and two at a time write each other's packet filter rules.
    concurrency: 1,
  },
  {
    name: 'e2e',
    against: 'the Pulumi CLI and a Docker engine',
    paths: ['e2e/'],
    concurrency: 1,
    isAlone: true,
    timeout: '5m',
  },
];

/** Every test file below `root`, by layer. @throws Failure that names the files of no layer */
export function filesByLayer(root: string): ReadonlyMap<string, readonly string[]> {
  const files = globSync('test/**/*.test.ts', { cwd: root }).sort();
  return assign(files.map((file) => file.replaceAll('\\', '/')));
}

/** As `filesByLayer`, for files that are known. */
export function assign(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const assigned = new Map<string, string[]>(layers.map(({ name }) => [name, []]));
  const strays: string[] = [];
  for (const file of files) {
    let best: { readonly name: string; readonly length: number } | undefined;
    for (const { name, paths } of layers) {
      for (const path of paths) {
        if (file.startsWith(`test/${path}`) && path.length > (best?.length ?? 0))
          best = { name, length: path.length };
      }
    }
    if (best === undefined) strays.push(file);
    else assigned.get(best.name)?.push(file);
  }
  if (strays.length > 0) {
    throw new Failure('test files that belong to no layer', [
      ...strays,
      'assign them in scripts/lib/testing/layers.ts',
    ]);
  }
  return assigned;
}

/** Skips that even a strict run accepts, each with its reason. */
const acceptedSkips: readonly { readonly layer: string; readonly title: RegExp; readonly why: string }[] = [
  {
    layer: 'unit',
    title: /\[needs libfaketime\]$/,
    why: 'only runs on another day (--date) need it, and --install gets it for those',
  },
  {
    layer: 'contract',
    title: /\[needs (victoria-metrics|vmalert|victoria-metrics, vmalert)\]$/,
    why: 'the engines of other vendors are optional, and the packaged release is years older than the one tried',
  },
  {
    layer: 'contract',
    title: /\[needs a Prometheus with (Kubernetes|Consul) discovery\]$/,
    why: "Debian's build of Prometheus leaves these discoveries out; what they find is checked through files of targets",
  },
  {
    layer: 'contract',
    title: /\[needs (nginx|caddy)\]$/,
    why: 'reverse proxies are servers of their own, which --install does not put on the machine',
  },
  {
    layer: 'stack',
    title: /\[needs the Docker CLI\]$/,
    why: 'where an engine runs already, its command-line client is not installed',
  },
  { layer: 'e2e', title: /\[needs /, why: 'needs the Pulumi CLI, which no distribution packages' },
  {
    layer: 'stack',
    title: /\[needs the image of Grafana\]$/,
    why: 'Grafana is in no distribution, so where no registry can be reached there is no image of it',
  },
];

/** Why a strict run accepts a skip; undefined where it does not. */
export function whyAccepted(layer: string, title: string): string | undefined {
  return acceptedSkips.find((skip) => skip.layer === layer && skip.title.test(title))?.why;
}
