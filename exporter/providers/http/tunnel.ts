import { request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { ProxyAddress } from '../../config/proxy.ts';

/** The proxy answered and would not open the connection. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  readonly status: number;

  constructor(status: number) {
    super(`the proxy refused with ${status}`);
    this.status = status;
  }
}

export interface TunnelOptions {
  readonly lookup: LookupFunction;
  /** For a proxy that is reached over TLS itself. */
  readonly secureContext: SecureContext;
  /** Ends the attempt, and the connection to the proxy with it. */
  readonly signal: AbortSignal;
}

/**
 * A connection through the proxy to a host, by CONNECT (RFC 9110, 9.3.6).
 * @throws ProxyRefusal, or the error of the connection
 */
export function openTunnel(
  proxy: ProxyAddress,
  host: string,
  port: number,
  { lookup, secureContext, signal }: TunnelOptions,
): Promise<Duplex> {
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
      },
      // For this connection alone.
      agent: proxy.protocol === 'https:' ? new HttpsAgent({ lookup, secureContext }) : false,
      lookup,
    });
    const stop = (): void => void request.destroy();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const settle = (): void => signal.removeEventListener('abort', stop);
    request.on('error', (error) => {
      settle();
      reject(error);
    });
    request.on('connect', ({ statusCode = 0 }, socket, head) => {
      settle();
      if (statusCode >= 200 && statusCode < 300) {
        // What the far side said early belongs to the connection.
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new ProxyRefusal(statusCode));
    });
    request.end();
  });
}
