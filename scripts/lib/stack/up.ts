import type { Settings } from '../../../infra/settings/parse.ts';
import type { Engine, EngineInfo } from '../docker/engine.ts';
import { connectEngine } from '../docker/engine.ts';
import type { Lock } from '../pulumi/lock.ts';
import { colorOption, isWorthShowing } from '../pulumi/progress.ts';
import type { StackState } from '../pulumi/state.ts';
import { emptyState } from '../pulumi/state.ts';
import { confirm } from '../terminal/confirm.ts';
import { Failure, Interrupted, messageOf } from '../terminal/failure.ts';
import { run } from '../terminal/process.ts';
import { trustState } from './access.ts';
import { makeAccountsFile } from './accounts-file.ts';
import { checkAfter, printSummary } from './check-after.ts';
import { checkBefore, engineFacts } from './check-before.ts';
import { defaultAccountsFile, readStackSettings } from './configuration.ts';
import { writeDemoHistory } from './demo-history.ts';
import { assertUnlocked } from './lock.ts';
import { grafanaAddressOf, imageToRebuild, needsGrafana, unhealthyContainers } from './preflight.ts';
import { programEnvironment, withTunnels } from './reach.ts';
import { repair } from './repair.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession } from './session.ts';
import { isAlive } from './verify.ts';

/** The steps of `scripts/up`, from a machine that has everything to a stack that works. */

export interface BringUpOptions extends SessionOptions {
  readonly yes: boolean;
  /** Checks and previews only. */
  readonly dryRun: boolean;
  readonly repair: boolean;
}

/** Leaves what is read through Grafana's API out of an operation: without Grafana, each of these would fail it. */
const withoutGrafana = ['--exclude', '**grafana:oss**'];

export async function bringUp(options: BringUpOptions): Promise<void> {
  const { console } = options;
  const session = await openSession(options);
  const { pulumi, stack } = session;
  console.step(`Stack ${stack}, state in ${session.backend.description}`);
  if (!session.exists) {
    await pulumi.createStack(stack);
    console.line('created the stack');
  } else if (options.stack !== undefined) {
    await pulumi.selectStack(stack);
  }
  const locks = await assertUnlocked(session, { mayBreak: options.repair });

  const [config, before] = await Promise.all([
    pulumi.config(stack),
    session.exists ? pulumi.state(stack) : emptyState,
  ]);
  trustState(before);
  if (config.values['balance-alert:accountsFile'] === undefined) {
    const made = await makeAccountsFile(session.root, defaultAccountsFile);
    if (made !== undefined) console.line(`created ${made} with demo accounts: replace them with your own`);
  }
  const engine = connectEngine(readStackSettings(config, { ...session, stack }).engine);
  const info = await engine.info();
  console.step(`Engine ${engine.host} (Docker ${info.version}, ${info.platform})`);
  // Now that the engine is known, the image can be for its platform.
  const environment = programEnvironment(info);
  const settings = readStackSettings(config, {
    ...session,
    stack,
    environment: { ...session.environment, ...environment },
  });
  const isUp = await withTunnels(settings, console, () =>
    update(options, { session, settings, engine, info, environment, before, locks }),
  );
  if (isUp) await printSummary(session, settings);
}

interface Update {
  readonly session: Session;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly info: EngineInfo;
  /** Of the program. */
  readonly environment: Readonly<Record<string, string>>;
  /** The state as it was found. */
  readonly before: StackState;
  /** Of runs that were killed. */
  readonly locks: readonly Lock[];
}

