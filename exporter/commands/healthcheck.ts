import got from 'got';
import type { ListenAddress } from '../web/listen.ts';

/** `balance-alert healthcheck`: asks the exporter on this machine whether it is alive. Returns the exit code. */
export async function runHealthcheck(address: ListenAddress, write: (text: string) => void): Promise<number> {
  // An exporter that listens on all interfaces listens on this one too.
  const host = address.host === undefined || address.host === '0.0.0.0' ? '127.0.0.1' : address.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/-/healthy`;
  try {
    const answer = await got(url, { retry: { limit: 0 }, timeout: { request: 3000 } });
    write(answer.body);
    return 0;
  } catch (error) {
    write(`${url}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
