import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { compareSync, hashSync } from 'bcryptjs';
import ICAL from 'ical.js';
import { runProgram, seriesValue, startProgram } from '../../support/program.ts';
import { serveSockets } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';
import { startVendor, vendorAccount } from '../../support/vendor.ts';

const folders: string[] = [];
test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with an account file in it. */
function prepared(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-serve-'));
  folders.push(folder);
  const file = join(folder, 'accounts.yaml');
  writeFileSync(file, text);
  return { folder, file, write: (next: string) => writeFileSync(file, next) };
}

const demo = (...names: readonly string[]) =>
  `accounts:\n${names.map((name) => `  - { name: ${name}, provider: demo }\n`).join('')}`;

const info = (name: string) => `balance_alert_account_info{project="${name}",provider="demo"}`;

/** The process that this one started last; they run one at a time here. */
function onlyChild(): Promise<number> {
  return until(() => {
    const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
    return text === '' ? undefined : Number(text.split(' ').at(-1));
  });
}

/** The status of a reload that is asked for under another name than this machine's. */
function reloadAs(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/-/reload`, { method: 'POST', headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

/** Asks for a reload, again where it came too soon after the one before. */
function reload(url: string): Promise<Response> {
  return until(async () => {
    const response = await fetch(`${url}/-/reload`, { method: 'POST' });
    if (response.status !== 429) return response;
    await response.text();
    return undefined;
  });
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test.serial(
    `${signal} ends it well, also while checks are under way and a scraper keeps its connection`,
    async (t) => {
      await using vendor = await startVendor();
      vendor.answer('/silent', { silent: true });
      const { file } = prepared(
        `accounts:\n${vendorAccount(vendor, 'silent')}${demo('a').slice('accounts:\n'.length)}`,
      );
      await using program = await startProgram([`--config.file=${file}`]);
      await until(async () => vendor.requests('/silent') === 1);
      await program.metrics();
      t.is((await fetch(`${program.url}/-/ready`)).status, 503);
      t.is(await program.end(signal), 0);
      t.true(program.log.at(-1)?.endsWith(`level=info msg="shutting down" signal=${signal}`));
    },
  );
}

test.serial('SIGHUP and POST reload the file; an invalid one changes only the reload status', async (t) => {
  const { file, write } = prepared(demo('one'));
  await using program = await startProgram([`--config.file=${file}`]);
  await program.ready();
  const loaded = 'balance_alert_config_last_reload_successful';

  write('accounts: [{ name: a, provider: dmo }]');
  program.child.kill('SIGHUP');
  await program.logged('reload failed, keeping the previous configuration');
  await until(async () => seriesValue(await program.metrics(), loaded) === 0);
  const bad = await program.metrics();
  t.is(seriesValue(bad, info('one')), 1);
  const page = await (await fetch(program.statusUrl)).text();
  t.true(page.includes('no provider &quot;dmo&quot;; did you mean demo?'));
  const refused = await reload(program.url);
  t.is(refused.status, 500);
  t.is(
    await refused.text(),
    `${file}:1:23: accounts[0].provider: no provider "dmo"; did you mean demo? (\`balance-alert providers\` lists them)\n`,
  );

  write(demo('two'));
  t.is((await reload(program.url)).status, 200);
  await until(async () => seriesValue(await program.metrics(), loaded) === 1);
  const good = await program.metrics();
  t.is(seriesValue(good, info('one')), undefined);
  t.is(seriesValue(good, info('two')), 1);
  t.is(await program.end(), 0);
});

test.serial('SIGHUP while the account file is read for the first time loads it once more', async (t) => {
  const { folder } = prepared('');
  const file = join(folder, 'slow.yaml');
  execFileSync('mkfifo', [file]);
  const starting = startProgram([`--config.file=${file}`]);
  // Opens once the program reads, which then waits for its end.
  const pipe = await open(file, 'w');
  writeFileSync(join(folder, 'next.yaml'), demo('two'));
  renameSync(join(folder, 'next.yaml'), file);
  process.kill(await onlyChild(), 'SIGHUP');
  await pipe.writeFile(demo('one'));
  await pipe.close();
  await using program = await starting;
  await program.logged('msg="configuration reloaded" accounts=1');
  await until(async () => seriesValue(await program.metrics(), info('two')) === 1);
  t.is(await program.end(), 0);
});

