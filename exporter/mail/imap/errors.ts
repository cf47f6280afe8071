import type { FailureReason } from '../../readings/check-error.ts';
import { CheckError } from '../../readings/check-error.ts';

/**
 * Turns what goes wrong with an IMAP server into the closed set of reasons.
 *
 * The library's errors stay here: some carry pieces of the server's answers, and an answer may be a mail.
 * Messages are ours; of the server's words only the text of a refusal is passed on, short and without the password.
 */

const timeouts = new Set([
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ETIMEOUT',
  'ETIMEDOUT',
  'LockTimeout',
]);

/** Answers that are larger than any that is asked for, see the limits in `imap.ts`. */
const tooLarge = new Set([
  'LiteralTooLarge',
  'LineTooLarge',
  'ResponseTooLarge',
  'TooManyTokens',
  'TooManyResponses',
  'MAX_IMAP_NESTING_REACHED',
]);

const malformed = new Set(['UnexpectedTag', 'MissingTag', 'InvalidResponse', 'ResponseProcessingFailed']);

/** Response codes of RFC 5530 and what they mean for a check. */
const refusals: Readonly<Record<string, FailureReason>> = {
  AUTHENTICATIONFAILED: 'auth',
  AUTHORIZATIONFAILED: 'permission',
  EXPIRED: 'auth',
  PRIVACYREQUIRED: 'tls',
  CONTACTADMIN: 'permission',
  NOPERM: 'permission',
  NONEXISTENT: 'config',
  TRYCREATE: 'config',
  CANNOT: 'config',
  LIMIT: 'rate_limit',
  OVERQUOTA: 'rate_limit',
  THROTTLED: 'rate_limit',
  UNAVAILABLE: 'network',
};

const tlsFault =
  /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$|STARTTLS_INJECTION$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|UNSPECIFIED$|EE_KEY_TOO_SMALL$|CA_KEY_TOO_SMALL$|CA_MD_TOO_WEAK$|ERR_OSSL)/;

interface Details {
  readonly code: string;
  readonly responseCode: string;
  readonly status: string;
  readonly text: string;
  /** The library's own words, never shown. */
  readonly message: string;
  readonly throttleMilliseconds: number;
  readonly authenticationFailed: boolean;
  readonly tlsFailed: boolean;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function detailsOf(error: unknown): Details {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  return {
    code: text(fields['code']),
    responseCode: text(fields['serverResponseCode']).toUpperCase(),
    status: text(fields['responseStatus']).toUpperCase(),
    text: text(fields['responseText']) || text(fields['reason']),
    message: text(fields['message']),
    throttleMilliseconds: typeof fields['throttleReset'] === 'number' ? fields['throttleReset'] : 0,
    authenticationFailed: fields['authenticationFailed'] === true,
    tlsFailed: fields['tlsFailed'] === true,
  };
}

/** The server failed to give some mails. One of them may be the cause; the others need not suffer. */
export class UnreadableError extends CheckError {}

/** The server's own words, fit for a log: one short line of printable characters without the secret. */
export function serverWords(words: string, secret: string): string {
  const hidden = secret === '' ? words : words.replaceAll(secret, '[secret]');
  const line = hidden.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 160)}...` : line;
}

/** The reason of a refusal (NO or BAD) by its response code, else by the words that servers without codes use. */
function refusalReason({ responseCode, text: words }: Details, stage: Stage): FailureReason {
  const known = refusals[responseCode];
  if (known !== undefined) return known;
  // NetEase answers EXAMINE so when a client has not said what program it is, or IMAP is off for it.
  if (/unsafe login|not allowed|permission|denied|disabled|not enabled|authori[sz]/i.test(words)) {
    return stage === 'log in' && !/not enabled|disabled|not allowed/i.test(words) ? 'auth' : 'permission';
  }
  if (/too many|maximum number|rate|limit|throttl|try again later/i.test(words)) return 'rate_limit';
  if (stage === 'log in') return 'auth';
  if (/not exist|doesn't exist|unknown mailbox|no such|not found/i.test(words)) return 'config';
  return 'business';
}

/** What was being done when it went wrong. */
export type Stage = 'connect' | 'log in' | 'list' | 'open' | 'search' | 'read';

export interface FailureContext {
  readonly stage: Stage;
  /** What the stage is done to, such as a folder, in words. */
  readonly target: string;
  readonly password: string;
  /** What the connection itself reported, if anything: a command that dies with it says only that it is gone. */
  readonly connectionError: unknown;
}

/** The `CheckError` for whatever the IMAP library threw. */
export function imapFailure(error: unknown, context: FailureContext): CheckError {
  if (error instanceof CheckError) return error;
  let details = detailsOf(error);
  if (isGone(details) && context.connectionError !== undefined) {
    const cause = detailsOf(context.connectionError);
    if (cause.code !== '') details = cause;
  }
  const { code, status, tlsFailed } = details;
  const words = serverWords(details.text, context.password);
  const said = words === '' ? '' : `: ${words}`;
  const target = `${context.stage}${context.target === '' ? '' : ` ${context.target}`}`;

  if (details.authenticationFailed && /login is disabled|no matching authentication/i.test(details.message)) {
    return new CheckError(
      'auth',
      'the server does not accept passwords: use oauth2 instead of password (docs/mail.md)',
    );
  }
  if (details.authenticationFailed) {
    return new CheckError(refusalReason(details, 'log in'), `the server refused the login${said}`);
  }
  if (code === 'ETHROTTLE') {
    return new CheckError('rate_limit', `the server asks to slow down (${target})${said}`, {
      retryAfterSeconds: Math.ceil(details.throttleMilliseconds / 1000),
    });
  }
  if (status === 'NO' || status === 'BAD') {
    const reason = refusalReason(details, context.stage);
    const Refusal = context.stage === 'read' && reason === 'business' ? UnreadableError : CheckError;
    return new Refusal(reason, `the server refused to ${target}${said}`);
  }
  if (timeouts.has(code)) {
    const hint =
      code === 'GREETING_TIMEOUT'
        ? '; check that this is an IMAP port and that starttls is set accordingly'
        : '';
    const Late = context.stage === 'read' ? UnreadableError : CheckError;
    return new Late('timeout', `no answer in time (${target}, ${code})${hint}`);
  }
  if (tlsFailed || tlsFault.test(code))
    return new CheckError('tls', `no trusted TLS connection (${code || 'refused'})${said}`);
  if (code === 'MissingServerExtension') return new CheckError('tls', 'the server offers no STARTTLS');
  if (tooLarge.has(code))
    return new UnreadableError(
      'schema',
      `a response of the server is larger than anything requested (${target}, ${code})`,
    );
  if (malformed.has(code) || code.startsWith('ParserError')) {
    const Malformed = context.stage === 'read' ? UnreadableError : CheckError;
    return new Malformed('schema', `the server's response is not IMAP (${target}, ${code})`);
  }
  if (isGone(details) && /too many|limit|rate|maximum/i.test(details.text)) {
    return new CheckError('rate_limit', `the server closed the connection (${target})${said}`);
  }
  if (isGone(details))
    return new CheckError('network', `the server closed the connection (${target})${said}`);
  if (/^E[A-Z_]+$/.test(code))
    return new CheckError('network', `no connection to the server (${target}, ${code})`);
  return new CheckError('internal', `${target} failed unexpectedly${code === '' ? '' : ` (${code})`}`);
}

function isGone({ code }: Details): boolean {
  return [
    'NoConnection',
    'EConnectionClosed',
    'StateLogout',
    'ClosedAfterConnectText',
    'ClosedAfterConnectTLS',
  ].includes(code);
}
