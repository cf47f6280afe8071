import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import type { Tls } from './scripted-vendor.ts';
import { startScriptedVendor } from './scripted-vendor.ts';
import { serveSockets } from './sockets.ts';

type Act = (request: IncomingMessage, response: ServerResponse) => void;

export interface TunnelledVendors extends AsyncDisposable {
  /** Of the proxy through which the vendors are asked. */
  readonly proxy: string;
  /** Host and path of each request, in order. */
  readonly asked: () => readonly string[];
  /** The requests themselves. */
  readonly requests: readonly IncomingMessage[];
}

/**
 * Vendors by their real names, on loopback: a proxy whose tunnels all end at one server, which acts by the name that is
 * asked for. Tunnels to other names are refused.
 */
export async function startTunnelledVendors(
  tls: Tls,
  vendors: Readonly<Record<string, Act>>,
): Promise<TunnelledVendors> {
  const server = await startScriptedVendor((request, response) => {
    vendors[request.headers.host ?? '']?.(request, response);
  }, tls);
  const proxy = createHttpServer();
  proxy.on('connect', (request, socket, head) => {
    socket.on('error', () => undefined);
    const [host = ''] = (request.url ?? '').split(':');
    if (!Object.hasOwn(vendors, host)) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const served = await serveSockets(proxy, () => undefined);
  return {
    proxy: `http://127.0.0.1:${served.port}`,
    asked: () => server.requests.map(({ headers, url }) => `${headers.host}${url}`),
    requests: server.requests,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
