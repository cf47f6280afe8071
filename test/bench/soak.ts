import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { makeBundle } from '../support/bundle.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startDnsServer } from '../support/dns-server.ts';
import type { ScriptedMail } from '../support/imap-server.ts';
import { startImapServer } from '../support/imap-server.ts';
import { readOptions } from '../support/options.ts';
import { answer, startScriptedVendor } from '../support/scripted-vendor.ts';
import { serveSockets } from '../support/sockets.ts';
import { timeGet } from './measure.ts';
import type { Row } from './table.ts';
import { formatTable, isOver } from './table.ts';

const usage = `Usage: npm run soak [-- OPTION...]

The real program among bad neighbours, all at once: twenty vendors that answer, six whose names no DNS server answers, a
proxy that takes connections and never answers CONNECT, a vendor that answers 101 unasked, and a mailbox that gets mails
with a Subject of 64 kB, beside one whose name is silent. Linux, as root: the exporter gets a resolv.conf of its own.

  --minutes N  how long (default 10)
  --strict     the exit code is 1 where a budget is exceeded
  --help       show this text
`;

const { minutes, strict } = readOptions(
  usage,
  { minutes: { type: 'string', default: '10' }, strict: { type: 'boolean', default: false } },
  (values) => {
    const number = Number(values.minutes);
    if (!(number > 0)) throw new Error(`--minutes: expected a number, got ${values.minutes}`);
    return { ...values, minutes: number };
  },
);
if (process.getuid?.() !== 0 || spawnSync('unshare', ['--mount', 'true']).status !== 0) {
  throw new Error('expected Linux and root, for a resolv.conf of the exporter alone (unshare --mount)');
}

/** Of each account, in seconds. */
const interval = 15;
const timeout = 8;
const dnsAddress = '127.53.53.53';

await makeBundle();
const folder = mkdtempSync(join(tmpdir(), 'balance-alert-soak-'));
const certificate = makeCertificate(folder, { names: 'DNS:imap.vendor.example' });
await using _dns = await startDnsServer(
  (name, type) => {
    if (name.endsWith('silent.example')) return undefined;
    return name.endsWith('vendor.example') && type === 'A' ? ['127.0.0.1'] : [];
  },
  5,
  { host: dnsAddress, port: 53 },
);
await using vendor = await startScriptedVendor(answer(200, { left: 12.5 }));
await using proxy = await serveSockets(createServer(), (socket) => socket.resume());
await using switching = await serveSockets(createServer(), (socket) => {
  socket.once('data', () =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  );
});
const mails: ScriptedMail[] = [];
const imap = await startImapServer(certificate, { mails });

