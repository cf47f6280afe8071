/** Which test files run in one process, one after the other, and which file an event of such a process belongs to. */

/** From the file that ava is told of to those that run in its process before it. */
export type FileGroups = ReadonlyMap<string, readonly string[]>;

/** Files of one process: more save little, and each failure of a process has the rest start anew. */
const mostFiles = 24;

/**
 * Groups of neighbours, who load much the same modules. The same for the same files, so that what one file leaves behind
 * meets the same others in each run.
 * @param processes run at a time; there are some groups for each, so that all end at about the same time
 */
export function groupFiles(files: readonly string[], processes: number): FileGroups {
  const count = Math.min(files.length, Math.max(3 * processes, Math.ceil(files.length / mostFiles)));
  const sorted = files.toSorted();
  const groups = new Map<string, readonly string[]>();
  for (let group = 0; group < count; group += 1) {
    const start = Math.floor((group * sorted.length) / count);
    const members = sorted.slice(start, Math.floor(((group + 1) * sorted.length) / count));
    const last = members.at(-1);
    if (last !== undefined) groups.set(last, members.slice(0, -1));
  }
  return groups;
}

/**
 * Tells whose an event is: of a file that runs in a group's process, or of the process itself, which then is that of the
 * file whose turn it is.
 * @returns the event, with the file that it belongs to in `testFile`
 */
export function createAttribution(groups: FileGroups): (event: unknown) => unknown {
  /** By the file that ava knows: those whose turn is still to come, without it. */
  const waiting = new Map([...groups].map(([last, before]) => [last, [...before]]));
  return (event) => {
    if (typeof event !== 'object' || event === null) return event;
    const ofProcess: unknown = Reflect.get(event, 'testFile');
    const queue = typeof ofProcess === 'string' ? waiting.get(ofProcess) : undefined;
    const current = queue?.[0];
    if (queue === undefined || current === undefined) return event;
    const inFile: unknown = Reflect.get(event, 'inFile');
    if (inFile === current && Reflect.get(event, 'type') === 'file-finished') queue.shift();
    return { ...event, testFile: current };
  };
}
