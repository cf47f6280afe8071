import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../log.ts';
import { digestOf, TokenFile } from './token-file.ts';

/** The address that calendars subscribe to. */
export const feedPath = '/renewals.ics';

/** Admits calendar programs, which cannot send a password, by a token in the address of the feed. */
export class FeedTokens {
  readonly #tokens: TokenFile;

  /** @throws Error where the file holds no usable token. */
  constructor(file: string, logger: Pick<Logger, 'info' | 'error'>) {
    this.#tokens = new TokenFile(file, 'token of the calendar feed', logger);
  }

  /** Reads the file again. One that is not valid changes nothing. */
  reload(): void {
    this.#tokens.reload();
  }

  /** As `reload`, where the file has changed. To be called every now and then. */
  look(): void {
    this.#tokens.look();
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
    for (const known of this.#tokens.digests) found = timingSafeEqual(known, wanted) || found;
    return found;
  }
}
