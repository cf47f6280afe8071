import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../terminal/failure.ts';

/** The account file that a stack starts with, relative to the checkout: demo accounts, no credentials. */
export const demoAccounts = 'exporter/examples/demo.yaml';

/** Its JSON Schema, which its first line names beside it. */
const demoSchema = 'exporter/examples/balance-alert.schema.json';

/**
 * Puts the demo accounts where the account file is expected and nothing is yet, and their schema beside them.
 * @param file relative to the checkout, or absolute
 * @returns the file that was made; undefined where one was there
 */
export async function makeAccountsFile(root: string, file: string): Promise<string | undefined> {
  const target = resolve(root, file);
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(root, demoAccounts), target, constants.COPYFILE_EXCL);
    await copyFile(join(root, demoSchema), join(dirname(target), basename(demoSchema)));
    return target;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}
