/** How a notification ended, in the terms of the metric `balance_alert_relay_notifications_total`. */

/** Worth another attempt, without anybody having changed anything. */
export const retryReasons = [
  /** The bot's limit, kept by the relay or told by the bot. */
  'rate_limit',
  /** The bot's platform says that it is overloaded, or answers 5xx. */
  'busy',
  /** A code that the bot's documentation does not name. */
  'unknown',
  'timeout',
  'network',
  'tls',
  /** The machine's clock is outside the window of signatures. */
  'clock',
  /** The answer is not the bot's, as from a proxy in between. */
  'schema',
  /** Prometheus did not answer the queries of the digest. */
  'prometheus',
  'shutdown',
  'internal',
] as const;

/** Somebody has to change something first: Alertmanager must not try again at once. */
export const rejectReasons = [
  /** Wrong token or signature. */
  'auth',
  /** Bot disabled, group dissolved, or the address is not allowed. */
  'permission',
  /** The bot demands a keyword that no message has. */
  'keyword',
  /** The bot does not take this message. */
  'content',
  'http',
] as const;

export type RetryReason = (typeof retryReasons)[number];
export type RejectReason = (typeof rejectReasons)[number];

export type Outcome =
  | { readonly result: 'delivered' }
  | {
      readonly result: 'retry';
      readonly reason: RetryReason;
      readonly words: string;
      /** How long the bot asks to be left alone. */
      readonly pauseMs?: number;
    }
  | { readonly result: 'rejected'; readonly reason: RejectReason; readonly words: string };

export const delivered: Outcome = { result: 'delivered' };

const retried: ReadonlySet<string> = new Set(retryReasons);

/** What a reason makes of a notification. */
export function failed(reason: RetryReason | RejectReason, words: string, pauseMs?: number): Outcome {
  if (!isRetried(reason)) return { result: 'rejected', reason, words };
  return { result: 'retry', reason, words, ...(pauseMs === undefined ? {} : { pauseMs }) };
}

function isRetried(reason: RetryReason | RejectReason): reason is RetryReason {
  return retried.has(reason);
}