test.serial(
  'a file that changes is loaded by itself, through a mounted folder whose link is swapped',
  async (t) => {
    const { folder } = prepared('');
    for (const version of ['one', 'two']) {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, 'config.yaml'), demo(version));
    }
    symlinkSync('..one', join(folder, '..data'));
    symlinkSync(join('..data', 'config.yaml'), join(folder, 'config.yaml'));
    await using program = await startProgram([`--config.file=${join(folder, 'config.yaml')}`]);
    t.is(seriesValue(await program.metrics(), info('one')), 1);
    symlinkSync('..two', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await program.logged('msg="configuration reloaded" accounts=1');
    await until(async () => seriesValue(await program.metrics(), info('two')) === 1);
    t.is(seriesValue(await program.metrics(), info('one')), undefined);
    t.is(await program.end(), 0);
  },
);

test.serial(
  'a single mounted file that is replaced on the host fails the reload, with a remedy',
  async (t) => {
    const { folder, file } = prepared(demo('one'));
    // As through a mount of the file itself: the path goes on leading to the old one.
    const mounted = openSync(file, 'r');
    const path = `/proc/${process.pid}/fd/${mounted}`;
    await using program = await startProgram([`--config.file=${path}`]);
    await program.ready();
    const next = join(folder, 'next.yaml');
    writeFileSync(next, demo('two'));
    renameSync(next, file);
    const message = `${path}: this file was replaced or deleted, but it is mounted by itself, so the new one cannot be seen: mount its folder instead, and restart`;
    await program.logged(message);
    const loaded = 'balance_alert_config_last_reload_successful';
    await until(async () => seriesValue(await program.metrics(), loaded) === 0);
    const response = await reload(program.url);
    t.is(response.status, 500);
    t.is(await response.text(), `${message}\n`);
    t.is(seriesValue(await program.metrics(), info('one')), 1);
    t.is(await program.end(), 0);
    closeSync(mounted);
  },
);

test.serial(
  'a restart in the middle of a vendor’s outage serves the last value with its true age, and no counter falls',
  async (t) => {
    await using vendor = await startVendor();
    vendor.answer('/a', '{"left":42.5}');
    const { folder, file } = prepared(`accounts:\n${vendorAccount(vendor, 'a')}`);
    const args = [`--config.file=${file}`, `--storage.path=${join(folder, 'storage')}`];
    const labels = '{project="a",provider="json"}';
    const successAt = `balance_alert_account_last_success_timestamp_seconds${labels}`;
    const failures = 'balance_alert_account_check_failures_total{project="a",provider="json",reason="auth"}';

    await using first = await startProgram(args);
    await first.ready();
    const before = await first.metrics();
    t.is(await first.end(), 0);
    t.is(seriesValue(before, `balance_alert_account_checks_total${labels}`), 1);

    vendor.answer('/a', { status: 401 });
    for (const restart of [1, 2]) {
      await using program = await startProgram(args);
      await program.ready();
      const text = await program.metrics();
      t.is(
        seriesValue(text, 'balance_alert_balance{project="a",provider="json",type="balance",unit="USD"}'),
        42.5,
      );
      t.is(seriesValue(text, successAt), seriesValue(before, successAt));
      t.is(seriesValue(text, `balance_alert_account_up${labels}`), 0);
      t.is(seriesValue(text, `balance_alert_account_checks_total${labels}`), 1 + restart);
      t.is(seriesValue(text, failures), restart);
      t.is(await program.end(), 0);
    }
  },
);

