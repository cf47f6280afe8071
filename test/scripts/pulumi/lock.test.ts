import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { findLocks, lockWords } from '../../../scripts/lib/pulumi/lock.ts';

/** A backend in a folder, with a lock for each of the given contents. */
async function backendWith(t: ExecutionContext, locks: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-locks-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(locks)) {
    const file = join(folder, '.pulumi/locks/organization/balance-alert', path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }
  return { description: `file://${folder}`, environment: {}, passphraseFile: undefined };
}

const lock = (pid: number, host = hostname()) =>
  JSON.stringify({ pid, username: 'me', hostname: host, timestamp: '2026-11-28T01:02:03.456789+08:00' });

test('a lock says which process holds it since when, and whether that still runs', async (t) => {
  const backend = await backendWith(t, {
    'local/1.json': lock(7),
    'local/2.json': lock(8),
    'local/3.json': lock(9, 'other.example'),
    'second/4.json': lock(7),
  });
  const locks = await findLocks(backend, 'local', (pid) => pid === 7);
  t.deepEqual(
    locks.toSorted((a, b) => a.pid - b.pid).map(({ pid, isAlive }) => [pid, isAlive]),
    [
      [7, true],
      [8, false],
      [9, undefined],
    ],
  );
  const [elsewhere] = locks.filter(({ pid }) => pid === 9);
  t.is(elsewhere && lockWords(elsewhere), 'process 9 of me@other.example, since 2026-11-28 01:02:03+08:00');
});

test('this process runs, and one that has ended does not', async (t) => {
  const backend = await backendWith(t, {
    'local/1.json': lock(process.pid),
    'local/2.json': lock(2 ** 22 + 1),
  });
  const locks = await findLocks(backend, 'local');
  t.deepEqual(locks.map(({ isAlive }) => isAlive).toSorted(), [false, true]);
});

test('a file that is no lock, a folder that is not there, and a backend elsewhere are no locks', async (t) => {
  t.deepEqual(await findLocks(await backendWith(t, { 'local/1.json': '{"pid"' }), 'local'), []);
  t.deepEqual(await findLocks(await backendWith(t, {}), 'local'), []);
  for (const description of ['s3://bucket', 'https://api.pulumi.com', 'Pulumi Cloud'])
    t.deepEqual(await findLocks({ description, environment: {}, passphraseFile: undefined }, 'local'), []);
});
