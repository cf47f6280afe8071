import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';

/** The address that calendars subscribe to. */
export const feedPath = '/renewals.ics';

/** Characters that an address holds unchanged. At 32 of them, nobody guesses a random token. */
const tokenForm = /^[A-Za-z0-9_.~-]{32,512}$/;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Reads the tokens of a file, one a line; with more than one, an old one stays valid while it is replaced.
 * @throws Error that says what was expected, without anything of a token.
 */
function readTokens(file: string): readonly Buffer[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file}: cannot read the tokens of the calendar feed: ${messageOf(error)}`);
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0)
    throw new Error(`${file}: expected a token of the calendar feed, got an empty file`);
  for (const [index, line] of lines.entries()) {
    if (!tokenForm.test(line.trim())) {
      throw new Error(
        `${file}:${index + 1}: expected 32 to 512 letters, digits or any of _ . ~ - (openssl rand -hex 32)`,
      );
    }
  }
  return lines.map((line) => digest(line.trim()));
}

/** Admits calendar programs, which cannot send a password, by a token in the address of the feed. */
export class FeedTokens {
  readonly #file: string;
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  #digests: readonly Buffer[];

  /** @throws Error where the file holds no usable token. */
  constructor(file: string, logger: Pick<Logger, 'info' | 'error'>) {
    this.#file = file;
    this.#logger = logger;
    this.#digests = readTokens(file);
  }

  /** Reads the file again. One that is not valid changes nothing. */
  reload(): void {
    try {
      this.#digests = readTokens(this.#file);
      this.#logger.info('tokens of the calendar feed reloaded', { tokens: this.#digests.length });
    } catch (error) {
      this.#logger.error('tokens of the calendar feed not reloaded, keeping the previous ones', {
        error: messageOf(error),
      });
    }
  }

  /** Whether a request reads the feed with a token. Takes as long for a wrong one as for a right one. */
  admits({ method, url = '' }: IncomingMessage): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false;
    const [path, query = ''] = url.split('?');
    if (path !== feedPath) return false;
    const given = new URLSearchParams(query).getAll('token');
    const [token] = given;
    if (token === undefined || given.length > 1) return false;
    const wanted = digest(token);
    let found = false;
    for (const known of this.#digests) found = timingSafeEqual(known, wanted) || found;
    return found;
  }
}