function addMail(): void {
  const subject = '1'.repeat(65_536);
  mails.push({ uid: mails.length + 1, subject, text: 'Your balance is low.', receivedAt: Date.now() });
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const account = (name: string, url: string, more = {}) => ({
  name,
  provider: 'json',
  options: { url, values: [{ type: 'balance', expr: 'left', unit: 'USD' }] },
  ...more,
});
const mailbox = (name: string, host: string, port: number) => ({
  name,
  host,
  port,
  user: 'billing',
  password: { secret: 'PASSWORD' },
  ca_file: certificate.caFile,
  interval: '1m',
  timeout: '20s',
});
const goodName = (index: number) => `good-${index}`;
const configFile = join(folder, 'balance-alert.yaml');
writeFileSync(
  configFile,
  stringify({
    defaults: { interval: `${interval}s`, timeout: `${timeout}s` },
    accounts: [
      ...range(20).map((index) =>
        account(goodName(index), `http://v${index}.vendor.example:${vendor.port}/`),
      ),
      ...range(6).map((index) => account(`silent-${index}`, `http://v${index}.silent.example/`)),
      account('proxy', 'https://behind.vendor.example/', { proxy: `http://127.0.0.1:${proxy.port}` }),
      account('switching', `http://127.0.0.1:${switching.port}/`),
    ],
    mailboxes: [
      mailbox('billing', 'imap.vendor.example', imap.port),
      mailbox('silent', 'imap.silent.example', imap.port),
    ],
  }),
);
const resolverFile = join(folder, 'resolv.conf');
writeFileSync(resolverFile, `nameserver ${dnsAddress}\n`);
addMail();

const child = spawn(
  'unshare',
  [
    ...['--mount', '--propagation', 'private', 'sh', '-c'],
    'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"',
    ...[
      'sh',
      resolverFile,
      process.execPath,
      resolve(import.meta.dirname, '../../dist/balance-alert.mjs'),
      'serve',
    ],
    `--config.file=${configFile}`,
    ...['--web.listen-address=127.0.0.1:0', '--web.status-address=127.0.0.1:0'],
  ],
  { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, PASSWORD: 'planted-password' } },
);
const ended = new Promise<string>((done) =>
  child.once('close', (code, signal) => done(signal ?? `code ${code}`)),
);
const log: string[] = [];
const target = await new Promise<string>((done, failed) => {
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    const [, url] = /listening for scrapes.* url=(http:\/\/[^/\s]+)\//.exec(line) ?? [];
    if (url !== undefined) done(url);
  });
  void ended.then((how) => failed(new Error(`the exporter ended (${how}):\n${log.slice(-10).join('\n')}`)));
});

/** Open files of the exporter: how many in all, and how many are sockets. */
function openFiles(): { readonly all: number; readonly sockets: number } {
  const path = `/proc/${child.pid}/fd`;
  const links = readdirSync(path).flatMap((name) => {
    try {
      return [readlinkSync(join(path, name))];
    } catch {
      return [];
    }
  });
  return { all: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length };
}

/** Series of a scrape by their text up to the value. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${target}/metrics`)).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const health: { readonly atMs: number; readonly took: number }[] = [];
const files: { readonly atMs: number; readonly all: number; readonly sockets: number }[] = [];
const oldest = new Map<string, number>();
const { took: firstMs } = await timeGet(`${target}/-/healthy`);
const startedMs = performance.now();
const lengthMs = minutes * 60_000;
const elapsedMs = () => performance.now() - startedMs;

async function every(ms: number, act: () => Promise<void> | void): Promise<void> {
  while (elapsedMs() < lengthMs) {
    const began = performance.now();
    await act();
    await delay(Math.max(0, ms - (performance.now() - began)));
  }
}

process.stderr.write(`soaking for ${minutes} minutes ...\n`);
await Promise.all([
  every(200, async () => {
    const atMs = elapsedMs();
    const { took } = await timeGet(`${target}/-/healthy`);
    health.push({ atMs, took });
  }),
  every(1000, () => void files.push({ atMs: elapsedMs(), ...openFiles() })),
  every(30_000, addMail),
  every(2000, async () => {
    const series = await scrape();
    if (elapsedMs() < interval * 2000) return;
    for (const index of range(20)) {
      const labels = `{project="${goodName(index)}",provider="json"}`;
      const at = series.get(`balance_alert_account_last_success_timestamp_seconds${labels}`) ?? 0;
      const age = Date.now() / 1000 - at;
      oldest.set(goodName(index), Math.max(oldest.get(goodName(index)) ?? 0, age));
    }
  }),
]);
const last = await scrape();
const stoppedMs = performance.now();
child.kill('SIGTERM');
const how = await ended;
const stopMs = performance.now() - stoppedMs;
await imap.stop();
rmSync(folder, { recursive: true });

const slowest = health.toSorted((one, other) => other.took - one.took).slice(0, 3);
const sorted = health.map(({ took }) => took).toSorted((one, other) => one - other);
const quantile = (part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
const sum = (name: string, label: RegExp) =>
  [...last].reduce(
    (total, [key, value]) => total + (key.startsWith(`${name}{`) && label.test(key) ? value : 0),
    0,
  );
/** The least number of open files in a part of the time: between checks, when nothing is under way. */
const least = (what: 'all' | 'sockets', fromMs: number, toMs: number) =>
  Math.min(...files.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map((one) => one[what]));
