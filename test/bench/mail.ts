import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Dovecot, PlantedMail } from '../support/dovecot.ts';
import { dovecotMissing, startDovecot } from '../support/dovecot.ts';
import { bundle, startExporter, sumOf } from './exporter-process.ts';
import { cpuSecondsOf, median, timeGet } from './measure.ts';
import type { Row } from './table.ts';

/**
 * The first scan of a large mailbox on a real Dovecot: its CPU beside Python's imaplib, which fetches and parses the same mails
 * as a whole and classifies nothing, and the longest that a scrape waits meanwhile.
 */
export async function benchMail(
  count: number,
  budgets: { readonly cpu: number; readonly waitMs: number },
): Promise<readonly Row[]> {
  const missing = dovecotMissing();
  if (missing !== undefined)
    return [{ what: 'first mail scan', measured: Number.NaN, unit: '', budget: undefined, of: missing }];
  const dovecot = await startDovecot();
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    dovecot.plant('billing', mails(count));
    // The server's own index is made once, for whoever comes first.
    const warm = await imaplibCpuSeconds(dovecot);
    const ours = await firstScan(dovecot, folder, count);
    const peer = warm === undefined ? undefined : await imaplibCpuSeconds(dovecot);
    const made = `${ours.cpuSeconds.toFixed(1)} s CPU for ${count.toLocaleString('en')} mails in ${ours.tookSeconds.toFixed(1)} s`;
    const wait = `of ${ours.waits.length} scrapes, half below ${median(ours.waits).toFixed(1)} ms`;
    return [
      peer === undefined
        ? {
            what: 'first mail scan, CPU',
            measured: ours.cpuSeconds,
            unit: 's',
            budget: undefined,
            of: `${made}; python3 is not on PATH`,
          }
        : {
            what: 'first mail scan, CPU',
            measured: ours.cpuSeconds / peer,
            unit: 'x imaplib',
            budget: budgets.cpu,
            of: `${made}; imaplib with email ${peer.toFixed(1)} s`,
          },
      {
        what: 'longest wait of a scrape during it',
        measured: Math.max(...ours.waits),
        unit: 'ms',
        budget: budgets.waitMs,
        of: wait,
      },
    ];
  } finally {
    await dovecot.stop();
    rmSync(folder, { recursive: true });
  }
}

async function firstScan(dovecot: Dovecot, folder: string, count: number) {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'BILLING_IMAP'), dovecot.password);
  const file = join(folder, 'accounts.yaml');
  writeFileSync(
    file,
    `mailboxes:\n  - { name: billing, host: localhost, port: ${dovecot.port}, user: billing, password: { secret: BILLING_IMAP }, ca_file: '${dovecot.caFile}', lookback: 31d, timeout: 1h }\n`,
  );
  const started = performance.now();
  const exporter = await startExporter(bundle, file, [
    `--secrets.dir=${secrets}`,
    `--storage.path=${join(folder, 'storage')}`,
  ]);
  try {
    const waits: number[] = [];
    for (;;) {
      waits.push((await timeGet(`${exporter.url}/metrics`)).took);
      if ((await sumOf(exporter.url, 'balance_alert_email_scan_total')) >= count) break;
      if (performance.now() - started > 600_000) throw new Error('the scan did not end within ten minutes');
      await pause(25);
    }
    return {
      cpuSeconds: cpuSecondsOf(exporter.child),
      tookSeconds: (performance.now() - started) / 1000,
      waits,
    };
  } finally {
    await exporter.stop();
  }
}

/** What Python takes for the same mails; undefined where there is none. */
async function imaplibCpuSeconds(dovecot: Dovecot): Promise<number | undefined> {
  const program = resolve(import.meta.dirname, 'imaplib-scan.py');
  const args = [program, String(dovecot.port), dovecot.caFile, 'billing', dovecot.password];
  try {
    return Number((await promisify(execFile)('python3', args)).stdout);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const ordinary = [
  'Thank you for being with us. Your workspace has twelve new members, and their roles can be changed in the settings.',
  'This week we published three articles about running large clusters, and a recording of the talk that many of you asked for.',
  'The maintenance of the network on Sunday went as planned; all regions were reachable the whole time.',
  '您好，您的工单已由工程师处理，如需进一步协助，请直接回复本邮件，我们会尽快与您联系。',
  'Your report for October is ready: requests, errors and response times by service, with last month beside them.',
];
const warnings = [
  [
    'Low balance alert',
    'The balance of your account is running low: 12.50 USD are left. Please top up soon.',
  ],
  ['余额不足提醒', '您的账户余额不足，为避免服务中断，请尽快充值。'],
  [
    'Invoice 4711 is overdue',
    'Payment for invoice 4711 has not been received. Please pay it within seven days.',
  ],
] as const;

/** Mails as vendors send them, in text and HTML, some 6 KB each: one in ten is a warning. */
function* mails(count: number): Generator<PlantedMail> {
  for (let index = 0; index < count; index += 1) {
    const warning = index % 10 === 0 ? warnings[(index / 10) % warnings.length] : undefined;
    const sentences = Array.from(
      { length: 14 },
      (_, line) => ordinary[(index + line) % ordinary.length] ?? '',
    );
    if (warning !== undefined) sentences.splice(3, 0, warning[1]);
    const subject = warning?.[0] ?? `Notes of the week, number ${index}`;
    const html = sentences
      .map((line) => `<tr><td style="padding:8px 0;color:#333333;font-size:14px">${line}</td></tr>`)
      .join('\r\n');
    yield {
      source: [
        `From: Vendor <notice@vendor-${index % 50}.example>`,
        'To: billing@example.com',
        `Subject: =?utf-8?B?${Buffer.from(subject, 'utf8').toString('base64')}?=`,
        `Message-ID: <${index}@vendor.example>`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative; boundary="part"',
        '',
        '--part',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        sentences.join('\r\n'),
        '--part',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        `<html><head><style>td { font-family: sans-serif }</style></head><body><table>${html}</table></body></html>`,
        '--part--',
        '',
      ].join('\r\n'),
      receivedAt: Date.now() - 60_000 - (count - index) * 60_000,
    };
  }
}
