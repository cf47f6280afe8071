import { readdir, readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { codeOf } from '../terminal/failure.ts';
import type { Backend } from './backend.ts';

/**
 * Who works on a stack at the moment. A backend in a folder keeps a file for each run that changes something; a run that is killed
 * leaves its file.
 */

export interface Lock {
  readonly pid: number;
  /** As `user@host`. */
  readonly holder: string;
  /** ISO 8601. */
  readonly since: string;
  /** Whether that process still runs; undefined where it is on another machine. */
  readonly isAlive: boolean | undefined;
}

const lockSchema = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/**
 * The locks of a stack; none where the backend is no folder of this machine, which keeps them elsewhere.
 * @param isRunning whether a process of this machine runs
 */
export async function findLocks(
  backend: Backend,
  stack: string,
  isRunning: (pid: number) => boolean = runs,
): Promise<readonly Lock[]> {
  const folder = folderOf(backend);
  if (folder === undefined) return [];
  // Below it, the project's organization, its name and the stack's.
  const files = await filesBelow(join(folder, '.pulumi', 'locks'));
  const locks: Lock[] = [];
  for (const file of files.filter((path) => path.split('/').at(-2) === stack)) {
    const parsed = lockSchema.safeParse(await contentOf(file));
    if (!parsed.success) continue;
    const { pid, username, timestamp, hostname: host } = parsed.data;
    locks.push({
      pid,
      holder: `${username}@${host}`,
      since: timestamp,
      isAlive: host === hostname() ? isRunning(pid) : undefined,
    });
  }
  return locks;
}

/** For people: the process, and since when, to the second. */
export function lockWords({ pid, holder, since }: Lock): string {
  return `process ${pid} of ${holder}, since ${since.replace(/\.\d+/, '').replace('T', ' ')}`;
}

function folderOf({ environment, description }: Backend): string | undefined {
  const url = environment['PULUMI_BACKEND_URL'] ?? description;
  if (!url.startsWith('file://')) return undefined;
  // As the CLI reads it.
  return url.slice('file://'.length).replace(/^~(?=\/|$)/, homedir());
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Undefined for a file that is gone in the meantime, or not written yet. */
async function contentOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's.
    return codeOf(error) === 'EPERM';
  }
}
