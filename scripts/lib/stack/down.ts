import { engineNames, stackLabel } from '../../../infra/render/names.ts';
import type { Engine } from '../docker/engine.ts';
import { connectEngine, EngineError } from '../docker/engine.ts';
import { colorOption, isWorthShowing } from '../pulumi/progress.ts';
import { emptyState } from '../pulumi/state.ts';
import { confirm } from '../terminal/confirm.ts';
import { Failure, Interrupted } from '../terminal/failure.ts';
import { engineObjects } from './check-before.ts';
import { defaultNamePrefix, readEngineSettings } from './configuration.ts';
import { assertUnlocked } from './lock.ts';
import type { Orphan } from './preflight.ts';
import { orphansOf } from './preflight.ts';
import { removeOrphans } from './repair.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession } from './session.ts';

/** The steps of `scripts/down`. */

export interface TearDownOptions extends SessionOptions {
  readonly yes: boolean;
  /** Also what a destroyed stack leaves: kept volumes, its image, its state. */
  readonly purge: boolean;
  /** Instead of destroying: only what the state does not know. */
  readonly orphans: boolean;
}

export async function tearDown(options: TearDownOptions): Promise<void> {
  const session = await openSession(options);
  const { console, pulumi, stack, exists, backend } = session;
  console.step(`Stack ${stack}, state in ${backend.description}`);
  if (!exists) console.line('stack not found');
  await assertUnlocked(session, { mayBreak: false });
  const config = exists ? await pulumi.config(stack) : { values: {}, secretKeys: new Set<string>() };
  const engine = connectEngine(readEngineSettings(config, { ...session, stack }));

  if (options.orphans) {
    const state = exists ? await pulumi.state(stack) : emptyState;
    const known = new Set(state.resources.map(({ id }) => id));
    await removeLabelled(session, engine, known, options);
    await nameOthers(session, engine);
    return;
  }

  const state = exists ? await pulumi.state(stack) : emptyState;
  if (state.resources.length > 0) {
    const count = state.resources.filter(({ id }) => id !== '').length;
    if (
      !options.yes &&
      !(await confirm(`Remove ${count} resources of the stack ${stack}?`, session.interruption))
    ) {
      throw new Failure('nothing was removed');
    }
    console.step('Removing the stack');
    await destroy(session);
  } else if (exists) {
    console.line('nothing to remove');
  }
  if (!options.purge) {
    const kept = orphansOf(stack, new Set(), await engineObjects(engine));
    for (const { kind, name } of kept)
      console.line(`kept: the ${kind} ${name} (scripts/down --purge removes it)`);
    return;
  }
  await removeLabelled(session, engine, new Set(), options);
  const image = engineNames(config.values['balance-alert:namePrefix'] ?? defaultNamePrefix).exporterImage;
  if (await engine.hasImage(image)) {
    await engine.removeImage(image);
    console.line(`removed the image ${image}`);
  }
  await removeFormerImages(session, engine);
  if (exists) {
    await pulumi.removeStack(stack);
    console.line('removed the state of the stack');
  }
}

/** What the exporter's label `title` in its Dockerfile says. */
const imageTitle = 'balance-alert';

/** Each build leaves the image before it without a name. Those that a container still uses, of whatever stack, stay. */
async function removeFormerImages({ console }: Session, engine: Engine): Promise<void> {
  let count = 0;
  for (const id of await engine.unnamedImages(imageTitle)) {
    try {
      await engine.removeImage(id);
      count += 1;
    } catch (error) {
      if (!(error instanceof EngineError && error.status === 409)) throw error;
    }
  }
  if (count > 0) console.line(`removed ${count} ${count === 1 ? 'image' : 'images'} of earlier builds`);
}

async function destroy({ pulumi, stack, console, interruption }: Session): Promise<void> {
  const args = [
    'destroy',
    '--yes',
    '--skip-preview',
    '--suppress-outputs',
    '--suppress-progress',
    ...colorOption(),
  ];
  try {
    await pulumi.operate([...args, '--stack', stack], (line) => {
      // Hides the CLI's advice to remove the stack: --purge does that.
      if (isWorthShowing(line) && !/^(The resources in the stack|If you want to remove)/.test(line))
        console.line(line);
    });
  } catch (error) {
    if (interruption.requested) throw new Interrupted(['run scripts/down again to continue']);
    throw error;
  }
  if (interruption.requested) throw new Interrupted(['run scripts/down again to continue']);
}

/** Removes what carries the stack's label and is not known; volumes, which hold data, only when asked for. */
async function removeLabelled(
  { console, stack, interruption }: Session,
  engine: Engine,
  known: ReadonlySet<string>,
  { yes, purge }: TearDownOptions,
): Promise<void> {
  const labelled = orphansOf(stack, known, await engineObjects(engine));
  const chosen: readonly Orphan[] = labelled.filter(({ kind }) => purge || kind !== 'volume');
  for (const { kind, name } of labelled.filter((orphan) => !chosen.includes(orphan))) {
    console.line(`kept: the ${kind} ${name} (--purge removes it)`);
  }
  if (chosen.length === 0) {
    console.line("no other objects have the stack's label");
    return;
  }
  if (!yes) {
    for (const { kind, name } of chosen) console.line(`the ${kind} ${name}`);
    if (!(await confirm('Remove these?', interruption))) throw new Failure('nothing was removed');
  }
  await removeOrphans(engine, chosen, (name) => console.line(`removed ${name}`));
}

/** Reports other stacks with objects on the engine: they may belong to another user, or to a lost state. */
async function nameOthers({ console, stack }: Session, engine: Engine): Promise<void> {
  const { containers, volumes, networks } = await engineObjects(engine);
  const others = new Set(
    [...containers, ...volumes, ...networks]
      .flatMap(({ labels }) => labels[stackLabel] ?? [])
      .filter((name) => name !== stack),
  );
  for (const name of others) {
    console.line(`the engine also has objects of the stack ${name}: scripts/down --orphans --stack ${name}`);
  }
}
