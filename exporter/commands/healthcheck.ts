import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageOf } from '../errors.ts';
import type { ListenAddress } from '../web/listen.ts';
import { formatAddress } from '../web/listen.ts';

/** Shorter than the five seconds after which the container runtime kills this command. */
const timeoutMs = 3000;

/** An exporter that listens on all interfaces also listens on loopback. */
const loopback: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** `balance-alert healthcheck`: queries `/-/healthy` of the exporter on this machine. Returns the exit code. */
export async function runHealthcheck(address: ListenAddress, write: (text: string) => void): Promise<number> {
  const host = loopback.get(address.host) ?? address.host;
  const url = `http://${formatAddress({ host, port: address.port })}/-/healthy`;
  try {
    const { status, body } = await ask(url);
    write(status === 200 ? body : `${url}: expected 200, got ${status}\n`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    write(`${url}: ${messageOf(error)}\n`);
    return 1;
  }
}

function ask(url: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    signal.addEventListener('abort', () =>
      reject(new Error(`no response within ${timeoutMs / 1000} seconds`)),
    );
    get(url, { agent: false, signal }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    }).on('error', reject);
  });
}
