import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import got, { HTTPError, RequestError, TimeoutError } from 'got';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { z } from 'zod';
import type { Secret } from '../config/secret.ts';
import { CheckError } from '../readings/check-error.ts';
import { parseAnswer } from './answer.ts';

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
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What happened on the wire, for people who look into one account. Holds no query, header or body of the request. */
export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly response: HttpResponse;
}

/** The only way out of a provider. Knows limits, retries and errors, so that a provider knows URL, schema and mapping. */
export interface HttpClient {
  /** @throws CheckError */
  request(request: HttpRequest): Promise<HttpResponse>;
  /**
   * The answer as JSON of the given shape.
   * @throws CheckError; `schema` names the first field that is not as documented.
   */
  json<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>>;
}

export interface HttpClientOptions {
  /** Milliseconds left for everything that the client does. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly proxy?: string | Secret | undefined;
  /** PEM file of certificate authorities to trust beside the runtime's. */
  readonly caFile?: string | undefined;
  /** Attempts after the first, for requests that can be repeated. */
  readonly retries?: number;
  readonly onExchange?: (exchange: HttpExchange) => void;
}

/** Milliseconds for each phase of one attempt; `response` covers the silence between request and first header. */
const phaseLimits = { lookup: 5_000, connect: 5_000, secureConnect: 5_000, send: 5_000, response: 15_000 };

/** Balances are small; whoever sends more than this sends something else. In bytes. */
const bodyLimit = 1_048_576;

/** Worth another attempt: the vendor is busy or restarting. */
const retryStatuses = [429, 500, 502, 503, 504];

const phaseWords: Readonly<Record<string, string>> = {
  lookup: 'the name was not resolved in time',
  connect: 'no connection in time',
  secureConnect: 'no TLS handshake in time',
  send: 'the request was not taken in time',
  response: 'no answer in time',
  request: 'the answer was not complete in time',
};

const userAgent = 'balance-alert';

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const deadline = performance.now() + options.timeout;

  async function request(wanted: HttpRequest): Promise<HttpResponse> {
    const method = wanted.method ?? 'GET';
    const url = new URL(wanted.url);
    const place = `${method} ${url.origin}${url.pathname}`;
    for (const [name, value] of Object.entries(wanted.query ?? {})) url.searchParams.append(name, value);
    const remaining = Math.max(1, Math.floor(deadline - performance.now()));
    const overflow = new AbortController();
    const started = performance.now();
    const proxy = typeof options.proxy === 'string' ? options.proxy : options.proxy?.reveal();
    const trusted = options.caFile === undefined ? undefined : await readCertificates(options.caFile);

    try {
      const answer = got(url, {
        method,
        headers: {
          accept: 'application/json',
          ...wanted.headers,
          'accept-encoding': 'identity',
          'user-agent': userAgent,
        },
        ...(wanted.body === undefined ? {} : { body: wanted.body }),
        responseType: 'text',
        decompress: false,
        followRedirect: false,
        throwHttpErrors: true,
        signal: AbortSignal.any([options.signal, overflow.signal]),
        timeout: { ...phaseLimits, request: remaining },
        retry: {
          limit: method === 'GET' ? (options.retries ?? 2) : 0,
          statusCodes: retryStatuses,
          maxRetryAfter: remaining,
          calculateDelay: ({ computedValue }) => {
            // A pause that would outlast the deadline is no pause: fail now and tell the scheduler.
            return performance.now() + computedValue >= deadline ? 0 : computedValue;
          },
        },
        ...(trusted === undefined ? {} : { https: { certificateAuthority: trusted } }),
        ...(proxy === undefined ? {} : { agent: proxyAgents(proxy) }),
      });
      answer.on('downloadProgress', ({ transferred }) => {
        if (transferred > bodyLimit) overflow.abort();
      });
      const response = await answer;
      const result = { status: response.statusCode, headers: response.headers, text: response.body };
      tell(method, place, started, result);
      const expected =
        wanted.expectStatus?.includes(result.status) ?? (result.status >= 200 && result.status < 300);
      if (!expected) throw statusError(result.status, place, undefined);
      return result;
    } catch (error) {
      if (error instanceof CheckError) throw error;
      if (error instanceof HTTPError) {
        const { statusCode, headers, body } = error.response;
        const result = { status: statusCode, headers, text: typeof body === 'string' ? body : '' };
        tell(method, place, started, result);
        if (wanted.expectStatus?.includes(statusCode)) return result;
        throw statusError(statusCode, place, retryAfterSeconds(headers['retry-after']));
      }
      if (overflow.signal.aborted) {
        throw new CheckError('schema', `${place} sent more than ${bodyLimit} bytes, which is no balance`);
      }
      throw translate(error, place, options.signal);
    }
  }

  function tell(method: string, place: string, started: number, response: HttpResponse): void {
    options.onExchange?.({
      method,
      url: place.slice(method.length + 1),
      status: response.status,
      bytes: Buffer.byteLength(response.text),
      duration: performance.now() - started,
      response,
    });
  }

  return {
    request,
    async json(wanted, schema) {
      const { text } = await request(wanted);
      return parseAnswer(text, schema);
    },
  };
}

function statusError(status: number, place: string, retryAfter: number | undefined): CheckError {
  const said = `${place} answered ${status}`;
  if (status === 401) return new CheckError('auth', `${said}: the key is wrong, expired or of another kind`);
  if (status === 403) return new CheckError('permission', `${said}: the key lacks the permission`);
  if (status === 429) {
    const wait = retryAfter === undefined ? '' : `, and asks to wait ${retryAfter} s`;
    return new CheckError('rate_limit', `${said}: too many requests${wait}`, {
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
    });
  }
  if (status >= 300 && status < 400) {
    return new CheckError('http', `${said}: a redirect, which is not followed with credentials`);
  }
  return new CheckError('http', said, {
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
  });
}

const tlsCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'CERT_REVOKED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EPROTO',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function translate(error: unknown, place: string, signal: AbortSignal): CheckError {
  if (error instanceof TimeoutError) {
    return new CheckError(
      'timeout',
      `${place}: ${phaseWords[error.event] ?? `${error.event} took too long`}`,
    );
  }
  if (signal.aborted) return new CheckError('timeout', `${place}: ${phaseWords['request'] ?? ''}`);
  if (error instanceof RequestError) {
    const { code } = error;
    if (tlsCodes.has(code) || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
      return new CheckError('tls', `${place}: TLS failed (${code})`);
    }
    // Only system errors are faults of the network; what is left is a fault of ours.
    if (/^E[A-Z_]+$/.test(code) || code.startsWith('UND_ERR') || code === 'ERR_BODY_PARSE_FAILURE') {
      return new CheckError('network', `${place}: the connection failed (${code})`);
    }
    return new CheckError('internal', `${place}: ${code}`, { cause: error });
  }
  return new CheckError('internal', `${place}: the request could not be made`, { cause: error });
}

/** Seconds of a `Retry-After` header: a number, or a date (RFC 9110, 10.2.3). */
export function retryAfterSeconds(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

async function readCertificates(file: string): Promise<string[]> {
  try {
    return [...getCACertificates('default'), await readFile(file, 'utf8')];
  } catch (error) {
    throw new CheckError('config', `ca_file ${file} can't be read`, { cause: error });
  }
}

function proxyAgents(proxy: string) {
  // One connection through the proxy for each check: kept sockets would outlive a change of the proxy.
  const options = { proxy, keepAlive: false };
  return { http: new HttpProxyAgent(options), https: new HttpsProxyAgent(options) };
}