test.serial(
  'no secret is in the log, on a page or in the storage, even if the vendor echoes it',
  async (t) => {
    await using vendor = await startVendor();
    const key = 'sk-"quoted"/+planted-value';
    vendor.answer('/a', { status: 400, body: `{"error":"bad key ${key}"}` });
    const { folder, file } = prepared(
      `accounts:\n  - name: a\n    provider: json\n    options:\n      url: ${vendor.url}/a\n      allow_http: true\n      auth: { type: bearer, token: { secret: KEY } }\n      expect_status: [400]\n      check: { expr: 'ok', equals: true, message: error }\n      values: [{ type: balance, expr: left, unit: USD }]\n`,
    );
    for (const format of ['logfmt', 'json']) {
      await using program = await startProgram(
        [`--config.file=${file}`, `--log.format=${format}`, '--log.level=debug', `--storage.path=${folder}`],
        { KEY: key },
      );
      await program.ready();
      await program.logged('check failed');
      const texts = await Promise.all(
        [program.statusUrl, program.url, `${program.url}/config`, `${program.url}/metrics`].map(async (url) =>
          (await fetch(url)).text(),
        ),
      );
      t.is(await program.end(), 0);
      const stored = [readFileSync(join(folder, 'state.log'), 'utf8')];
      t.true(stored.join('').includes('"kind":"account","name":"a"'));
      const all = [...texts, ...program.log, ...stored].join('\n');
      t.true(all.includes('[secret KEY]'));
      for (const form of [
        key,
        'planted-value',
        encodeURIComponent(key),
        Buffer.from(key).toString('base64'),
      ]) {
        t.false(all.includes(form), form);
      }
    }
  },
);

test.serial('a port in use is exit code 1, with the flag that sets another', async (t) => {
  const { file } = prepared(demo('a'));
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const address = other.address();
  const taken = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const said = (flag: string) =>
    `cannot listen on ${taken}: the address is in use: stop the other program, or choose another address with ${flag}\n`;
  const args = ['--config.file', file, '--log.level=error'];
  t.deepEqual(
    await runProgram([...args, '--web.listen-address', taken, '--web.status-address', '127.0.0.1:0']),
    { code: 1, stdout: '', stderr: said('--web.listen-address') },
  );
  t.deepEqual(
    await runProgram([...args, '--web.listen-address', '127.0.0.1:0', '--web.status-address', taken]),
    { code: 1, stdout: '', stderr: said('--web.status-address') },
  );
  other.close();
});

test.serial('a second exporter on one storage folder is refused with the name of the first', async (t) => {
  const { folder, file } = prepared(demo('a'));
  const storage = `--storage.path=${join(folder, 'storage')}`;
  await using first = await startProgram([`--config.file=${file}`, storage]);
  await first.ready();
  const second = await runProgram(['--config.file', file, storage]);
  t.is(second.code, 1);
  t.regex(
    second.stderr,
    new RegExp(
      `cannot be used: another exporter uses it \\(process ${first.child.pid} on .+, since .+\\); give each a folder of its own`,
    ),
  );
  t.is(await first.end(), 0);
  await using third = await startProgram([`--config.file=${file}`, storage]);
  await third.ready();
  t.is(await third.end(), 0);
});

test.serial('a storage folder that cannot be created is exit code 1', async (t) => {
  const { file } = prepared(demo('a'));
  const { code, stderr } = await runProgram(['--config.file', file, '--storage.path', join(file, 'below')]);
  t.is(code, 1);
  t.regex(stderr, /^--storage\.path .* cannot be used: ENOTDIR: /m);
});

test.serial(
  'a web configuration requires a password on both ports, and an invalid one exits with code 2',
  async (t) => {
    const { folder, file } = prepared(demo('a'));
    const web = join(folder, 'web.yml');
    // The password is `secret`, by bcrypt at its lowest cost.
    writeFileSync(web, `basic_auth_users: { alice: ${hashSync('secret', 4)} }\n`);
    await using program = await startProgram([`--config.file=${file}`, `--web.config.file=${web}`]);
    await program.ready();
    const authorization = `Basic ${Buffer.from('alice:secret').toString('base64')}`;
    for (const url of [
      `${program.url}/metrics`,
      `${program.url}/config`,
      program.statusUrl,
      `${program.statusUrl}/api/v1/status`,
    ]) {
      t.is((await fetch(url)).status, 401, url);
      t.is((await fetch(url, { headers: { authorization } })).status, 200, url);
    }
    t.is((await fetch(`${program.statusUrl}/-/healthy`)).status, 200);
    t.is(await program.end(), 0);

    writeFileSync(web, 'basic_auth_user: {}\n');
    t.deepEqual(await runProgram([`--config.file=${file}`, `--web.config.file=${web}`]), {
      code: 2,
      stdout: '',
      stderr: `${web}:1:1: basic_auth_user: unknown key; did you mean basic_auth_users?\n`,
    });
  },
);

