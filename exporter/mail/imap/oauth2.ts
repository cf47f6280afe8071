import { redactFetched } from '../../config/redact.ts';
import { headerOf } from '../../providers/http/parts.ts';
import { retryAfterSeconds } from '../../providers/http/retry-after.ts';
import type { HttpClient, HttpResponse } from '../../providers/http.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { OAuth2Config } from '../schema.ts';

/** Seconds for an answer of the token endpoint. */
export const longestTokenRequestSeconds = 10;
/** An answer whatever it says: error answers have a code of their own (RFC 6749 section 5.2). */
const answers = [200, ...Array.from({ length: 200 }, (_, index) => 400 + index)];
/** A token is renewed so many milliseconds before it expires, so that it lasts for a login. */
const margin = 60_000;
/** What a token lives where the endpoint doesn't say: RFC 6749 section 5.1 only recommends `expires_in`. */
const shortestLife = 300;

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly usableUntil: number;
  /** Replaces the configured one where the endpoint hands out a new one with each use. */
  readonly refreshToken: string | undefined;
}

export interface TokenOptions {
  /** The client that every request of the exporter goes through: it knows limits, proxy and authorities. */
  readonly client: HttpClient;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Tokens by the configuration they were asked for with; a changed one is another object. */
const tokens = new WeakMap<OAuth2Config, Token>();

/**
 * An access token for IMAP: by the refresh token, else by client credentials (RFC 6749 sections 6 and 4.4). Kept until
 * it expires. Rejects with a `CheckError` that says what to do.
 */
export async function accessToken(
  config: OAuth2Config,
  { client, now = Date.now }: TokenOptions,
): Promise<string> {
  const known = tokens.get(config);
  if (known !== undefined && now() < known.usableUntil) return known.value;
  const answer = await ask(config, known?.refreshToken ?? config.refreshToken?.reveal(), client);
  const { access_token: value, expires_in: seconds, refresh_token: next } = answer;
  if (typeof value !== 'string' || value === '') {
    throw new CheckError('schema', `expected an access_token from ${config.tokenUrl}, got none`);
  }
  const owner = (config.refreshToken ?? config.clientSecret)?.name ?? config.clientId;
  redactFetched(`token by ${owner}`, value);
  if (typeof next === 'string') redactFetched(`refresh token by ${owner}`, next);
  const life = Number(seconds);
  const lifeSeconds = Number.isFinite(life) && life > 0 ? life : shortestLife;
  tokens.set(config, {
    value,
    usableUntil: now() + lifeSeconds * 1000 - margin,
    refreshToken: typeof next === 'string' && next !== '' ? next : known?.refreshToken,
  });
  return value;
}

/** Forgets a token that the mail server refused; a new refresh token is kept. */
export function dropAccessToken(config: OAuth2Config): void {
  const known = tokens.get(config);
  if (known !== undefined) tokens.set(config, { ...known, usableUntil: 0 });
}

async function ask(
  config: OAuth2Config,
  refreshToken: string | undefined,
  client: HttpClient,
): Promise<Readonly<Record<string, unknown>>> {
  const form = new URLSearchParams({
    client_id: config.clientId,
    ...(config.clientSecret === undefined ? {} : { client_secret: config.clientSecret.reveal() }),
    ...(refreshToken === undefined
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }),
    ...(config.scope === undefined ? {} : { scope: config.scope }),
  });
  const response = await client.request({
    method: 'POST',
    url: config.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    expectStatus: answers,
  });
  const answer = fieldsOf(response.text);
  if (response.status === 200 && answer !== undefined) return answer;
  throw refusal(config, response, answer);
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? { ...answer } : undefined;
  } catch {
    return undefined;
  }
}

/** The failure behind an error answer (RFC 6749 section 5.2). Only its code is shown: the description may hold names. */
function refusal(
  config: OAuth2Config,
  { status, headers }: HttpResponse,
  answer: Readonly<Record<string, unknown>> | undefined,
): CheckError {
  const error = answer?.['error'];
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `status ${status}`;
  const said = `the token endpoint ${config.tokenUrl} answered ${code}`;
  if (code === 'invalid_grant') {
    const what =
      config.refreshToken === undefined
        ? 'expected client credentials that may read this mailbox'
        : `expected a refresh token that is still valid in the secret ${config.refreshToken.name}: sign in again and store the new one`;
    return new CheckError('auth', `${said}; ${what}`);
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new CheckError(
      'auth',
      `${said}; check client_id and client_secret, and whether the secret has expired`,
    );
  }
  if (code === 'invalid_scope') return new CheckError('config', `${said}; check scope and tenant`);
  if (status === 429) {
    const wait = retryAfterSeconds(headerOf(headers, 'retry-after'));
    return new CheckError('rate_limit', said, wait === undefined ? {} : { retryAfterSeconds: wait });
  }
  if (status >= 500) return new CheckError('http', said);
  return new CheckError(answer === undefined ? 'schema' : 'auth', said);
}
