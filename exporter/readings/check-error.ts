/** Why a check gave no usable reading. The set is closed: it is a label of a counter and a column of the runbooks. */
export const failureReasons = [
  'auth',
  'permission',
  'rate_limit',
  'timeout',
  'network',
  'tls',
  'http',
  'business',
  'schema',
  'config',
  'internal',
] as const;

export type FailureReason = (typeof failureReasons)[number];

export interface CheckErrorOptions extends ErrorOptions {
  /** Seconds that the vendor asked to wait before the next request. */
  readonly retryAfterSeconds?: number;
}

/**
 * The one error of a check. Its message is shown to people (log, status page), so whoever throws it
 * keeps secrets, request queries and bodies out of it.
 */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  readonly reason: FailureReason;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: FailureReason, message: string, options: CheckErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
