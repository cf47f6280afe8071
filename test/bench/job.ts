import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeCertificate, opensslMissing } from '../support/certificate.ts';
import { freePorts } from '../support/ports.ts';
import { bundle, startExporter, sumOf } from './exporter-process.ts';
import { cpuSecondsOf, startHelper } from './measure.ts';
import type { Row } from './table.ts';

/**
 * The job itself: so many accounts asked every ten seconds, their state kept, beside json_exporter, which is asked for the same
 * vendors at the same pace, at the same time, and keeps nothing. What each took is the kernel's count, over the number of checks.
 */

const intervalSeconds = 10;

/** Until the code is compiled, connections are there and the first round has been spread. */
const settleSeconds = 30;

export async function benchJob(
  count: number,
  seconds: number,
  budgets: { readonly plain: number; readonly tls: number },
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    const rows = [await compare('CPU per check', folder, [], count, seconds, budgets.plain)];
    if (opensslMissing() === undefined) {
      const { keyFile, certFile, caFile } = makeCertificate(folder);
      const tls = [keyFile, certFile];
      rows.push(await compare('CPU per check over TLS', folder, tls, count, seconds, budgets.tls, caFile));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(
  what: string,
  folder: string,
  tls: readonly string[],
  count: number,
  seconds: number,
  budget: number,
  caFile?: string,
): Promise<Row> {
  // Twelve vendors that answer at once, so that nothing but the work counts.
  const vendors = await startHelper('vendors.ts', [...Array.from({ length: 12 }, () => '0'), ...tls]);
  const urls = vendors.said.split(' ').map((url) => `${url}/`);
  const targets = Array.from({ length: count }, (_, index) => urls[index % urls.length] ?? '');
  const file = join(folder, 'accounts.yaml');
  const accounts = targets.map(
    (url, index) =>
      `  - { name: account-${index}, provider: json, options: { url: '${url}', values: [{ type: balance, expr: left, unit: USD }] } }\n`,
  );
  const ca = caFile === undefined ? '' : `, ca_file: '${caFile}'`;
  writeFileSync(file, `defaults: { interval: ${intervalSeconds}s${ca} }\naccounts:\n${accounts.join('')}`);
  const exporter = await startExporter(bundle, file, [
    `--storage.path=${join(folder, `storage-${tls.length}`)}`,
  ]);
  const peer = await startJsonExporter(folder, caFile);
  const pace = peer === undefined ? undefined : probeAtPace(peer.url, targets);
  try {
    await pause(settleSeconds * 1000);
    const checks = () => sumOf(exporter.url, 'balance_alert_account_checks_total');
    const [ours, theirs] = [cpuSecondsOf(exporter.child), peer === undefined ? 0 : cpuSecondsOf(peer.child)];
    const [checked, probed] = [await checks(), pace?.done() ?? 0];
    await pause(seconds * 1000);
    const each = ((cpuSecondsOf(exporter.child) - ours) / ((await checks()) - checked)) * 1000;
    const made = `${each.toFixed(2)} ms with its state kept, ${count} accounts every ${intervalSeconds} s for ${seconds} s`;
    if (peer === undefined || pace === undefined)
      return {
        what,
        measured: each,
        unit: 'ms',
        budget: undefined,
        of: `${made}; json_exporter is not on PATH`,
      };
    const peers = ((cpuSecondsOf(peer.child) - theirs) / (pace.done() - probed)) * 1000;
    return {
      what,
      measured: each / peers,
      unit: 'x json_exporter',
      budget,
      of: `${made}; json_exporter ${peers.toFixed(2)} ms`,
    };
  } finally {
    pace?.stop();
    peer?.child.kill('SIGKILL');
    await exporter.stop();
    await vendors.stop();
  }
}

/** json_exporter with a module that reads what the accounts read; undefined where it is not on PATH. */
async function startJsonExporter(folder: string, caFile: string | undefined) {
  const file = join(folder, 'json-exporter.yaml');
  const client =
    caFile === undefined ? '' : `\n    http_client_config: { tls_config: { ca_file: '${caFile}' } }`;
  writeFileSync(
    file,
    `modules:\n  default:\n    metrics: [{ name: balance, help: Balance., path: '{ .left }' }]${client}\n`,
  );
  const [port = 0] = await freePorts(1);
  const child = spawn('json_exporter', [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: 'ignore',
  });
  const missing = await new Promise<boolean>((done) => {
    child.once('error', () => done(true));
    child.once('spawn', () => done(false));
  });
  if (missing) return undefined;
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const isUp = await fetch(`${url}/metrics`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { child, url };
    if (tries > 200) throw new Error('json_exporter does not answer');
    await pause(50);
  }
}

/** Probes all targets in turn, each once in an interval, and counts the probes that were answered. */
function probeAtPace(url: string, targets: readonly string[]) {
  const agent = new Agent({ keepAlive: true });
  let next = 0;
  let done = 0;
  const timer = setInterval(
    () => {
      const target = encodeURIComponent(targets[next % targets.length] ?? '');
      next += 1;
      get(`${url}/probe?module=default&target=${target}`, { agent }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode === 200) done += 1;
        });
      }).on('error', () => undefined);
    },
    (intervalSeconds * 1000) / targets.length,
  );
  return {
    done: () => done,
    stop: () => {
      clearInterval(timer);
      agent.destroy();
    },
  };
}
