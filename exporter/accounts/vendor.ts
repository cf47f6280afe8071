import type { AccountConfig } from '../config/schema.ts';
import type { HttpClient, HttpExchange } from '../providers/http.ts';

/**
 * The client for one check of an account, with the account's own limits and way out. Loaded with the first request,
 * so that the program is up before it asks anybody anything.
 */
export function httpClientFor(
  account: AccountConfig,
  signal: AbortSignal,
  onExchange?: (exchange: HttpExchange) => void,
): HttpClient {
  const started = performance.now();
  const client = async (): Promise<HttpClient> => {
    const { createHttpClient } = await import('../providers/http.ts');
    return createHttpClient({
      timeout: Math.max(1, account.timeout * 1000 - (performance.now() - started)),
      signal,
      proxy: account.proxy,
      caFile: account.caFile,
      ...(onExchange === undefined ? {} : { onExchange }),
    });
  };
  let made: Promise<HttpClient> | undefined;
  const once = (): Promise<HttpClient> => {
    made ??= client();
    return made;
  };
  return {
    request: async (request) => (await once()).request(request),
    json: async (request, schema) => (await once()).json(request, schema),
  };
}

/** Accounts that ask the same party, which limits them together: the provider, or the host where the file names it. */
export function vendorOf(account: AccountConfig): string {
  const { options } = account;
  const url = typeof options === 'object' && options !== null && 'url' in options ? options.url : undefined;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : account.provider;
}