const minuteMs = Math.min(60_000, lengthMs / 4);
const grown = (what: 'all' | 'sockets'): Row => {
  const [start, end] = [
    least(what, minuteMs / 2, minuteMs * 1.5),
    least(what, lengthMs - minuteMs, Infinity),
  ];
  const most = Math.max(...files.map((one) => one[what]));
  return {
    what: what === 'all' ? 'open files, more at the end' : 'sockets, more at the end',
    measured: end - start,
    unit: '',
    budget: 0,
    of: `least ${start} in the first minute, ${end} in the last; most ${most}`,
  };
};
const failures = 'balance_alert_account_check_failures_total';
const checks = 'balance_alert_account_checks_total';
const rows: Row[] = [
  {
    what: '/-/healthy, first answer',
    measured: firstMs,
    unit: 'ms',
    budget: 2000,
    of: 'while the first checks begin',
  },
  {
    what: '/-/healthy, median',
    measured: quantile(0.5),
    unit: 'ms',
    budget: undefined,
    of: `${sorted.length} requests`,
  },
  { what: '/-/healthy, 99 %', measured: quantile(0.99), unit: 'ms', budget: undefined, of: '' },
  {
    what: '/-/healthy, slowest',
    measured: sorted.at(-1) ?? NaN,
    unit: 'ms',
    budget: 100,
    of: slowest.map(({ atMs, took }) => `${took.toFixed(0)} ms at ${(atMs / 1000).toFixed(1)} s`).join(', '),
  },
  {
    what: 'failed checks of good accounts',
    measured: sum(failures, /project="good/),
    unit: '',
    budget: 0,
    of: `${sum(checks, /project="good/)} checks of 20 accounts`,
  },
  {
    what: 'age of a good reading',
    measured: Math.max(...oldest.values()),
    unit: 's',
    // A fifth of jitter, and the check itself.
    budget: interval * 1.2 + 2,
    of: `the oldest at any scrape; interval ${interval} s`,
  },
  {
    what: 'failed checks of bad neighbours',
    measured: sum(failures, /project="(silent|proxy|switching)/),
    unit: '',
    budget: undefined,
    of: `${sum(checks, /project="(silent|proxy|switching)/)} checks; timeout ${sum(failures, /project="(silent|proxy).*reason="timeout"/)}, network ${sum(failures, /project="switching".*reason="network"/)}, internal ${sum(failures, /reason="internal"/)}`,
  },
  {
    what: 'mails not examined',
    measured: mails.length - (last.get('balance_alert_email_scan_total{mailbox="billing"}') ?? 0),
    unit: '',
    // What came since the last scan.
    budget: 3,
    of: `${mails.length} mails with a Subject of 64 kB; unreadable ${last.get('balance_alert_email_unreadable_total{mailbox="billing"}')}`,
  },
  grown('all'),
  grown('sockets'),
  { what: 'end after SIGTERM', measured: stopMs / 1000, unit: 's', budget: 5, of: how },
];
process.stdout.write(formatTable(rows));
const over = rows.filter(isOver);
if (over.length > 0) {
  process.stdout.write(`over budget: ${over.map(({ what }) => what).join('; ')}\n`);
  if (strict) process.exitCode = 1;
}
const levels = new Map<string, number>();
for (const line of log) {
  const key = /level=(\w+) msg=("[^"]*"|\S+)/.exec(line)?.slice(1).join(' ') ?? 'other';
  levels.set(key, (levels.get(key) ?? 0) + 1);
}
process.stdout.write(`log: ${[...levels].map(([key, count]) => `${count} x ${key}`).join('; ')}\n`);