/** Milliseconds of processor time that a process has used so far, from its 14th and 15th field, in hundredths of a second. */
function processorMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

test.serial(
  'a password is compared at the speed of optimized code, though the program saves memory by doing without',
  async (t) => {
    const { file, folder } = prepared(demo('one'));
    const web = join(folder, 'web.yml');
    const hash = hashSync('secret', 9);
    writeFileSync(web, `basic_auth_users: { alice: ${hash} }\n`);
    const passwords = ['a', 'b', 'c', 'd', 'e'];
    const { user } = process.cpuUsage();
    for (const password of passwords) compareSync(password, hash);
    const directMs = (process.cpuUsage().user - user) / 1000;
    await using program = await startProgram([`--config.file=${file}`, `--web.config.file=${web}`]);
    await program.ready();
    const before = processorMs(program.child.pid);
    for (const password of passwords) {
      const headers = { Authorization: `Basic ${btoa(`alice:${password}`)}` };
      t.is((await fetch(`${program.url}/metrics`, { headers })).status, 401);
    }
    const usedMs = processorMs(program.child.pid) - before;
    t.true(usedMs < 4 * directMs + 500, `${usedMs} ms, and ${directMs} ms by itself`);
    t.is(await program.end(), 0);
  },
);

test.serial('an address that other machines reach needs a password, or to be allowed without', async (t) => {
  const { file, folder } = prepared(demo('one'));
  const web = join(folder, 'web.yml');
  writeFileSync(web, `basic_auth_users:\n  finance: ${hashSync('secret', 4)}\n`);
  const refused = (open: string) => ({
    code: 2,
    stdout: '',
    stderr: `other machines can reach ${open}, and no password is required: set users or RequireAndVerifyClientCert in --web.config.file, or add --web.allow-unauthenticated if something else protects the port\n`,
  });
  const flags = [`--config.file=${file}`];
  t.deepEqual(
    await runProgram([...flags, '--web.listen-address=:9', '--web.status-address=[::]:9']),
    refused('[::]:9 and :9'),
  );
  t.deepEqual(
    await runProgram([...flags, '--web.status-address=localhost.example:0'], {
      BALANCE_ALERT_WEB_ALLOW_UNAUTHENTICATED: 'false',
    }),
    refused('localhost.example:0'),
  );
  const relay = join(folder, 'relay.yaml');
  writeFileSync(relay, 'channels: [{ name: ops, type: feishu, url: { secret: BOT } }]\n');
  t.deepEqual(
    await runProgram(['relay', `--config.file=${relay}`, '--web.listen-address=0.0.0.0:9'], {
      BOT: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc',
    }),
    refused('0.0.0.0:9'),
  );
  for (const allowed of ['--web.allow-unauthenticated', `--web.config.file=${web}`]) {
    await using program = await startProgram([...flags, allowed, '--web.listen-address=0.0.0.0:0']);
    await program.ready();
    t.is(await program.end(), 0);
  }
});

test.serial(
  'a calendar reads the feed by a token where a password is required, and nothing else by it',
  async (t) => {
    const { file, folder } = prepared(
      'subscriptions: [{ name: Domain, cycle: monthly, day: 17, amount: 12, currency: EUR }]\n',
    );
    const web = join(folder, 'web.yml');
    writeFileSync(web, `basic_auth_users:\n  finance: ${hashSync('secret', 4)}\n`);
    const tokens = join(folder, 'feed-token');
    const [first, second] = ['a', 'b'].map((letter) => letter.repeat(32));
    writeFileSync(tokens, 'short\n');
    const flags = [`--config.file=${file}`, `--web.config.file=${web}`, `--web.feed-token-file=${tokens}`];
    t.deepEqual(await runProgram(flags), {
      code: 2,
      stdout: '',
      stderr: `${tokens}:1: expected 32 to 512 letters, digits or any of _ . ~ - (openssl rand -hex 32)\n`,
    });
    writeFileSync(tokens, `${first}\n`);
    await using program = await startProgram(flags);
    const status = async (path: string) => (await fetch(program.statusUrl + path)).status;
    const feed = await fetch(`${program.statusUrl}/renewals.ics?token=${first}`);
    const calendar = new ICAL.Component(ICAL.parse(await feed.text()));
    t.is(calendar.getAllSubcomponents('vevent').length, 12);
    for (const path of [
      '/renewals.ics',
      '/renewals.ics?token=',
      `/renewals.ics?token=${second}`,
      `/renewals.ics?token=${first}&token=${second}`,
      `/?token=${first}`,
      `/api/v1/status?token=${first}`,
      `/renewals.ics/../api/v1/status?token=${first}`,
      `/renewals.ics%2f?token=${first}`,
    ]) {
      t.is(await status(path), 401, path);
    }
    writeFileSync(tokens, `${second}\n`);
    await program.logged('token of the calendar feed reloaded');
    t.is(await status(`/renewals.ics?token=${second}`), 200);
    t.is(await status(`/renewals.ics?token=${first}`), 401);
    t.is(await program.end(), 0);
    t.false(program.log.some((line) => line.includes('aaaa') || line.includes('bbbb')));
  },
);