/** @returns whether the stack was updated; a dry run changes nothing */
async function update(
  options: BringUpOptions,
  { session, settings, engine, info, environment, before, locks }: Update,
): Promise<boolean> {
  const { console, pulumi, stack } = session;
  await build(session, settings);

  let state = before;
  if (options.repair) {
    const grafanaAnswers = await grafanaIsAlive(state, settings, session);
    await repair({
      session,
      engine,
      facts: await engineFacts(engine, info),
      settings,
      state,
      skip: grafanaAnswers ? [] : withoutGrafana,
    });
    state = await pulumi.state(stack);
  }
  await checkBefore(session, settings, { engine, info, state, locks: options.repair ? [] : locks });
  stopIfInterrupted(session);

  const replace = await imageToRebuild(state, (reference) => engine.hasImage(reference));
  if (replace !== undefined)
    console.line('the exporter image is no longer on the engine and will be rebuilt');
  const common = ['--stack', stack, '--suppress-outputs', '--suppress-progress', ...colorOption()];
  const replacing = replace === undefined ? [] : ['--replace', replace];
  const recovering = needsGrafana(state) && !(await grafanaIsAlive(state, settings, session));
  const show = (line: string) => {
    if (isWorthShowing(line)) console.line(line);
  };

  if (options.dryRun || !options.yes) {
    console.step('Preview');
    const refresh = recovering ? [] : ['--refresh'];
    if (recovering) console.line('Grafana does not answer: previewing without a refresh');
    await operate(session, ['preview', ...common, ...refresh, ...replacing], show, environment);
    if (options.dryRun) return false;
    if (!(await confirm('Apply these changes?', session.interruption)))
      throw new Failure('nothing was changed');
  }

  if (settings.prometheus.mode === 'managed')
    await writeDemoHistory({
      settings,
      engine,
      console,
      signal: session.interruption.signal,
      now: Date.now(),
    });
  stopIfInterrupted(session);
  const startedAt = Date.now();
  console.step('Applying the changes');
  try {
    if (recovering) {
      console.line('Grafana does not answer: updating everything else first');
      await operate(
        session,
        ['refresh', '--yes', '--skip-preview', ...common, ...withoutGrafana],
        show,
        environment,
      );
      await operate(
        session,
        ['up', '--yes', '--skip-preview', ...common, ...withoutGrafana, ...replacing],
        show,
        environment,
      );
      await operate(session, ['up', '--yes', '--skip-preview', '--refresh', ...common], show, environment);
    } else {
      await operate(
        session,
        ['up', '--yes', '--skip-preview', '--refresh', ...common, ...replacing],
        show,
        environment,
      );
    }
  } catch (error) {
    if (!session.interruption.requested) await explainFailure(session, engine, error);
    throw error;
  }
  console.line(`took ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  await checkAfter(session, settings);
  return true;
}

/** The bundle that the image is made of. */
async function build({ root, console }: Session, settings: Settings): Promise<void> {
  if (settings.images.exporter.kind !== 'built') return;
  console.step('Building the exporter');
  const { code, stdout, stderr } = await run(process.execPath, ['scripts/build.ts'], { cwd: root });
  if (code !== 0) throw new Failure(`building the exporter failed:\n${stderr.trim() || stdout.trim()}`);
  console.line(stdout.trim());
}

/** Runs the CLI; where the user stopped it, that is what failed. */
async function operate(
  session: Session,
  args: readonly string[],
  show: (line: string) => void,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  stopIfInterrupted(session);
  try {
    await session.pulumi.operate(args, show, environment);
  } catch (error) {
    if (session.interruption.requested)
      throw new Interrupted(['completed changes are in the state; run scripts/up again to continue']);
    throw error;
  }
  stopIfInterrupted(session);
}

function stopIfInterrupted({ interruption }: Session): void {
  if (interruption.requested) throw new Interrupted(['run scripts/up again to continue']);
}

/**
 * Shows what the containers said, or that nobody can be asked any more.
 * @throws Failure with the error's own hints, where the engine was lost
 */
async function explainFailure(session: Session, engine: Engine, error: unknown): Promise<void> {
  try {
    await showLogs(session, engine);
  } catch (lost) {
    if (!(error instanceof Failure)) return;
    throw new Failure(error.message, [
      ...error.hints,
      `the engine cannot be asked any more: ${messageOf(lost)}`,
      'once it is back, run scripts/up again: it continues where this run stopped',
    ]);
  }
}

/** The last log lines of our unhealthy containers. */
async function showLogs({ console, stack }: Session, engine: Engine): Promise<void> {
  const lines = 20;
  for (const { id, name, status } of unhealthyContainers(stack, await engine.containers())) {
    console.step(`Last log lines of ${name} (${status})`);
    const text = await engine.logs(id, lines);
    for (const line of text.trimEnd().split('\n')) console.line(line);
  }
}

/** Whether the Grafana of the last run answers. */
async function grafanaIsAlive(
  state: StackState,
  settings: Settings,
  { interruption }: Session,
): Promise<boolean> {
  const address = grafanaAddressOf(state) ?? settings.addresses.grafana;
  return isAlive(`${address}/api/health`, { fetch, signal: interruption.signal });
}
