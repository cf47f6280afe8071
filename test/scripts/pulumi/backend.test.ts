import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import type { BackendSources } from '../../../scripts/lib/pulumi/backend.ts';
import { chooseBackend, prepareBackend } from '../../../scripts/lib/pulumi/backend.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';

function choose(changes: Partial<BackendSources>) {
  return chooseBackend({
    environment: {},
    project: 'name: balance-alert\n',
    credentials: undefined,
    home: '/home/me',
    ...changes,
  });
}

const own = {
  description: 'file:///home/me/.local/state/balance-alert',
  environment: {
    PULUMI_BACKEND_URL: 'file:///home/me/.local/state/balance-alert',
    PULUMI_CONFIG_PASSPHRASE_FILE: '/home/me/.local/state/balance-alert/passphrase',
  },
  passphraseFile: '/home/me/.local/state/balance-alert/passphrase',
};

test('without a login the state is a folder of this user, with a passphrase of its own', (t) => {
  t.deepEqual(choose({}), own);
  t.deepEqual(choose({ credentials: '{"current":""}' }), own);
  t.deepEqual(choose({ credentials: 'not JSON' }), own);
});

test('the folder follows XDG_STATE_HOME', (t) => {
  t.is(choose({ environment: { XDG_STATE_HOME: '/state' } }).description, 'file:///state/balance-alert');
});

test('a passphrase of the user is used instead of ours', (t) => {
  for (const name of ['PULUMI_CONFIG_PASSPHRASE', 'PULUMI_CONFIG_PASSPHRASE_FILE']) {
    const backend = choose({ environment: { [name]: '' } });
    t.deepEqual(backend.environment, { PULUMI_BACKEND_URL: own.description });
    t.is(backend.passphraseFile, undefined);
  }
});

/** Whatever the CLI would take by itself is left to it. */
const users: readonly [string, Partial<BackendSources>, string][] = [
  ['an environment variable', { environment: { PULUMI_BACKEND_URL: 's3://mine' } }, 's3://mine'],
  ['the project file', { project: 'name: x\nbackend: { url: gs://mine }\n' }, 'gs://mine'],
  ['an access token', { environment: { PULUMI_ACCESS_TOKEN: 'pul-1' } }, 'Pulumi Cloud'],
  ['a login', { credentials: '{"current":"https://api.pulumi.com"}' }, 'https://api.pulumi.com'],
];

for (const [name, sources, description] of users) {
  test(`a backend of the user, by ${name}, is taken as it is`, (t) => {
    t.deepEqual(choose(sources), { description, environment: {}, passphraseFile: undefined });
  });
}

test('the passphrase is made once, for its owner only, and never touched again', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'balance-alert-backend-'));
  try {
    const backend = choose({ home });
    await prepareBackend(backend);
    const file = join(home, '.local/state/balance-alert/passphrase');
    const made = await readFile(file, 'utf8');
    t.regex(made, /^[\w-]{43}$/);
    t.is((await stat(file)).mode & 0o777, 0o600);
    t.is((await stat(join(file, '..'))).mode & 0o777, 0o700);

    await chmod(file, 0o644);
    await prepareBackend(backend);
    t.is(await readFile(file, 'utf8'), made);
    t.is((await stat(file)).mode & 0o777, 0o600);
  } finally {
    await rm(home, { recursive: true });
  }
});

test('runs that begin at once get one passphrase, and leave nothing beside it', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'balance-alert-backend-'));
  t.teardown(() => rm(home, { recursive: true }));
  const backend = choose({ home });
  const file = backend.passphraseFile ?? '';
  const seen = await Promise.all(
    Array.from({ length: 20 }, async () => {
      await prepareBackend(backend);
      return readFile(file, 'utf8');
    }),
  );
  t.is(new Set(seen).size, 1);
  t.regex(seen[0] ?? '', /^[\w-]{43}$/);
  t.deepEqual(await readdir(join(file, '..')), ['passphrase']);
});

test('an empty passphrase file is an error, not a new passphrase', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'balance-alert-backend-'));
  try {
    const backend = choose({ home });
    await prepareBackend(backend);
    await writeFile(backend.passphraseFile ?? '', '');
    await t.throwsAsync(prepareBackend(backend), { message: /passphrase is empty$/ });
  } finally {
    await rm(home, { recursive: true });
  }
});

const encrypted = {
  checkpoint: { stack: 'a', latest: { secrets_providers: { type: 'passphrase', state: { salt: 'v1:x' } } } },
};
const states: readonly [name: string, file: string, bytes: string | Buffer, needed: boolean][] = [
  ['a state', 'local.json', JSON.stringify(encrypted), true],
  ['a compressed state', 'local.json.gz', gzipSync(JSON.stringify(encrypted)), true],
  [
    'a state with keys elsewhere',
    'local.json',
    JSON.stringify(encrypted).replace('"passphrase"', '"awskms"'),
    false,
  ],
  ['a stack that was never deployed', 'local.json', '{"version":3,"checkpoint":{"stack":"a"}}', false],
  ['the backup of a stack that was removed', 'local.json.bak', JSON.stringify(encrypted), false],
];

for (const [name, file, bytes, needed] of states) {
  test(`a passphrase that is gone is ${needed ? 'not ' : ''}made anew beside ${name}`, async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'balance-alert-backend-'));
    t.teardown(() => rm(home, { recursive: true }));
    const backend = choose({ home });
    const folder = join(home, '.local/state/balance-alert');
    const project = join(folder, '.pulumi/stacks/balance-alert');
    await mkdir(project, { recursive: true });
    await writeFile(join(project, file), bytes);
    if (needed) {
      const error = await t.throwsAsync(prepareBackend(backend), { instanceOf: Failure });
      t.is(
        error?.message,
        `the passphrase file ${folder}/passphrase is missing, and ${join(project, file)} is encrypted with it`,
      );
      await t.throwsAsync(stat(backend.passphraseFile ?? ''));
    } else {
      await prepareBackend(backend);
      t.is((await stat(backend.passphraseFile ?? '')).size, 43);
    }
  });
}
