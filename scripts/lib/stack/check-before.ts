import { statfs } from 'node:fs/promises';
import { dashboardSources, ruleFiles } from '../../../infra/render/content.ts';
import { dataSourceOf } from '../../../infra/render/data-source.ts';
import { remoteHostOf } from '../../../infra/settings/hosts.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import type { Engine, EngineInfo } from '../docker/engine.ts';
import type { Lock } from '../pulumi/lock.ts';
import { lockWords } from '../pulumi/lock.ts';
import type { StackState } from '../pulumi/state.ts';
import { pendingWords } from '../pulumi/state.ts';
import { inspectMachine, takenPortsOf } from '../ssh/machine.ts';
import { Failure } from '../terminal/failure.ts';
import { grafanaProblems } from './external-grafana.ts';
import { prometheusProblems } from './external-prometheus.ts';
import { assertUnlocked } from './lock.ts';
import { findTakenPorts } from './ports.ts';
import type { EngineFacts, EngineObjects, PreflightResult } from './preflight.ts';
import { portsToTry, preflight } from './preflight.ts';
import { lintPrometheus } from './promtool.ts';
import { sshCallOf } from './reach.ts';
import type { Session } from './session.ts';
import type { VerifyOptions } from './verify.ts';

/** What `scripts/up` looks at before it touches anything. */

export async function engineObjects(engine: Engine): Promise<EngineObjects> {
  const [containers, volumes, networks] = await Promise.all([
    engine.containers(),
    engine.volumes(),
    engine.networks(),
  ]);
  return { containers, volumes, networks };
}

export async function engineFacts(engine: Engine, info: EngineInfo): Promise<EngineFacts> {
  return { info, ...(await engineObjects(engine)) };
}

export interface FoundBefore {
  readonly engine: Engine;
  readonly info: EngineInfo;
  readonly state: StackState;
  /** Of runs that were killed. */
  readonly locks: readonly Lock[];
}

/** @throws Failure with everything that is known to fail, and with the repair where a killed run left it */
export async function checkBefore(
  session: Session,
  settings: Settings,
  { engine, info, state, locks }: FoundBefore,
): Promise<void> {
  const { console, environment, interruption } = session;
  console.step('Preflight checks');
  const condition = await engine.condition();
  const missingImages: string[] = [];
  for (const image of imagesOf(settings)) if (!(await engine.hasImage(image))) missingImages.push(image);
  const { freeBytes, takenPorts, isKnown } = await machineFacts(settings, condition.dataRoot);
  if (!isKnown) console.line("the ports and the disk of the engine's machine cannot be looked at");
  const result = preflight({
    settings,
    state,
    engine: await engineFacts(engine, info),
    takenPorts,
    condition,
    freeBytes,
    missingImages,
  });
  for (const warning of result.warnings) console.warn(warning);
  const leftovers = [
    ...locks.map((lock) => `the lock of a run that is over: ${lockWords(lock)}`),
    ...result.pending.map(pendingWords),
    ...result.orphans.map(
      ({ kind, name }) => `the ${kind} ${name} belongs to this stack but is not in its state`,
    ),
  ];
  const [lint, external] = await Promise.all([
    settings.prometheus.mode === 'managed'
      ? lintPrometheus(settings, ruleFiles(settings.publicUrls), environment)
      : { checked: false, problems: [] },
    externalProblems(settings, state, { fetch, signal: interruption.signal }),
  ]);
  const problems = [...result.problems, ...leftovers, ...lint.problems, ...external];
  // Another run may have begun in the meantime, and be making what was found.
  if (leftovers.length > 0) await assertUnlocked(session, { mayBreak: true });
  if (problems.length > 0) {
    throw new Failure('preflight checks failed', [
      ...problems,
      ...(leftovers.length > 0
        ? [
            'a killed run left these behind: run scripts/up --repair, or these commands in this order:',
            ...repairCommands(result),
          ]
        : []),
    ]);
  }
  for (const image of missingImages) console.line(`${image} is not on the engine and will be pulled`);
  console.line(
    `${isKnown ? 'ports are free, ' : ''}names are available, the account file is valid${lint.checked ? ', promtool accepts the configuration and rules' : ''}`,
  );
}

/** Images that come from a registry and not from a build. */
function imagesOf({ images, prometheus, alertmanager, grafana }: Settings): readonly string[] {
  return [
    ...(prometheus.mode === 'managed' ? [images.prometheus] : []),
    ...(alertmanager.mode === 'managed' ? [images.alertmanager] : []),
    ...(grafana.mode === 'managed' ? [images.grafana] : []),
  ];
}

interface MachineFacts {
  /** Whether somebody could be asked; false for an engine elsewhere without ssh. */
  readonly isKnown: boolean;
  readonly freeBytes: number | undefined;
  readonly takenPorts: ReadonlySet<number>;
}

/** The engine's machine: this one, or one that is asked over ssh. */
async function machineFacts(settings: Settings, dataRoot: string | undefined): Promise<MachineFacts> {
  const call = sshCallOf(settings);
  if (call !== undefined) {
    const machine = await inspectMachine(call, dataRoot);
    return {
      isKnown: machine !== undefined && machine.listeners.length > 0,
      freeBytes: machine?.freeBytes,
      takenPorts: takenPortsOf(machine?.listeners ?? [], settings.bindAddress, Object.values(settings.ports)),
    };
  }
  if (remoteHostOf(settings.engine.host) !== undefined)
    return { isKnown: false, freeBytes: undefined, takenPorts: new Set() };
  return {
    isKnown: true,
    freeBytes: dataRoot === undefined ? undefined : await freeBytesHere(dataRoot),
    takenPorts: await findTakenPorts(settings.bindAddress, portsToTry(settings)),
  };
}

/** Undefined where the engine's folder is not on this machine, as with one in a virtual machine. */
async function freeBytesHere(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Servers that others run, as they are before anything is changed. */
async function externalProblems(
  settings: Settings,
  state: StackState,
  options: VerifyOptions,
): Promise<readonly string[]> {
  const { prometheus, grafana } = settings;
  const dataSource = dataSourceOf(settings);
  const problems = await Promise.all([
    prometheus.external === undefined ? [] : prometheusProblems(prometheus.external, options),
    grafana.mode !== 'external' || dataSource === undefined
      ? []
      : grafanaProblems(
          { settings: grafana, dataSource, dashboards: dashboardSources(settings.language), state },
          options,
        ),
  ]);
  return problems.flat();
}

/** What `--repair` does, by hand. */
function repairCommands({ pending, orphans }: PreflightResult): readonly string[] {
  return [
    'scripts/pulumi cancel --yes',
    ...(pending.length > 0 ? ['scripts/pulumi refresh --clear-pending-creates --yes'] : []),
    ...orphans.map(({ kind, name }) =>
      kind === 'container' ? `docker rm -f ${name}` : `docker ${kind} rm ${name}`,
    ),
    'scripts/up',
  ].map((command) => `  ${command}`);
}
