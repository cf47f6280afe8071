import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { portOf } from '../../exporter/web/listen.ts';
import { until } from './until.ts';

export interface SocketServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves when no connection is open. */
  readonly closed: () => Promise<unknown>;
}

/** A server on loopback that does with each connection what the test says. */
export async function serveSockets(
  server: Server,
  act: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    act(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: portOf(server),
    closed: () => until(() => sockets.size === 0),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
