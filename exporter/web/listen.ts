import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { Server as SecureServer, ServerOptions } from 'node:https';
import type { Server as NetServer } from 'node:net';
import { isIP } from 'node:net';

export interface ListenAddress {
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
}

/**
 * `:9100`, `127.0.0.1:9100`, `[::1]:9100` or `localhost:9100`; port 0 takes a free one.
 * @throws Error that says what was expected and what came.
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const valid = digits !== undefined && port <= 65_535 && (bracketed === undefined || isIP(bracketed) === 6);
  if (!valid) throw new Error(`expected an address such as :9100, 127.0.0.1:9100 or [::1]:9100, got ${text}`);
  const host = bracketed ?? plain;
  return { host: host === '' ? undefined : host, port };
}

/** An address as `parseListenAddress` reads it. */
export function formatAddress({ host = '', port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The URL of a server that listens there, as this machine reaches it. `path` begins with a slash. */
export function urlOf(
  scheme: 'http' | 'https',
  { host = 'localhost' }: ListenAddress,
  server: Server | SecureServer,
  path: string,
): string {
  return `${scheme}://${formatAddress({ host, port: portOf(server) })}${path}`;
}

/**
 * Starts a server.
 * @throws Error that names the address, and what to do where it is taken.
 */
export async function listen(
  handler: RequestListener,
  address: ListenAddress,
  flag: string,
  /** With them it speaks TLS. */
  tls?: ServerOptions,
): Promise<Server | SecureServer> {
  const limits = { requestTimeout: 30_000, headersTimeout: 10_000 };
  const server =
    tls === undefined
      ? createServer(limits, handler)
      : // Loaded where it is used: with its ciphers it takes 7 MiB.
        (await import('node:https')).createServer({ ...limits, ...tls }, handler);
  await new Promise<void>((resolve, reject) => {
    // Kept for as long as the server: once it listens, a promise that is settled hears no more.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `the address is in use: stop the other program, or choose another address with ${flag}`
          : error.code === 'EACCES'
            ? `permission denied: choose a port of 1024 or above with ${flag}`
            : error.message;
      reject(new Error(`cannot listen on ${formatAddress(address)}: ${reason}`, { cause: error }));
    });
    server.listen(
      { port: address.port, ...(address.host === undefined ? {} : { host: address.host }) },
      resolve,
    );
  });
  return server;
}

/** Closes a server: no new connections, idle ones are closed, and requests in flight get a second to finish. */
export async function close(server: Server | SecureServer): Promise<void> {
  const limit = setTimeout(() => server.closeAllConnections(), 1000);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(limit);
}

/** The port that a server listens on. */
export function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
