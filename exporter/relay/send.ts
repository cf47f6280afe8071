import { createRedactor } from '../config/redact.ts';
import { Secret } from '../config/secret.ts';
import { messageOf } from '../errors.ts';
import type { Outcome, RejectReason, RetryReason } from '../metrics/relay-outcome.ts';
import { delivered, failed } from '../metrics/relay-outcome.ts';
import type { Connections } from '../providers/http/connections.ts';
import { dateOf, headerOf } from '../providers/http/parts.ts';
import { retryAfterSeconds } from '../providers/http/retry-after.ts';
import type { HttpResponse } from '../providers/http.ts';
import { createHttpClient } from '../providers/http.ts';
import type { FailureReason } from '../readings/check-error.ts';
import { CheckError } from '../readings/check-error.ts';
import type { Bot, Credentials, Verdict } from './bots/contract.ts';
import type { Message } from './message.ts';

export interface SendOptions {
  readonly bot: Bot;
  readonly credentials: Credentials;
  readonly proxy: string | Secret | undefined;
  readonly caFile: string | undefined;
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when the machine's clock is wrong. */
  readonly onClockSkew: (skewMs: number) => void;
  readonly connections?: Connections;
}

/** A smaller difference is not reported. */
const noticeableSkewMs = 60_000;

const reasons: Readonly<Record<FailureReason, RetryReason | RejectReason>> = {
  auth: 'auth',
  permission: 'permission',
  rate_limit: 'rate_limit',
  timeout: 'timeout',
  network: 'network',
  tls: 'tls',
  http: 'busy',
  business: 'busy',
  schema: 'schema',
  config: 'internal',
  internal: 'internal',
};

/**
 * Sends one message to a bot, and tells from the answer's body how that ended. A signature that is refused while
 * the clocks
 * differ is made once more by the bot's clock. No token, secret or signature of a link is part of the outcome's words.
 */
export async function sendMessage(message: Message, options: SendOptions): Promise<Outcome> {
  const redact = createRedactor([...secretsOf(options.credentials), ...signaturesIn(message)]);
  let outcome: Outcome;
  try {
    outcome = await attempt(message, options);
  } catch (error) {
    outcome = ofError(error);
  }
  return outcome.result === 'delivered' ? outcome : { ...outcome, words: redact(outcome.words) };
}

async function attempt(message: Message, options: SendOptions): Promise<Outcome> {
  const { bot, now } = options;
  const first = await ask(message, options, now());
  const verdict = verdictIn(first, bot);
  if (verdict?.ok !== false || verdict.isSignature !== true) return ofVerdict(verdict, first, bot);
  const skewMs = skewOf(first, now());
  if (Math.abs(skewMs) < noticeableSkewMs) return ofVerdict(verdict, first, bot);
  options.onClockSkew(skewMs);
  const second = await ask(message, options, now() + skewMs);
  const again = verdictIn(second, bot);
  if (again?.ok !== false || again.isSignature !== true) return ofVerdict(again, second, bot);
  return failed(
    'clock',
    `${bot.title} refuses the signature (${again.words}), and the clocks differ by ${Math.round(skewMs / 1000)} s`,
  );
}

function ask(message: Message, options: SendOptions, signedAtMs: number): Promise<HttpResponse> {
  const { bot, credentials, proxy, caFile, timeoutMs, connections } = options;
  const client = createHttpClient({
    timeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs + 1000),
    retries: 0,
    proxy,
    caFile,
    ...(connections === undefined ? {} : { connections }),
  });
  return client.request(bot.request(message, credentials, signedAtMs));
}

function verdictIn({ text }: HttpResponse, bot: Bot): Verdict | undefined {
  try {
    return bot.verdict(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** How much the bot's clock is ahead, by the header `Date`; 0 where it has none. */
function skewOf({ headers }: HttpResponse, nowMs: number): number {
  const theirs = dateOf(headers);
  return Number.isNaN(theirs) ? 0 : theirs - nowMs;
}

function ofVerdict(verdict: Verdict | undefined, response: HttpResponse, bot: Bot): Outcome {
  if (verdict === undefined) return ofStatus(response, bot);
  if (verdict.ok) return response.status < 300 ? delivered : ofStatus(response, bot);
  return failed(verdict.reason, `${bot.title} answered ${verdict.words}`, verdict.pauseMs);
}

/** The body is not the bot's, so that only the status is left. */
function ofStatus({ status, headers }: HttpResponse, { title }: Bot): Outcome {
  const words = `${title} answered with status ${status} and a body that is not a bot response`;
  switch (status) {
    case 401:
      return failed('auth', words);
    case 403:
      return failed('permission', words);
    case 429:
      return failed('rate_limit', words, (retryAfterSeconds(headerOf(headers, 'retry-after')) ?? 60) * 1000);
    default:
      return failed(status < 300 ? 'schema' : 'http', words);
  }
}

function ofError(error: unknown): Outcome {
  if (!(error instanceof CheckError)) return failed('internal', `internal error: ${messageOf(error)}`);
  const { reason, message, retryAfterSeconds: wait } = error;
  const isRefused = reason === 'http' && /answered [34]\d\d/.test(message);
  return failed(isRefused ? 'http' : reasons[reason], message, wait === undefined ? undefined : wait * 1000);
}

/** The parts of a URL that could stand in a message by themselves are as secret as the whole. */
function secretsOf({ url, secret }: Credentials): readonly Secret[] {
  const { origin, pathname, searchParams } = new URL(url.reveal());
  const parts = [`${origin}${pathname}`, ...pathname.split('/').slice(-1), ...searchParams.values()];
  const isToken = (part: string): boolean => part.length >= 6 && part !== `${origin}/`;
  return [
    url,
    ...(secret === undefined ? [] : [secret]),
    ...parts.filter(isToken).map((part) => new Secret(url.name, part)),
  ];
}

/** What makes the links of a message valid: a bot that names a wrong link would put it into the log. */
function signaturesIn({ blocks }: Message): readonly Secret[] {
  return blocks
    .flatMap(({ links }) => links)
    .flatMap(({ url }) => new URL(url).searchParams.getAll('signature'))
    .map((signature) => new Secret('signature of a link', signature));
}
