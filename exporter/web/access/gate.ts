import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { sendText } from '../send-text.ts';
import type { TlsConfig, WebConfig } from './load.ts';
import { hostOf } from './origin.ts';
import { createPasswordCheck } from './passwords.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import { RateLimit } from './rate-limit.ts';

/** For load balancers and container runtimes, which know no password. They say nothing but whether the program works. */
const openPaths: ReadonlySet<string> = new Set(['/-/healthy', '/-/ready']);

/** User and password of a header `Authorization: Basic` (RFC 7617); undefined for any other. */
export function credentialsIn(authorization: string): readonly [user: string, password: string] | undefined {
  const [, encoded] = /^basic ([a-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}

const refusals = {
  401: 'unauthorized\n',
  429: 'too many requests\n',
  503: 'too many password checks in progress\n',
} as const;

function refuse(response: ServerResponse, status: keyof typeof refusals): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="balance-alert", charset="UTF-8"');
  else response.setHeader('Retry-After', '1');
  response.setHeader('Cache-Control', 'no-store');
  sendText(response, status, refusals[status]);
}

/** Whether a request exceeds the limit. One that is set anew by a reload begins with a full burst. */
function createLimiter(): (options: RateLimitOptions | undefined) => boolean {
  let known: RateLimitOptions | undefined;
  let limit: RateLimit | undefined;
  return (options) => {
    const nowMs = performance.now();
    if (options?.intervalMs !== known?.intervalMs || options?.burst !== known?.burst) {
      known = options;
      limit = options && new RateLimit(options, nowMs);
    }
    return limit?.allows(nowMs) === false;
  };
}

/**
 * Lets requests through to `handler` that may: users and headers are those of the configuration at that moment. `admits` says
 * which ones need no password.
 */
export function gate(
  handler: RequestListener,
  config: () => WebConfig,
  admits: (request: IncomingMessage) => boolean = () => false,
): RequestListener {
  const check = createPasswordCheck();
  const exceeds = createLimiter();
  return (request, response) => {
    const { users, headers, rateLimit } = config();
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const [path = ''] = (request.url ?? '').split('?');
    if (openPaths.has(path)) return handler(request, response);
    // Before any password is compared.
    if (exceeds(rateLimit)) return refuse(response, 429);
    if (users.size === 0 || admits(request)) return handler(request, response);
    const credentials = credentialsIn(request.headers.authorization ?? '');
    if (credentials === undefined) return refuse(response, 401);
    check(users, ...credentials).then(
      (verdict) => {
        if (verdict === 'allowed') handler(request, response);
        else refuse(response, verdict === 'busy' ? 503 : 401);
      },
      () => refuse(response, 401),
    );
  };
}

/** Whether a connection's client certificate satisfies the configuration. */
function mayConnect(socket: TLSSocket, { clientAuth, allowedSans }: TlsConfig): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return clientAuth !== 'RequireAnyClientCert' && clientAuth !== 'RequireAndVerifyClientCert';
  }
  const verifies = clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert';
  if (verifies && !socket.authorized) return false;
  if (allowedSans.length === 0) return true;
  return alternativeNames(certificate.subjectAltName).some((name) => allowedSans.includes(name));
}

/**
 * The names of Node's text, `DNS:a.example, IP Address:0:0:0:0:0:0:0:1`, with IPv6 addresses as people write them. A name with a
 * comma or quotes is in JSON there, so that it cannot pass for several.
 */
export function alternativeNames(text: string | undefined): readonly string[] {
  const names = (text ?? '').matchAll(/(?:^|, )(DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...names].map(([, kind, given = '']) => {
    if (given.startsWith('"')) return String(JSON.parse(given));
    return kind === 'IP Address' ? (hostOf(given.includes(':') ? `[${given}]` : given) ?? given) : given;
  });
}

/** Closes connections whose client certificate does not do, before any request is read from them. */
export function checkClientCertificates(server: SecureServer, config: () => WebConfig): void {
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const { tls } = config();
    if (tls !== undefined && !mayConnect(socket, tls)) socket.destroy();
  });
}
