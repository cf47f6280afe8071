import test from 'ava';
import { hash } from 'bcryptjs';
import { createPasswordCheck } from '../../../../exporter/web/access/passwords.ts';

/** A comparison that notes what it is asked, and knows no bcrypt. */
function noted() {
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const compare = async (password: string, hashed: string): Promise<boolean> => {
    asked.push(hashed);
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setImmediate(done));
    running -= 1;
    return password === 'right';
  };
  return { asked, compare, most: () => most };
}

const users = new Map([
  ['cheap', '$2y$04$cheap'],
  ['alice', '$2y$12$alice'],
]);

test('hashes of htpasswd are understood', async (t) => {
  // The thread that compares keeps no process alive, a server does.
  const alive = setInterval(() => undefined, 1000);
  t.teardown(() => clearInterval(alive));
  const check = createPasswordCheck();
  const real = new Map([['alice', (await hash('secret', 4)).replace('$2b$', '$2y$')]]);
  t.is(await check(real, 'alice', 'secret'), 'allowed');
  t.is(await check(real, 'alice', 'Secret'), 'refused');
  t.is(await check(real, 'bob', 'secret'), 'refused');
});

test('an unknown user costs one comparison of the highest cost, even with a password that is right', async (t) => {
  const { asked, compare } = noted();
  const check = createPasswordCheck(compare);
  t.is(await check(users, 'mallory', 'right'), 'refused');
  t.is(await check(users, 'alice', 'wrong'), 'refused');
  t.deepEqual(asked, ['$2y$12$alice', '$2y$12$alice']);
  t.is(await check(users, 'alice', 'right'), 'allowed');
});

test('fifty requests with one password are one comparison, and different ones wait for each other', async (t) => {
  const { asked, compare, most } = noted();
  const check = createPasswordCheck(compare);
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => check(users, 'alice', 'right')));
  t.deepEqual(new Set(verdicts), new Set(['allowed']));
  t.is(asked.length, 1);
  await Promise.all(Array.from({ length: 50 }, (_, index) => check(users, 'alice', `wrong ${index}`)));
  t.is(asked.length, 51);
  t.is(most(), 1);
});

test('more passwords than can be checked are turned away, and later ones are checked again', async (t) => {
  const { asked, compare } = noted();
  const check = createPasswordCheck(compare);
  const verdicts = await Promise.all(
    Array.from({ length: 150 }, (_, index) => check(users, 'alice', `wrong ${index}`)),
  );
  t.is(verdicts.filter((verdict) => verdict === 'busy').length, 50);
  t.is(asked.length, 100);
  t.is(await check(users, 'alice', 'right'), 'allowed');
});

test('a changed hash is not answered from what is remembered', async (t) => {
  const check = createPasswordCheck(async (_password, hashed) => hashed === '$2y$04$old');
  t.is(await check(new Map([['alice', '$2y$04$old']]), 'alice', 'x'), 'allowed');
  t.is(await check(new Map([['alice', '$2y$04$new']]), 'alice', 'x'), 'refused');
});
