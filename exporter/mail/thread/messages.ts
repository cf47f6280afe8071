import { Secret } from '../../config/secret.ts';
import { codeOf } from '../../errors.ts';
import type { FailureReason } from '../../readings/check-error.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { MailboxCursor } from '../cursor.ts';
import type { ScanBatch } from '../scan.ts';
import type { MailboxConfig, OAuth2Config } from '../schema.ts';

/**
 * What the exporter and the thread that scans tell each other. Each message names the scan that it belongs to. Objects lose
 * their classes on the way, so secrets and errors go in a form of their own.
 */

export type ToThread = { readonly scan: number } & (
  | {
      readonly type: 'start';
      readonly mailbox: SentMailbox;
      readonly cursor: MailboxCursor;
      /** Milliseconds since the epoch. */
      readonly now: number;
    }
  | { readonly type: 'abort' }
  /** The batch that was told last is stored: the scan may go on. */
  | { readonly type: 'stored' }
  /** It is not, and the scan ends: the exporter knows why. */
  | { readonly type: 'not-stored' }
  | { readonly type: 'token'; readonly token: string | undefined }
  | { readonly type: 'no-token'; readonly error: SentError }
);

export type FromThread = { readonly scan: number } & (
  | { readonly type: 'batch'; readonly batch: ScanBatch }
  | {
      readonly type: 'passed-over';
      readonly folder: string;
      readonly uid: number;
      readonly error: SentError;
    }
  | { readonly type: 'token-wanted' }
  | { readonly type: 'token-refused' }
  | { readonly type: 'done'; readonly result: ScanBatch }
  | { readonly type: 'failed'; readonly error: SentError }
);

interface SentSecret {
  readonly name: string;
  readonly value: string;
}

/** A mailbox with its secrets in clear, for another thread of the process and for nothing else. */
export type SentMailbox = Omit<MailboxConfig, 'password' | 'oauth2'> & {
  readonly password: SentSecret | undefined;
  readonly oauth2: SentOAuth2 | undefined;
};

type SentOAuth2 = Omit<OAuth2Config, 'clientSecret' | 'refreshToken'>;

/** Without the secrets that tokens are asked for with: that happens here, where logs know what to mask. */
export function sentMailbox({ password, oauth2, ...mailbox }: MailboxConfig): SentMailbox {
  return {
    ...mailbox,
    password: password === undefined ? undefined : { name: password.name, value: password.reveal() },
    oauth2:
      oauth2 === undefined
        ? undefined
        : { tokenUrl: oauth2.tokenUrl, clientId: oauth2.clientId, scope: oauth2.scope },
  };
}

export function receivedMailbox({ password, oauth2, ...mailbox }: SentMailbox): MailboxConfig {
  return {
    ...mailbox,
    password: password === undefined ? undefined : new Secret(password.name, password.value),
    oauth2:
      oauth2 === undefined ? undefined : { ...oauth2, clientSecret: undefined, refreshToken: undefined },
  };
}

export interface SentError {
  /** Only a `CheckError` has one. */
  readonly reason: FailureReason | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly name: string;
  /** May quote a mail, unless there is a reason. */
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
}

export function sentError(error: unknown): SentError {
  const check = error instanceof CheckError ? error : undefined;
  const known = error instanceof Error ? error : undefined;
  return {
    reason: check?.reason,
    retryAfterSeconds: check?.retryAfterSeconds,
    name: known?.name ?? 'unknown',
    message: known?.message ?? '',
    stack: known?.stack,
    code: codeOf(error),
  };
}

export function receivedError(sent: SentError): Error {
  const { reason, retryAfterSeconds, name, message, stack, code } = sent;
  if (reason !== undefined)
    return new CheckError(reason, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  return Object.assign(new Error(message), { name, stack, ...(code !== undefined && { code }) });
}
