import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { digestOf, readTokens } from './token-file.ts';

/** The address that calendars subscribe to. */
export const feedPath = '/renewals.ics';

const what = 'token of the calendar feed';

/** Admits calendar programs, which cannot send a password, by a token in the address of the feed. */
export class FeedTokens {
  readonly #file: string;
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  #digests: readonly Buffer[];

  /** @throws Error where the file holds no usable token. */
  constructor(file: string, logger: Pick<Logger, 'info' | 'error'>) {
    this.#file = file;
    this.#logger = logger;
    this.#digests = readTokens(file, what);
  }

  /** Reads the file again. One that is not valid changes nothing. */
  reload(): void {
    try {
      this.#digests = readTokens(this.#file, what);
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
    const wanted = digestOf(token);
    let found = false;
    for (const known of this.#digests) found = timingSafeEqual(known, wanted) || found;
    return found;
  }
}
