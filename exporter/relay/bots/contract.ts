import type { Secret } from '../../config/secret.ts';
import type { RejectReason, RetryReason } from '../../metrics/relay-outcome.ts';
import type { HttpRequest } from '../../providers/http.ts';
import type { Message } from '../message.ts';

export interface Credentials {
  /** The bot's webhook, with its token. */
  readonly url: Secret;
  /** For signatures; undefined where the bot wants none. */
  readonly secret: Secret | undefined;
}

/** At most so many messages in any period of that length. */
export interface RateLimit {
  readonly messages: number;
  readonly periodMs: number;
}

/** What a bot says of a message in the body of its answer. */
export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: RetryReason | RejectReason;
      /** The bot's own number and sentence. */
      readonly words: string;
      readonly pauseMs?: number;
      /** Whether it is about the signature, which a wrong clock spoils too. */
      readonly isSignature?: boolean;
    };

/** How one platform takes messages. Pure: no request is sent here. */
export interface Bot {
  readonly title: string;
  readonly limits: readonly RateLimit[];
  /** The request for a message, cut to what the bot takes. @param nowMs for the signature */
  readonly request: (message: Message, credentials: Credentials, nowMs: number) => HttpRequest;
  /** Undefined where the answer is not the bot's. */
  readonly verdict: (answer: unknown) => Verdict | undefined;
}

/** One code of a bot's documentation. */
export interface Code {
  readonly reason: RetryReason | RejectReason;
  readonly pauseMs?: number;
  readonly isSignature?: boolean;
}

/** The verdict for a code other than success. Codes that no documentation names may be anything, so they are tried again. */
export function verdictOf(
  codes: Readonly<Record<number, Code>>,
  code: number,
  sentence: string,
): Exclude<Verdict, { readonly ok: true }> {
  const known: Code = codes[code] ?? { reason: 'unknown' };
  return { ok: false, words: `${code}: ${sentence === '' ? 'no explanation' : sentence}`, ...known };
}

/** A JSON request to the bot; what is in the query of its URL is kept out of messages by the client. */
export function jsonRequest(
  url: Secret,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): HttpRequest {
  const whole = new URL(url.reveal());
  const own = Object.fromEntries(whole.searchParams);
  return {
    method: 'POST',
    url: `${whole.origin}${whole.pathname}`,
    query: { ...own, ...query },
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    // The body says more than the status.
    expectStatus: [200, 400, 401, 403, 404, 429],
  };
}
