import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../../../../exporter/config/printable.ts';
import type { Settings } from '../../../../infra/settings/parse.ts';
import { run } from '../../terminal/process.ts';
import type { Check, Finding } from '../check.ts';
import { broken, listed, ok } from '../check.ts';

/** `--probe`: every vendor asked anew, from this machine. */

export function probeChecks(
  settings: Pick<Settings, 'accounts'>,
  options: { readonly root: string; readonly environment: Readonly<Record<string, string | undefined>> },
): readonly Check[] {
  return [
    {
      id: 'probe',
      link: 'vendors, asked from this machine',
      needs: ['account-file', 'secrets'],
      timeLimitSeconds: 300,
      look: () => probe(settings, options),
    },
  ];
}

/** The exporter's own command, with the secrets in the environment of the child only. */
async function probe(
  { accounts }: Pick<Settings, 'accounts'>,
  { root, environment }: Parameters<typeof probeChecks>[1],
): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-doctor-'));
  try {
    const file = join(folder, 'balance-alert.yaml');
    await writeFile(file, accounts.text, { mode: 0o600 });
    const { code, stdout, stderr } = await run(
      process.execPath,
      ['exporter/main.ts', 'serve', `--config.file=${file}`, '--config.check', '--probe'],
      { cwd: root, environment: { ...environment, ...accounts.secrets } },
    );
    const lines = `${stdout}\n${stderr}`.trim().split('\n').map(printable);
    if (code === 0) return ok(lines.at(-1) ?? '');
    const failed = lines.filter((line) => /\bfailed\b/.test(line) && !line.startsWith('probed '));
    return broken(
      listed('some vendors do not answer this machine', failed.length > 0 ? failed : lines),
      'where the exporter’s own last check succeeded, it is this machine’s network or clock',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
