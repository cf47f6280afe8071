import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { portOf } from '../../exporter/web/listen.ts';

export interface Served extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves an application on a free port of the loopback interface. */
export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  // Node ends a connection after five seconds of rest: just then, on a busy machine, where a client begins a request on it.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${portOf(server)}`, close, [Symbol.asyncDispose]: close };
}
