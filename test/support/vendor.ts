import type { IncomingMessage } from 'node:http';
import type { Served } from './served.ts';
import { serve } from './served.ts';

export interface Vendor extends AsyncDisposable {
  readonly url: string;
  /** Requests so far, by path. */
  readonly requests: (path: string) => number;
  /** What a path answers from now on; a text is sent as it is, with status 200. */
  readonly answer: (path: string, answer: Answer) => void;
}

export type Answer = string | { readonly status: number; readonly body?: string } | { readonly silent: true };

/** A vendor on loopback that answers what the test says, and `{"left":1}` otherwise. */
export async function startVendor(): Promise<Vendor> {
  const answers = new Map<string, Answer>();
  const counts = new Map<string, number>();
  const server: Served = await serve((request: IncomingMessage, response) => {
    const path = request.url ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const answer = answers.get(path) ?? '{"left":1}';
    if (typeof answer === 'object' && 'silent' in answer) return;
    const { status, body = '' } = typeof answer === 'string' ? { status: 200, body: answer } : answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  return {
    url: server.url,
    requests: (path) => counts.get(path) ?? 0,
    answer: (path, answer) => void answers.set(path, answer),
    [Symbol.asyncDispose]: server.close,
  };
}

/** An account of the file, as YAML on one line, that asks a path of the vendor. */
export function vendorAccount(vendor: Vendor, name: string, extra = ''): string {
  const options = `{ url: '${vendor.url}/${name}', values: [{ type: balance, expr: left, unit: USD }] }`;
  return `  - { name: ${name}, provider: json, ${extra}options: ${options} }\n`;
}
