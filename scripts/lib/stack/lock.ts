import type { Lock } from '../pulumi/lock.ts';
import { findLocks, lockWords } from '../pulumi/lock.ts';
import { Failure } from '../terminal/failure.ts';
import type { Session } from './session.ts';

/**
 * Keeps two runs apart. Without it the second takes what the first is making for the leftovers of a killed run, and advises
 * to remove it.
 * @param mayBreak whether the user has said that a run on another machine is over (`--repair`)
 * @returns locks of runs that were killed
 * @throws Failure where somebody works on the stack
 */
export async function assertUnlocked(
  { backend, stack }: Pick<Session, 'backend' | 'stack'>,
  { mayBreak }: { readonly mayBreak: boolean },
): Promise<readonly Lock[]> {
  const locks = await findLocks(backend, stack);
  const alive = locks.find(({ isAlive }) => isAlive === true);
  if (alive !== undefined) {
    throw new Failure(`another update of the stack ${stack} is in progress: ${lockWords(alive)}`, [
      'wait for it to end, then run this again; nothing was changed',
    ]);
  }
  const elsewhere = locks.find(({ isAlive }) => isAlive === undefined);
  if (elsewhere !== undefined && !mayBreak) {
    throw new Failure(`the stack ${stack} is locked from another machine: ${lockWords(elsewhere)}`, [
      'wait for it to end; if that run was killed:  scripts/up --repair',
    ]);
  }
  return locks;
}
