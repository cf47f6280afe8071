import { CheckError } from '../../readings/check-error.ts';
import type { OAuth2Config } from '../schema.ts';

/** Milliseconds for an answer of the token endpoint. */
const longestWait = 10_000;
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
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}

/** Tokens by the configuration they were asked for with; a changed one is another object. */
const tokens = new WeakMap<OAuth2Config, Token>();

/**
 * An access token for IMAP: by the refresh token, else by client credentials (RFC 6749 sections 6 and 4.4). Kept until
 * it expires. Rejects with a `CheckError` that says what to do.
 */
export async function accessToken(
  config: OAuth2Config,
  { signal, now = Date.now, fetch: send = fetch }: TokenOptions,
): Promise<string> {
  const known = tokens.get(config);
  if (known !== undefined && now() < known.usableUntil) return known.value;
  const answer = await ask(config, known?.refreshToken ?? config.refreshToken?.reveal(), send, signal);
  const { access_token: value, expires_in: seconds, refresh_token: next } = answer;
  if (typeof value !== 'string' || value === '') {
    throw new CheckError('schema', `expected an access_token from ${config.tokenUrl}, got none`);
  }
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
  send: typeof fetch,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const form = new URLSearchParams({
    client_id: config.clientId,
    ...(config.clientSecret === undefined ? {} : { client_secret: config.clientSecret.reveal() }),
    ...(refreshToken === undefined
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }),
    ...(config.scope === undefined ? {} : { scope: config.scope }),
  });
  let status: number;
  let text: string;
  try {
    const response = await send(config.tokenUrl, {
      method: 'POST',
      body: form,
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(longestWait)]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    throw new CheckError(
      isLate ? 'timeout' : 'network',
      `${isLate ? 'no answer in time' : 'no answer'} from the token endpoint ${config.tokenUrl}`,
    );
  }
  const answer = fieldsOf(text);
  if (status === 200 && answer !== undefined) return answer;
  throw refusal(config, status, answer);
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
  status: number,
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
  if (status === 429) return new CheckError('rate_limit', said);
  if (status >= 500) return new CheckError('http', said);
  return new CheckError(answer === undefined ? 'schema' : 'auth', said);
}
