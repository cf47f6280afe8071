import type * as z from 'zod';
import { printable } from '../../../exporter/config/printable.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import { authorizationOf } from '../../../infra/settings/http-auth.ts';
import { jsonOf } from '../json.ts';
import type { Fetch } from '../stack/verify.ts';
import { codeOf, Failure, fetchMessageOf } from '../terminal/failure.ts';

/** Questions to the servers of the chain. What their clocks say is kept on the side. */

export interface Server {
  /** For people, such as `Prometheus`. */
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Secret. */
  readonly auth: HttpAuth | undefined;
  /** What to do where it does not answer. */
  readonly hint: string;
  /** How its credentials are given, for a message. */
  readonly credentials: string;
}

/** For what is open to everybody: wrong passwords that come with it count, and five of them lock Grafana's user out. */
export const withoutCredentials = (server: Server): Server => ({ ...server, auth: undefined });

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface AskOptions {
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** By the server's name: what its clock is ahead of this machine's, in milliseconds; exact to a second. */
  readonly clocks: Map<string, number>;
}

/** Longest answer that is read into memory is the server's matter; longest wait for one answer, in milliseconds. */
const timeoutMs = 8000;

/** @throws Failure where there is no answer at all, or where credentials are refused */
export async function ask(
  server: Server,
  path: string,
  { fetch, now, clocks }: AskOptions,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Answer> {
  const sentAtMs = now();
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${server.url}${path}`, {
      ...init,
      headers: {
        ...init.headers,
        ...(server.auth === undefined ? {} : { authorization: authorizationOf(server.auth) }),
      },
      // Credentials go nowhere else.
      redirect: 'manual',
      signal: AbortSignal.any([init.signal, AbortSignal.timeout(timeoutMs)]),
    });
    text = await response.text();
  } catch (error) {
    throw new Failure(`${server.name} does not answer at ${server.url}: ${reasonOf(error)}`, [server.hint]);
  }
  const dateMs = Date.parse(response.headers.get('date') ?? '');
  // The header leaves out fractions of a second.
  if (!Number.isNaN(dateMs)) clocks.set(server.name, dateMs + 500 - (sentAtMs + now()) / 2);
  if (response.status === 401)
    throw new Failure(
      `${server.name} at ${server.url} ${server.auth === undefined ? 'asks for credentials' : 'refuses the credentials'} (answer 401)`,
      [server.credentials],
    );
  return { status: response.status, text };
}

/** @throws Failure as `ask`, and for an answer that is no success or of another shape */
export async function askJson<Schema extends z.ZodType>(
  server: Server,
  path: string,
  schema: Schema,
  options: AskOptions,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<z.output<Schema>> {
  return readAnswer(server, path, schema, await ask(server, path, options, init));
}

/** @throws Failure for an answer that is no success or of another shape */
export function readAnswer<Schema extends z.ZodType>(
  server: Server,
  path: string,
  schema: Schema,
  { status, text }: Answer,
): z.output<Schema> {
  const parsed = status >= 200 && status < 300 ? schema.safeParse(jsonOf(text)) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new Failure(
    `${server.url}${pathOf(path)}: expected an answer of ${server.name}, got ${status}: ${printable(text).slice(0, 200)}`,
    [server.hint],
  );
}

function pathOf(path: string): string {
  return path.split('?')[0] ?? path;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused, nothing listens there',
  ENOTFOUND: 'the name is unknown to DNS',
  EAI_AGAIN: 'DNS does not answer',
  EHOSTUNREACH: 'no route to the host',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'the connection was closed without an answer (TLS or plain HTTP mixed up?)',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed: NODE_EXTRA_CA_CERTS=FILE makes this script trust it',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is of a private CA: NODE_EXTRA_CA_CERTS=FILE makes this script trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate cannot be verified: NODE_EXTRA_CA_CERTS=FILE names the CA',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `nothing within ${timeoutMs / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  return words[codeOf(cause) ?? codeOf(error) ?? ''] ?? fetchMessageOf(error);
}
