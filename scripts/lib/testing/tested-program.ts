import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Console } from '../terminal/console.ts';
import { Failure } from '../terminal/failure.ts';
import type { Interruption } from '../terminal/process.ts';
import { follow } from '../terminal/process.ts';

/**
 * Builds the exporter as its image has it, so that the many tests that start it do not strip the types of some hundred
 * modules each time, and keeps its compiled code, as the image does: a service starts in four fifths of the processor time.
 * @returns the variable by which `test/support/tested-program.ts` finds it; none in a checkout without an exporter
 * @throws Failure with the lines of a build that failed
 */
export async function buildTestedProgram(options: {
  readonly root: string;
  readonly console: Console;
  readonly interruption: Interruption;
}): Promise<Readonly<Record<string, string>>> {
  const { root, console, interruption } = options;
  if (!existsSync(join(root, 'exporter/start.ts'))) return {};
  console.step('Building the exporter that tests start');
  const folder = join(root, '.cache/tested');
  const said: string[] = [];
  const run = (...words: readonly string[]): Promise<number> =>
    follow(process.execPath, words, { cwd: root, interruption, onLine: (line) => said.push(line) });
  const code = await run(join(root, 'scripts/build.ts'), folder);
  if (code !== 0 && !interruption.requested) throw new Failure('npm run build failed', said);
  const warmUp = join(folder, 'warm-up.mjs');
  // Without compiled code the program does the same, more slowly: what the warm-up says is no matter here.
  if (code === 0 && existsSync(warmUp)) await run(warmUp);
  return code === 0 ? { BALANCE_ALERT_TESTED_PROGRAM: join(folder, 'balance-alert.mjs') } : {};
}
