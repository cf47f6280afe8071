import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { tearDown } from '../../../scripts/lib/stack/down.ts';
import { bringUp } from '../../../scripts/lib/stack/up.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { listed, stateWith, testSession } from './session-support.ts';

/** A session on whose stack a process works, with a container that the state does not know yet. */
async function lockedSession(t: ExecutionContext, pid: number, host = hostname()) {
  const session = await testSession(t, {
    state: stateWith([]),
    engine: { 'GET /containers/json?all=true': { body: [listed('balance-alert-exporter', 'test')] } },
    cli: { preview: { stdout: '' }, cancel: { stdout: '' }, destroy: { stdout: '' } },
  });
  const folder = join(
    session.options.environment['XDG_STATE_HOME'] ?? '',
    'balance-alert/.pulumi/locks/organization/balance-alert/test',
  );
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'one.json'),
    JSON.stringify({ pid, username: 'me', hostname: host, timestamp: '2026-11-28T01:02:03Z' }),
  );
  return session;
}

const never = 2 ** 22 + 1;

async function refusal(t: ExecutionContext, run: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(run, { instanceOf: Failure });
  return [error?.message, ...(error?.hints ?? [])].join('\n');
}

test('while another run works on the stack, neither up nor its repair nor down touches anything', async (t) => {
  const session = await lockedSession(t, process.pid);
  const up = { ...session.options, yes: true, dryRun: false, repair: false };
  const down = { ...session.options, yes: true, purge: true, orphans: true };
  for (const run of [bringUp(up), bringUp({ ...up, repair: true }), tearDown(down)]) {
    const said = await refusal(t, run);
    t.regex(
      said,
      new RegExp(
        `^another update of the stack test is in progress: process ${process.pid} of me@\\S+, since`,
      ),
    );
    t.notRegex(said, /--repair/);
  }
  t.deepEqual(
    session.server.asked.filter(({ method }) => method !== 'GET'),
    [],
  );
  t.false((await session.asked()).some((asked) => asked.startsWith('cancel')));
});

test('the lock of a run that is over is named with what else it left, and how to repair it', async (t) => {
  const session = await lockedSession(t, never);
  const said = await refusal(t, bringUp({ ...session.options, yes: true, dryRun: false, repair: false }));
  t.regex(said, new RegExp(`the lock of a run that is over: process ${never} of me@`));
  t.regex(said, /the container balance-alert-exporter belongs to this stack but is not in its state/);
  t.regex(said, /run scripts\/up --repair/);
});

test('a lock from another machine is broken only on request', async (t) => {
  const session = await lockedSession(t, 7, 'other.example');
  const said = await refusal(t, bringUp({ ...session.options, yes: true, dryRun: false, repair: false }));
  t.regex(said, /^the stack test is locked from another machine: process 7 of me@other\.example/);
  t.regex(said, /if that run was killed: {2}scripts\/up --repair/);
});
