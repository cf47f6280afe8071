import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf } from '../../errors.ts';

/** Characters that an address holds unchanged. At 32 of them, nobody guesses a random token. */
const tokenForm = /^[A-Za-z0-9_.~-]{32,512}$/;

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Reads the tokens of a file, one a line; with more than one, an old one stays valid while it is replaced.
 * @param what names them in errors
 * @returns the digest of each
 * @throws Error that says what was expected, without anything of a token.
 */
export function readTokens(file: string, what: string): readonly [Buffer, ...Buffer[]] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file}: cannot read the ${what}s: ${messageOf(error)}`);
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  for (const [index, line] of lines.entries()) {
    if (!tokenForm.test(line.trim())) {
      throw new Error(
        `${file}:${index + 1}: expected 32 to 512 letters, digits or any of _ . ~ - (openssl rand -hex 32)`,
      );
    }
  }
  const [first, ...others] = lines.map((line) => digestOf(line.trim()));
  if (first === undefined) throw new Error(`${file}: expected a ${what}, got an empty file`);
  return [first, ...others];
}
