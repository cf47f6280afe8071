import type { HttpClient } from '../../providers/http.ts';
import { httpClientFor } from '../../providers/http-for.ts';
import type { MailboxConfig } from '../schema.ts';
import { accessToken, dropAccessToken, longestTokenRequestSeconds } from './oauth2.ts';

/** Where a login by `oauth2` gets its access tokens from. */
export interface TokenSource {
  /** An access token; undefined for a mailbox with a password. Rejects with a `CheckError`. */
  get(mailbox: MailboxConfig, signal: AbortSignal): Promise<string | undefined>;
  /** Forgets a token that the mail server refused. */
  drop(mailbox: MailboxConfig): void;
}

/** Asks token endpoints, and keeps tokens for as long as they are good. */
export const ownTokens: TokenSource = {
  get: async (mailbox, signal) =>
    mailbox.oauth2 === undefined
      ? undefined
      : accessToken(mailbox.oauth2, { client: tokenClient(mailbox, signal) }),
  drop: ({ oauth2 }) => {
    if (oauth2 !== undefined) dropAccessToken(oauth2);
  },
};

/** For the token endpoint: the same authorities as for the mail server, and a part of the time of the scan. */
function tokenClient({ timeoutSeconds, caFile }: MailboxConfig, signal: AbortSignal): HttpClient {
  const seconds = Math.min(longestTokenRequestSeconds, timeoutSeconds);
  return httpClientFor({ timeoutSeconds: seconds, proxy: undefined, caFile }, signal);
}
