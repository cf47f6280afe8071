import { BlockList, isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';

export interface ReloadOptions {
  /** Loads the account file again; the errors of an invalid file, else none. */
  readonly reload: () => Promise<readonly string[]>;
  /** Accepts requests from other machines too, as Prometheus' flag of the same name does. */
  readonly enableLifecycle: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
}

/** Loading a large file takes long, and a client could send requests without end. */
const minimumIntervalMs = 1000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** IPv4 addresses also count in their form within IPv6. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The host of a `Host` header, without port and brackets. */
function hostOf(header: string | undefined): string | undefined {
  const url = URL.parse(`http://${header ?? ''}`);
  return url?.hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Why a request that changes state is refused; undefined where it is not. Pages of other sites are refused always. A
 * name that an attacker points to loopback (DNS rebinding) shows in `Host`.
 */
function refusal(request: Request, enableLifecycle: boolean): string | undefined {
  const { host, origin } = request.headers;
  const site = request.get('sec-fetch-site');
  const foreign = origin !== undefined && URL.parse(origin)?.host !== host;
  if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    return 'cross-site request refused';
  }
  if (enableLifecycle) return undefined;
  if (!isLoopback(request.socket.remoteAddress)) {
    return 'only allowed from this machine: set --web.enable-lifecycle to allow it from others';
  }
  const name = hostOf(host);
  if (name !== 'localhost' && !isLoopback(name)) {
    return 'unexpected Host header: use localhost, or set --web.enable-lifecycle';
  }
  return undefined;
}

/** `POST /-/reload`: 200, 403 where the request may not, 429 when it comes too soon, 500 with the errors of the file. */
export function reloadHandler({ reload, enableLifecycle, monotonicMs }: ReloadOptions): RequestHandler {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  return async (request, response) => {
    const answer = (status: number, text: string): void => {
      response.status(status).type('text/plain; charset=utf-8').end(`${text}\n`);
    };
    const refused = refusal(request, enableLifecycle);
    if (refused !== undefined) return answer(403, refused);
    const nowMs = monotonicMs();
    if (nowMs - lastAtMs < minimumIntervalMs) {
      response.set('Retry-After', '1');
      return answer(429, 'at most one reload per second');
    }
    lastAtMs = nowMs;
    const errors = await reload();
    return errors.length === 0 ? answer(200, 'reloaded') : answer(500, errors.join('\n'));
  };
}
