import type { IncomingMessage } from 'node:http';
import { createHttpClient } from '../../exporter/providers/http.ts';
import { json } from '../../exporter/providers/json/index.ts';
import { jsonOptionsSchema } from '../../exporter/providers/json/schema.ts';
import { CheckError } from '../../exporter/readings/check-error.ts';
import type { Reading } from '../../exporter/readings/reading.ts';
import { startScriptedVendor } from './scripted-vendor.ts';

/** Options as the account file has them, with the address left out. */
export type Options = Readonly<Record<string, unknown>>;

/** What a vendor got. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a vendor answers to one request: JSON of a value, or a text as it is. */
export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Asked {
  readonly outcome: readonly Reading[] | string;
  readonly got: readonly Got[];
}

/**
 * Asks a vendor on loopback by the `json` provider: its readings, or the failure as `reason: message`. `__URL__` in the
 * options is the vendor's address.
 */
export async function askVendor(
  options: Options,
  respond: (got: Got) => Answered,
  now = new Date('2026-11-24T08:20:00Z'),
): Promise<Asked> {
  const got: Got[] = [];
  await using vendor = await startScriptedVendor(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    got.push(one);
    const { status = 200, headers, body: said } = respond(one);
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof said === 'string' ? said : JSON.stringify(said));
  });
  const { signal } = new AbortController();
  try {
    const readings = await json.check({
      options: jsonOptionsSchema.parse(
        withAddress(
          'requests' in options
            ? { allow_http: true, ...options }
            : { url: '__URL__/balance', allow_http: true, ...options },
          vendor.url,
        ),
      ),
      http: createHttpClient({ timeout: 5000, signal, retries: 0 }),
      now: () => now,
    });
    return { outcome: readings, got };
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    return { outcome: `${error.reason}: ${error.message.replaceAll(vendor.url, '__URL__')}`, got };
  }
}

/** The readings of one answer, or the failure. */
export async function read(options: Options, body: unknown): Promise<Asked['outcome']> {
  return (await askVendor(options, () => ({ body }))).outcome;
}

function withAddress(value: unknown, url: string): unknown {
  if (typeof value === 'string') return value.replaceAll('__URL__', url);
  if (Array.isArray(value)) return value.map((item: unknown) => withAddress(item, url));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withAddress(item, url)]));
}

/** What the schema has against options, as `path: message`. */
export function faultsOf(options: Options): readonly string[] {
  const parsed = jsonOptionsSchema.safeParse({
    ...('requests' in options ? {} : { url: 'https://vendor.example/balance' }),
    values: [{ type: 'balance', expr: 'left', unit: 'USD' }],
    ...options,
  });
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
