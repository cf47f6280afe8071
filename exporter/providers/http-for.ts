import type { Secret } from '../config/secret.ts';
import type { HttpClient, HttpExchange } from './http.ts';

/** How an account reaches its vendor. */
export interface ConnectionSettings {
  /** Seconds for one check, retries included. */
  readonly timeoutSeconds: number;
  readonly proxy: string | Secret | undefined;
  readonly caFile: string | undefined;
}

/** The client's time ends so much before the check's, so that the failure says what was waited for. */
const marginMs = 100;

let loading: Promise<typeof import('./http.ts')> | undefined;

/**
 * The client for one check of an account, with the account's own limits and way out. Loaded with the first request,
 * so that the program is up before it asks anybody anything.
 */
export function httpClientFor(
  account: ConnectionSettings,
  signal: AbortSignal,
  onExchange?: (exchange: HttpExchange) => void,
): HttpClient {
  const started = performance.now();
  const make = async (): Promise<HttpClient> => {
    // An import costs a resolution each time, also of what is loaded.
    loading ??= import('./http.ts');
    const { createHttpClient } = await loading;
    return createHttpClient({
      timeout: Math.max(1, account.timeoutSeconds * 1000 - marginMs - (performance.now() - started)),
      signal,
      proxy: account.proxy,
      caFile: account.caFile,
      ...(onExchange === undefined ? {} : { onExchange }),
    });
  };
  let made: Promise<HttpClient> | undefined;
  const once = (): Promise<HttpClient> => {
    made ??= make();
    return made;
  };
  return {
    request: async (request) => (await once()).request(request),
    json: async (request, schema) => (await once()).json(request, schema),
  };
}
