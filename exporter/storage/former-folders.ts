import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isNotFound } from '../errors.ts';
import { formatLine, keyOf } from './log-format.ts';

/** Before version 2 each account and each mailbox had a JSON file of its own. They are read once and carried over. */

const folders = { accounts: 'account', mail: 'mailbox' } as const;

const accountFileSchema = z.object({ version: z.literal(1), name: z.string(), record: z.unknown() });
const mailboxFileSchema = z.looseObject({ version: z.literal(1), name: z.string() });

/**
 * The records of the former folders as lines of the log, by key. What can't be used is reported, and stays where it
 * is.
 * @throws the file system's error where a file can't be read.
 */
export function readFormerFolders(path: string, onSetAside: (message: string) => void): Map<string, string> {
  const lines = new Map<string, string>();
  for (const [folder, kind] of Object.entries(folders)) {
    for (const file of filesIn(join(path, folder))) {
      const found = recordIn(readFileSync(file, 'utf8'));
      if (found === undefined) onSetAside(`${file} can't be used: starting without it`);
      else lines.set(keyOf(kind, found.name), formatLine({ kind, name: found.name, record: found.record }));
    }
  }
  return lines;
}

/** Renames the folders of version 0.1, once their content is in the log. */
export function retireFormerFolders(path: string, now: number): void {
  for (const folder of Object.keys(folders)) {
    try {
      renameSync(join(path, folder), join(path, `${folder}.carried-over-${now}`));
    } catch {
      // Missing, or harmless: where there is a log, the folder is not read.
    }
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
      .map((name) => join(folder, name));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function recordIn(text: string): { readonly name: string; readonly record: unknown } | undefined {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return undefined;
  }
  const account = accountFileSchema.safeParse(plain);
  if (account.success && account.data.record !== undefined) return account.data;
  const mailbox = mailboxFileSchema.safeParse(plain);
  if (!mailbox.success) return undefined;
  const { version: _version, ...record } = mailbox.data;
  return { name: mailbox.data.name, record };
}
