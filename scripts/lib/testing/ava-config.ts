import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from './test-events.ts';
import { describeEvent } from './test-events.ts';

/**
 * The configuration with which `scripts/test` runs ava: that of package.json, and an observer that writes what happens
 * to a pipe. Loaded inside ava's main process.
 */

/** The file descriptor of the pipe; `follow` opens it. */
const eventsDescriptor = 3;

export default function configure({ projectDir }: { readonly projectDir: string }): object {
  const manifest: unknown = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'));
  const ava = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'ava') : undefined;
  return {
    ...(typeof ava === 'object' ? ava : {}),
    nonSemVerExperiments: { observeRunsFromConfig: true },
    observeRun: ({ events }: { readonly events: AsyncIterable<unknown> }) => observe(events, projectDir),
  };
}

async function observe(events: AsyncIterable<unknown>, root: string): Promise<void> {
  // A reporter of ava's that throws would take the run with it, and the results of all tests that are still to come.
  process.on('unhandledRejection', (reason) => {
    write({ type: 'fault', title: 'ava itself failed', explanation: inspect(reason).split('\n') });
  });
  for await (const event of events) {
    const described = describeEvent(event, root);
    if (described !== undefined) write(described);
  }
}

/** At once and whole: what is in this process's memory is lost when it is killed. */
function write(event: TestEvent): void {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let start = 0; start < bytes.length; ) start += writeSync(eventsDescriptor, bytes, start);
}
