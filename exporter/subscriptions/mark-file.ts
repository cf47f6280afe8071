import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { isNotFound, messageOf } from '../errors.ts';
import { lockFile } from '../storage/lock-file.ts';
import type { MarkOptions, MarkResult } from './mark.ts';
import { markPaid } from './mark.ts';

export interface MarkFileOptions extends Pick<MarkOptions, 'name' | 'date' | 'now'> {
  /** Path of the account file. */
  readonly file: string;
}

/** `unreadable`: there is no such file, or it is no text. `unwritable`: it cannot be locked or replaced. */
export type MarkFileResult =
  | MarkResult
  | { readonly outcome: 'unreadable' | 'unwritable'; readonly message: string };

/** Marks one renewal as paid in the account file itself. Concurrent marks wait for each other. */
export async function markInFile(options: MarkFileOptions): Promise<MarkFileResult> {
  const { file } = options;
  let unlock: () => Promise<void>;
  try {
    // Who reads while another one writes would put back what that one changed.
    unlock = await lockFile(await realpath(file));
  } catch (error) {
    const isAbsent = isNotFound(error);
    return {
      outcome: isAbsent ? 'unreadable' : 'unwritable',
      message: `cannot ${isAbsent ? 'read' : 'lock'} ${file}: ${messageOf(error)}`,
    };
  }
  try {
    return await mark(options);
  } finally {
    await unlock();
  }
}

async function mark({ file, ...options }: MarkFileOptions): Promise<MarkFileResult> {
  let text: string;
  try {
    // What is not UTF-8 would be lost on the way back; a byte order mark stays where it is.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    return { outcome: 'unreadable', message: `cannot read ${file}: ${messageOf(error)}` };
  }
  const result = markPaid({ ...options, text, file: basename(file) });
  if (result.outcome !== 'marked') return result;
  try {
    // Follows a symbolic link to the file behind it, and keeps that file's mode and owner.
    await writeFileAtomic(file, result.text);
  } catch (error) {
    return { outcome: 'unwritable', message: `cannot write ${file}: ${messageOf(error)}` };
  }
  return result;
}
