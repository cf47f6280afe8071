import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import {
  defaultEngineAnswers,
  findPrerequisites,
  formatMissing,
} from '../../../scripts/lib/install/prerequisites.ts';
import { cliCandidates, findCli, isRecentEnough } from '../../../scripts/lib/pulumi/find-cli.ts';
import { makeAccountsFile } from '../../../scripts/lib/stack/accounts-file.ts';
import { findTakenPorts } from '../../../scripts/lib/stack/ports.ts';
import { run } from '../../../scripts/lib/terminal/process.ts';

const test = anyTest as TestFn<{ folder: string }>;
const checkout = resolve(import.meta.dirname, '../../..');

test.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'balance-alert-scripts-'));
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true, force: true }));

/** A program that answers as the CLI does when asked for its version. */
async function fakeCli(path: string, version: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho ${version}\n`);
  await chmod(path, 0o755);
}

test('the CLI is looked for on PATH, then where its installers put it', (t) => {
  t.deepEqual(cliCandidates({ PATH: '/a:/b', HOME: '/home/me' }, '3.270.0'), [
    '/a/pulumi',
    '/b/pulumi',
    '/home/me/.pulumi/bin/pulumi',
    '/home/me/.pulumi/versions/3.270.0/bin/pulumi',
  ]);
  t.is(cliCandidates({ PULUMI_HOME: '/p', HOME: '/home/me' }, '3.270.0')[0], '/p/bin/pulumi');
});

test('the first CLI that runs is taken; the npm package of that name is none', async (t) => {
  const { folder } = t.context;
  const npm = join(folder, 'node_modules/.bin/pulumi');
  const broken = join(folder, 'broken/pulumi');
  const good = join(folder, 'good/pulumi');
  await fakeCli(npm, 'v9.9.9');
  await fakeCli(broken, 'what?');
  await fakeCli(good, 'v3.270.0');
  t.deepEqual(await findCli([npm, join(folder, 'missing'), broken, good], folder), {
    path: good,
    version: '3.270.0',
  });
  t.is(await findCli([npm, broken], folder), undefined);
});

test('a CLI that prints no version is found only where there is no other', async (t) => {
  const { folder } = t.context;
  const own = join(folder, 'own/pulumi');
  const good = join(folder, 'good/pulumi');
  for (const printed of ['', 'v', 'dev']) {
    await fakeCli(own, printed);
    t.deepEqual(await findCli([own], folder), { path: own, version: undefined }, printed);
  }
  await fakeCli(good, 'v3.270.0');
  t.is((await findCli([own, good], folder))?.path, good);
});

for (const [version, enough] of [
  ['3.260.0', true],
  ['3.270.1-alpha.5', true],
  ['4.0.0', true],
  ['3.259.9', false],
  ['2.999.0', false],
] as const) {
  test(`the CLI ${version} is ${enough ? '' : 'not '}recent enough`, (t) => {
    t.is(isRecentEnough(version), enough);
  });
}

/** A checkout that has its manifest and its lock, and nothing of what it needs. */
async function bareCheckout(folder: string): Promise<string> {
  const root = join(folder, 'checkout');
  await mkdir(root);
  for (const file of ['package.json', 'package-lock.json']) await cp(join(checkout, file), join(root, file));
  return root;
}

test('everything that is missing is named at once, each with the command that gets it', async (t) => {
  const root = await bareCheckout(t.context.folder);
  const { missing, cli } = await findPrerequisites({
    root,
    environment: { PATH: '', HOME: t.context.folder },
    engineAnswers: async () => false,
  });
  t.is(cli, undefined);
  t.deepEqual(
    missing.map(({ kind }) => kind),
    ['packages', 'cli', 'engine'],
  );
  const lines = formatMissing(missing);
  t.regex(lines[0] ?? '', /^npm packages are missing .*, and \d+ more$/);
  t.is(lines[1], '  to install it:  npm ci');
  t.is(lines[2], 'the Pulumi CLI is missing');
  t.regex(lines[3] ?? '', /https:\/\/get\.pulumi\.com .* --version 3\.\d+\.\d+$/);
  t.is(lines[4], 'no Docker engine answers at /var/run/docker.sock');
});

test('an old CLI is named with its place and version', async (t) => {
  const path = join(t.context.folder, 'bin/pulumi');
  await fakeCli(path, 'v3.100.0');
  const { missing, cli } = await findPrerequisites({
    root: checkout,
    environment: { PATH: dirname(path), HOME: t.context.folder },
    engineAnswers: async () => true,
  });
  t.is(cli, undefined);
  t.true(missing.map(({ what }) => what).includes(`the Pulumi CLI ${path} is 3.100.0, older than 3.260.0`));
});

test('a CLI that prints no version is named as one, not as missing', async (t) => {
  const path = join(t.context.folder, 'bin/pulumi');
  await fakeCli(path, '');
  const { missing, cli } = await findPrerequisites({
    root: checkout,
    environment: { PATH: dirname(path), HOME: t.context.folder },
    engineAnswers: async () => true,
  });
  t.is(cli, undefined);
  t.deepEqual(
    missing.filter(({ kind }) => kind === 'cli').map(({ what }) => what),
    [
      `the Pulumi CLI ${path} prints no version (built from source?), so whether it is at least 3.260.0 is unknown`,
    ],
  );
});

test('an engine that was named is looked at later, when its address is known', async (t) => {
  t.true(await defaultEngineAnswers(t.context.folder, { DOCKER_HOST: 'unix:///nowhere' }));
  await writeFile(
    join(t.context.folder, 'Pulumi.local.yaml'),
    'config:\n  docker:host: ssh://me@host.example\n',
  );
  t.true(await defaultEngineAnswers(t.context.folder, {}));
});

test('a port that something listens on is taken, another one is not', async (t) => {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  t.deepEqual([...(await findTakenPorts('127.0.0.1', [port]))], [port]);
  await new Promise((done) => server.close(done));
  t.deepEqual([...(await findTakenPorts('127.0.0.1', [port]))], []);
});

test('demo accounts are put where nothing is, and never over anything', async (t) => {
  const file = join(t.context.folder, 'deep/accounts.yaml');
  t.is(await makeAccountsFile(checkout, file), file);
  const [firstLine = ''] = (await readFile(file, 'utf8')).split('\n');
  const schema = /\$schema=(.*)$/.exec(firstLine)?.[1] ?? '';
  t.regex(await readFile(resolve(dirname(file), schema), 'utf8'), /"title": "Account file of balance-alert"/);
  await writeFile(file, 'mine');
  t.is(await makeAccountsFile(checkout, file), undefined);
});

for (const script of ['up', 'down', 'pulumi']) {
  test(`scripts/${script} --help works from any folder, also through a link`, async (t) => {
    const link = join(t.context.folder, script);
    await symlink(join(checkout, 'scripts', script), link);
    const { code, stdout } = await run(link, ['--help'], {
      cwd: t.context.folder,
      environment: { PATH: '/usr/bin:/bin', HOME: t.context.folder },
    });
    t.is(code, 0);
    t.regex(stdout, new RegExp(`^Usage: scripts/${script} `, 'm'));
  });
}

for (const script of ['up', 'down']) {
  test(`scripts/${script} rejects unknown flags, and requires --yes without a terminal`, async (t) => {
    const options = { cwd: t.context.folder, environment: { HOME: t.context.folder } };
    const unknown = await run(join(checkout, 'scripts', script), ['--frobnicate'], options);
    t.is(unknown.code, 2);
    t.regex(unknown.stderr, new RegExp(`^scripts/${script}: Unknown option '--frobnicate'\\n`));
    const unasked = await run(join(checkout, 'scripts', script), [], options);
    t.is(unasked.code, 2);
    t.regex(unasked.stderr, /not a terminal: pass --yes/);
  });
}

test('without any Node, instructions are printed; nothing is installed without consent', async (t) => {
  const { folder } = t.context;
  const scripts = join(folder, 'scripts');
  await mkdir(join(scripts, 'lib'), { recursive: true });
  for (const file of ['up', 'lib/find-node.sh'])
    await cp(join(checkout, 'scripts', file), join(scripts, file));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const tool of ['sh', 'dirname', 'readlink', 'id']) {
    const { stdout } = await run('sh', ['-c', `command -v ${tool}`], { cwd: folder });
    await writeFile(join(bin, tool), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
  }
  const { code, stderr } = await run('/bin/sh', [join(scripts, 'up'), '--yes'], {
    cwd: folder,
    environment: { PATH: bin },
  });
  t.is(code, 1);
  t.is(
    stderr,
    `No Node 22.20 or later was found.
  to install it:  apt-get install nodejs npm && (cd ${folder} && npm ci)
  or run the script with --install
`,
  );
});
