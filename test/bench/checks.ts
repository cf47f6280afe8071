import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, opensslMissing } from '../support/certificate.ts';
import { median, startHelper } from './measure.ts';
import type { Row } from './table.ts';

/** CPU of a check over kept connections, as a multiple of what Node takes to ask and to parse; runs of both take turns. */
export async function benchChecks(count: number, budget: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  try {
    const rows = [await compare('check, connection kept', [], count, budget)];
    if (opensslMissing() === undefined) {
      const { keyFile, certFile, caFile } = makeCertificate(folder);
      rows.push(await compare('check over TLS, connection kept', [keyFile, certFile], count, budget, caFile));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(
  what: string,
  tls: readonly string[],
  count: number,
  budget: number,
  caFile?: string,
): Promise<Row> {
  const vendor = await startHelper('vendors.ts', ['0', ...tls]);
  try {
    const cpuMs = async (mode: 'exporter' | 'bare'): Promise<number> => {
      const args = [mode, `${vendor.said}/`, String(count), ...(caFile === undefined ? [] : [caFile])];
      const client = await startHelper('checks-client.ts', args);
      await client.stop();
      return Number(client.said);
    };
    const [checks, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < 3; turn += 1) {
      checks.push(await cpuMs('exporter'));
      bare.push(await cpuMs('bare'));
    }
    const [measured, least] = [median(checks), median(bare)];
    return {
      what,
      measured: measured / least,
      unit: 'x bare',
      budget,
      of: `${measured.toFixed(3)} ms CPU, of a bare node:http ${least.toFixed(3)} ms`,
    };
  } finally {
    await vendor.stop();
  }
}