test.serial(
  'a renewal is marked as paid by the signed link of the feed, behind the password, and the exporter takes it up',
  async (t) => {
    const { file, folder } = prepared(
      'subscriptions: [{ name: Domain, cycle: monthly, day: 17, amount: 12, currency: EUR }]\n',
    );
    const web = join(folder, 'web.yml');
    writeFileSync(web, `basic_auth_users:\n  finance: ${hashSync('secret', 4)}\n`);
    const keys = join(folder, 'keys');
    writeFileSync(keys, `${'k'.repeat(32)}\n`);
    const flags = [`--config.file=${file}`, `--web.config.file=${web}`, `--web.mark-paid-key-file=${keys}`];
    t.deepEqual(await runProgram(flags), {
      code: 2,
      stdout: '',
      stderr: 'error: --web.mark-paid-key-file needs --web.external-url, with which its links begin\n',
    });
    await using program = await startProgram([...flags, '--web.external-url=https://status.example']);
    const authorization = `Basic ${btoa('finance:secret')}`;
    const feed = await (
      await fetch(`${program.statusUrl}/renewals.ics`, { headers: { authorization } })
    ).text();
    const [event] = new ICAL.Component(ICAL.parse(feed)).getAllSubcomponents('vevent');
    const due = String(event?.getFirstPropertyValue('dtstart'));
    const [, link = ''] =
      /Mark as paid: https:\/\/status\.example(\S+)/.exec(
        String(event?.getFirstPropertyValue('description')),
      ) ?? [];
    const confirm = (headers: Readonly<Record<string, string>>) =>
      fetch(`${program.statusUrl}${link}&confirm=yes`, { method: 'POST', headers });
    t.is((await confirm({})).status, 401);
    t.false(readFileSync(file, 'utf8').includes('paid_through'));
    t.is((await confirm({ authorization })).status, 200);
    t.true(readFileSync(file, 'utf8').includes(`paid_through: ${due}`));
    t.regex(
      await program.logged('renewal marked as paid by a link'),
      new RegExp(`subscription=Domain date=${due}`),
    );
    const series = 'balance_alert_subscription_status{name="Domain",cycle_type="monthly"} -1';
    const metrics = async () =>
      (await fetch(`${program.url}/metrics`, { headers: { authorization } })).text();
    await until(async () => (await metrics()).includes(series));
    t.is(await program.end(), 0);
    t.false(program.log.some((line) => line.includes('signature') || line.includes('kkkk')));
  },
);

test.serial('assistants are answered with --web.enable-mcp only, behind the same password', async (t) => {
  const { file, folder } = prepared(demo('one'));
  const web = join(folder, 'web.yml');
  writeFileSync(web, `basic_auth_users:\n  finance: ${hashSync('secret', 4)}\n`);
  const ask = async (statusUrl: string, authorization?: string) => {
    const response = await fetch(`${statusUrl}/mcp`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'account_state', arguments: { name: 'one' } },
      }),
    });
    return { status: response.status, text: await response.text() };
  };
  await using program = await startProgram([
    `--config.file=${file}`,
    `--web.config.file=${web}`,
    '--web.enable-mcp',
  ]);
  t.is((await ask(program.statusUrl)).status, 401);
  const answered = await ask(program.statusUrl, `Basic ${btoa('finance:secret')}`);
  t.is(answered.status, 200);
  t.regex(answered.text, /"structuredContent":\{"account":\{"name":"one"/);
  t.is(await program.end(), 0);
  await using without = await startProgram([`--config.file=${file}`]);
  t.is((await ask(without.statusUrl)).status, 405);
  t.is(await without.end(), 0);
});

