import type { HttpClientOptions } from '../../../../exporter/providers/http.ts';
import { createHttpClient } from '../../../../exporter/providers/http.ts';
import { CheckError } from '../../../../exporter/readings/check-error.ts';

/** A client that nobody aborts. */
export function client(options: Partial<HttpClientOptions> = {}) {
  return createHttpClient({ timeout: 10_000, signal: new AbortController().signal, retries: 0, ...options });
}

/** How a check failed; anything but a CheckError fails the test. */
export async function failure(work: Promise<unknown>): Promise<CheckError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CheckError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}
