import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import ava from 'ava';
import { endGroup, killLate, membersOf } from '../../../scripts/lib/testing/process-group.ts';

/** Only Linux tells who is in a group. */
const test = existsSync('/proc/self/stat') ? ava : ava.skip;

/** Starts a leader of a group of its own that starts others and says so. @returns its process, when all run */
async function startGroup(code: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', code], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const { pid } = child;
  if (pid === undefined) throw new Error('it did not start');
  return Object.assign(child, { pid });
}

const other = (mark: string, code = '') =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`${code};console.log(1);setInterval(() => {}, 1e6)`)}, ${JSON.stringify(mark)}], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.once('data', ready);`;

const options = { isCleaningUp: () => false, cleanupMs: 10_000, graceMs: 0 };

test('a group that is empty has nothing left', async (t) => {
  const child = await startGroup('console.log(1)');
  if (child.exitCode === null) await once(child, 'exit');
  t.deepEqual(membersOf(child.pid), []);
  t.deepEqual(await endGroup(child.pid, options), []);
});

test('what its leader left running is found by its command, and ended', async (t) => {
  const child = await startGroup(
    `const ready = () => { console.log(1); process.exit(); }; ${other('left-behind')}`,
  );
  if (child.exitCode === null) await once(child, 'exit');
  t.is(membersOf(child.pid).length, 1);
  const left = await endGroup(child.pid, options);
  t.is(left.length, 1);
  t.regex(left[0]?.command ?? '', / left-behind$/);
  t.deepEqual(membersOf(child.pid), []);
});

test('who does not listen to SIGTERM is ended all the same', async (t) => {
  t.timeout(30_000);
  const child = await startGroup(
    `const ready = () => { console.log(1); process.exit(); }; ${other('deaf', "process.on('SIGTERM', () => {})")}`,
  );
  if (child.exitCode === null) await once(child, 'exit');
  t.is((await endGroup(child.pid, options)).length, 1);
  t.deepEqual(membersOf(child.pid), []);
});

test('who tidies up is waited for, and does not count as left behind', async (t) => {
  const child = await startGroup(
    `const ready = () => { console.log(1); process.exit(); }; ${other('tidying', 'setTimeout(() => process.exit(), 500)')}`,
  );
  if (child.exitCode === null) await once(child, 'exit');
  const left = await endGroup(child.pid, {
    ...options,
    isCleaningUp: ({ command }) => command.endsWith(' tidying'),
  });
  t.deepEqual(left, []);
});

test('the processes of other groups are not touched', async (t) => {
  const bystander = await startGroup('console.log(1); setInterval(() => {}, 1e6)');
  const child = await startGroup('console.log(1)');
  if (child.exitCode === null) await once(child, 'exit');
  await endGroup(child.pid, options);
  t.is(membersOf(bystander.pid).length, 1);
  bystander.kill('SIGKILL');
  await once(bystander, 'exit');
});

test('of those that were asked to end, the ones that do not are killed, and nobody else', async (t) => {
  t.timeout(30_000);
  const child = await startGroup(
    `let count = 0; const ready = () => { count += 1; if (count === 3) console.log(1); }; process.on('SIGTERM', () => {}); ${other('deaf', "process.on('SIGTERM', () => {})")} ${other('obedient')} ${other('not-asked')}`,
  );
  const marked = (...marks: readonly string[]) =>
    membersOf(child.pid).filter(({ command }) => marks.includes(command.split(' ').at(-1) ?? ''));
  const asked = marked('deaf', 'obedient');
  for (const { pid } of asked) process.kill(pid, 'SIGTERM');
  const killed = await killLate(child.pid, asked, 2000);
  t.deepEqual(
    killed.map(({ command }) => command.split(' ').at(-1)),
    ['deaf'],
  );
  t.is(marked('not-asked').length, 1);
  await endGroup(child.pid, options);
});
