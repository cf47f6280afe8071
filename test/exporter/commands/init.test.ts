import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import test from 'ava';
import { parse } from 'yaml';
import { schemaComment } from '../../../exporter/account-file/json-schema.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { runProgram } from '../../support/program.ts';
import { answer } from '../../support/scripted-vendor.ts';
import { startTunnelledVendors } from '../../support/tunnelled-vendors.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-init-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const hosts = ['openrouter.ai', 'api.deepseek.com', 'api.moonshot.cn', 'api.moonshot.ai', 'api.tavily.com'];
const { keyFile, certFile, caFile } = makeCertificate(folder, {
  names: hosts.map((host) => `DNS:${host}`).join(','),
});
const tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) };

const openrouter = answer(200, { data: { total_credits: 100, total_usage: 57.5 } });
const deepseek = answer(200, {
  is_available: true,
  balance_infos: [
    { currency: 'CNY', total_balance: '110.00', granted_balance: '10.00', topped_up_balance: '100.00' },
  ],
});
const moonshot = answer(200, { code: 0, data: { available_balance: 6.1 }, scode: '0x0', status: true });
const refusal = answer(401, { error: { message: 'Incorrect API key provided: sk-planted-moonshot' } });

let folders = 0;
function newFolder(): string {
  folders += 1;
  const made = join(folder, String(folders));
  mkdirSync(made);
  return made;
}

const flags = (at: string, proxy?: string): string[] => [
  'init',
  '--config.file',
  join(at, 'balance-alert.yaml'),
  ...(proxy === undefined ? [] : ['--proxy', proxy, '--ca-file', caFile]),
];

test.serial(
  'three keys in the environment become an account file, its schema and three readings',
  async (t) => {
    await using vendors = await startTunnelledVendors(tls, {
      'openrouter.ai': openrouter,
      'api.deepseek.com': deepseek,
      'api.moonshot.cn': moonshot,
    });
    const at = newFolder();
    const keys = {
      OPENROUTER_API_KEY: 'sk-planted-openrouter',
      DEEPSEEK_API_KEY: 'sk-planted-deepseek',
      MOONSHOT_API_KEY: 'sk-planted-moonshot',
    };
    const started = performance.now();
    const { code, stdout, stderr } = await runProgram(flags(at, vendors.proxy), keys);
    t.log(
      `${((performance.now() - started) / 1000).toFixed(2)} s from start to end, three vendors asked\n${stdout}`,
    );
    t.is(code, 0, stdout + stderr);
    t.is(stderr, '');
    t.deepEqual(vendors.asked().toSorted(), [
      'api.deepseek.com/user/balance',
      'api.moonshot.cn/v1/users/me/balance',
      'openrouter.ai/api/v1/credits',
    ]);
    t.regex(stdout, /^deepseek +DEEPSEEK_API_KEY +balance: 110 CNY$/m);
    t.regex(stdout, /^moonshot +MOONSHOT_API_KEY +balance: 6\.1 CNY$/m);
    t.regex(stdout, /^openrouter +OPENROUTER_API_KEY +credits: 42\.5 USD$/m);

    const file = join(at, 'balance-alert.yaml');
    const text = readFileSync(file, 'utf8');
    t.log(text);
    t.is(text.split('\n')[0], schemaComment);
    t.notRegex(text + stdout, /planted/);
    t.deepEqual(parse(text), {
      defaults: { proxy: vendors.proxy, ca_file: caFile },
      accounts: [
        { name: 'deepseek', provider: 'deepseek', options: { key: { secret: 'DEEPSEEK_API_KEY' } } },
        { name: 'moonshot', provider: 'moonshot', options: { key: { secret: 'MOONSHOT_API_KEY' } } },
        { name: 'openrouter', provider: 'openrouter', options: { key: { secret: 'OPENROUTER_API_KEY' } } },
      ],
    });
    const checked = await runProgram(['--config.check', '--config.file', file], keys);
    t.is(checked.stdout, `${file}: valid (accounts: 3, subscriptions: 0, mailboxes: 0)\n`);
    const schema: unknown = JSON.parse(readFileSync(join(at, 'balance-alert.schema.json'), 'utf8'));
    t.true(
      typeof schema === 'object' &&
        schema !== null &&
        new Ajv({ strict: false }).validate(schema, parse(text)),
    );
    t.deepEqual(readdirSync(at).sort(), ['balance-alert.schema.json', 'balance-alert.yaml']);
  },
);

