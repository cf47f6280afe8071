import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { portOf } from '../../exporter/web/listen.ts';

export interface ScriptedVendor extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Every request so far: method, path with query, and headers. */
  readonly requests: readonly IncomingMessage[];
}

export interface Tls {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** A vendor on loopback that does what the test says, however wrong; ends all connections with the test. */
export async function startScriptedVendor(
  act: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: Tls,
): Promise<ScriptedVendor> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    // A client that gives up takes its connection away, which is no fault of the server.
    response.on('error', () => undefined);
    act(request, response);
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers JSON text, or a value as JSON. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
}
