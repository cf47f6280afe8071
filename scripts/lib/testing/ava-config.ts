import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { FileGroups } from './groups.ts';
import { createAttribution } from './groups.ts';
import type { TestEvent } from './test-events.ts';
import { describeEvent } from './test-events.ts';

/**
 * The configuration with which `scripts/test` runs ava: that of package.json, and an observer that writes what happens
 * to a pipe. Loaded inside ava's main process.
 */

/** The file descriptor of the pipe; `follow` opens it. */
const eventsDescriptor = 3;

/** The variable with the groups of files that share a process, as `FileGroups` in JSON. Not for the tests themselves. */
const groupsVariable = 'BALANCE_ALERT_TEST_GROUPS';

export default function configure({ projectDir }: { readonly projectDir: string }): object {
  const manifest: unknown = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'));
  const groups = readGroups(projectDir);
  delete process.env[groupsVariable];
  const order = [...groups.keys()];
  const ava = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'ava') : undefined;
  return {
    ...(typeof ava === 'object' ? ava : {}),
    sortTestFiles: (one: string, other: string) => order.indexOf(one) - order.indexOf(other),
    require: [[join(import.meta.dirname, 'together.ts'), projectDir, Object.fromEntries(groups)]],
    nonSemVerExperiments: { observeRunsFromConfig: true },
    observeRun: ({ events }: { readonly events: AsyncIterable<unknown> }) =>
      observe(events, projectDir, createAttribution(groups)),
  };
}

function readGroups(root: string): FileGroups {
  const entries: [string, string[]][] = JSON.parse(process.env[groupsVariable] ?? '[]');
  return new Map(
    entries.map(([file, before]) => [join(root, file), before.map((other) => join(root, other))] as const),
  );
}

async function observe(
  events: AsyncIterable<unknown>,
  root: string,
  attributed: (event: unknown) => unknown,
): Promise<void> {
  // A reporter of ava's that throws would take the run with it, and the results of all tests that are still to come.
  process.on('unhandledRejection', (reason) => {
    write({ type: 'fault', title: 'ava itself failed', explanation: inspect(reason).split('\n') });
  });
  for await (const event of events) {
    const described = describeEvent(attributed(event), root);
    if (described !== undefined) write(described);
  }
}

/** At once and whole: what is in this process's memory is lost when it is killed. */
function write(event: TestEvent): void {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let start = 0; start < bytes.length; ) start += writeSync(eventsDescriptor, bytes, start);
}
