import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface TarFile {
  /** Absolute, where it is unpacked. */
  readonly path: string;
  readonly content: string;
  /** Such as 0o444. */
  readonly mode: number;
}

/** A folder's contents as a tar stream. Without `keepOwners` everything belongs to root. */
export function tarFolder(folder: string, { keepOwners = false } = {}): Readable {
  const owners = keepOwners ? ['--numeric-owner'] : ['--owner=0', '--group=0'];
  const child = spawn('tar', ['-c', ...owners, '-C', folder, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return child.stdout;
}

/** Files of root as a tar. */
export async function tarFiles(files: readonly TarFile[]): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-tar-'));
  try {
    for (const { path, content, mode } of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
      writeFileSync(target, content, { mode });
    }
    return await buffer(tarFolder(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
