import type { Settings } from '../../../infra/settings/parse.ts';
import type { Engine } from '../docker/engine.ts';
import { isWorthShowing } from '../pulumi/progress.ts';
import type { StackState } from '../pulumi/state.ts';
import type { EngineFacts, Orphan } from './preflight.ts';
import { preflight } from './preflight.ts';
import type { Session } from './session.ts';

/**
 * Cleans up after a killed run, in the order that works: the lock, pending operations in the state, then their
 * objects.
 */

export interface RepairOptions {
  readonly session: Session;
  readonly engine: Engine;
  readonly facts: EngineFacts;
  readonly settings: Settings;
  readonly state: StackState;
  /** Arguments that leave something out of the refresh. */
  readonly skip: readonly string[];
}

export async function repair({
  session,
  engine,
  facts,
  settings,
  state,
  skip,
}: RepairOptions): Promise<void> {
  const { console, pulumi, stack } = session;
  console.step('Cleaning up after a killed run');
  await pulumi.cancel(stack);
  if (state.pending.length > 0) {
    await pulumi.operate(
      [
        'refresh',
        '--clear-pending-creates',
        '--yes',
        '--skip-preview',
        '--suppress-outputs',
        '--stack',
        stack,
        ...skip,
      ],
      (line) => {
        if (isWorthShowing(line)) console.line(line);
      },
    );
  }
  const { orphans } = preflight({ settings, state, engine: facts, takenPorts: new Set() });
  await removeOrphans(engine, orphans, (name) => console.line(`removed ${name}`));
  if (state.pending.length + orphans.length === 0) console.line('nothing to clean up');
}

/** Seconds that a container gets to end cleanly. */
const graceSeconds = 10;

/** Removes them, containers before what they use. */
export async function removeOrphans(
  engine: Engine,
  orphans: readonly Orphan[],
  removed: (name: string) => void,
): Promise<void> {
  for (const kind of ['container', 'network', 'volume'] as const) {
    for (const orphan of orphans.filter((candidate) => candidate.kind === kind)) {
      if (kind === 'container') await engine.removeContainer(orphan.id, graceSeconds);
      else if (kind === 'network') await engine.removeNetwork(orphan.id);
      else await engine.removeVolume(orphan.id);
      removed(`the ${kind} ${orphan.name}`);
    }
  }
}
