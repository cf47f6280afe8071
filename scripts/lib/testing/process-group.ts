import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../until.ts';

/** What is left of a group of processes when its leader has ended. */

export interface GroupMember {
  readonly pid: number;
  readonly command: string;
}

/** The living processes of a group. Empty where there is no /proc: only Linux tells without another program. */
export function membersOf(group: number): readonly GroupMember[] {
  return processIds().flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name is in parentheses and can contain spaces and parentheses: the fields are counted from its end.
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(processGroup) !== group || state === 'Z') return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid, command }];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => Number.isInteger(id));
  } catch {
    return [];
  }
}

/** Grace period after each signal, in milliseconds. */
const terminationMs = 5000;

export interface GroupOptions {
  /** Processes that clean up after themselves and are waited for. */
  readonly isCleaningUp: (member: GroupMember) => boolean;
  /** Milliseconds that they get for it. */
  readonly cleanupMs: number;
  /** Grace period of the others: a process that was just signalled is still listed for a moment. */
  readonly graceMs: number;
}

/** Waits for those that clean up, then ends the others. @returns what had to be ended */
export async function endGroup(group: number, options: GroupOptions): Promise<readonly GroupMember[]> {
  const wait = (reached: () => boolean, limitMs: number) => until(reached, { limitMs, everyMs: 50 });
  // Who has no command line is about to end, or to become another program: in a moment it is gone, or has one.
  const isWaitedFor = (member: GroupMember) => member.command === '' || options.isCleaningUp(member);
  await wait(() => !membersOf(group).some(isWaitedFor), options.cleanupMs);
  await wait(() => membersOf(group).length === 0, options.graceMs);
  const left = membersOf(group);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const { pid } of membersOf(group)) send(pid, signal);
    await wait(() => membersOf(group).length === 0, terminationMs);
  }
  return left;
}

/**
 * Kills those of a group's members that outlive their grace period.
 * @returns what was killed
 */
export async function killLate(
  group: number,
  members: readonly GroupMember[],
  graceMs: number,
): Promise<readonly GroupMember[]> {
  const left = () => {
    const living = new Map(membersOf(group).map(({ pid, command }) => [pid, command]));
    return members.filter(({ pid, command }) => living.get(pid) === command);
  };
  await until(() => left().length === 0, { limitMs: graceMs, everyMs: 50 });
  const late = left();
  for (const { pid } of late) send(pid, 'SIGKILL');
  return late;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
