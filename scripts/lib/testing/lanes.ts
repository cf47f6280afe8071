/** Layers that run side by side. */

/** What runs in a lane: one after the other, while those of the other lanes run as well. */
interface Task<Result> {
  readonly name: string;
  /** Runs by itself, after all others: it needs what only one can have at a time, such as an engine. */
  readonly isAlone?: boolean;
  /** Begins at once, beside all lanes: it mostly waits. */
  readonly isWaiting?: boolean;
  readonly run: () => Promise<Result>;
}

/**
 * Runs the tasks in so many lanes: each lane takes the next one as soon as it has ended one. The first error ends what has not
 * begun, and is thrown once what runs has ended.
 * @param goesOn asked before each
 * @returns their results in the order of the tasks; without those that did not begin
 */
export async function runInLanes<Result>(
  tasks: readonly Task<Result>[],
  lanes: number,
  goesOn: () => boolean,
): Promise<readonly Result[]> {
  const results = new Map<Task<Result>, Result>();
  const errors: unknown[] = [];
  const follow = async (queue: Task<Result>[]): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      if (errors.length > 0 || !goesOn()) return;
      try {
        results.set(task, await task.run());
      } catch (error) {
        errors.push(error);
      }
    }
  };
  const beside = tasks.filter(({ isAlone }) => isAlone !== true);
  const shared = beside.filter(({ isWaiting }) => isWaiting !== true);
  await Promise.all([
    ...Array.from({ length: lanes }, () => follow(shared)),
    ...beside.filter(({ isWaiting }) => isWaiting === true).map((task) => follow([task])),
  ]);
  await follow(tasks.filter(({ isAlone }) => isAlone === true));
  if (errors.length > 0) throw errors[0];
  return tasks.flatMap((task) => {
    const result = results.get(task);
    return result === undefined ? [] : [result];
  });
}