test.serial(
  'keys may be files, also in small letters, and what is not enough is said with what is missing',
  async (t) => {
    await using vendors = await startTunnelledVendors(tls, { 'api.deepseek.com': deepseek });
    const at = newFolder();
    const secrets = newFolder();
    writeFileSync(join(secrets, 'deepseek-api-key'), 'sk-planted-deepseek\r\n');
    writeFileSync(join(secrets, 'twilio_auth_token'), 'planted-twilio\n');
    writeFileSync(join(secrets, 'TAVILY_API_KEY'), '\n');
    writeFileSync(join(secrets, 'SERPAPI_API_KEY'), 'planted-serpapi\n\n');
    writeFileSync(join(secrets, 'TELNYX_API_KEY'), 'planted-telnyx\nand a note\n');
    mkdirSync(join(secrets, 'POE_API_KEY'));
    const { code, stdout, stderr } = await runProgram(
      [...flags(at, vendors.proxy), '--secrets.dir', secrets],
      {
        OPENAI_API_KEY: 'sk-planted-openai',
        AWS_ACCESS_KEY_ID: 'AKIA-planted-aws',
        GROQ_API_KEY: 'sk-planted-groq',
        // Well-known, and none of ours.
        PATH_TO_NOTHING: 'x',
        VULTR_API_KEY: 'abc',
      },
    );
    t.is(code, 0, stdout + stderr);
    t.is(vendors.requests[0]?.headers.authorization, 'Bearer sk-planted-deepseek');
    t.regex(
      readFileSync(join(at, 'balance-alert.yaml'), 'utf8'),
      /options: \{ key: \{ secret: deepseek-api-key \} \}/,
    );
    const [, unusable = ''] = stdout.split('Found, but not usable:\n');
    t.regex(
      unusable,
      /^ {2}twilio_auth_token: provider twilio also requires account_sid \(the SID of the account\), usually in TWILIO_ACCOUNT_SID/m,
    );
    t.regex(unusable, /^ {2}TAVILY_API_KEY: it is empty$/m);
    t.regex(unusable, /^ {2}SERPAPI_API_KEY: it contains whitespace, expected the key alone$/m);
    t.regex(unusable, /^ {2}TELNYX_API_KEY: it contains whitespace, expected the key alone$/m);
    t.regex(unusable, /^ {2}AWS_ACCESS_KEY_ID: AWS .*AWS bills each request/m);
    t.regex(unusable, /^ {2}POE_API_KEY: secret POE_API_KEY can't be read from .*EISDIR/m);
    t.regex(
      unusable,
      /^ {2}OPENAI_API_KEY: OpenAI costs: an ordinary key reads no costs; create an admin key/m,
    );
    t.regex(unusable, /^ {2}GROQ_API_KEY: no endpoint for the balance; use a mailbox/m);
    t.regex(unusable, /^ {2}VULTR_API_KEY: secret VULTR_API_KEY is too short/m);
    t.notRegex(stdout, /planted/);
  },
);

test.serial(
  'a key that the vendor refuses is written as not enabled, with what it needs, and is tried where else it may be from',
  async (t) => {
    await using vendors = await startTunnelledVendors(tls, {
      'api.moonshot.cn': refusal,
      'api.moonshot.ai': refusal,
      'api.deepseek.com': deepseek,
    });
    const at = newFolder();
    const { code, stdout } = await runProgram(flags(at, vendors.proxy), {
      MOONSHOT_API_KEY: 'sk-planted-moonshot',
      DEEPSEEK_API_KEY: 'sk-planted-deepseek',
    });
    t.is(code, 1);
    t.deepEqual(
      vendors.asked().filter((one) => one.includes('moonshot')),
      ['api.moonshot.cn/v1/users/me/balance', 'api.moonshot.ai/v1/users/me/balance'],
    );
    t.regex(stdout, /^moonshot +MOONSHOT_API_KEY +auth: .*\[secret MOONSHOT_API_KEY\]/m);
    t.regex(stdout, /^moonshot: requires: API key; permission: any key; keys of one region do not work/m);
    const text = readFileSync(join(at, 'balance-alert.yaml'), 'utf8');
    t.notRegex(text + stdout, /planted/);
    t.regex(text, /# Query failed: auth: .*\n {4}enabled: false\n/);
    const checked = await runProgram(['--config.check', '--config.file', join(at, 'balance-alert.yaml')], {
      MOONSHOT_API_KEY: 'sk-planted-moonshot',
      DEEPSEEK_API_KEY: 'sk-planted-deepseek',
    });
    t.regex(checked.stdout, /valid \(accounts: 1,/);
  },
);

test.serial('a key of the other platform of a vendor finds it', async (t) => {
  await using vendors = await startTunnelledVendors(tls, {
    'api.moonshot.cn': refusal,
    'api.moonshot.ai': moonshot,
  });
  const at = newFolder();
  const { code, stdout } = await runProgram(flags(at, vendors.proxy), {
    MOONSHOT_API_KEY: 'sk-planted-moonshot',
  });
  t.is(code, 0, stdout);
  t.regex(stdout, /balance: 6\.1 USD/);
  t.regex(readFileSync(join(at, 'balance-alert.yaml'), 'utf8'), /region: "global"/);
});

test.serial('two keys of one vendor are two accounts, and the same key under two names is one', async (t) => {
  await using vendors = await startTunnelledVendors(tls, { 'openrouter.ai': openrouter });
  const at = newFolder();
  const { code, stdout } = await runProgram([...flags(at, vendors.proxy), '--dry-run'], {
    OPENROUTER_MANAGEMENT_KEY: 'sk-planted-one',
    OPENROUTER_PROVISIONING_KEY: 'sk-planted-one',
    OPENROUTER_API_KEY: 'sk-planted-two',
  });
  t.is(code, 0);
  t.deepEqual(
    parse(stdout).accounts.map(({ name, options }: { name: string; options: { key: unknown } }) => [
      name,
      options.key,
    ]),
    [
      ['openrouter', { secret: 'OPENROUTER_MANAGEMENT_KEY' }],
      ['openrouter-2', { secret: 'OPENROUTER_API_KEY' }],
    ],
  );
});

test.serial('a dry run prints the account file alone, and writes nothing', async (t) => {
  await using vendors = await startTunnelledVendors(tls, { 'api.deepseek.com': deepseek });
  const at = newFolder();
  const { code, stdout, stderr } = await runProgram([...flags(at, vendors.proxy), '--dry-run'], {
    DEEPSEEK_API_KEY: 'sk-planted-deepseek',
  });
  t.is(code, 0);
  t.is(stdout.split('\n')[0], schemaComment);
  t.is(parse(stdout).accounts.length, 1);
  t.regex(stderr, /^deepseek +DEEPSEEK_API_KEY +balance: 110 CNY$/m);
  t.deepEqual(readdirSync(at), []);
});

test.serial('a vendor that cannot be reached is written as enabled, since that passes', async (t) => {
  await using vendors = await startTunnelledVendors(tls, {});
  const at = newFolder();
  const { code, stdout } = await runProgram(flags(at, vendors.proxy), {
    DEEPSEEK_API_KEY: 'sk-planted-deepseek',
  });
  t.is(code, 1);
  t.regex(stdout, /^deepseek +DEEPSEEK_API_KEY +network: /m);
  const text = readFileSync(join(at, 'balance-alert.yaml'), 'utf8');
  t.regex(text, /# Query failed: network: /);
  t.notRegex(text, /enabled: false/);
});

test.serial(
  'an account file that is there is kept, without asking anybody, and replaced with --force',
  async (t) => {
    await using vendors = await startTunnelledVendors(tls, { 'api.deepseek.com': deepseek });
    const at = newFolder();
    const file = join(at, 'balance-alert.yaml');
    writeFileSync(file, 'mine');
    writeFileSync(join(at, 'balance-alert.schema.json'), '{ "mine": true }');
    const keys = { DEEPSEEK_API_KEY: 'sk-planted-deepseek' };
    const refused = await runProgram(flags(at, vendors.proxy), keys);
    t.is(refused.code, 2);
    t.regex(refused.stderr, /^error: .*balance-alert\.yaml already exists; --force replaces it/);
    t.is(readFileSync(file, 'utf8'), 'mine');
    t.deepEqual(vendors.asked(), []);

    const forced = await runProgram([...flags(at, vendors.proxy), '--force'], keys);
    t.is(forced.code, 0);
    t.regex(readFileSync(file, 'utf8'), /DEEPSEEK_API_KEY/);
    // A file of that name which is no schema of ours is nobody's to replace.
    t.is(readFileSync(join(at, 'balance-alert.schema.json'), 'utf8'), '{ "mine": true }');
    t.regex(
      forced.stdout,
      /balance-alert\.schema\.json already exists and is not the schema of balance-alert; it was left unchanged\./,
    );
  },
);

test.serial('no keys at all: nothing is written, and what is looked for is said', async (t) => {
  const at = newFolder();
  const { code, stdout } = await runProgram(flags(at));
  t.is(code, 1);
  t.regex(stdout, /^No usable key found in the environment; nothing was written\./);
  t.deepEqual(readdirSync(at), []);
});

const wrong: readonly (readonly [string, (at: string) => readonly string[], RegExp])[] = [
  [
    'a folder that is not there',
    (at) => ['init', '--config.file', join(at, 'no/such.yaml')],
    /^error: directory .*\/no does not exist\n$/,
  ],
  [
    'a folder in the place of the file',
    (at) => ['init', '--config.file', at],
    /^error: .* is a directory, expected a file name in --config\.file\n$/,
  ],
  [
    'a folder of secrets that is none',
    (at) => {
      writeFileSync(join(at, 'file'), '');
      return [...flags(at), '--secrets.dir', join(at, 'file')];
    },
    /^error: the secrets directory cannot be read: ENOTDIR/,
  ],
  [
    'a proxy that is none',
    (at) => [...flags(at), '--proxy', 'socks5://127.0.0.1:1'],
    /^error: defaults\.proxy: expected the http or https URL of a proxy/,
  ],
  [
    'a proxy with a password written out',
    (at) => [...flags(at), '--proxy', 'http://user:planted@127.0.0.1:1'],
    /^error: defaults\.proxy: expected an http or https URL without credentials/,
  ],
];

for (const [title, args, message] of wrong) {
  test.serial(`before anybody is asked, exit code 2 and a word about it: ${title}`, async (t) => {
    const at = newFolder();
    const { code, stdout, stderr } = await runProgram(args(at), { DEEPSEEK_API_KEY: 'sk-planted-deepseek' });
    t.deepEqual([code, stdout], [2, '']);
    t.regex(stderr, message);
    t.notRegex(stderr, /planted/);
  });
}

test.serial('an interrupt while vendors are asked writes nothing', async (t) => {
  let interrupt = (): void => undefined;
  await using vendors = await startTunnelledVendors(tls, { 'api.deepseek.com': () => interrupt() });
  const at = newFolder();
  const { code, stderr } = await runProgram(
    flags(at, vendors.proxy),
    { DEEPSEEK_API_KEY: 'sk-planted-deepseek' },
    (child) => {
      interrupt = () => void child.kill('SIGINT');
    },
  );
  t.deepEqual([code, stderr], [1, 'interrupted: nothing was written\n']);
  t.deepEqual(readdirSync(at), []);
});

test.serial('with --force a link stays a link to the account file that it names', async (t) => {
  await using vendors = await startTunnelledVendors(tls, { 'api.deepseek.com': deepseek });
  const [at, elsewhere] = [newFolder(), newFolder()];
  writeFileSync(join(elsewhere, 'accounts.yaml'), 'former');
  symlinkSync(join(elsewhere, 'accounts.yaml'), join(at, 'balance-alert.yaml'));
  const { code } = await runProgram([...flags(at, vendors.proxy), '--force'], {
    DEEPSEEK_API_KEY: 'sk-planted-deepseek',
  });
  t.is(code, 0);
  t.regex(readFileSync(join(elsewhere, 'accounts.yaml'), 'utf8'), /DEEPSEEK_API_KEY/);
  t.true(existsSync(join(at, 'balance-alert.yaml')));
});
