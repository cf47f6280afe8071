import { setTimeout as delay } from 'node:timers/promises';
import type * as z from 'zod';
import type { ProxyAddress } from '../config/proxy.ts';
import { parseProxy, proxyExpected } from '../config/proxy.ts';
import type { Secret } from '../config/secret.ts';
import { revealed } from '../config/secret.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { FailureReason } from '../readings/check-error.ts';
import { CheckError } from '../readings/check-error.ts';
import { parseAnswer } from './answer.ts';
import { decodeText } from './http/charset.ts';
import { Connections } from './http/connections.ts';
import type { Received } from './http/exchange.ts';
import { exchange } from './http/exchange.ts';
import { ExchangeFailure, proxyRefusal } from './http/exchange-failure.ts';
import { headerOf, wholeUrl, withLowerCaseNames } from './http/parts.ts';
import { phaseLimitsMs } from './http/phases.ts';
import { retryAfterSeconds, waitSeconds } from './http/retry-after.ts';
import { statusError } from './http/status-error.ts';
import { unpack } from './http/unpack.ts';

export interface HttpRequest {
  /** GET unless said otherwise. */
  readonly method?: 'GET' | 'POST';
  /** Without a query: that goes into `query`, which no message ever shows. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses that count as an answer; every 2xx unless said otherwise. */
  readonly expectStatus?: readonly number[];
  /** A POST that only reads, so that it may be repeated like a GET. */
  readonly readOnly?: boolean;
  /** A header that says how long to wait, where the vendor has one of its own beside `Retry-After`. */
  readonly waitHeader?: string;
  /** What a status means here, where it is not what it usually means; by status. */
  readonly reasons?: Readonly<Record<string, FailureReason>>;
  /** What an answer says where it is a refusal that its status does not tell; undefined where the status decides. */
  readonly refusal?: (response: HttpResponse) => Refusal | undefined;
}

/** Why a vendor did not answer, by its own words. */
export interface Refusal {
  readonly reason: FailureReason;
  /** What happened, to be read after the request and its status. */
  readonly words: string;
}

/** A request, or how to make it: signatures and nonces are made for each attempt anew. */
export type RequestSource = HttpRequest | (() => HttpRequest);

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Unpacked, and decoded by the charset that the answer names. */
  readonly text: string;
}

/** What happened on the wire, for people who look into one account. Holds no query, header or body of the request. */
export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Of the text, unpacked. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly response: HttpResponse;
}

/**
 * The only network access of a provider. Handles limits, retries and errors, so that a provider defines URL, schema
 * and mapping only.
 */
export interface HttpClient {
  /** @throws CheckError */
  request(request: RequestSource): Promise<HttpResponse>;
  /**
   * The answer as JSON of the given shape.
   * @throws CheckError; `schema` names the first field that is not as documented.
   */
  json<Schema extends z.ZodType>(request: RequestSource, schema: Schema): Promise<z.output<Schema>>;
}

export interface HttpClientOptions {
  /** Milliseconds left for everything that the client does. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly proxy?: string | Secret | undefined;
  /** PEM file of certificate authorities to trust beside the runtime's. */
  readonly caFile?: string | undefined;
  /** Milliseconds of one attempt from the request to the first header; 15 s unless given. */
  readonly responseTimeout?: number;
  /** Attempts after the first, for requests that can be repeated. */
  readonly retries?: number;
  readonly onExchange?: (exchange: HttpExchange) => void;
  /** Kept from check to check; those of the program unless given. */
  readonly connections?: Connections;
}

/** Responses with balances are small; anything larger is something else. In bytes, decompressed. */
const bodyLimit = 1_048_576;

/** Worth another attempt: the vendor is busy or restarting. */
const retryStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Before the second attempt; doubled before each further one. A vendor that names a shorter time is not asked
 * sooner.
 */
const firstPauseMs = 1000;

let shared: Connections | undefined;

