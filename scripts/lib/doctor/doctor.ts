import type { Settings } from '../../../infra/settings/parse.ts';
import type { FoundCli } from '../pulumi/find-cli.ts';
import { withTunnels } from '../stack/reach.ts';
import type { Fetch } from '../stack/verify.ts';
import type { Console } from '../terminal/console.ts';
import { exitCodes, Failure, Interrupted } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { chainOf } from './chain.ts';
import type { Check, Result } from './check.ts';
import { broken } from './check.ts';
import { probeChecks } from './checks/probe.ts';
import { stackChecks } from './checks/stack.ts';
import { createContext } from './context.ts';
import type { ReadStackOptions, StackReading } from './read-stack.ts';
import { readStack } from './read-stack.ts';
import { printResult, printSummary, reportOf } from './report.ts';
import { runChecks } from './run.ts';
import type { Subject } from './subject.ts';

/** `scripts/doctor`: what is examined, and the report. It changes nothing. */

export interface DoctorOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
  readonly interruption: Interruption;
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Writes the JSON report; undefined: lines for people. */
  readonly writeJson: ((text: string) => void) | undefined;
  readonly target:
    | { readonly kind: 'servers'; readonly subject: Subject }
    | {
        readonly kind: 'stack';
        readonly stack: string | undefined;
        readonly cli: () => Promise<FoundCli>;
        /** Whether every vendor is asked anew. */
        readonly probe: boolean;
      };
}

/** @returns the exit code: 0 where nothing is broken, else 1 */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { console, interruption, writeJson, target } = options;
  const startedAtMs = performance.now();
  const { checks, settings } =
    target.kind === 'servers'
      ? { checks: chain(target.subject, options), settings: undefined }
      : await stackChain(options, target);
  const onResult = (result: Result) => {
    if (writeJson === undefined) printResult(result, console);
  };
  const run = (more: readonly Check[]) =>
    runChecks([...more, ...checks], { signal: interruption.signal, onResult });
  const results = await reaching(settings, options, run);
  if (interruption.requested) throw new Interrupted();
  if (writeJson === undefined) printSummary(results, (performance.now() - startedAtMs) / 1000, console);
  else writeJson(`${JSON.stringify(reportOf(results), undefined, 2)}\n`);
  return reportOf(results).ok ? 0 : exitCodes.failed;
}

function chain(subject: Subject, { fetch, now }: DoctorOptions): readonly Check[] {
  return chainOf(createContext(subject, { fetch, now }));
}

async function stackChain(
  options: DoctorOptions,
  { cli, stack, probe }: Extract<DoctorOptions['target'], { kind: 'stack' }>,
): Promise<{ readonly checks: readonly Check[]; readonly settings?: Settings | undefined }> {
  let reading: StackReading;
  try {
    const given: ReadStackOptions = { ...options, cli: await cli(), stack };
    reading = await readStack(given);
  } catch (error) {
    // Without it, nothing is known of the rest.
    if (!(error instanceof Failure) || error instanceof Interrupted) throw error;
    return {
      checks: [
        {
          id: 'state',
          link: 'state and passphrase',
          needs: [],
          look: () => broken(error.message, ...error.hints),
        },
      ],
    };
  }
  const checks = [
    ...stackChecks(reading),
    ...(reading.subject === undefined ? [] : chain(reading.subject, options)),
    ...(probe && reading.settings !== undefined ? probeChecks(reading.settings, options) : []),
  ];
  return { checks, settings: reading.settings };
}

/** Runs checks while the tunnels are open that a stack on another machine takes; without them, that is the first broken link. */
async function reaching<Found>(
  settings: Settings | undefined,
  { console, writeJson }: DoctorOptions,
  run: (more: readonly Check[]) => Promise<Found>,
): Promise<Found> {
  if (settings === undefined) return run([]);
  const silent = { step: () => undefined, line: () => undefined, warn: () => undefined };
  let isOpen = false;
  try {
    return await withTunnels(settings, writeJson === undefined ? console : silent, () => {
      isOpen = true;
      return run([]);
    });
  } catch (error) {
    if (isOpen || !(error instanceof Failure) || error instanceof Interrupted) throw error;
    const look = () => broken(error.message, ...error.hints);
    return run([{ id: 'tunnels', link: 'tunnels to the other machine', needs: [], look }]);
  }
}
