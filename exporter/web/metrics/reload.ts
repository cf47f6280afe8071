import type { IncomingMessage, ServerResponse } from 'node:http';
import { crossSiteRefused, foreignRequest, hostOf, isCrossSite, isLoopback } from '../access/origin.ts';
import { sendText } from '../send-text.ts';

export interface ReloadOptions {
  /** Loads the account file again; the errors of an invalid file, else none. */
  readonly reload: () => Promise<readonly string[]>;
  /** Accepts requests from other machines too, as Prometheus' flag of the same name does. */
  readonly enableLifecycle: boolean;
  /** Names in `Host` that other machines may use, beside IP addresses and names without dots. */
  readonly allowedHosts: readonly string[];
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
}

/** Loading a large file takes long, and a client could send requests without end. */
const minimumIntervalMs = 1000;

/** Why a request that changes state is refused; undefined where it is not. */
function refusal(
  request: IncomingMessage,
  { enableLifecycle, allowedHosts }: Pick<ReloadOptions, 'enableLifecycle' | 'allowedHosts'>,
): string | undefined {
  if (enableLifecycle) return foreignRequest(request, allowedHosts);
  if (isCrossSite(request)) return crossSiteRefused;
  if (!isLoopback(request.socket.remoteAddress)) {
    return 'only allowed from this machine: set --web.enable-lifecycle to allow it from others';
  }
  const name = hostOf(request.headers.host);
  if (name !== 'localhost' && !isLoopback(name)) {
    return 'unexpected Host header: use localhost, or set --web.enable-lifecycle';
  }
  return undefined;
}

/** `POST /-/reload`: 200, 403 where the request may not, 429 when it comes too soon, 500 with the errors of the file. */
export function reloadHandler(
  options: ReloadOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { reload, monotonicMs } = options;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  return async (request, response) => {
    const answer = (status: number, text: string): void => sendText(response, status, `${text}\n`);
    const refused = refusal(request, options);
    if (refused !== undefined) return answer(403, refused);
    const nowMs = monotonicMs();
    if (nowMs - lastAtMs < minimumIntervalMs) {
      response.setHeader('Retry-After', '1');
      return answer(429, 'at most one reload per second');
    }
    lastAtMs = nowMs;
    const errors = await reload();
    return errors.length === 0 ? answer(200, 'reloaded') : answer(500, errors.join('\n'));
  };
}
