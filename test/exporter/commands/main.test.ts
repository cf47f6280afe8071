import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-main-'));
test.after.always(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const good = written('good.yaml', 'accounts: [{ name: a, provider: demo }]\n');
const bad = written('bad.yaml', 'accounts: [{ name: a, provider: dmo }]\n');

const wrongUse: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown flag', ['--nope'], /^error: unknown option '--nope'\n/],
  ['an unknown flag of serve', ['serve', '--web.listen-adress', ':1'], /Did you mean --web.listen-address\?/],
  ['an unknown command', ['frobnicate'], /^error: unknown command 'frobnicate'/],
  ['a command with a slip', ['renewel'], /^error: unknown command 'renewel'; did you mean renewed\?\n/],
  ['an argument too many', ['serve', 'more'], /^error: too many arguments for 'serve'/],
  [
    'an address that is none',
    ['serve', '--web.listen-address', '9100'],
    /expected an address such as :9100, 127\.0\.0\.1:9100 or \[::1\]:9100, got 9100\n/,
  ],
  [
    'a level that does not exist',
    ['serve', '--log.level', 'loud'],
    /Allowed choices are debug, info, warn, error\.\n/,
  ],
  ['a concurrency of 0', ['serve', '--poll.concurrency', '0'], /expected a whole number from 1\n/],
  ['a shard beyond the last', ['serve', '--poll.shard', '4/3'], /expected N\/M with N from 1 to M/],
  ['half a request', ['serve', '--web.max-requests', '1.5'], /expected a whole number from 1\n/],
  [
    'a path without a slash',
    ['serve', '--web.telemetry-path', 'metrics'],
    /expected a path such as \/metrics\n/,
  ],
  [
    'a path that is taken',
    ['serve', '--web.telemetry-path', '/-/ready'],
    /\/config and everything below \/-\/ are reserved\n/,
  ],
  [
    'a link that is no web address',
    ['serve', '--web.dashboard-url', 'javascript:x'],
    /expected an http or https URL\n/,
  ],
  ['a check of nothing', ['check'], /^error: missing required argument 'name'\n/],
];

for (const [title, args, message] of wrongUse) {
  test(`${title} is a usage error: exit code 2 and a message`, async (t) => {
    const { code, stdout, stderr } = await runProgram(args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  });
}

test('--version prints version, revision and runtime', async (t) => {
  for (const args of [['--version'], ['serve', '--version']]) {
    const { code, stdout } = await runProgram(args);
    t.is(code, 0);
    t.regex(
      stdout,
      /^balance-alert \d+\.\d+\.\d+ \(revision [0-9a-z]+, Node v\d+\.\d+\.\d+, time-zone data \d{4}[a-z]\)\n$/,
    );
  }
});

test('--help lists the commands, and those of a command its flags', async (t) => {
  const all = await runProgram(['--help']);
  t.is(all.code, 0);
  for (const name of [
    'serve',
    'init',
    'check',
    'providers',
    'schema',
    'renewals',
    'renewed',
    'import',
    'healthcheck',
  ]) {
    t.regex(all.stdout, new RegExp(`^  ${name} `, 'm'));
  }
  const serve = await runProgram(['serve', '--help']);
  t.is(serve.code, 0);
  for (const flag of [
    '--config.file',
    '--config.check',
    '--probe',
    '--secrets.dir',
    '--storage.path',
    '--web.listen-address',
    '--web.status-address',
    '--web.telemetry-path',
    '--web.max-requests',
    '--log.level',
    '--log.format',
    '--poll.concurrency',
  ]) {
    t.true(serve.stdout.includes(`  ${flag} `), flag);
  }
});

test('--config.check reports a valid file with a summary of its content', async (t) => {
  t.deepEqual(await runProgram(['--config.check', '--config.file', good]), {
    code: 0,
    stdout: `${good}: valid (accounts: 1, subscriptions: 0, mailboxes: 0)\n`,
    stderr: '',
  });
});

const problem =
  ':1:23: accounts[0].provider: no provider "dmo"; did you mean demo? (`balance-alert providers` lists them)\n';

test('--config.check reports the errors of a file with exit code 2', async (t) => {
  t.deepEqual(await runProgram(['--config.check', '--config.file', bad]), {
    code: 2,
    stdout: '',
    stderr: `${bad}${problem}`,
  });
});

test('serve exits on an invalid file before anything starts', async (t) => {
  t.deepEqual(await runProgram(['--config.file', bad]), { code: 2, stdout: '', stderr: `${bad}${problem}` });
});

test('the account file can be set by a variable, and the flag takes precedence', async (t) => {
  const variables = { BALANCE_ALERT_CONFIG_FILE: bad };
  t.is((await runProgram(['--config.check'], variables)).code, 2);
  t.is((await runProgram(['--config.check', '--config.file', good], variables)).code, 0);
});

test('a secret comes from a variable or from the folder of secrets', async (t) => {
  const file = written(
    'mail.yaml',
    'mailboxes: [{ name: m, host: h, user: u, password: { secret: THE_KEY } }]\n',
  );
  const check = (variables: Record<string, string>, ...args: string[]) =>
    runProgram(['--config.check', '--config.file', file, ...args], variables);
  t.is((await check({})).code, 2);
  t.is((await check({ THE_KEY: 'a value' })).code, 0);
  written('THE_KEY', 'a value\n');
  t.is((await check({}, '--secrets.dir', folder)).code, 0);
  t.is((await check({ BALANCE_ALERT_SECRETS_DIR: folder })).code, 0);
});

test('providers lists what an account file can name', async (t) => {
  const { code, stdout } = await runProgram(['providers']);
  t.is(code, 0);
  t.regex(stdout, /^ID +VENDOR +KIND +UNITS +CREDENTIAL +MIN INTERVAL +SOURCE\n/);
  t.regex(stdout, /^json +Any JSON API +any +as configured +as required by the vendor +10s +vendor$/m);
  t.regex(stdout, /^wxrank +WxRank +credits +points +API key +1m +third party$/m);
});

test('providers ID describes one in full, with an account to start from', async (t) => {
  const { code, stdout } = await runProgram(['providers', 'twilio']);
  t.is(code, 0);
  t.regex(stdout, /^Permission: +the main account's own token/m);
  t.regex(stdout, /^Source: +vendor$/m);
  const [, account = ''] = stdout.split('\naccounts:\n');
  const file = written('twilio.yaml', `accounts:\n${account}`);
  const checked = await runProgram(['--config.check', '--config.file', file], {
    TWILIO_AUTH_TOKEN: 'k-0123456789',
  });
  t.is(checked.code, 0, checked.stderr);
  const unknown = await runProgram(['providers', 'twilo']);
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /did you mean twilio\?/);
});
