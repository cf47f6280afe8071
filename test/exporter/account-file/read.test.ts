import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readAccountFile } from '../../../exporter/account-file/read.ts';
import { secretSources } from '../../../exporter/config/secret-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-file-'));
test.after.always(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function read(file: string) {
  return readAccountFile({ file, secretsDirectory: undefined, environment: {}, now: 0 });
}

test('a file of accounts is read', (t) => {
  const result = read(written('good.yaml', 'accounts: [{ name: 余额, provider: demo }]\n'));
  t.is(result.ok && result.config.accounts[0]?.name, '余额');
});

test('a byte order mark at the start of the text is ignored', (t) => {
  t.true(read(written('marked.yaml', '\uFEFFaccounts: [{ name: a, provider: demo }]\n')).ok);
});

test('a missing file is reported with the flag that sets another', (t) => {
  const file = join(folder, 'nowhere.yaml');
  t.deepEqual(read(file), {
    ok: false,
    errors: [
      `${file}: no such account file: \`balance-alert init\` writes a first one, and --config.file names another`,
    ],
  });
});

test('a folder is rejected as an account file', (t) => {
  t.deepEqual(read(folder), {
    ok: false,
    errors: [`${folder}: the account file can't be read: EISDIR: illegal operation on a directory, read`],
  });
});

test('invalid UTF-8 is rejected', (t) => {
  const file = written(
    'latin1.yaml',
    Buffer.from('accounts: [{ name: caf\xe9, provider: demo }]\n', 'latin1'),
  );
  t.deepEqual(read(file), {
    ok: false,
    errors: [`${file}: the account file can't be read: it is not UTF-8 text`],
  });
});

test('a file that is cut short anywhere is either refused or has whole accounts only', (t) => {
  const whole =
    'accounts:\n  - { name: a, provider: demo, threshold: 100 }\n  - { name: b, provider: demo }\n';
  const accepted: string[] = [];
  for (let length = 0; length <= whole.length; length += 1) {
    const result = read(written('cut.yaml', whole.slice(0, length)));
    if (result.ok)
      accepted.push(result.config.accounts.map(({ name, threshold }) => `${name} ${threshold}`).join(', '));
  }
  t.deepEqual([...new Set(accepted)], ['a 100', 'a 100, b undefined']);
});

test('a secret is read from the file of its name, without the trailing line break, else from a variable', (t) => {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'UNIX'), 'one\n');
  writeFileSync(join(secrets, 'WINDOWS'), 'two\r\n');
  writeFileSync(join(secrets, 'LINES'), 'a\nb\n\n');
  const resolve = secretSources(secrets, { UNIX: 'not this', VARIABLE: 'three' });
  t.deepEqual(['UNIX', 'WINDOWS', 'LINES', 'VARIABLE', 'NOWHERE', '..', '.'].map(resolve), [
    'one',
    'two',
    'a\nb\n',
    'three',
    undefined,
    undefined,
    undefined,
  ]);
});

test('an unreadable secret is an error of its own, not a missing secret', (t) => {
  const secrets = join(folder, 'unreadable');
  mkdirSync(join(secrets, 'KEY'), { recursive: true });
  const file = written(
    'secret.yaml',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: KEY } }]\n',
  );
  t.deepEqual(
    readAccountFile({ file, secretsDirectory: secrets, environment: { KEY: 'not this' }, now: 0 }),
    { ok: false, errors: [`${file}:1:42: mailboxes[0].password: secret KEY can't be read from ${secrets}`] },
  );
});

test('inherited object properties are not variables', (t) => {
  const resolve = secretSources(undefined, process.env);
  t.deepEqual(['constructor', 'toString', '__proto__'].map(resolve), [undefined, undefined, undefined]);
});
