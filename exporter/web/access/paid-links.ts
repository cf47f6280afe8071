import { createHmac, timingSafeEqual } from 'node:crypto';
import { withoutTrailingSlashes } from '../../config/address.ts';
import type { Logger } from '../../log.ts';
import { TokenFile } from './token-file.ts';

/** Links that mark one renewal of one subscription as paid: whoever has one may do that and nothing else. */

/** The path of the page, below that of the status page. */
export const paidPath = '/renewals/paid';

/** A renewal by its subscription's name and its due date, `YYYY-MM-DD`. */
export interface RenewalId {
  readonly name: string;
  readonly date: string;
}

export type VerifiedLink =
  | ({ readonly ok: true } & RenewalId)
  | { readonly ok: false; readonly why: 'wrong' | 'expired' };

const dayMs = 86_400_000;

/** A link works for so many days after the renewal is due, or after it was made where that is later. */
const validDays = 30;

export class PaidLinks {
  /** The status page as people reach it, without a slash at the end. */
  readonly externalUrl: string;
  readonly #keys: TokenFile;

  /** @throws Error where the file holds no usable key. */
  constructor(file: string, externalUrl: string, logger: Pick<Logger, 'info' | 'error'>) {
    this.#keys = new TokenFile(file, 'key of the links that mark renewals as paid', logger);
    this.externalUrl = withoutTrailingSlashes(externalUrl);
  }

  /** Reads the file again. One that is not valid changes nothing. Links that are signed by a former key end. */
  reload(): void {
    this.#keys.reload();
  }

  /** As `reload`, where the file has changed. To be called every now and then. */
  look(): void {
    this.#keys.look();
  }

  /** The link's query. The same one all day, so that a feed does not change by itself. `nowMs` since the epoch. */
  query({ name, date }: RenewalId, nowMs: number): string {
    const startMs = Math.max(Date.parse(`${date}T00:00:00Z`), Math.floor(nowMs / dayMs) * dayMs);
    const expires = String(startMs / 1000 + validDays * 86_400);
    const [key] = this.#keys.digests;
    const signature = sign(key, name, date, expires).toString('base64url');
    return new URLSearchParams({ name, date, expires, signature }).toString();
  }

  /** As `query`, with the address before it. */
  url(renewal: RenewalId, nowMs: number): string {
    return `${this.externalUrl}${paidPath}?${this.query(renewal, nowMs)}`;
  }

  /** Takes as long for a wrong signature as for a right one. */
  verify(query: URLSearchParams, nowMs: number): VerifiedLink {
    const values = ['name', 'date', 'expires', 'signature'].map((field) => query.getAll(field));
    const [name, date, expires, signature] = values.map((all) => (all.length === 1 ? all[0] : undefined));
    if (name === undefined || date === undefined || expires === undefined || signature === undefined)
      return { ok: false, why: 'wrong' };
    const given = Buffer.from(signature, 'base64url');
    let isSigned = false;
    for (const key of this.#keys.digests) {
      const wanted = sign(key, name, date, expires);
      isSigned = (given.length === wanted.length && timingSafeEqual(given, wanted)) || isSigned;
    }
    if (!isSigned) return { ok: false, why: 'wrong' };
    return Number(expires) * 1000 > nowMs ? { ok: true, name, date } : { ok: false, why: 'expired' };
  }
}

/** As a list in JSON, so that no two different links have the same text. */
function sign(key: Buffer, ...fields: readonly string[]): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['mark as paid', ...fields]))
    .digest();
}
