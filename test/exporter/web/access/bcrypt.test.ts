import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { hash } from 'bcryptjs';
import { createBcrypt } from '../../../../exporter/web/access/bcrypt.ts';
import { gate } from '../../../../exporter/web/access/gate.ts';
import { openAccess } from '../../../../exporter/web/access/load.ts';
import { startProgram } from '../../../support/program.ts';
import { serve } from '../../../support/served.ts';

/** A hash of a cost that no password has: comparing takes as long as with any other. */
const hashOf = (cost: number) =>
  `$2y$${String(cost).padStart(2, '0')}$${'abcdefghijklmnopqrstuu'}${'a'.repeat(31)}`;

const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`,
});

test('passwords are compared in the thread, several at once too, and a hash that is none is an answer', async (t) => {
  // The thread keeps no process alive, a server does.
  const alive = setInterval(() => undefined, 1000);
  t.teardown(() => clearInterval(alive));
  const compare = createBcrypt();
  const good = await hash('right', 4);
  t.deepEqual(await Promise.all([compare('right', good), compare('wrong', good), compare('right', good)]), [
    true,
    false,
    true,
  ]);
  t.false(await compare('right', 'no hash'));
  t.true(await compare('right', good));
});

test('health is answered many times while one password is compared', async (t) => {
  const users = new Map([['alice', hashOf(13)]]);
  await using server = await serve(
    gate(
      (_request, response) => response.end('ok'),
      () => ({ ...openAccess, users }),
    ),
  );
  const answered: string[] = [];
  const password = fetch(server.url, { headers: basic('wrong') }).then(({ status }) =>
    answered.push(`password ${status}`),
  );
  for (let index = 0; index < 30; index += 1) {
    const { status } = await fetch(`${server.url}/-/healthy`);
    answered.push(`health ${status}`);
  }
  await password;
  // Comparing in the same thread gives way every 100 ms only, so that it would be over long before.
  t.deepEqual(answered, [...Array.from({ length: 30 }, () => 'health 200'), 'password 401']);
});

test('SIGTERM ends the process while passwords are compared that would take minutes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bcrypt-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'accounts.yaml'), 'accounts: [{ name: a, provider: demo }]');
  writeFileSync(join(folder, 'web.yml'), `basic_auth_users: { alice: "${hashOf(19)}" }`);
  await using program = await startProgram([
    `--config.file=${join(folder, 'accounts.yaml')}`,
    `--web.config.file=${join(folder, 'web.yml')}`,
  ]);
  const asked = Promise.allSettled(
    ['one', 'two', 'three', 'four'].map((word) => fetch(program.url, { headers: basic(word) })),
  );
  // Asked after the others, so that those have arrived.
  for (let index = 0; index < 5; index += 1) t.is((await fetch(`${program.url}/-/healthy`)).status, 200);
  t.is(await program.end('SIGTERM'), 0);
  t.deepEqual(new Set((await asked).map(({ status }) => status)), new Set(['rejected']));
});
