import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | undefined;
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or the socket's path. */
  readonly address: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/**
 * A server that answers by a function.
 * @param listen a path for a Unix socket; any free port of loopback when undefined
 */
export async function serve(answer: (asked: Asked) => Answer, listen?: string): Promise<TestServer> {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: await text(request),
      authorization: request.headers.authorization,
    };
    asked.push(one);
    const { status = 200, body } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => void handle(request, response));
  if (listen === undefined) server.listen(0, '127.0.0.1');
  else server.listen(listen);
  await once(server, 'listening');
  const address = server.address();
  return {
    address:
      typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : (address ?? ''),
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
