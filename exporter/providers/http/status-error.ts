import { isWebUrl } from '../../config/address.ts';
import type { FailureReason } from '../../readings/check-error.ts';
import { CheckError } from '../../readings/check-error.ts';
import { vendorWords } from './vendor-words.ts';

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What a status means, and what to do about it. Statuses that say no more than their number are not in here. */
const meanings: Readonly<Record<number, readonly [FailureReason, string]>> = {
  401: ['auth', 'the key is wrong, expired or of another kind'],
  402: ['business', 'payment required: no balance or no plan left'],
  403: ['permission', 'the key lacks the permission'],
  404: ['http', 'not found: check the URL'],
  405: ['http', 'method not allowed: check the URL and the method'],
  410: ['http', 'gone: check the URL'],
  422: ['config', 'the vendor rejects the parameters of the request: check the options'],
  429: ['rate_limit', 'too many requests'],
};

/**
 * A status that is no answer, as the failure that it means, with the vendor's own sentence where it has one.
 * @param reason what the account file says that the status means
 * @param retryAfter seconds that the vendor asks to wait
 * @param isTooLong whether that is longer than the check has left
 */
export function statusError(
  refusal: Refusal,
  place: string,
  reason: FailureReason | undefined,
  retryAfter: number | undefined,
  isTooLong: boolean,
): CheckError {
  const { status, text } = refusal;
  const [usual, words] = meanings[status] ?? ['http', undefined];
  const what = [
    status >= 300 && status < 400 ? redirect(refusal) : (words ?? ''),
    retryAfter === undefined || (status !== 429 && !isTooLong) ? '' : `asks to wait ${retryAfter} s`,
  ].filter((part) => part !== '');
  const said = vendorWords(text);
  const message = [
    `${place} answered ${status}`,
    what.length === 0 ? '' : `: ${what.join(', and ')}`,
    said === undefined || status < 400 ? '' : `; the vendor says: ${said}`,
  ].join('');
  const found = reason ?? (isTooLong ? 'rate_limit' : usual);
  return new CheckError(found, message, retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter });
}

/** Where it leads is told without its query, which may hold a token. */
function redirect({ headers: { location } }: Refusal): string {
  const target = typeof location === 'string' && isWebUrl(location) ? new URL(location) : undefined;
  const where = target === undefined ? '' : ` to ${target.origin}${target.pathname}`;
  return `a redirect${where}, which is not followed with credentials`;
}
