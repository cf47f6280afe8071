import type { FailureReason } from '../../readings/check-error.ts';
import { dateOf } from '../http/parts.ts';
import type { HttpResponse, Refusal } from '../http.ts';

/** A vendor's code for what went wrong, with its sentence. */
interface Said {
  readonly code: string;
  readonly message: string;
}

/** A request that was signed is refused with one of these where the date in it is too far off the vendor's. */
const clockCodes =
  /^(?:InvalidTimestamp|IllegalTimestamp|RequestExpired|RequestTimeTooSkewed|AuthFailure\.SignatureExpire)/i;

/** The codes of vendors that want signed requests, by what a person has to do about them; the first that fits holds. */
const reasons: readonly (readonly [RegExp, FailureReason])[] = [
  [clockCodes, 'auth'],
  [
    /UnauthorizedOperation|^(?:AccessDenied|NotAuthorized|NoPermission|Forbidden|NotApplicable)/,
    'permission',
  ],
  [/^(?:LackProjectPolicy|OptInRequired|OperationDenied)/, 'permission'],
  [/^(?:AuthFailure|InvalidAccessKey|InvalidClientTokenId|UnrecognizedClient|ExpiredToken)/, 'auth'],
  [/^(?:SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingSignature)/, 'auth'],
  [/^(?:MissingAuthenticationToken|InvalidAuthorization|InvalidCredential|InvalidHTTPAuthHeader)/, 'auth'],
  [/^(?:InvalidSecretToken|InvalidSecurityToken|APIGW\.030[1-5])/, 'auth'],
  [/^(?:Throttling|TooManyRequests|RequestLimitExceeded|LimitExceeded|FlowLimitExceeded)/, 'rate_limit'],
  [/^(?:AccountFlowLimitExceeded|ServiceUnavailable|APIGW\.0308)/, 'rate_limit'],
];

/** What a code means; undefined where the status has to say it. */
export function reasonOfCode(code: string): FailureReason | undefined {
  return reasons.find(([pattern]) => pattern.test(code))?.[1];
}

/** Seconds that no vendor minds: the strictest allow five minutes. */
const skewAllowedSeconds = 240;

/**
 * Why a vendor refused a signed request: by the code in the body, which they send with a status of 200 as well as with one of
 * 4xx. Undefined where the answer is none of their refusals, or the status says more.
 * @param signedAt the moment that the request was signed for
 */
export function signedRefusal(response: HttpResponse, signedAt: Date): Refusal | undefined {
  const said = saidBy(response);
  if (said === undefined) return undefined;
  const reason = reasonOf(said, response.status);
  if (reason === undefined) return undefined;
  const clock = reason === 'auth' ? clockWords(said, response, signedAt) : undefined;
  const words = said.message === '' ? '' : `; the vendor says: ${said.message}`;
  return { reason, words: `refused with ${said.code}${clock === undefined ? '' : `: ${clock}`}${words}` };
}

function reasonOf({ code, message }: Said, status: number): FailureReason | undefined {
  const known = reasonOfCode(code);
  // AWS has one code for a wrong secret and a wrong date.
  if (known !== undefined) return known;
  if (/^Signature (?:expired|not yet current)/.test(message)) return 'auth';
  return status === 200 || status === 400 ? 'business' : undefined;
}

/** In words what is wrong with the clock, by the vendor's own `Date`; undefined where nothing points at it. */
function clockWords({ code, message }: Said, { headers }: HttpResponse, signedAt: Date): string | undefined {
  const skewSeconds = Math.round((signedAt.getTime() - dateOf(headers)) / 1000);
  if (Math.abs(skewSeconds) > skewAllowedSeconds) {
    const minutes = Math.round(Math.abs(skewSeconds) / 60);
    return `this machine's clock is ${minutes} min ${skewSeconds > 0 ? 'ahead of' : 'behind'} the vendor's`;
  }
  const isAboutTime = clockCodes.test(code) || /^Signature (?:expired|not yet current)/.test(message);
  return isAboutTime ? "check this machine's clock, whose time is part of the signature" : undefined;
}

/** The places where these vendors put code and sentence. */
function saidBy({ status, headers, text }: HttpResponse): Said | undefined {
  const body = parsed(text);
  const found =
    said(inside(body, 'Response', 'Error'), 'Code', 'Message') ??
    said(inside(body, 'ResponseMetadata', 'Error'), 'Code', 'Message');
  if (found !== undefined || status < 400) return found;
  const type = headers['x-amzn-errortype'];
  return (
    said(body, '__type', 'message') ??
    said(body, 'error_code', 'error_msg') ??
    said(body, 'Code', 'Message') ??
    said(body, 'code', 'message') ??
    (typeof type === 'string'
      ? said({ type, message: field(body, 'message') }, 'type', 'message')
      : undefined)
  );
}

function said(value: unknown, codeName: string, messageName: string): Said | undefined {
  const code = field(value, codeName);
  if (typeof code !== 'string') return undefined;
  // AWS: `com.amazon.coral.service#AccessDeniedException`, `ThrottlingException:http://...`
  const plain = code.replace(/^.*#/, '').replace(/:.*$/, '');
  if (!/^[A-Za-z][\w.-]{1,99}$/.test(plain)) return undefined;
  const message = field(value, messageName) ?? field(value, 'Message');
  return { code: plain, message: typeof message === 'string' ? message.trim() : '' };
}

function inside(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce(field, value);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