/**
 * A client on node:http: its agents keep connections and TLS sessions, it tells when a kept connection was used,
 * and its
 * parser is in the program already for the sake of the server.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const deadlineMs = performance.now() + options.timeout;
  const proxy = proxyOf(options.proxy);
  if (options.connections === undefined) shared ??= new Connections();
  const connections = options.connections ?? shared ?? new Connections();
  const leftMs = (): number => deadlineMs - performance.now();

  async function request(source: RequestSource): Promise<HttpResponse> {
    const make = typeof source === 'function' ? source : () => source;
    let pauseMs = firstPauseMs;
    /** Whether to leave kept connections alone: one of them has failed, and those beside it may be as dead. */
    let isFresh = false;
    for (let attempt = 0; ; attempt += 1) {
      const wanted = make();
      const isRepeatable = (wanted.method ?? 'GET') === 'GET' || wanted.readOnly === true;
      const isLast = attempt >= (options.retries ?? 2);
      try {
        const response = await ask(wanted, isFresh);
        const { status } = response;
        const refusal = wanted.refusal?.(response);
        if (isExpected(wanted, status) && refusal === undefined) return response;
        const retryAfter = waitOf(wanted, response);
        const waitMs = Math.max(pauseMs, (retryAfter ?? 0) * 1000);
        if (!retryStatuses.has(status) || !isRepeatable || isLast || waitMs >= leftMs()) {
          if (refusal !== undefined) throw refused(refusal, status, placeOf(wanted), retryAfter);
          // An answer may come after the deadline: without a time to wait it is no limit for that.
          const isTooLong = retryStatuses.has(status) && (retryAfter ?? 0) * 1000 >= Math.max(1, leftMs());
          throw statusError(response, placeOf(wanted), wanted.reasons?.[status], retryAfter, isTooLong);
        }
        await pause(waitMs, wanted);
      } catch (error) {
        if (!(error instanceof ExchangeFailure)) throw asCheckError(error, placeOf(wanted));
        const isRenewal = error.isStale && !isFresh;
        isFresh ||= error.isReused;
        if (isRenewal) {
          // The other side closed it while nobody used it, and has not read the request: asked again at once, and
          // once only.
          attempt -= 1;
          continue;
        }
        const mayRepeat = error.again && (isRepeatable || !error.isSent);
        if (!mayRepeat || isLast || pauseMs >= leftMs()) {
          throw new CheckError(error.reason, `${placeOf(wanted)}: ${error.message}`, { cause: error });
        }
        await pause(pauseMs, wanted);
      }
      pauseMs *= 2;
    }
  }

  /** One attempt. @throws ExchangeFailure */
  async function ask(wanted: HttpRequest, fresh: boolean): Promise<HttpResponse> {
    const method = wanted.method ?? 'GET';
    const url = wholeUrl(wanted);
    const startedMs = performance.now();
    const route = connections.route(url.protocol, proxy, options.caFile, fresh);
    const received = await exchange(
      { method, url, headers: withDefaults(wanted.headers), body: wanted.body },
      route,
      {
        timeoutMs: Math.max(1, deadlineMs - startedMs),
        responseMs: options.responseTimeout ?? phaseLimitsMs.response,
        bodyBytes: bodyLimit,
        signal: options.signal,
        abandonLookup: connections.names.abandon,
      },
    );
    // Only a proxy asks for this, and one that passes on a request answers in the vendor's place.
    if (route.via !== undefined && received.status === 407) throw proxyRefusal(407, true);
    const response = await readable(received);
    options.onExchange?.({
      method,
      url: `${url.origin}${url.pathname}`,
      status: response.status,
      bytes: Buffer.byteLength(response.text),
      duration: performance.now() - startedMs,
      response,
    });
    return response;
  }

  async function pause(waitMs: number, wanted: HttpRequest): Promise<void> {
    try {
      await delay(waitMs, undefined, { signal: options.signal });
    } catch (error) {
      throw new CheckError('timeout', `${placeOf(wanted)}: the check did not complete in time`, {
        cause: error,
      });
    }
  }

  return {
    request,
    async json(wanted, schema) {
      const { text } = await request(wanted);
      return parseAnswer(text, schema);
    },
  };
}

function proxyOf(setting: string | Secret | undefined): ProxyAddress | undefined {
  if (setting === undefined) return undefined;
  const proxy = parseProxy(revealed(setting));
  if (proxy === undefined) throw new CheckError('config', `proxy: ${proxyExpected}`);
  return proxy;
}

/** Ours, where the request has none of its own, however it writes their names. */
function withDefaults(headers: HttpRequest['headers']): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'balance-alert',
    ...withLowerCaseNames(headers),
  };
}

async function readable({ status, headers, body }: Received): Promise<HttpResponse> {
  const unpacked = unpack(body, headers['content-encoding'], bodyLimit);
  if (unpacked.ok) return { status, headers, text: await decodeText(unpacked.body, headers['content-type']) };
  // The status alone says enough of an error.
  if (status >= 400) return { status, headers, text: '' };
  throw new CheckError('schema', `the response ${unpacked.fault}`);
}

function isExpected({ expectStatus }: HttpRequest, status: number): boolean {
  return expectStatus?.includes(status) ?? (status >= 200 && status < 300);
}

function refused(
  { reason, words }: Refusal,
  status: number,
  place: string,
  retryAfter: number | undefined,
): CheckError {
  const options = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  return new CheckError(reason, `${place} answered ${status}: ${words}`, options);
}

function waitOf({ waitHeader }: HttpRequest, { headers }: HttpResponse): number | undefined {
  const named =
    waitHeader === undefined
      ? undefined
      : waitSeconds(waitHeader, headerOf(headers, waitHeader.toLowerCase()), Date.now());
  return named ?? retryAfterSeconds(headerOf(headers, 'retry-after'));
}

function placeOf({ method = 'GET', url }: HttpRequest): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

/** Faults of a request that Node refuses to send: nothing but the account file can have put them there. */
const unsendable: Readonly<Record<string, string>> = {
  ERR_INVALID_CHAR: 'contains a character that is not allowed in a header',
  ERR_INVALID_HTTP_TOKEN: 'is not a valid header name',
  ERR_HTTP_INVALID_HEADER_VALUE: 'has no value',
};

function asCheckError(error: unknown, place: string): CheckError {
  if (error instanceof CheckError) return error;
  const words = unsendable[codeOf(error) ?? ''];
  if (words !== undefined) {
    const header = /\["([\w-]+)"\]/.exec(messageOf(error))?.[1];
    return new CheckError(
      'config',
      `${place}: ${header === undefined ? 'a header' : `the header ${header}`} ${words}`,
    );
  }
  return new CheckError('internal', `${place}: the request could not be made`, { cause: error });
}