test.serial(
  'a reload with a foreign Host header requires --web.enable-lifecycle and that it is allowed',
  async (t) => {
    const { file } = prepared(demo('a'));
    for (const [flags, status] of [
      [[], 403],
      [['--web.enable-lifecycle'], 403],
      [['--web.enable-lifecycle', '--web.allowed-host=exporter.example'], 200],
    ] as const) {
      await using program = await startProgram([`--config.file=${file}`, ...flags]);
      await program.ready();
      t.is(await reloadAs(program.url, 'exporter.example'), status);
      t.is(await program.end(), 0);
    }
  },
);

test.serial('metrics can be served at more than one address, and at another path', async (t) => {
  const { file } = prepared(demo('a'));
  await using program = await startProgram([
    `--config.file=${file}`,
    '--web.listen-address=localhost:0',
    '--web.telemetry-path=/probe/metrics',
  ]);
  await program.ready();
  const urls = program.log.flatMap((line) => /listening for scrapes" url=(\S+)/.exec(line)?.[1] ?? []);
  t.is(urls.length, 2);
  for (const url of urls) {
    t.true(url.endsWith('/probe/metrics'));
    t.is(seriesValue(await (await fetch(url)).text(), info('a')), 1);
  }
  t.is((await fetch(`${program.url}/metrics`)).status, 404);
  t.true((await (await fetch(program.url)).text()).includes('href="/probe/metrics"'));
  t.is(await program.end(), 0);
});

for (const scheme of ['http', 'https']) {
  test.serial(`SIGTERM ends the program while a proxy keeps a check of ${scheme} waiting`, async (t) => {
    let asked = 0;
    await using proxy = await serveSockets(createServer(), (socket) => {
      socket.once('data', () => {
        asked += 1;
      });
    });
    const account = `{ name: a, provider: json, timeout: 10m, proxy: 'http://127.0.0.1:${proxy.port}', options: { url: '${scheme}://vendor.example/', values: [{ type: balance, expr: left, unit: USD }] } }`;
    await using program = await startProgram([`--config.file=${prepared(`accounts: [${account}]\n`).file}`]);
    await until(() => asked > 0);
    const started = performance.now();
    t.is(await program.end(), 0);
    t.true(performance.now() - started < 5000);
    await proxy.closed();
  });
}

test('several exporters share one file by --poll.shard: each account is served by one of them, a reload keeps the parts, and the page says which it is', async (t) => {
  const names = Array.from({ length: 12 }, (_, index) => `shared-${index}`);
  const { file, write } = prepared(demo(...names));
  const accountsOf = (metrics: string) =>
    [...metrics.matchAll(/^balance_alert_account_info\{project="([^"]+)"/gm)].map(([, name = '']) => name);
  const served: string[] = [];
  for (const number of [1, 2, 3]) {
    await using exporter = await startProgram([`--config.file=${file}`, `--poll.shard=${number}/3`]);
    await exporter.ready();
    const before = accountsOf(await exporter.metrics());
    t.true(before.length > 0 && before.length < names.length);
    served.push(...before);
    t.is(seriesValue(await exporter.metrics(), 'balance_alert_check_success{check_type="balance"}'), 1);
    const page = await (await fetch(`${exporter.statusUrl}/?lang=en`)).text();
    t.true(page.includes(`Shard ${number} of 3: `));
    t.true((await (await fetch(`${exporter.url}/`)).text()).includes(`Shard ${number} of 3 `));
    write(demo(...names, 'one-more'));
    t.is((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status, 200);
    const after = accountsOf(await exporter.metrics()).filter((name) => name !== 'one-more');
    t.deepEqual(after, before);
    write(demo(...names));
  }
  t.deepEqual(served.toSorted(), names.toSorted());
});
