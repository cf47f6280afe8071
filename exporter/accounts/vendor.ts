import type { AccountConfig } from '../config/schema.ts';
import type { HttpClient, HttpExchange } from '../providers/http.ts';
import { createHttpClient } from '../providers/http.ts';

/** The client for one check of an account, with the account's own limits and way out. */
export function httpClientFor(
  account: AccountConfig,
  signal: AbortSignal,
  onExchange?: (exchange: HttpExchange) => void,
): HttpClient {
  return createHttpClient({
    timeout: account.timeout * 1000,
    signal,
    proxy: account.proxy,
    caFile: account.caFile,
    ...(onExchange === undefined ? {} : { onExchange }),
  });
}

/** Accounts that ask the same party, which limits them together: the provider, or the host where the file names it. */
export function vendorOf(account: AccountConfig): string {
  const { options } = account;
  const url = typeof options === 'object' && options !== null && 'url' in options ? options.url : undefined;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : account.provider;
}
