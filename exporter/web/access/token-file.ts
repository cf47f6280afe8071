import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createFileWatch } from '../../account-file/watch.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';

/** Characters that an address holds unchanged. At 32 of them, nobody guesses a random token. */
const tokenForm = /^[A-Za-z0-9_.~-]{32,512}$/;

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The tokens of a file, one a line; with more than one, an old one stays valid while it is replaced. */
export class TokenFile {
  /** Reads the file again where it has changed. To be called every now and then. */
  readonly look: () => void;
  readonly #file: string;
  readonly #what: string;
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  #digests: readonly [Buffer, ...Buffer[]];

  /**
   * @param what names one of them, in logs and errors
   * @throws Error that says what was expected, without anything of a token.
   */
  constructor(file: string, what: string, logger: Pick<Logger, 'info' | 'error'>) {
    this.#file = file;
    this.#what = what;
    this.#logger = logger;
    this.look = createFileWatch({ files: () => [file], onChange: () => this.reload() });
    this.#digests = readTokens(file, what);
  }

  /** Of each token, in the order of the file. */
  get digests(): readonly [Buffer, ...Buffer[]] {
    return this.#digests;
  }

  /** Reads the file again. One that is not valid changes nothing. */
  reload(): void {
    try {
      this.#digests = readTokens(this.#file, this.#what);
      this.#logger.info(`${this.#what} reloaded`, { lines: this.#digests.length });
    } catch (error) {
      this.#logger.error(`${this.#what} not reloaded, keeping the previous one`, { error: messageOf(error) });
    }
  }
}

function readTokens(file: string, what: string): readonly [Buffer, ...Buffer[]] {
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
